package s5.tornado.head;

import s5.ops.HeadOp;
import s5.ops.Tensor;
import s5.tornado.Recorder;
import s5.tornado.Tasks;

import java.util.List;

/** The losses where not all rows weigh the same; see {@link PositionKernels}. */
final class PositionTasks {
    private PositionTasks() {}

    static void crossEntropy(HeadOp.CrossEntropy op, Recorder recorder) {
        recorder.whole(op.logits(), op.logProbs(), op.dLogits());
        int rows = op.logits().rows();
        int length = Math.max(1, op.length());
        int shares = Math.min(PositionKernels.SHARES, rows);
        Tensor counts = recorder.temporary("counts", shares);
        Tensor share = recorder.temporary("shares", rows + 1);
        Tensor partial = recorder.temporary("rows", rows, 2);
        Tensor sums = recorder.temporary("sums", shares, 2);
        recorder.add(
                op,
                List.of(op.metrics()),
                t -> {
                    t.graph.task(
                            t.id(),
                            PositionKernels::countLabels,
                            t.integers(op.labels()),
                            t.at(op.labels()),
                            t.integers(op.counters()),
                            t.at(op.counters()),
                            length,
                            rows,
                            shares,
                            t.array(counts));
                    t.graph.task(
                            t.loop(rows),
                            PositionKernels::labelShares,
                            t.integers(op.labels()),
                            t.at(op.labels()),
                            t.integers(op.counters()),
                            t.at(op.counters()),
                            t.array(counts),
                            t.arrayOr(op.weights(), counts),
                            t.at(op.weights()),
                            length,
                            rows / length,
                            shares,
                            t.array(share));
                    t.graph.task(
                            t.loop(rows),
                            PositionKernels::classRows,
                            t.array(op.logits()),
                            t.integers(op.labels()),
                            t.at(op.labels()),
                            t.array(share),
                            t.array(op.logProbs()),
                            t.array(partial),
                            t.writtenOr(op.dLogits(), op.logits()),
                            op.dLogits() == null ? 0 : 1,
                            length,
                            rows / length,
                            op.logits().columns());
                    t.graph.task(
                            t.id(),
                            PositionKernels::classSums,
                            t.array(partial),
                            t.integers(op.counters()),
                            t.at(op.counters()),
                            length,
                            rows,
                            shares,
                            t.array(sums));
                    totals(t, sums, share, op.counters(), op.metrics(), 1f, 1f);
                },
                counts,
                share,
                partial,
                sums);
    }

    static void gaussianLoss(HeadOp.GaussianLoss op, Recorder recorder) {
        recorder.whole(op.mean(), op.z(), op.prediction(), op.dMean(), op.dZ());
        int rows = op.mean().rows();
        int columns = op.mean().columns();
        int shares = Math.min(PositionKernels.SHARES, op.mean().size());
        int fit =
                switch (op.fit()) {
                    case NLL -> 1;
                    case MSE -> 2;
                    case MAE -> 3;
                };
        Tensor share = recorder.temporary("shares", rows + 1);
        Tensor sums = recorder.temporary("sums", shares, 2);
        recorder.add(
                op,
                List.of(op.metrics()),
                t -> {
                    t.graph.task(
                            t.loop(rows),
                            PositionKernels::lengthShares,
                            t.integersOr(op.lengths()),
                            t.at(op.lengths()),
                            t.integers(op.counters()),
                            t.at(op.counters()),
                            op.length(),
                            rows / op.length(),
                            t.array(share));
                    t.graph.task(
                            t.id(),
                            PositionKernels::numberElements,
                            t.array(op.mean()),
                            t.array(op.z()),
                            t.array(op.target()),
                            t.at(op.target()),
                            t.array(share),
                            t.array(op.prediction()),
                            t.array(sums),
                            t.writtenOr(op.dMean(), op.mean()),
                            t.writtenOr(op.dZ(), op.z()),
                            op.dMean() == null ? 0 : fit,
                            columns,
                            shares,
                            op.mean().size());
                    totals(t, sums, share, op.counters(), op.metrics(), 0.5f, -1f / columns);
                },
                share,
                sums);
    }

    private static void totals(
            Tasks t,
            Tensor sums,
            Tensor share,
            Tensor counters,
            Tensor metrics,
            float first,
            float second) {
        t.graph.task(
                t.id(),
                PositionKernels::metricTotals,
                t.array(sums),
                t.array(share),
                t.integers(counters),
                t.at(counters),
                t.array(metrics),
                t.at(metrics),
                first,
                second,
                share.size() - 1,
                sums.rows());
    }
}
