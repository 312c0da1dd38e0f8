package s5.tornado;

import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid1D;

/**
 * How many threads a kernel needs: {@code groups} work groups of {@code local} threads each, in one
 * dimension. A kernel started with another grid gives wrong results without an error, so the kernel
 * and its launch come from the same class.
 *
 * @param groups number of work groups
 * @param local threads of a group; at most {@link #GROUP}
 */
public record Launch(int groups, int local) {

    /** Threads in the largest work group: what every device has, and the local arrays hold. */
    public static final int GROUP = 256;

    /** Groups of a loop at most, so that a thread's last step past the end is still an int. */
    private static final int LOOP_GROUPS = 1 << 20;

    /** Elements of a result that keep a large GPU busy with one for each four. */
    private static final int LARGE = 1 << 18;

    public Launch {
        if (groups < 1 || local < 1 || local > GROUP) {
            throw new IllegalArgumentException(groups + " groups of " + local);
        }
        if ((long) groups * local > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(groups + " groups of " + local + " are too many");
        }
    }

    /** One thread for each of {@code threads} items, rounded up to whole groups. */
    public static Launch over(int threads) {
        return new Launch(Math.ceilDiv(threads, GROUP), GROUP);
    }

    /**
     * For an annotated loop over n items, which is right with any number of threads; see {@link
     * Tasks#loop}.
     */
    static Launch loop(int n) {
        return new Launch(Math.min(Math.ceilDiv(n, GROUP), LOOP_GROUPS), GROUP);
    }

    /**
     * How many elements of a result a thread of a loop takes: a few of a large one, so that several
     * loads are on their way at once.
     */
    public static int share(int size) {
        return size >= LARGE ? 4 : 1;
    }

    /** The grid in TornadoVM's terms. */
    private WorkerGrid worker() {
        WorkerGrid1D worker = new WorkerGrid1D(groups * local);
        worker.setLocalWork(local, 1, 1);
        return worker;
    }

    /** Registers this grid for the task {@code task} of {@code graph}. */
    void on(TaskGraph graph, String task, GridScheduler grids) {
        grids.addWorkerGrid(graph.getTaskGraphName() + "." + task, worker());
    }
}
