package s5.ops;

import java.util.Arrays;
import java.util.List;

/** The demands of operations on shapes: a wrong one is a bug of the model code, named at once. */
final class Shapes {
    private Shapes() {}

    /**
     * Demands a float32 tensor of this shape. Trailing dimensions of 1 may be left out, so that a
     * vector goes for a matrix of one column.
     */
    static void shape(String op, String argument, Tensor t, int... shape) {
        type(op, argument, t, Tensor.Type.F32);
        require(
                Arrays.equals(trimmed(t.shape()), trimmed(shape)),
                "%s: %s is %s, must be of shape %s",
                op,
                argument,
                t,
                Arrays.toString(shape));
    }

    private static int[] trimmed(int[] shape) {
        int rank = shape.length;
        while (rank > 0 && shape[rank - 1] == 1) {
            rank--;
        }
        return Arrays.copyOf(shape, rank);
    }

    /** As {@link #shape}, for an argument that may be null. */
    static void shapeOrNull(String op, String argument, Tensor t, int... shape) {
        if (t != null) {
            shape(op, argument, t, shape);
        }
    }

    /** Demands a float32 vector: any shape with so many elements, (P, 1) being one of P. */
    static void vector(String op, String argument, Tensor t, int size) {
        type(op, argument, t, Tensor.Type.F32);
        require(t.size() == size, "%s: %s is %s, must have %d elements", op, argument, t, size);
    }

    /** As {@link #vector}, for an argument that may be null. */
    static void vectorOrNull(String op, String argument, Tensor t, int size) {
        if (t != null) {
            vector(op, argument, t, size);
        }
    }

    /** Demands an int32 tensor of so many elements. */
    static void integers(String op, String argument, Tensor t, int size) {
        type(op, argument, t, Tensor.Type.I32);
        require(t.size() == size, "%s: %s is %s, must have %d elements", op, argument, t, size);
    }

    /** Demands a float32 matrix, whatever its size. */
    static void matrix(String op, String argument, Tensor t) {
        type(op, argument, t, Tensor.Type.F32);
        require(t.rank() <= 2, "%s: %s is %s, must be a matrix", op, argument, t);
    }

    /** Demands that the rows of x are a whole number of positions for each of the sequences. */
    static void sequences(String op, Tensor x, int sequences) {
        require(
                sequences > 0 && x.rows() % sequences == 0,
                "%s: the rows of %s are no multiple of %d sequences",
                op,
                x,
                sequences);
    }

    /** Demands a length for each of the whole number of sequences that the rows of x are. */
    static void lengths(String op, Tensor lengths, Tensor x) {
        present(op, "lengths", lengths);
        integers(op, "lengths", lengths, lengths.size());
        sequences(op, x, lengths.size());
    }

    /** As {@link #lengths}, for an argument that may be null. */
    static void lengthsOrNull(String op, Tensor lengths, Tensor x) {
        if (lengths != null) {
            lengths(op, lengths, x);
        }
    }

    /** Demands that b is of shape (P, H, 2), and returns H. */
    static int inputMatrix(String op, String argument, Tensor b, int p) {
        present(op, argument, b);
        require(b.rank() == 3, "%s: %s is %s, must be of shape (P, H, 2)", op, argument, b);
        shape(op, argument, b, p, b.dim(1), 2);
        return b.dim(1);
    }

    private static void type(String op, String argument, Tensor t, Tensor.Type type) {
        present(op, argument, t);
        require(t.type() == type, "%s: %s is %s, must hold %s", op, argument, t, type);
    }

    /** Demands that it is not null. */
    static void present(String op, String argument, Object value) {
        require(value != null, "%s: %s is null", op, argument);
    }

    /** Demands that none of them is null, and returns a copy. */
    static List<Tensor> present(String op, String argument, List<Tensor> tensors) {
        present(op, argument, (Object) tensors);
        for (Tensor t : tensors) {
            present(op, argument, (Object) t);
        }
        return List.copyOf(tensors);
    }

    /** Throws an IllegalArgumentException with this message unless {@code good}. */
    @SuppressWarnings("AnnotateFormatMethod") // the annotation is in a library we do without
    static void require(boolean good, String message, Object... arguments) {
        if (!good) {
            throw new IllegalArgumentException(String.format(message, arguments));
        }
    }
}
