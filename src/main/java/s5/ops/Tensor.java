package s5.ops;

import s5.UserError;

import java.util.Arrays;
import java.util.Locale;

/**
 * A named array with a shape and a role. It owns no memory: the {@link Backend} does, and decides
 * by the role where the array lives and for how long. Row-major; float32 or int32.
 *
 * <p>Two tensors are equal only when they are the same object, so that a step can use a tensor as a
 * key.
 */
public final class Tensor {

    /**
     * What a tensor is for, which decides how long its values live and who may read or write them.
     */
    public enum Role {
        /**
         * Trained; shared by all steps of a backend; the host may read and write it between steps.
         */
        PARAMETER,
        /**
         * Kept from step to step but not trained: optimizer moments, running statistics. As
         * PARAMETER otherwise.
         */
        STATE,
        /** Written by the host before a step; the step only reads it. */
        INPUT,
        /**
         * Lives inside one step, from its first write to its last use; its memory is then used
         * again.
         */
        SCRATCH,
        /** Written by a step and readable by the host until the step runs again. */
        OUTPUT
    }

    /** The element type. */
    public enum Type {
        F32,
        I32
    }

    /** Elements that one array can hold. */
    private static final int LARGEST = Integer.MAX_VALUE - 64;

    private final String name;
    private final Role role;
    private final Type type;
    private final int[] shape;

    private Tensor(String name, Role role, Type type, int... shape) {
        long size = 1;
        for (int s : shape) {
            if (s < 1) {
                throw new IllegalArgumentException(name + ": shape " + Arrays.toString(shape));
            }
            size = size > LARGEST ? size : size * s; // any larger, and it might overflow
        }
        if (size > LARGEST) {
            throw tooLarge(name + Arrays.toString(shape), size);
        }
        this.name = name;
        this.role = role;
        this.type = type;
        this.shape = shape.clone();
    }

    /** What to tell the user, whose settings the sizes come from. */
    private static UserError tooLarge(String what, long size) {
        return new UserError(
                String.format(
                        Locale.ROOT,
                        "the settings are too large: %s has %,d elements or more, more than an"
                            + " array can hold; lower train.batch, train.eval_batch, data.length or"
                            + " the model's sizes",
                        what,
                        size));
    }

    /**
     * The number of positions in a batch.
     *
     * @throws UserError when there are more than one array can hold
     */
    public static int positions(int sequences, int length) {
        long size = (long) sequences * length;
        if (size > LARGEST) {
            throw tooLarge(
                    "a batch of %d sequences of length %d".formatted(sequences, length), size);
        }
        return (int) size;
    }

    public static Tensor parameter(String name, int... shape) {
        return new Tensor(name, Role.PARAMETER, Type.F32, shape);
    }

    public static Tensor state(String name, int... shape) {
        return new Tensor(name, Role.STATE, Type.F32, shape);
    }

    public static Tensor input(String name, int... shape) {
        return new Tensor(name, Role.INPUT, Type.F32, shape);
    }

    /** An input of integers: tokens, labels, lengths, counters. */
    public static Tensor integers(String name, int... shape) {
        return new Tensor(name, Role.INPUT, Type.I32, shape);
    }

    public static Tensor scratch(String name, int... shape) {
        return new Tensor(name, Role.SCRATCH, Type.F32, shape);
    }

    public static Tensor output(String name, int... shape) {
        return new Tensor(name, Role.OUTPUT, Type.F32, shape);
    }

    public String name() {
        return name;
    }

    public Role role() {
        return role;
    }

    public Type type() {
        return type;
    }

    public int[] shape() {
        return shape.clone();
    }

    /** Length of dimension {@code i}. */
    public int dim(int i) {
        return shape[i];
    }

    /** Number of dimensions. */
    public int rank() {
        return shape.length;
    }

    /** Number of elements. */
    public int size() {
        int size = 1;
        for (int s : shape) {
            size *= s;
        }
        return size;
    }

    /** Length of the first dimension. */
    public int rows() {
        return shape[0];
    }

    /** Elements of one row: the product of all dimensions but the first. */
    public int columns() {
        return size() / shape[0];
    }

    /**
     * Demands that the host may write such values to it between steps.
     *
     * @throws IllegalArgumentException otherwise
     */
    public void checkWrite(Type values, int length) {
        if (role == Role.SCRATCH || role == Role.OUTPUT) {
            throw new IllegalArgumentException(
                    "write: %s is %s, which only a step writes".formatted(this, role));
        }
        if (type != values) {
            throw new IllegalArgumentException(
                    "write: %s holds %s, not %s".formatted(this, type, values));
        }
        if (length < size()) {
            throw new IllegalArgumentException("write: %d values for %s".formatted(length, this));
        }
    }

    /**
     * Demands that the host may read it between steps.
     *
     * @throws IllegalArgumentException otherwise
     */
    public void checkRead() {
        if (role == Role.SCRATCH || role == Role.INPUT) {
            throw new IllegalArgumentException(
                    "read: %s is %s, which only a step reads".formatted(this, role));
        }
    }

    @Override
    public String toString() {
        return name + Arrays.toString(shape);
    }
}
