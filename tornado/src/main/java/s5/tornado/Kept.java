package s5.tornado;

import s5.ops.Tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The values of a tensor that outlives a run: on the host, and where a step has changed them since,
 * on the device. Exactly one place is the newest, and {@link #version} tells the others that they
 * are not.
 */
final class Kept {
    final Tensor tensor;
    private final float[] floats;
    private final int[] ints;

    /** Counts the changes. */
    private long version;

    /** Holds newer values than the host, or null. */
    private Block newest;

    Kept(Tensor tensor) {
        this.tensor = tensor;
        boolean whole = tensor.type() == Tensor.Type.I32;
        floats = whole ? null : new float[tensor.size()];
        ints = whole ? new int[tensor.size()] : null;
    }

    long version() {
        return version;
    }

    void write(float[] values) {
        System.arraycopy(values, 0, floats, 0, floats.length);
        changedOnHost();
    }

    void write(int[] values) {
        System.arraycopy(values, 0, ints, 0, ints.length);
        changedOnHost();
    }

    private void changedOnHost() {
        newest = null;
        version++;
    }

    /** A step has just changed the values in one of its blocks. */
    void changedIn(Block block) {
        newest = block;
        version++;
    }

    /** The values, on the host, brought from the device if need be. */
    float[] read() {
        if (newest == null) {
            return floats.clone();
        }
        float[] values = new float[floats.length];
        copyNewest(values);
        return values;
    }

    /** Has the host hold the newest values. */
    void bringHome() {
        if (newest != null) {
            copyNewest(floats);
            newest = null;
        }
    }

    private void copyNewest(float[] values) {
        MemorySegment.copy(
                newest.download(),
                ValueLayout.JAVA_FLOAT,
                4L * newest.at(this),
                values,
                0,
                values.length);
    }

    /** Copies the newest values to element {@code at} of a block's host memory. */
    void copyTo(MemorySegment memory, int at) {
        bringHome();
        if (ints != null) {
            MemorySegment.copy(ints, 0, memory, ValueLayout.JAVA_INT, 4L * at, ints.length);
        } else {
            MemorySegment.copy(floats, 0, memory, ValueLayout.JAVA_FLOAT, 4L * at, floats.length);
        }
    }

    /** Called when a block ends: its values, where they are the newest, move to the host. */
    void leave(Block block) {
        if (newest == block) {
            bringHome();
        }
    }
}
