package s5.tornado;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * The host memory of arrays that are copied between host and device. It is never returned to the
 * system: TornadoVM registers it with CUDA, which then copies from the physical pages that it saw,
 * and where memory that was freed comes back at another base its registry does not notice that the
 * pages are other ones. A step then reads what was there before; this has been seen. Memory that a
 * closed step leaves is used again at the same base.
 */
final class HostMemory {
    private static final long PAGE = 4096;

    private static final Map<Long, Deque<MemorySegment>> FREE = new HashMap<>();
    private static final Map<Long, MemorySegment> TAKEN = new HashMap<>();

    private HostMemory() {}

    /** Memory of so many bytes, all zero. */
    static synchronized MemorySegment take(long bytes) {
        long capacity = capacity(bytes);
        MemorySegment whole = FREE.computeIfAbsent(capacity, c -> new ArrayDeque<>()).poll();
        if (whole == null) {
            whole = Arena.global().allocate(capacity, PAGE);
        }
        TAKEN.put(whole.address(), whole);
        return whole.asSlice(0, bytes).fill((byte) 0);
    }

    /** Takes back what {@link #take} gave, when nothing on the device uses it any more. */
    static synchronized void giveBack(MemorySegment memory) {
        MemorySegment whole = TAKEN.remove(memory.address());
        FREE.get(whole.byteSize()).add(whole);
    }

    /** Rounded up, by a quarter at most, so that steps of similar size share memory. */
    private static long capacity(long bytes) {
        long step = Math.max(PAGE, Long.highestOneBit(bytes) / 4);
        return Math.ceilDiv(bytes, step) * step;
    }
}
