package s5.tornado.rank;

import uk.ac.manchester.tornado.api.common.LibraryTaskDescriptor;
import uk.ac.manchester.tornado.runtime.common.TornadoXPUDevice;
import uk.ac.manchester.tornado.runtime.library.spi.LibraryContext;
import uk.ac.manchester.tornado.runtime.library.spi.LibraryInvocation;
import uk.ac.manchester.tornado.runtime.library.spi.TornadoLibraryProvider;
import uk.ac.manchester.tornado.runtime.library.spi.TornadoNativeStreamSupport;

import java.util.List;

/**
 * Hands {@link AllReduceTask}s to NCCL, on the stream of the step, so that its graph captures them.
 * Found by TornadoVM as a service.
 */
public final class NcclProvider implements TornadoLibraryProvider {
    private record Context() implements LibraryContext {}

    @Override
    public String libraryName() {
        return AllReduceTask.LIBRARY;
    }

    @Override
    public boolean canHandle(TornadoXPUDevice device) {
        return device instanceof TornadoNativeStreamSupport;
    }

    @Override
    public LibraryContext createContext(TornadoXPUDevice device, long executionPlanId) {
        return new Context();
    }

    @Override
    public void prepare(LibraryTaskDescriptor descriptor, LibraryContext context) {
        // NCCL was made ready when the processes came together
    }

    @Override
    public void dispatch(String functionName, LibraryInvocation call) {
        AllReduceTask task = (AllReduceTask) call.getTuning();
        var device = (TornadoNativeStreamSupport) call.getDevice();
        long stream = device.getNativeStream(call.getExecutionPlanId());
        task.nccl().requireContext(device.getNativeContext(call.getExecutionPlanId()));
        List<AllReduceTask.Range> ranges = task.ranges();
        long[] addresses = new long[ranges.size()];
        long[] sizes = new long[ranges.size()];
        for (int i = 0; i < addresses.length; i++) {
            AllReduceTask.Range range = ranges.get(i);
            addresses[i] = call.getDevicePointer(range.array()) + 4L * range.at();
            sizes[i] = range.size();
        }
        task.nccl().allReduce(addresses, sizes, stream);
    }

    @Override
    public void destroyContext(LibraryContext context) {
        // the communicator lives as long as the backend
    }
}
