package s5.tornado.rank;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import s5.UserError;
import s5.tornado.rank.Native.Function;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** What NCCL's use needs of CUDA's driver interface. Handles and device addresses are longs. */
final class Cuda {
    private final Function retain;
    private final Function setCurrent;
    private final Function getCurrent;
    private final Function getDevice;
    private final Function allocate;
    private final Function free;
    private final Function copy;
    private final Function fill;
    private final Function synchronize;

    /** Made when it is first wanted: elsewhere there is no such library. */
    private static final class Driver {
        static final Cuda CUDA = new Cuda(new Native("libcuda.so.1"));

        private Driver() {}
    }

    private Cuda(Native cuda) {
        retain = cuda.function("cuDevicePrimaryCtxRetain", JAVA_INT, ADDRESS, JAVA_INT);
        setCurrent = cuda.function("cuCtxSetCurrent", JAVA_INT, JAVA_LONG);
        getCurrent = cuda.function("cuCtxGetCurrent", JAVA_INT, ADDRESS);
        getDevice = cuda.function("cuCtxGetDevice", JAVA_INT, ADDRESS);
        allocate = cuda.function("cuMemAlloc_v2", JAVA_INT, ADDRESS, JAVA_LONG);
        free = cuda.function("cuMemFree_v2", JAVA_INT, JAVA_LONG);
        copy = cuda.function("cuMemcpyDtoH_v2", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG);
        fill = cuda.function("cuMemsetD32_v2", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG);
        synchronize = cuda.function("cuStreamSynchronize", JAVA_INT, JAVA_LONG);
    }

    /** CUDA's driver. */
    static Cuda driver() {
        return Driver.CUDA;
    }

    private static void check(String what, int status) {
        if (status != 0) {
            throw new UserError("%s: CUDA's driver returns error %d".formatted(what, status));
        }
    }

    /** The primary context of a device, which lives as long as the process. */
    long primary(int device) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment context = arena.allocate(JAVA_LONG);
            check("cuDevicePrimaryCtxRetain", retain.call(context, device));
            return context.get(JAVA_LONG, 0);
        }
    }

    /** Makes a context this thread's, unless it is none. */
    boolean use(long context) {
        return setCurrent.call(context) == 0;
    }

    /** This thread's context; 0 for none. */
    long current() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment context = arena.allocate(JAVA_LONG);
            check("cuCtxGetCurrent", getCurrent.call(context));
            return context.get(JAVA_LONG, 0);
        }
    }

    /** The device of this thread's context. */
    int device() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment device = arena.allocate(JAVA_INT);
            check("cuCtxGetDevice", getDevice.call(device));
            return device.get(JAVA_INT, 0);
        }
    }

    /** Memory on the device, filled with a float. */
    long allocate(long floats, float value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(JAVA_LONG);
            check("cuMemAlloc", allocate.call(address, 4 * floats));
            long memory = address.get(JAVA_LONG, 0);
            check("cuMemsetD32", fill.call(memory, Float.floatToRawIntBits(value), floats));
            return memory;
        }
    }

    void free(long memory) {
        check("cuMemFree", free.call(memory));
    }

    /** Waits for a stream; 0 for the context's own. */
    void finish(long stream) {
        check("cuStreamSynchronize", synchronize.call(stream));
    }

    /** The float at an address of the device. */
    float read(long address) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_INT);
            check("cuMemcpyDtoH", copy.call(value, address, 4L));
            return Float.intBitsToFloat(value.get(JAVA_INT, 0));
        }
    }
}
