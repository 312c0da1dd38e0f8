package s5.cpu;

/**
 * Memory that a task needs only while it runs: partial sums, packed panels. Operations run one
 * after another, so all of them share one such memory, as large as the neediest asks for. Its
 * content means nothing from one operation to the next.
 */
public final class Workspace {
    private final int workers;
    private int floatsNeeded;
    private int taken;
    private boolean together;
    private int doublesNeeded;
    private int ownFloatsNeeded;
    private int ownDoublesNeeded;
    private float[] floats = {};
    private double[] doubles = {};
    private final float[][] ownFloats;
    private final double[][] ownDoubles;

    Workspace(int workers) {
        this.workers = workers;
        ownFloats = new float[workers][0];
        ownDoubles = new double[workers][0];
    }

    /**
     * Says, when a task is made, that it will use so many shared floats.
     *
     * @param size in floats
     * @return where they begin: 0, unless the task is one of several that run at once
     */
    public int needFloats(int size) {
        int at = together ? taken : 0;
        taken = Math.addExact(at, size);
        floatsNeeded = Math.max(floatsNeeded, taken);
        return at;
    }

    /**
     * Makes tasks that run at once, so that each needs floats of its own.
     *
     * @param tasks makes them
     */
    void together(Runnable tasks) {
        taken = 0;
        together = true;
        tasks.run();
        together = false;
    }

    /**
     * As {@link #needFloats}, for doubles.
     *
     * @param size in doubles
     */
    public void needDoubles(int size) {
        doublesNeeded = Math.max(doublesNeeded, size);
    }

    /**
     * As {@link #needFloats}, for floats of each worker.
     *
     * @param size in floats
     */
    public void needOwnFloats(int size) {
        ownFloatsNeeded = Math.max(ownFloatsNeeded, size);
    }

    /**
     * As {@link #needFloats}, for doubles of each worker.
     *
     * @param size in doubles
     */
    public void needOwnDoubles(int size) {
        ownDoublesNeeded = Math.max(ownDoublesNeeded, size);
    }

    /** Gets the memory asked for; when all tasks of a step are made. */
    void allocate() {
        if (floats.length < floatsNeeded) {
            floats = new float[floatsNeeded];
        }
        if (doubles.length < doublesNeeded) {
            doubles = new double[doublesNeeded];
        }
        for (int w = 0; w < workers; w++) {
            if (ownFloats[w].length < ownFloatsNeeded) {
                ownFloats[w] = new float[ownFloatsNeeded];
            }
            if (ownDoubles[w].length < ownDoublesNeeded) {
                ownDoubles[w] = new double[ownDoublesNeeded];
            }
        }
    }

    /** {@return floats that all workers share} */
    public float[] floats() {
        return floats;
    }

    /** {@return doubles that all workers share} */
    public double[] doubles() {
        return doubles;
    }

    /**
     * {@return floats of one worker alone}
     *
     * @param worker from 0
     */
    public float[] floats(int worker) {
        return ownFloats[worker];
    }

    /**
     * {@return doubles of one worker alone}
     *
     * @param worker from 0
     */
    public double[] doubles(int worker) {
        return ownDoubles[worker];
    }
}
