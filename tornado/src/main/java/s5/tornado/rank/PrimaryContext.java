package s5.tornado.rank;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import s5.UserError;

import java.lang.foreign.MemorySegment;

/**
 * TornadoVM in a device's primary context. It makes a context of its own, while NCCL's kernels live
 * in the primary one and cannot reach the memory of another. So the handle of the primary one is
 * written where TornadoVM keeps its own, before a plan has used that.
 */
final class PrimaryContext {
    /** TornadoVM's record: CUcontext, CUdevice (int), ordinal (int). */
    private static final int RECORD = 16;

    private static final int DEVICE = 8;

    private final MemorySegment record;
    private final long own;
    private final long handle;

    private PrimaryContext(MemorySegment record, long own, long handle) {
        this.record = record;
        this.own = own;
        this.handle = handle;
    }

    /**
     * Moves TornadoVM there; on the thread that will use it.
     *
     * @param address of TornadoVM's record
     * @throws UserError when what is there is not such a record
     */
    @SuppressWarnings("restricted") // of memory that TornadoVM owns
    static PrimaryContext enter(long address) {
        Cuda cuda = Cuda.driver();
        MemorySegment record = MemorySegment.ofAddress(address).reinterpret(RECORD);
        long own = record.get(JAVA_LONG, 0);
        int device = record.get(JAVA_INT, DEVICE);
        if (own == 0 || !cuda.use(own) || cuda.device() != device) {
            throw new UserError(
                    "several GPUs: not with this version of TornadoVM, which keeps its CUDA context"
                            + " elsewhere");
        }
        long primary = cuda.primary(device);
        record.set(JAVA_LONG, 0, primary);
        cuda.use(primary);
        return new PrimaryContext(record, own, primary);
    }

    long handle() {
        return handle;
    }

    /** Gives TornadoVM back its own, which it destroys when it ends. */
    void leave() {
        record.set(JAVA_LONG, 0, own);
    }
}
