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
        /** IEEE float, 4 bytes. */
        F32,
        /** Signed integer, 4 bytes. */
        I32
    }

    /** Elements that one array can hold. */
    private static final int LARGEST = Integer.MAX_VALUE - 64;

    private final String name;
    private final Role role;
    private final Type type;
    private final boolean activation;
    private final int[] shape;

    private Tensor(String name, Role role, Type type, int... shape) {
        this(name, role, type, false, shape);
    }

    private Tensor(String name, Role role, Type type, boolean activation, int... shape) {
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
        this.activation = activation;
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
     * {@return the number of positions in a batch, B L}
     *
     * @param sequences B
     * @param length L
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

    /**
     * A tensor of float32 in the role {@link Role#PARAMETER}.
     *
     * @param name for messages and files
     * @param shape length of each dimension, 1 or more
     * @return a new tensor, equal to no other
     */
    public static Tensor parameter(String name, int... shape) {
        return new Tensor(name, Role.PARAMETER, Type.F32, shape);
    }

    /**
     * A tensor of float32 in the role {@link Role#STATE}.
     *
     * @param name for messages and files
     * @param shape length of each dimension, 1 or more
     * @return a new tensor, equal to no other
     */
    public static Tensor state(String name, int... shape) {
        return new Tensor(name, Role.STATE, Type.F32, shape);
    }

    /**
     * A tensor of float32 in the role {@link Role#INPUT}.
     *
     * @param name for messages
     * @param shape length of each dimension, 1 or more
     * @return a new tensor, equal to no other
     */
    public static Tensor input(String name, int... shape) {
        return new Tensor(name, Role.INPUT, Type.F32, shape);
    }

    /**
     * A tensor of int32 in the role {@link Role#INPUT}: tokens, labels, lengths, counters.
     *
     * @param name for messages
     * @param shape length of each dimension, 1 or more
     * @return a new tensor, equal to no other
     */
    public static Tensor integers(String name, int... shape) {
        return new Tensor(name, Role.INPUT, Type.I32, shape);
    }

    /**
     * A tensor of float32 in the role {@link Role#SCRATCH}.
     *
     * @param name for messages
     * @param shape length of each dimension, 1 or more
     * @return a new tensor, equal to no other
     */
    public static Tensor scratch(String name, int... shape) {
        return new Tensor(name, Role.SCRATCH, Type.F32, shape);
    }

    /**
     * A tensor in the role {@link Role#SCRATCH} with a row for each position: large, and stored in
     * bfloat16 by a backend whose precision is that. Operations compute with float32 all the same.
     *
     * @param name for messages
     * @param rows positions, 1 or more
     * @param columns of each, 1 or more
     * @return a new tensor, equal to no other
     */
    public static Tensor activation(String name, int rows, int columns) {
        return new Tensor(name, Role.SCRATCH, Type.F32, true, rows, columns);
    }

    /**
     * A tensor of float32 in the role {@link Role#OUTPUT}.
     *
     * @param name for messages
     * @param shape length of each dimension, 1 or more
     * @return a new tensor, equal to no other
     */
    public static Tensor output(String name, int... shape) {
        return new Tensor(name, Role.OUTPUT, Type.F32, shape);
    }

    /** {@return the name, for people and files; need not be unique} */
    public String name() {
        return name;
    }

    /** {@return what it is for} */
    public Role role() {
        return role;
    }

    /** {@return the type of its elements} */
    public Type type() {
        return type;
    }

    /**
     * {@return whether a backend may store it in bfloat16, see {@link #activation(String, int,
     * int)}}
     */
    public boolean activation() {
        return activation;
    }

    /** {@return a copy of the shape: the length of each dimension} */
    public int[] shape() {
        return shape.clone();
    }

    /**
     * {@return the length of dimension {@code i}}
     *
     * @param i from 0
     */
    public int dim(int i) {
        return shape[i];
    }

    /** Number of dimensions. */
    int rank() {
        return shape.length;
    }

    /** {@return the number of elements} */
    public int size() {
        int size = 1;
        for (int s : shape) {
            size *= s;
        }
        return size;
    }

    /** {@return the length of the first dimension} */
    public int rows() {
        return shape[0];
    }

    /** {@return elements of one row: the product of all dimensions but the first} */
    public int columns() {
        return size() / shape[0];
    }

    /**
     * Demands that the host may write such values to it between steps.
     *
     * @param values their element type
     * @param length how many there are; more than {@link #size} is allowed
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
