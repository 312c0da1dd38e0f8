package s5.ops;

/**
 * Where each number stands in the INPUT tensor {@code rates}: what the optimizer needs to know of
 * the schedule.
 */
public final class Rates {
    /** Learning rate of the SSM group. */
    public static final int SSM = 0;

    /** Learning rate of all other parameters. */
    public static final int REGULAR = 1;

    /** Bias correction {@code c1 = 1 / (1 - b1^t)}, with t = 1 in the first step. */
    public static final int C1 = 2;

    /** Bias correction {@code c2 = 1 / (1 - b2^t)}. */
    public static final int C2 = 3;

    /** Not 0 while more gradients are to come before the update, so that there is none yet. */
    public static final int PENDING = 4;

    /** Not 0 where the sums of gradients begin anew. */
    public static final int FRESH = 5;

    /** Share of the newest parameters in their average. */
    public static final int AVERAGE = 6;

    /** Length of the tensor. */
    public static final int SIZE = 7;

    private Rates() {}
}
