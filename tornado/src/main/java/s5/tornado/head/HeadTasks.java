package s5.tornado.head;

import s5.ops.HeadOp;
import s5.ops.HeadOp.Pooling;
import s5.ops.Tensor;
import s5.tornado.Launch;
import s5.tornado.Recorder;
import s5.tornado.stored.Pairs;

import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.List;

/** Pooling, pairs of documents and the losses. */
public final class HeadTasks {
    private HeadTasks() {}

    /** Says how an operation of this family is done. */
    public static void plan(HeadOp op, Recorder recorder) {
        switch (op) {
            case HeadOp.Pool o -> {
                if (o.pooling() == Pooling.LAST) {
                    poolLast(o, recorder);
                } else {
                    poolMean(o, recorder);
                }
            }
            case HeadOp.PoolAdjoint o -> poolAdjoint(o, recorder);
            case HeadOp.PairFeatures o -> pairFeatures(o, recorder);
            case HeadOp.PairFeaturesAdjoint o -> pairFeaturesAdjoint(o, recorder);
            case HeadOp.CrossEntropy o -> {
                if (o.weights() == null && o.length() == 0) {
                    crossEntropy(o, recorder);
                } else {
                    PositionTasks.crossEntropy(o, recorder);
                }
            }
            case HeadOp.SmoothLabels o -> SmoothTask.plan(o, recorder);
            case HeadOp.GaussianLoss o -> {
                if (o.lengths() == null && o.fit() == HeadOp.Fit.NLL) {
                    gaussianLoss(o, recorder);
                } else {
                    PositionTasks.gaussianLoss(o, recorder);
                }
            }
        }
    }

    private static void poolLast(HeadOp.Pool op, Recorder recorder) {
        recorder.whole(op.x(), op.out());
        recorder.add(
                op,
                t ->
                        t.graph.task(
                                t.loop(op.out().size()),
                                HeadKernels::poolLast,
                                t.array(op.x()),
                                t.integersOr(op.lengths()),
                                t.at(op.lengths()),
                                t.array(op.out()),
                                op.x().rows() / op.out().rows(),
                                op.out().rows(),
                                op.out().columns()));
    }

    private static void poolMean(HeadOp.Pool op, Recorder recorder) {
        recorder.whole(op.x(), op.out());
        int sequences = op.out().rows();
        int columns = op.out().columns();
        int length = op.x().rows() / sequences;
        // so that both sums are short
        int chunkRows = (int) Math.ceil(Math.sqrt(length));
        int chunks = Math.ceilDiv(length, chunkRows);
        Tensor partial = recorder.temporary("sums", sequences * chunks, columns);
        recorder.add(
                op,
                t -> {
                    IntArray counts = t.integersOr(op.lengths());
                    t.graph.task(
                            t.loop(partial.size()),
                            HeadKernels::poolPartials,
                            t.array(op.x()),
                            counts,
                            t.at(op.lengths()),
                            t.array(partial),
                            length,
                            chunkRows,
                            chunks,
                            sequences,
                            columns);
                    t.graph.task(
                            t.loop(op.out().size()),
                            HeadKernels::poolMeans,
                            t.array(partial),
                            counts,
                            t.at(op.lengths()),
                            t.array(op.out()),
                            length,
                            chunks,
                            sequences,
                            columns);
                },
                partial);
    }

    private static void poolAdjoint(HeadOp.PoolAdjoint op, Recorder recorder) {
        recorder.whole(op.dOut(), op.dX());
        int twin = Pairs.twin(recorder.isNarrow(op.dX()), op.dX().columns());
        int columns = op.dX().columns() / (1 + twin);
        int share = Launch.share(op.dX().rows() * columns);
        int apart = Math.ceilDiv(op.dX().rows(), share);
        recorder.add(
                op,
                t ->
                        t.graph.task(
                                t.loop(apart * columns),
                                HeadKernels::poolBackward,
                                t.array(op.dOut()),
                                t.integersOr(op.lengths()),
                                t.at(op.lengths()),
                                op.pooling() == Pooling.LAST ? 1 : 0,
                                t.array(op.dX()),
                                op.dX().rows() / op.dOut().rows(),
                                op.dX().rows(),
                                columns,
                                twin,
                                share,
                                apart));
    }

    private static void pairFeatures(HeadOp.PairFeatures op, Recorder recorder) {
        recorder.whole(op.e(), op.out());
        recorder.add(
                op,
                t ->
                        t.graph.task(
                                t.loop(op.e().size() / 2),
                                HeadKernels::pairForward,
                                t.array(op.e()),
                                t.array(op.out()),
                                op.e().rows() / 2,
                                op.e().columns()));
    }

    private static void pairFeaturesAdjoint(HeadOp.PairFeaturesAdjoint op, Recorder recorder) {
        recorder.whole(op.e(), op.dOut(), op.dE());
        recorder.add(
                op,
                t ->
                        t.graph.task(
                                t.loop(op.e().size() / 2),
                                HeadKernels::pairBackward,
                                t.array(op.e()),
                                t.array(op.dOut()),
                                t.array(op.dE()),
                                op.e().rows() / 2,
                                op.e().columns()));
    }

    private static void crossEntropy(HeadOp.CrossEntropy op, Recorder recorder) {
        recorder.whole(op.logits(), op.logProbs(), op.dLogits());
        int rows = op.logits().rows();
        Tensor partial = recorder.temporary("sums", rows, 2);
        recorder.add(
                op,
                List.of(op.metrics()),
                t -> {
                    t.graph.task(
                            t.id(),
                            HeadKernels::crossEntropyRows,
                            t.array(op.logits()),
                            t.integers(op.labels()),
                            t.at(op.labels()),
                            t.integers(op.counters()),
                            t.at(op.counters()),
                            t.array(op.logProbs()),
                            t.array(partial),
                            t.writtenOr(op.dLogits(), op.logits()),
                            op.dLogits() == null ? 0 : 1,
                            rows,
                            op.logits().columns());
                    t.graph.task(
                            t.id(),
                            HeadKernels::crossEntropyTotals,
                            t.array(partial),
                            t.integers(op.counters()),
                            t.at(op.counters()),
                            t.array(op.metrics()),
                            t.at(op.metrics()),
                            rows);
                },
                partial);
    }

    private static void gaussianLoss(HeadOp.GaussianLoss op, Recorder recorder) {
        recorder.whole(op.mean(), op.z(), op.prediction(), op.dMean(), op.dZ());
        int size = op.mean().size();
        int shares = Math.min(GaussianKernels.SHARES, size);
        Tensor partial = recorder.temporary("sums", shares, 2);
        recorder.add(
                op,
                List.of(op.metrics()),
                t -> {
                    t.graph.task(
                            t.id(),
                            GaussianKernels::gaussianElements,
                            t.array(op.mean()),
                            t.array(op.z()),
                            t.array(op.target()),
                            t.at(op.target()),
                            t.integers(op.counters()),
                            t.at(op.counters()),
                            t.array(op.prediction()),
                            t.array(partial),
                            t.writtenOr(op.dMean(), op.mean()),
                            t.writtenOr(op.dZ(), op.z()),
                            op.dMean() == null ? 0 : 1,
                            op.length(),
                            op.mean().columns(),
                            shares,
                            size);
                    t.graph.task(
                            t.id(),
                            GaussianKernels::gaussianTotals,
                            t.array(partial),
                            t.integers(op.counters()),
                            t.at(op.counters()),
                            t.array(op.metrics()),
                            t.at(op.metrics()),
                            op.length(),
                            op.mean().columns(),
                            shares);
                },
                partial);
    }
}
