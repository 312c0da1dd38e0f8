package s5.tornado.head;

import s5.ops.HeadOp;
import s5.ops.HeadOp.Pooling;
import s5.ops.Tensor;
import s5.tornado.Launch;
import s5.tornado.Recorder;
import s5.tornado.sum.ColumnPlan;

import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.List;

/** Pooling, pairs of documents and the losses. */
public final class HeadTasks {
    /** Groups wanted for the sums of a pooling. */
    private static final int GROUPS = 1024;

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
            case HeadOp.CrossEntropy o -> crossEntropy(o, recorder);
            case HeadOp.GaussianLoss o -> gaussianLoss(o, recorder);
        }
    }

    private static void poolLast(HeadOp.Pool op, Recorder recorder) {
        recorder.whole(op.x(), op.out());
        recorder.add(
                op,
                t ->
                        t.graph.task(
                                t.id(Launch.over(op.out().size())),
                                HeadKernels::poolLast,
                                t.context,
                                t.array(op.x()),
                                t.array(op.out()),
                                op.x().rows() / op.out().rows(),
                                op.out().columns(),
                                op.out().size()));
    }

    private static void poolMean(HeadOp.Pool op, Recorder recorder) {
        recorder.whole(op.x(), op.out());
        int sequences = op.out().rows();
        int columns = op.out().columns();
        int length = op.x().rows() / sequences;
        ColumnPlan rows = ColumnPlan.elements(length, columns);
        int unit = rows.groupRows();
        int wanted = Math.max(1, GROUPS / (sequences * rows.columnGroups()));
        int chunkRows = Math.ceilDiv(Math.ceilDiv(length, wanted), unit) * unit;
        int chunks = Math.ceilDiv(length, chunkRows);
        Tensor partial = recorder.temporary("sums", sequences * chunks, columns);
        recorder.add(
                op,
                t -> {
                    IntArray counts = t.integersOr(op.lengths());
                    t.graph.task(
                            t.id(
                                    new Launch(
                                            sequences * chunks * rows.columnGroups(),
                                            rows.launch().local())),
                            HeadKernels::poolPartials,
                            t.context,
                            t.array(op.x()),
                            counts,
                            t.at(op.lengths()),
                            t.array(partial),
                            length,
                            chunks,
                            columns,
                            rows.lanes(),
                            rows.columnGroups(),
                            rows.sweeps(),
                            chunkRows);
                    t.graph.task(
                            t.id(Launch.over(op.out().size())),
                            HeadKernels::poolMeans,
                            t.context,
                            t.array(partial),
                            counts,
                            t.at(op.lengths()),
                            t.array(op.out()),
                            length,
                            chunks,
                            columns,
                            op.out().size());
                },
                partial);
    }

    private static void poolAdjoint(HeadOp.PoolAdjoint op, Recorder recorder) {
        recorder.whole(op.dOut(), op.dX());
        ColumnPlan plan = ColumnPlan.elements(op.dX().rows(), op.dX().columns());
        recorder.add(
                op,
                t ->
                        t.graph.task(
                                t.id(plan.launch()),
                                HeadKernels::poolBackward,
                                t.context,
                                t.array(op.dOut()),
                                t.integersOr(op.lengths()),
                                t.at(op.lengths()),
                                op.pooling() == Pooling.LAST ? 1 : 0,
                                t.array(op.dX()),
                                plan.rows() / op.dOut().rows(),
                                plan.rows(),
                                plan.columns(),
                                plan.lanes(),
                                plan.columnGroups(),
                                plan.sweeps()));
    }

    private static void pairFeatures(HeadOp.PairFeatures op, Recorder recorder) {
        recorder.whole(op.e(), op.out());
        recorder.add(
                op,
                t ->
                        t.graph.task(
                                t.id(Launch.over(op.e().size() / 2)),
                                HeadKernels::pairForward,
                                t.context,
                                t.array(op.e()),
                                t.array(op.out()),
                                op.e().columns(),
                                op.e().size() / 2));
    }

    private static void pairFeaturesAdjoint(HeadOp.PairFeaturesAdjoint op, Recorder recorder) {
        recorder.whole(op.e(), op.dOut(), op.dE());
        recorder.add(
                op,
                t ->
                        t.graph.task(
                                t.id(Launch.over(op.e().size() / 2)),
                                HeadKernels::pairBackward,
                                t.context,
                                t.array(op.e()),
                                t.array(op.dOut()),
                                t.array(op.dE()),
                                op.e().columns(),
                                op.e().size() / 2));
    }

    private static void crossEntropy(HeadOp.CrossEntropy op, Recorder recorder) {
        recorder.whole(op.logits(), op.logProbs(), op.dLogits());
        recorder.add(
                op,
                List.of(op.metrics()),
                t ->
                        t.graph.task(
                                t.id(new Launch(1, Launch.GROUP)),
                                HeadKernels::crossEntropyRows,
                                t.context,
                                t.array(op.logits()),
                                t.integers(op.labels()),
                                t.at(op.labels()),
                                t.integers(op.counters()),
                                t.at(op.counters()),
                                t.array(op.logProbs()),
                                t.array(op.metrics()),
                                t.at(op.metrics()),
                                t.writtenOr(op.dLogits(), op.logits()),
                                op.dLogits() == null ? 0 : 1,
                                op.logits().rows(),
                                op.logits().columns()));
    }

    private static void gaussianLoss(HeadOp.GaussianLoss op, Recorder recorder) {
        recorder.whole(op.mean(), op.z(), op.prediction(), op.dMean(), op.dZ());
        int size = op.mean().size();
        int groups = Math.min(GaussianKernels.GROUPS, Math.ceilDiv(size, Launch.GROUP));
        Tensor partial = recorder.temporary("sums", groups, 2);
        recorder.add(
                op,
                List.of(op.metrics()),
                t -> {
                    t.graph.task(
                            t.id(new Launch(groups, Launch.GROUP)),
                            GaussianKernels::gaussianElements,
                            t.context,
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
                            groups,
                            size);
                    t.graph.task(
                            t.id(new Launch(1, Launch.GROUP)),
                            GaussianKernels::gaussianTotals,
                            t.context,
                            t.array(partial),
                            t.integers(op.counters()),
                            t.at(op.counters()),
                            t.array(op.metrics()),
                            t.at(op.metrics()),
                            op.length(),
                            op.mean().columns(),
                            groups);
                },
                partial);
    }
}
