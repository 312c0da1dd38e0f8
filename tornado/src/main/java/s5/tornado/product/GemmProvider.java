package s5.tornado.product;

import uk.ac.manchester.tornado.api.common.LibraryTaskDescriptor;
import uk.ac.manchester.tornado.cublas.CuBlasOptions;
import uk.ac.manchester.tornado.cublas.enums.CuBlasMathMode;
import uk.ac.manchester.tornado.cublas.enums.CuBlasOperation;
import uk.ac.manchester.tornado.cublas.provider.CuBlasLibraryProvider;
import uk.ac.manchester.tornado.runtime.common.TornadoXPUDevice;
import uk.ac.manchester.tornado.runtime.library.spi.LibraryContext;
import uk.ac.manchester.tornado.runtime.library.spi.LibraryInvocation;
import uk.ac.manchester.tornado.runtime.library.spi.TornadoLibraryProvider;
import uk.ac.manchester.tornado.runtime.library.spi.TornadoNativeStreamSupport;

/**
 * Hands {@link Products} to TornadoVM's cuBLAS binding: adds the offsets to the device pointers,
 * and swaps the operands, because cuBLAS is column-major. Found by TornadoVM as a service.
 */
public final class GemmProvider implements TornadoLibraryProvider {

    /** Made when a context is first wanted: on OpenCL there is no cuBLAS binding to load. */
    private static final class Binding {
        static final CuBlasLibraryProvider CUBLAS = new CuBlasLibraryProvider();

        private Binding() {}
    }

    @Override
    public String libraryName() {
        return Products.LIBRARY;
    }

    @Override
    public boolean canHandle(TornadoXPUDevice device) {
        return device instanceof TornadoNativeStreamSupport;
    }

    @Override
    public LibraryContext createContext(TornadoXPUDevice device, long executionPlanId) {
        return Binding.CUBLAS.createContext(device, executionPlanId);
    }

    @Override
    public void prepare(LibraryTaskDescriptor descriptor, LibraryContext context) {
        // nothing depends on the shape
    }

    @Override
    public void dispatch(String functionName, LibraryInvocation call) {
        for (Products.Gemm gemm : ((Products) call.getTuning()).gemms()) {
            long a = call.getDevicePointer(gemm.a()) + (gemm.narrow() ? 2L : 4L) * gemm.aAt();
            long b = call.getDevicePointer(gemm.b()) + (gemm.narrow() ? 2L : 4L) * gemm.bAt();
            long c = call.getDevicePointer(gemm.c()) + (gemm.narrowC() ? 2L : 4L) * gemm.cAt();
            if (gemm.narrow()) {
                Bfloat16Gemm.run(call.getContext(), gemm, a, b, c);
                continue;
            }
            Object[] arguments = {
                operation(gemm.transposeB()),
                operation(gemm.transposeA()),
                gemm.n(),
                gemm.m(),
                gemm.k(),
                1f,
                call.getArg(gemm.b()),
                gemm.transposeB() ? gemm.k() : gemm.n(),
                call.getArg(gemm.a()),
                gemm.transposeA() ? gemm.m() : gemm.k(),
                gemm.accumulate() ? 1f : 0f,
                call.getArg(gemm.c()),
                gemm.n()
            };
            long[] pointers = new long[arguments.length];
            boolean[] references = new boolean[arguments.length];
            pointers[6] = b;
            pointers[8] = a;
            pointers[11] = c;
            references[6] = true;
            references[8] = true;
            references[11] = true;
            CuBlasOptions options =
                    new CuBlasOptions()
                            .withMathMode(
                                    gemm.tf32()
                                            ? CuBlasMathMode.CUBLAS_TF32_TENSOR_OP_MATH
                                            : CuBlasMathMode.CUBLAS_DEFAULT_MATH);
            Binding.CUBLAS.dispatch(
                    "cublasSgemm",
                    new LibraryInvocation(
                            arguments,
                            pointers,
                            references,
                            call.getDevice(),
                            call.getExecutionPlanId(),
                            call.getContext(),
                            options));
        }
    }

    static int operation(boolean transpose) {
        return (transpose ? CuBlasOperation.CUBLAS_OP_T : CuBlasOperation.CUBLAS_OP_N).operation();
    }

    @Override
    public void destroyContext(LibraryContext context) {
        Binding.CUBLAS.destroyContext(context);
    }
}
