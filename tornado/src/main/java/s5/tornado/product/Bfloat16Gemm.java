package s5.tornado.product;

import uk.ac.manchester.tornado.cublas.provider.CuBlasLibraryProvider;
import uk.ac.manchester.tornado.runtime.library.spi.LibraryContext;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;

/**
 * Products of bfloat16 with sums in float32, by cuBLAS: {@code cublasGemmEx}, which TornadoVM's
 * binding has and offers for float32 results of other inputs only.
 */
public final class Bfloat16Gemm {
    /** CUDA's number of a type, cudaDataType_t. */
    private static final int BF16 = 14;

    private static final int F32 = 0;

    /** CUBLAS_COMPUTE_32F. */
    private static final int SUMS_F32 = 68;

    /** CUBLAS_GEMM_DEFAULT: cuBLAS chooses how. */
    private static final int ALGORITHM = -1;

    private static final String PACKAGE = "uk.ac.manchester.tornado.cublas.provider.";

    private static final Method GEMM = gemm();
    private static final Field HANDLE = handle();

    private Bfloat16Gemm() {}

    /** Whether this TornadoVM has them. */
    public static boolean live() {
        return GEMM != null && HANDLE != null;
    }

    private static Method gemm() {
        try {
            Method gemm =
                    Arrays.stream(inside("CuBlasNativeLib").getDeclaredMethods())
                            .filter(m -> m.getName().equals("cublasGemmEx"))
                            .filter(m -> m.getParameterCount() == 19)
                            .findFirst()
                            .orElse(null);
            if (gemm != null) {
                gemm.setAccessible(true);
            }
            return gemm;
        } catch (ClassNotFoundException e) {
            return null;
        }
    }

    private static Field handle() {
        try {
            Field handle = inside("CuBlasLibraryProvider$CuBlasContext").getDeclaredField("handle");
            handle.setAccessible(true);
            return handle;
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }

    private static Class<?> inside(String name) throws ClassNotFoundException {
        return Class.forName(PACKAGE + name, false, CuBlasLibraryProvider.class.getClassLoader());
    }

    /**
     * Does one.
     *
     * @param a device address of the first element of a, as {@code b} and {@code c}
     */
    static void run(LibraryContext context, Products.Gemm gemm, long a, long b, long c) {
        try {
            // column-major, so the operands are swapped
            Object status =
                    GEMM.invoke(
                            null,
                            HANDLE.getLong(context),
                            GemmProvider.operation(gemm.transposeB()),
                            GemmProvider.operation(gemm.transposeA()),
                            gemm.n(),
                            gemm.m(),
                            gemm.k(),
                            1f,
                            b,
                            BF16,
                            gemm.transposeB() ? gemm.k() : gemm.n(),
                            a,
                            BF16,
                            gemm.transposeA() ? gemm.m() : gemm.k(),
                            gemm.accumulate() ? 1f : 0f,
                            c,
                            gemm.narrowC() ? BF16 : F32,
                            gemm.n(),
                            SUMS_F32,
                            ALGORITHM);
            if ((int) status != 0) {
                throw new IllegalStateException("cublasGemmEx: status " + status);
            }
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(e.getCause());
        }
    }
}
