package s5.tornado;

import s5.ops.Tensor;

import java.util.Arrays;

/**
 * Shape checks while recording. On a device a wrong shape would read or write past the end of an
 * array without a word.
 */
final class Check {
    private Check() {}

    /** Demands a float32 tensor of exactly this shape, or null. */
    static void shape(String op, Tensor t, int... shape) {
        if (t != null) {
            require(
                    t.type() == Tensor.Type.F32 && Arrays.equals(t.shape(), shape),
                    "%s: %s must be of shape %s",
                    op,
                    t,
                    Arrays.toString(shape));
        }
    }

    /** Demands float32 tensors of so many elements, in any shape, or nulls. */
    static void sizes(String op, int size, Tensor... tensors) {
        for (Tensor t : tensors) {
            if (t != null) {
                require(
                        t.type() == Tensor.Type.F32 && t.size() == size,
                        "%s: %s must have %d elements",
                        op,
                        t,
                        size);
            }
        }
    }

    /** Demands an int32 tensor of so many elements, or null. */
    static void integers(String op, Tensor t, int size) {
        if (t != null) {
            require(
                    t.type() == Tensor.Type.I32 && t.size() == size,
                    "%s: %s must have %d integers",
                    op,
                    t,
                    size);
        }
    }

    /** Demands that rows are a whole number of sequences, and returns the length of one. */
    static int length(String op, Tensor x, int sequences) {
        require(
                sequences > 0 && x.rows() % sequences == 0,
                "%s: the rows of %s are no multiple of %d sequences",
                op,
                x,
                sequences);
        return x.rows() / sequences;
    }

    /** Throws an IllegalArgumentException with this message unless {@code good}. */
    @SuppressWarnings("AnnotateFormatMethod") // the annotation is in a library we do without
    static void require(boolean good, String message, Object... arguments) {
        if (!good) {
            throw new IllegalArgumentException(String.format(message, arguments));
        }
    }
}
