package s5.tornado.norm;

import s5.ops.NormOp;
import s5.ops.Tensor;
import s5.tornado.Part;
import s5.tornado.Recorder;
import s5.tornado.Tasks;
import s5.tornado.sum.ColumnPlan;
import s5.tornado.sum.ColumnSums;

import java.util.List;

/** Batch normalization whose statistics leave the padding out. */
final class MaskedNormTasks {
    private MaskedNormTasks() {}

    /** Rows of a sequence. */
    private static int length(Tensor x, Tensor lengths) {
        return x.rows() / lengths.size();
    }

    static void batchNorm(NormOp.BatchNorm op, Recorder recorder) {
        recorder.whole(op.x(), op.y());
        recorder.apart(op.mean(), op.rstd());
        ColumnPlan sums = ColumnPlan.sums(op.x().rows(), op.x().columns());
        Tensor partial = recorder.temporary("sums", sums.partialSize(3));
        recorder.add(
                op,
                t -> {
                    String id = t.id();
                    partials(op.x(), op.lengths(), sums, partial, t, id);
                    finish(op, sums, partial, t, id);
                    NormTasks.batchNormApply(op, t, id);
                },
                partial);
    }

    static void partials(
            Tensor x, Tensor lengths, ColumnPlan sums, Tensor partial, Tasks t, String id) {
        t.graph.task(
                t.id(id + "Partials", sums.launch()),
                MaskedNormKernels::maskedPartials,
                t.context,
                t.array(x),
                t.integers(lengths),
                t.at(lengths),
                t.array(partial),
                length(x, lengths),
                sums.rows(),
                sums.columns(),
                sums.lanes(),
                sums.columnGroups(),
                sums.sweeps(),
                sums.groupRows());
    }

    private static void finish(
            NormOp.BatchNorm op, ColumnPlan sums, Tensor partial, Tasks t, String id) {
        Part runningMean = t.part(op.runningMean());
        Part runningVar = t.part(op.runningVar());
        Part mean = t.part(op.mean());
        Part rstd = t.part(op.rstd());
        Part.pairs(
                (more, running, statistics) ->
                        t.graph.task(
                                t.id(id + "Finish" + more, ColumnSums.totalsLaunch(sums.columns())),
                                MaskedNormKernels::maskedFinish,
                                t.context,
                                t.array(partial),
                                running.array(),
                                running.at(runningMean),
                                running.at(runningVar),
                                statistics.array(),
                                statistics.at(mean),
                                statistics.at(rstd),
                                op.momentum(),
                                sums.columns(),
                                sums.rowGroups()),
                List.of(runningMean, runningVar),
                List.of(mean, rstd));
    }

    static void batchNormAdjoint(NormOp.BatchNormAdjoint op, Recorder recorder) {
        recorder.whole(op.x(), op.dY(), op.residual(), op.dX());
        int h = op.x().columns();
        ColumnPlan sums = ColumnPlan.sums(op.x().rows(), h);
        Tensor partial = recorder.temporary("sums", sums.partialSize(2));
        Tensor factors = recorder.temporary("factors", 4, h);
        recorder.add(
                op,
                t -> {
                    String id = t.id();
                    NormTasks.batchNormAdjointSums(
                            op.x(), op.mean(), op.rstd(), op.dY(), sums, partial, t, id);
                    NormTasks.totals(t, id, partial, sums.rowGroups(), op.dBias(), op.dScale());
                    factors(op, t.part(op.dScale()), t.part(op.dBias()), factors, t, id);
                    apply(op, factors, t, id);
                },
                partial,
                factors);
    }

    /**
     * Adds the task that works out what {@link #apply} needs.
     *
     * @param dScale in place of the operation's, as {@code dBias}
     */
    static void factors(
            NormOp.BatchNormAdjoint op,
            Part dScale,
            Part dBias,
            Tensor factors,
            Tasks t,
            String id) {
        t.graph.task(
                t.loop(id + "Factors", 4 * op.x().columns()),
                MaskedNormKernels::maskedFactors,
                t.array(op.scale()),
                t.at(op.scale()),
                t.array(op.mean()),
                t.at(op.mean()),
                t.array(op.rstd()),
                t.at(op.rstd()),
                dScale.array(),
                dScale.at(),
                dBias.array(),
                dBias.at(),
                t.integers(op.lengths()),
                t.at(op.lengths()),
                op.lengths().size(),
                t.array(factors),
                op.x().columns());
    }

    static void apply(NormOp.BatchNormAdjoint op, Tensor factors, Tasks t, String id) {
        ColumnPlan plan = ColumnPlan.elements(op.x().rows(), op.x().columns());
        t.graph.task(
                t.id(id + "Apply", plan.launch()),
                MaskedNormKernels::maskedAdjoint,
                t.context,
                t.array(op.x()),
                t.integers(op.lengths()),
                t.at(op.lengths()),
                t.array(factors),
                t.array(op.dY()),
                t.arrayOr(op.residual(), op.dY()),
                t.array(op.dX()),
                op.residual() == null ? 0 : 1,
                length(op.x(), op.lengths()),
                plan.rows(),
                plan.columns(),
                plan.lanes(),
                plan.rowGroups());
    }
}
