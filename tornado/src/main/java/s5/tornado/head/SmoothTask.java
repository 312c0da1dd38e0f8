package s5.tornado.head;

import s5.ops.HeadOp.SmoothLabels;
import s5.ops.Tensor;
import s5.tornado.Recorder;
import s5.tornado.Tasks;

/** Targets that are spread over the classes: rows, sums in two levels, then the gradient. */
final class SmoothTask {
    private SmoothTask() {}

    /** Says how {@link SmoothLabels} is done. */
    static void plan(SmoothLabels op, Recorder recorder) {
        recorder.whole(op.logProbs(), op.dLogits());
        int rows = op.logProbs().rows();
        int shares = (int) Math.ceil(Math.sqrt(rows));
        Tensor partial = recorder.temporary("losses", rows, 2);
        Tensor sums = recorder.temporary("sums", 2 * shares + 1); // and the divisor
        recorder.add(op, t -> add(op, t, partial, sums, shares), partial, sums);
    }

    private static void add(SmoothLabels op, Tasks t, Tensor partial, Tensor sums, int shares) {
        int rows = op.logProbs().rows();
        int columns = op.logProbs().columns();
        int length = Math.max(1, op.length());
        t.graph.task(
                t.loop(rows),
                SmoothKernels::smoothRows,
                t.array(op.logProbs()),
                t.integers(op.labels()),
                t.at(op.labels()),
                t.arrayOr(op.weights(), op.logProbs()),
                t.at(op.weights()),
                t.integers(op.counters()),
                t.at(op.counters()),
                t.array(partial),
                length,
                columns,
                op.share(),
                0,
                rows);
        t.graph.task(
                t.loop(shares),
                SmoothKernels::smoothShares,
                t.array(partial),
                rows,
                t.array(sums),
                0,
                shares);
        t.graph.task(
                t.loop(1),
                SmoothKernels::smoothTotals,
                t.array(sums),
                shares,
                t.integers(op.counters()),
                t.at(op.counters()),
                t.array(op.metrics()),
                t.at(op.metrics()),
                0,
                1);
        t.graph.task(
                t.loop(rows * columns),
                SmoothKernels::smoothGradient,
                t.integers(op.labels()),
                t.at(op.labels()),
                t.arrayOr(op.weights(), op.logProbs()),
                t.at(op.weights()),
                t.integers(op.counters()),
                t.at(op.counters()),
                t.array(sums),
                2 * shares,
                t.array(op.dLogits()),
                length,
                columns,
                op.share(),
                rows);
    }
}
