package s5.tornado;

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
 * Hands a {@link Gemm} to TornadoVM's cuBLAS binding: adds the offsets to the device pointers, and
 * swaps the operands, because cuBLAS is column-major. Found by TornadoVM as a service.
 */
public final class GemmProvider implements TornadoLibraryProvider {

    /** Made when a context is first wanted: on OpenCL there is no cuBLAS binding to load. */
    private static final class Binding {
        static final CuBlasLibraryProvider CUBLAS = new CuBlasLibraryProvider();

        private Binding() {}
    }

    @Override
    public String libraryName() {
        return Gemm.LIBRARY;
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
        Gemm gemm = (Gemm) call.getTuning();
        long a = call.getDevicePointer(0) + 4L * gemm.aAt();
        long b = call.getDevicePointer(1) + 4L * gemm.bAt();
        long c = call.getDevicePointer(2) + 4L * gemm.cAt();
        Object[] arguments = {
            operation(gemm.transposeB()),
            operation(gemm.transposeA()),
            gemm.n(),
            gemm.m(),
            gemm.k(),
            1f,
            call.getArg(1),
            gemm.transposeB() ? gemm.k() : gemm.n(),
            call.getArg(0),
            gemm.transposeA() ? gemm.m() : gemm.k(),
            gemm.accumulate() ? 1f : 0f,
            call.getArg(2),
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

    private static int operation(boolean transpose) {
        return (transpose ? CuBlasOperation.CUBLAS_OP_T : CuBlasOperation.CUBLAS_OP_N).operation();
    }

    @Override
    public void destroyContext(LibraryContext context) {
        Binding.CUBLAS.destroyContext(context);
    }
}
