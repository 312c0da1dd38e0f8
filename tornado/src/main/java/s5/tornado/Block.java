package s5.tornado;

import s5.ops.Tensor;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One array of a step's task graph with the tensors that live in it. Small tensors share a block,
 * which makes for few transfers.
 */
final class Block {

    /** When the array is copied between host and device. */
    enum Transfer {
        /** To the device at every execution: the inputs of a step. */
        ALWAYS,
        /**
         * To the device when the host has something newer, and back on demand: parameters, state
         * and outputs.
         */
        WHEN_NEWER,
        /**
         * As before, and to the host after every execution: small outputs, because to ask the
         * device takes longer than a few kilobytes take.
         */
        RETURNED,
        /** Never: scratch memory, which has no copy on the host. */
        NEVER
    }

    /** Bytes of outputs that are worth a copy after every execution. */
    private static final int SMALL = 1 << 16;

    private final boolean whole;
    private final boolean narrow;
    private final List<Kept> tensors = new ArrayList<>();
    private final List<Integer> starts = new ArrayList<>();
    private final List<Kept> changed = new ArrayList<>();
    private Transfer transfer;
    private int size;
    private long[] seen;
    private FloatArray floats;
    private IntArray ints;
    private MemorySegment host;
    private Runnable download;
    private boolean behind;
    private boolean overwritten;

    /**
     * @param whole of int32, else of float32
     */
    Block(Transfer transfer, boolean whole) {
        this(transfer, whole, false);
    }

    private Block(Transfer transfer, boolean whole, boolean narrow) {
        this.transfer = transfer;
        this.whole = whole;
        this.narrow = narrow;
    }

    /**
     * Scratch of bfloat16. Its array is one of float32 with half as many elements, which stands for
     * the memory; kernels that {@link s5.tornado.stored.StoredKernels} makes see the bfloat16 in
     * it.
     */
    static Block narrow() {
        return new Block(Transfer.NEVER, false, true);
    }

    boolean isNarrow() {
        return narrow;
    }

    Transfer transfer() {
        return transfer;
    }

    /** Says whether one graph is the whole step, and so can return outputs when it ends. */
    void choose(boolean oneGraph) {
        if (transfer == Transfer.WHEN_NEWER || transfer == Transfer.RETURNED) {
            boolean outputs =
                    tensors.stream().allMatch(kept -> kept.tensor.role() == Tensor.Role.OUTPUT);
            transfer =
                    oneGraph && outputs && bytes() <= SMALL
                            ? Transfer.RETURNED
                            : Transfer.WHEN_NEWER;
        }
    }

    /** Elements so far, and where the next tensor will begin. */
    int size() {
        return size;
    }

    /** Makes room for a tensor; every tensor's start is a multiple of {@link Part#ALIGNMENT}. */
    int reserve(int elements) {
        int at = size;
        size = Math.addExact(at, aligned(elements));
        return at;
    }

    /** Elements with the gap behind them, so that what follows begins where it may. */
    static int aligned(int elements) {
        return Math.toIntExact(
                ((long) elements + Part.ALIGNMENT - 1) / Part.ALIGNMENT * Part.ALIGNMENT);
    }

    /** Leaves room, so that the next tensor begins there. */
    void skipTo(int at) {
        if (at < size) {
            throw new IllegalArgumentException(
                    "a block of %d has no room at %d".formatted(size, at));
        }
        size = at;
    }

    /** Adds a tensor with values that outlive the run. */
    int add(Kept kept) {
        tensors.add(kept);
        starts.add(reserve(kept.tensor.size()));
        return starts.getLast();
    }

    int at(Kept kept) {
        return starts.get(tensors.indexOf(kept));
    }

    /** Makes the array, after the last tensor was added. */
    void allocate() {
        if (transfer == Transfer.NEVER) {
            floats = Internals.deviceOnly(narrow ? size / 2 : size);
        } else {
            host = HostMemory.take(bytes());
            if (whole) {
                ints = IntArray.fromSegmentShallow(host);
            } else {
                floats = FloatArray.fromSegmentShallow(host);
            }
        }
        seen = new long[tensors.size()];
        Arrays.fill(seen, -1);
    }

    TornadoNativeArray array() {
        return whole ? ints : floats;
    }

    FloatArray floats() {
        return floats;
    }

    IntArray ints() {
        return ints;
    }

    /** Bytes on the device. */
    long bytes() {
        return (narrow ? 2L : 4L) * size + TornadoNativeArray.ARRAY_HEADER;
    }

    /**
     * Says that the step writes a tensor of this block.
     *
     * @param updated whether the kernel that writes it reads it too
     */
    void changes(Tensor tensor, boolean updated) {
        overwritten |= !updated;
        for (Kept kept : tensors) {
            if (kept.tensor == tensor && !changed.contains(kept)) {
                changed.add(kept);
            }
        }
    }

    /** Whether anything in it is written by a kernel that may not read it. */
    boolean overwritten() {
        return overwritten;
    }

    /**
     * @param download copies the array from the device to its host memory, or waits until that has
     *     been done
     */
    void onDownload(Runnable download) {
        this.download = download;
    }

    /**
     * Has the host memory hold what the next run needs.
     *
     * @return whether anything in it is newer than what was there at the last run
     */
    boolean refresh() {
        boolean stale = false;
        for (int i = 0; i < seen.length; i++) {
            Kept kept = tensors.get(i);
            if (seen[i] != kept.version()) {
                if (!stale) {
                    download();
                }
                stale = true;
                kept.copyTo(memory(), starts.get(i));
                seen[i] = kept.version();
            }
        }
        return stale;
    }

    /** The step has run: what it writes is newest here. */
    void ran() {
        for (Kept kept : changed) {
            kept.changedIn(this);
            seen[tensors.indexOf(kept)] = kept.version();
            behind = true;
        }
    }

    /** The host memory, brought up to date with the device. */
    MemorySegment download() {
        if (behind) {
            download.run();
            behind = false;
        }
        return memory();
    }

    private MemorySegment memory() {
        return whole ? ints.getSegment() : floats.getSegment();
    }

    /** Before the step ends: the newest values move to the host. */
    void leave() {
        tensors.forEach(kept -> kept.leave(this));
    }

    /** After the step has freed the device's memory. */
    void free() {
        if (host != null) {
            HostMemory.giveBack(host);
            host = null;
        }
    }
}
