package s5.cpu;

import s5.ops.Call;
import s5.ops.Tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Collects the calls of a step and, for each, the task that carries it out. */
final class Recorder {
    final Workers workers;
    final Workspace workspace;
    final Kernels kernels;
    final List<Call> calls = new ArrayList<>();
    final List<Runnable> tasks = new ArrayList<>();
    final Map<Tensor, Buffer> scratch = new HashMap<>();
    final Map<Tensor, Buffer> outputs = new HashMap<>();
    private final Function<Tensor, Buffer> kept;

    /**
     * @param kept finds the buffer of a tensor that outlives the step
     */
    Recorder(Workers workers, Workspace workspace, Kernels kernels, Function<Tensor, Buffer> kept) {
        this.workers = workers;
        this.workspace = workspace;
        this.kernels = kernels;
        this.kept = kept;
    }

    /** The buffer of a tensor; that of a scratch tensor gets its array after the recording. */
    Buffer buffer(Tensor t) {
        if (t.role() == Tensor.Role.SCRATCH) {
            return scratch.computeIfAbsent(t, _ -> new Buffer());
        }
        if (t.role() == Tensor.Role.OUTPUT) {
            return outputs.computeIfAbsent(t, kept);
        }
        return kept.apply(t);
    }

    /** The buffer of a tensor, or {@code size} times {@code value} for null. */
    Buffer bufferOr(Tensor t, float value, int size) {
        if (t != null) {
            return buffer(t);
        }
        Buffer constant = new Buffer();
        constant.floats = new float[size];
        Arrays.fill(constant.floats, value);
        return constant;
    }

    /**
     * Adds an operation. Tensors that are both read and written must stand in {@code inPlace}.
     *
     * @param reads may hold nulls, which are left out; as may {@code writes} and {@code inPlace}
     */
    void add(
            String op,
            List<Tensor> reads,
            List<Tensor> writes,
            List<Tensor> inPlace,
            Runnable task) {
        calls.add(Call.of(op, reads, writes, inPlace));
        tasks.add(task);
    }

    /** As {@link #add(String, List, List, List, Runnable)}, with nothing in place. */
    void add(String op, List<Tensor> reads, List<Tensor> writes, Runnable task) {
        add(op, reads, writes, List.of(), task);
    }

    /** Runs {@code body} over blocks of rows on all workers. */
    void each(Blocks blocks, RowLoop body) {
        workers.run(
                blocks.count(),
                (block, worker) -> body.run(blocks.from(block), blocks.to(block), block, worker));
    }

    /** The work on a block of rows. */
    interface RowLoop {
        void run(int from, int to, int block, int worker);
    }

    /**
     * Adds up what the blocks of a loop left in the shared floats, in double and in the order of
     * the blocks.
     *
     * @param at where the sum of the first block begins
     * @param stride from block to block
     * @param out gets {@code columns} sums
     */
    void sumBlocks(int blocks, int at, int stride, int columns, float[] out) {
        float[] partial = workspace.floats();
        workers.run(
                (columns + COLUMNS - 1) / COLUMNS,
                (task, _) -> {
                    int to = Math.min(columns, (task + 1) * COLUMNS);
                    for (int j = task * COLUMNS; j < to; j++) {
                        double sum = 0;
                        for (int b = 0; b < blocks; b++) {
                            sum += partial[at + b * stride + j];
                        }
                        out[j] = (float) sum;
                    }
                });
    }

    private static final int COLUMNS = 64;
}
