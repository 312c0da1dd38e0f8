package s5.cpu;

import s5.collective.Collective;
import s5.ops.Tensor;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the tasks of a step run on: threads, the arrays behind tensors, memory to work in.
 *
 * <p>A task asks for its arrays each time that it runs, because those of scratch tensors are known
 * only when the whole step is compiled, and may later be replaced by larger ones.
 */
public final class Machine {
    private static final int COLUMNS = 64;

    private final Workers workers;
    private final Workspace workspace;
    private final boolean vector;
    private final Memory kept;
    private final Collective ranks;
    private final Map<Tensor, float[]> scratch = new HashMap<>();

    /**
     * @param kept holds the tensors that outlive the step
     * @param ranks the processes that sums are over
     */
    Machine(Workers workers, Workspace workspace, boolean vector, Memory kept, Collective ranks) {
        this.workers = workers;
        this.workspace = workspace;
        this.vector = vector;
        this.kept = kept;
        this.ranks = ranks;
    }

    /** The processes that sums are over. */
    Collective ranks() {
        return ranks;
    }

    /** {@return whether loops in the Vector API run, or plain ones} */
    public boolean vector() {
        return vector;
    }

    /** {@return the memory that tasks work in; what a task needs of it, it says when it is made} */
    public Workspace workspace() {
        return workspace;
    }

    /**
     * {@return the values of a float32 tensor; of a scratch tensor, the array may be longer than
     * it}
     *
     * @param t float32
     */
    public float[] floats(Tensor t) {
        return t.role() == Tensor.Role.SCRATCH ? scratch.get(t) : kept.floats(t);
    }

    /**
     * {@return the values of a float32 tensor, as {@link #floats(Tensor)}, or {@code absent} where
     * there is no tensor}
     *
     * @param t float32, or null
     * @param absent what to return for null; may be null
     */
    public float[] floatsOr(Tensor t, float[] absent) {
        return t == null ? absent : floats(t);
    }

    /**
     * {@return the values of each, as {@link #floats(Tensor)}}
     *
     * @param tensors float32 each
     */
    public float[][] floats(List<Tensor> tensors) {
        return tensors.stream().map(this::floats).toArray(float[][]::new);
    }

    /**
     * {@return the values of an int32 tensor}
     *
     * @param t int32, an input
     */
    public int[] ints(Tensor t) {
        return kept.ints(t);
    }

    /**
     * {@return the lengths of sequences}
     *
     * @param t int32 (B), an input
     * @param length L, the longest that one may be
     * @throws IllegalArgumentException when one is not in [1, L]
     */
    public int[] lengths(Tensor t, int length) {
        int[] lengths = ints(t);
        for (int b = 0; b < t.size(); b++) {
            if (lengths[b] < 1 || lengths[b] > length) {
                throw new IllegalArgumentException(
                        "length %d of sequence %d is not in [1, %d]"
                                .formatted(lengths[b], b, length));
            }
        }
        return lengths;
    }

    /** Says where the values of a scratch tensor are. */
    void bind(Tensor t, float[] values) {
        scratch.put(t, values);
    }

    /** Lets go of all scratch. */
    void release() {
        scratch.clear();
    }

    /**
     * Runs {@code body} for each task on all workers.
     *
     * @param tasks how many there are
     * @param body run once for each
     */
    public void run(int tasks, Body body) {
        workers.run(tasks, body);
    }

    /** One task of a parallel loop. */
    public interface Body {
        /**
         * Does one task.
         *
         * @param task from 0 to the number of tasks less 1; each is run once
         * @param worker from 0 to the number of workers less 1; two tasks that run at the same time
         *     have different ones, so it can index private memory
         */
        void run(int task, int worker);
    }

    /**
     * Runs {@code body} over blocks of rows on all workers.
     *
     * @param blocks of rows
     * @param body run once for each
     */
    public void each(Blocks blocks, RowLoop body) {
        workers.run(
                blocks.count(),
                (block, worker) -> body.run(blocks.from(block), blocks.to(block), block, worker));
    }

    /** The work on a block of rows. */
    public interface RowLoop {
        /**
         * Does the rows of a block.
         *
         * @param from the first row
         * @param to the row behind the last
         * @param block from 0
         * @param worker as in {@link Body}
         */
        void run(int from, int to, int block, int worker);
    }

    /**
     * Adds up what the blocks of a loop left in the shared floats, in double and in the order of
     * the blocks.
     *
     * @param blocks how many there are
     * @param at where the sum of the first block begins
     * @param stride from block to block
     * @param columns sums of a block
     * @param out gets {@code columns} sums
     */
    public void sumBlocks(int blocks, int at, int stride, int columns, float[] out) {
        float[] partial = workspace.floats();
        each(
                new Blocks(columns, COLUMNS),
                (from, to, _, _) -> {
                    for (int j = from; j < to; j++) {
                        double sum = 0;
                        for (int b = 0; b < blocks; b++) {
                            sum += partial[at + b * stride + j];
                        }
                        out[j] = (float) sum;
                    }
                });
    }
}
