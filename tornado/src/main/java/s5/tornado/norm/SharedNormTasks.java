package s5.tornado.norm;

import s5.ops.NormOp;
import s5.ops.Tensor;
import s5.tornado.Part;
import s5.tornado.Recorder;
import s5.tornado.Tasks;
import s5.tornado.sum.ColumnPlan;
import s5.tornado.sum.ColumnSums;

import java.util.List;

/** Batch normalization over a batch that several processes share; see {@link NormOp}. */
final class SharedNormTasks {
    private SharedNormTasks() {}

    private static int sequences(Tensor lengths) {
        return lengths == null ? 0 : lengths.size();
    }

    static void moments(NormOp.BatchNormMoments op, Recorder recorder) {
        recorder.whole(op.x(), op.moments(), op.total());
        int h = op.x().columns();
        ColumnPlan sums = ColumnPlan.sums(op.x().rows(), h);
        Tensor partial =
                recorder.temporary(
                        "sums", Math.max(1, sums.partialSize(op.lengths() == null ? 2 : 3)));
        Tensor statistics = recorder.temporary("statistics", 2, h);
        Tensor none = recorder.temporary("none", 1);
        recorder.add(
                op,
                t -> {
                    String id = t.id();
                    if (op.lengths() == null) {
                        NormTasks.batchNormPartials(op.x(), sums, partial, t, id);
                        finish(sums, partial, none, statistics, t, id);
                    } else {
                        MaskedNormTasks.partials(op.x(), op.lengths(), sums, partial, t, id);
                        maskedFinish(sums, partial, none, statistics, t, id);
                    }
                    t.graph.task(
                            t.loop(id + "Moments", h),
                            SharedNormKernels::sharedMoments,
                            t.array(statistics),
                            t.integersOr(op.lengths()),
                            t.at(op.lengths()),
                            sequences(op.lengths()),
                            op.x().rows(),
                            t.array(op.moments()),
                            t.array(op.total()),
                            h + 1);
                },
                partial,
                statistics,
                none);
    }

    private static void finish(
            ColumnPlan sums, Tensor partial, Tensor none, Tensor statistics, Tasks t, String id) {
        t.graph.task(
                t.id(id + "Finish", ColumnSums.totalsLaunch(sums.columns())),
                BatchNormKernels::batchNormFinish,
                t.context,
                t.array(partial),
                t.array(none),
                -1,
                -1,
                t.array(statistics),
                0,
                sums.columns(),
                0f,
                sums.rows(),
                sums.columns(),
                sums.groupRows(),
                sums.rowGroups());
    }

    private static void maskedFinish(
            ColumnPlan sums, Tensor partial, Tensor none, Tensor statistics, Tasks t, String id) {
        t.graph.task(
                t.id(id + "Finish", ColumnSums.totalsLaunch(sums.columns())),
                MaskedNormKernels::maskedFinish,
                t.context,
                t.array(partial),
                t.array(none),
                -1,
                -1,
                t.array(statistics),
                0,
                sums.columns(),
                0f,
                sums.columns(),
                sums.rowGroups());
    }

    static void squares(NormOp.BatchNormSquares op, Recorder recorder) {
        recorder.whole(op.moments(), op.total(), op.squares());
        recorder.add(
                op,
                t ->
                        t.graph.task(
                                t.loop(op.squares().size()),
                                SharedNormKernels::sharedSquares,
                                t.array(op.moments()),
                                t.array(op.total()),
                                t.array(op.squares()),
                                op.total().size()));
    }

    static void shared(NormOp.BatchNormShared op, Recorder recorder) {
        recorder.whole(op.x(), op.total(), op.squares(), op.y());
        recorder.apart(op.mean(), op.rstd());
        NormOp.BatchNorm whole =
                new NormOp.BatchNorm(
                        op.x(),
                        null,
                        op.scale(),
                        op.bias(),
                        op.runningMean(),
                        op.runningVar(),
                        op.momentum(),
                        op.mean(),
                        op.rstd(),
                        op.y());
        recorder.add(
                op,
                t -> {
                    String id = t.id();
                    Part runningMean = t.part(op.runningMean());
                    Part runningVar = t.part(op.runningVar());
                    Part mean = t.part(op.mean());
                    Part rstd = t.part(op.rstd());
                    Part.pairs(
                            (more, running, statistics) ->
                                    t.graph.task(
                                            t.loop(id + "Finish" + more, op.x().columns()),
                                            SharedNormKernels::sharedFinish,
                                            t.array(op.total()),
                                            t.array(op.squares()),
                                            running.array(),
                                            running.at(runningMean),
                                            running.at(runningVar),
                                            statistics.array(),
                                            statistics.at(mean),
                                            statistics.at(rstd),
                                            op.momentum(),
                                            op.total().size()),
                            List.of(runningMean, runningVar),
                            List.of(mean, rstd));
                    NormTasks.batchNormApply(whole, t, id);
                });
    }

    static void sums(NormOp.BatchNormSums op, Recorder recorder) {
        recorder.whole(op.x(), op.dY());
        ColumnPlan sums = ColumnPlan.sums(op.x().rows(), op.x().columns());
        Tensor partial = recorder.temporary("sums", sums.partialSize(2));
        recorder.add(
                op,
                t -> {
                    String id = t.id();
                    NormTasks.batchNormAdjointSums(
                            op.x(), op.mean(), op.rstd(), op.dY(), sums, partial, t, id);
                    NormTasks.totals(t, id, partial, sums.rowGroups(), op.dBias(), op.dScale());
                },
                partial);
    }

    static void adjoint(NormOp.BatchNormSharedAdjoint op, Recorder recorder) {
        recorder.whole(op.x(), op.dY(), op.residual(), op.total(), op.dX());
        int h = op.x().columns();
        Tensor shares = recorder.temporary("shares", 2, h);
        Tensor factors = recorder.temporary("factors", 4, h);
        recorder.add(
                op,
                t -> {
                    String id = t.id();
                    t.graph.task(
                            t.loop(id + "Shares", 2 * h),
                            SharedNormKernels::sharedShares,
                            t.array(op.dScale()),
                            t.at(op.dScale()),
                            t.array(op.dBias()),
                            t.at(op.dBias()),
                            t.array(op.total()),
                            t.integersOr(op.lengths()),
                            t.at(op.lengths()),
                            sequences(op.lengths()),
                            op.x().rows(),
                            t.array(shares),
                            h);
                    NormOp.BatchNormAdjoint whole =
                            new NormOp.BatchNormAdjoint(
                                    op.x(),
                                    op.lengths(),
                                    op.scale(),
                                    op.mean(),
                                    op.rstd(),
                                    op.dY(),
                                    op.residual(),
                                    op.dScale(),
                                    op.dBias(),
                                    op.dX());
                    Part dScale = new Part(t.array(shares), 0);
                    Part dBias = new Part(t.array(shares), h);
                    if (op.lengths() == null) {
                        NormTasks.batchNormAdjointApply(whole, dScale, dBias, t, id);
                    } else {
                        MaskedNormTasks.factors(whole, dScale, dBias, factors, t, id);
                        MaskedNormTasks.apply(whole, factors, t, id);
                    }
                },
                shares,
                factors);
    }
}
