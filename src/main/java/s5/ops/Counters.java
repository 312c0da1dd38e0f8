package s5.ops;

/**
 * Where each integer stands in the INPUT tensor {@code counters}: what changes from run to run of a
 * step.
 */
public final class Counters {
    /** Number of the training step, from 0. */
    public static final int STEP = 0;

    /** Dropout seed. */
    public static final int SEED = 1;

    /** How many sequences of the batch count, the last batch of an evaluation being ragged. */
    public static final int ROWS = 2;

    /** Row of the metrics tensor to write. */
    public static final int SLOT = 3;

    /** Length of the tensor. */
    public static final int SIZE = 4;

    private Counters() {}
}
