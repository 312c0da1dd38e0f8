package s5.tornado.norm;

import s5.ops.NormOp;
import s5.ops.Tensor;
import s5.tornado.Part;
import s5.tornado.Recorder;
import s5.tornado.Tasks;
import s5.tornado.sum.ColumnPlan;
import s5.tornado.sum.ColumnSums;
import s5.tornado.sum.ColumnSums.Sum;

import java.util.List;

/** Batch and layer normalization. */
public final class NormTasks {
    private NormTasks() {}

    /** Says how an operation of this family is done. */
    public static void plan(NormOp op, Recorder recorder) {
        switch (op) {
            case NormOp.BatchNorm o -> {
                if (o.lengths() == null) {
                    batchNorm(o, recorder);
                } else {
                    MaskedNormTasks.batchNorm(o, recorder);
                }
            }
            case NormOp.BatchNormFrozen o -> batchNormFrozen(o, recorder);
            case NormOp.BatchNormAdjoint o -> {
                if (o.lengths() == null) {
                    batchNormAdjoint(o, recorder);
                } else {
                    MaskedNormTasks.batchNormAdjoint(o, recorder);
                }
            }
            case NormOp.BatchNormMoments o -> SharedNormTasks.moments(o, recorder);
            case NormOp.BatchNormSquares o -> SharedNormTasks.squares(o, recorder);
            case NormOp.BatchNormShared o -> SharedNormTasks.shared(o, recorder);
            case NormOp.BatchNormSums o -> SharedNormTasks.sums(o, recorder);
            case NormOp.BatchNormSharedAdjoint o -> SharedNormTasks.adjoint(o, recorder);
            case NormOp.LayerNorm o -> layerNorm(o, recorder);
            case NormOp.LayerNormAdjoint o -> layerNormAdjoint(o, recorder);
        }
    }

    private static void batchNorm(NormOp.BatchNorm op, Recorder recorder) {
        recorder.whole(op.x(), op.y());
        recorder.apart(op.mean(), op.rstd());
        ColumnPlan sums = sums(op.x(), recorder);
        Tensor partial = recorder.temporary("sums", Math.max(1, sums.partialSize(2)));
        recorder.add(
                op,
                t -> {
                    String id = t.id();
                    batchNormPartials(op.x(), sums, partial, t, id);
                    batchNormFinish(op, sums, partial, t, id);
                    batchNormApply(op, t, id);
                },
                partial);
    }

    private static ColumnPlan sums(Tensor x, Recorder recorder) {
        return ColumnPlan.sums(x.rows(), x.columns(), recorder.isNarrow(x));
    }

    static void batchNormPartials(Tensor x, ColumnPlan sums, Tensor partial, Tasks t, String id) {
        t.graph.task(
                t.id(id + "Partials", sums.launch()),
                BatchNormKernels::batchNormPartials,
                t.context,
                t.array(x),
                t.array(partial),
                sums.rows(),
                sums.columns(),
                sums.twin(),
                sums.lanes(),
                sums.columnGroups(),
                sums.sweeps(),
                sums.groupRows());
    }

    private static void batchNormFinish(
            NormOp.BatchNorm op, ColumnPlan sums, Tensor partial, Tasks t, String id) {
        Part runningMean = t.part(op.runningMean());
        Part runningVar = t.part(op.runningVar());
        Part mean = t.part(op.mean());
        Part rstd = t.part(op.rstd());
        Part.pairs(
                (more, running, statistics) ->
                        t.graph.task(
                                t.id(id + "Finish" + more, ColumnSums.totalsLaunch(sums.width())),
                                BatchNormKernels::batchNormFinish,
                                t.context,
                                t.array(partial),
                                running.array(),
                                running.at(runningMean),
                                running.at(runningVar),
                                statistics.array(),
                                statistics.at(mean),
                                statistics.at(rstd),
                                op.momentum(),
                                sums.rows(),
                                sums.width(),
                                sums.groupRows(),
                                sums.rowGroups()),
                List.of(runningMean, runningVar),
                List.of(mean, rstd));
    }

    static void batchNormApply(NormOp.BatchNorm op, Tasks t, String id) {
        boolean narrow = t.isNarrow(op.x());
        ColumnPlan plan = ColumnPlan.elements(op.x().rows(), op.x().columns(), narrow);
        t.graph.task(
                t.id(id + "Apply", plan.launch()),
                BatchNormKernels::batchNormApply,
                t.context,
                t.array(op.x()),
                t.array(op.scale()),
                t.at(op.scale()),
                t.array(op.bias()),
                t.at(op.bias()),
                t.array(op.mean()),
                t.at(op.mean()),
                t.array(op.rstd()),
                t.at(op.rstd()),
                t.array(op.y()),
                plan.rows(),
                plan.columns(),
                plan.twin(),
                plan.lanes(),
                plan.columnGroups(),
                plan.sweeps(),
                plan.rowGroups());
    }

    private static void batchNormFrozen(NormOp.BatchNormFrozen op, Recorder recorder) {
        recorder.whole(op.x(), op.y());
        boolean narrow = recorder.isNarrow(op.x());
        ColumnPlan plan = ColumnPlan.elements(op.x().rows(), op.x().columns(), narrow);
        recorder.add(
                op,
                t ->
                        t.graph.task(
                                t.id(plan.launch()),
                                BatchNormKernels::batchNormFrozen,
                                t.context,
                                t.array(op.x()),
                                t.array(op.scale()),
                                t.at(op.scale()),
                                t.array(op.bias()),
                                t.at(op.bias()),
                                t.array(op.runningMean()),
                                t.at(op.runningMean()),
                                t.array(op.runningVar()),
                                t.at(op.runningVar()),
                                t.array(op.y()),
                                plan.rows(),
                                plan.columns(),
                                plan.twin(),
                                plan.lanes(),
                                plan.columnGroups(),
                                plan.sweeps()));
    }

    private static void batchNormAdjoint(NormOp.BatchNormAdjoint op, Recorder recorder) {
        recorder.whole(op.x(), op.dY(), op.residual(), op.dX());
        ColumnPlan sums = sums(op.x(), recorder);
        Tensor partial = recorder.temporary("sums", sums.partialSize(2));
        recorder.add(
                op,
                t -> {
                    String id = t.id();
                    batchNormAdjointSums(
                            op.x(), op.mean(), op.rstd(), op.dY(), sums, partial, t, id);
                    totals(t, id, partial, sums.rowGroups(), op.dBias(), op.dScale());
                    batchNormAdjointApply(op, t.part(op.dScale()), t.part(op.dBias()), t, id);
                },
                partial);
    }

    static void totals(Tasks t, String id, Tensor partial, int rows, Tensor dBias, Tensor dScale) {
        int h = dBias.size();
        ColumnSums.totals(t, id + "Totals", partial, rows, new Sum(dBias, h), new Sum(dScale, h));
    }

    static void batchNormAdjointSums(
            Tensor x,
            Tensor mean,
            Tensor rstd,
            Tensor dY,
            ColumnPlan sums,
            Tensor partial,
            Tasks t,
            String id) {
        t.graph.task(
                t.id(id + "Sums", sums.launch()),
                BatchNormAdjointKernels::batchNormAdjointSums,
                t.context,
                t.array(x),
                t.array(mean),
                t.at(mean),
                t.array(rstd),
                t.at(rstd),
                t.array(dY),
                t.array(partial),
                sums.rows(),
                sums.columns(),
                sums.twin(),
                sums.lanes(),
                sums.columnGroups(),
                sums.sweeps(),
                sums.groupRows());
    }

    /**
     * Adds the last task of an adjoint.
     *
     * @param dScale in place of the operation's, as {@code dBias}
     */
    static void batchNormAdjointApply(
            NormOp.BatchNormAdjoint op, Part dScale, Part dBias, Tasks t, String id) {
        boolean narrow = t.isNarrow(op.x());
        ColumnPlan plan = ColumnPlan.elements(op.x().rows(), op.x().columns(), narrow);
        t.graph.task(
                t.id(id + "Apply", plan.launch()),
                BatchNormAdjointKernels::batchNormAdjointApply,
                t.context,
                t.array(op.x()),
                t.array(op.scale()),
                t.at(op.scale()),
                t.array(op.mean()),
                t.at(op.mean()),
                t.array(op.rstd()),
                t.at(op.rstd()),
                t.array(op.dY()),
                t.arrayOr(op.residual(), op.dY()),
                dScale.array(),
                dScale.at(),
                dBias.array(),
                dBias.at(),
                t.array(op.dX()),
                op.residual() == null ? 0 : 1,
                plan.rows(),
                plan.columns(),
                plan.twin(),
                plan.lanes());
    }

    private static void layerNorm(NormOp.LayerNorm op, Recorder recorder) {
        recorder.whole(op.x(), op.mean(), op.rstd(), op.y());
        RowPlan plan = RowPlan.forward(op.x().rows(), op.x().columns());
        recorder.add(
                op,
                t ->
                        t.graph.task(
                                t.id(plan.launch()),
                                LayerNormKernels::layerNormRows,
                                t.context,
                                t.array(op.x()),
                                t.array(op.scale()),
                                t.at(op.scale()),
                                t.array(op.bias()),
                                t.at(op.bias()),
                                t.array(op.mean()),
                                t.array(op.rstd()),
                                t.array(op.y()),
                                plan.rows(),
                                plan.columns(),
                                plan.lanes(),
                                plan.sweeps(),
                                plan.tileRows()));
    }

    private static void layerNormAdjoint(NormOp.LayerNormAdjoint op, Recorder recorder) {
        recorder.whole(op.x(), op.mean(), op.rstd(), op.dY(), op.residual(), op.dX());
        RowPlan plan = RowPlan.adjoint(op.x().rows(), op.x().columns());
        Tensor partial = recorder.temporary("sums", plan.partialSize(2));
        recorder.add(
                op,
                t -> {
                    String id = t.id();
                    t.graph.task(
                            t.id(id + "Rows", plan.launch()),
                            LayerNormKernels::layerNormAdjointRows,
                            t.context,
                            t.array(op.x()),
                            t.array(op.scale()),
                            t.at(op.scale()),
                            t.array(op.mean()),
                            t.array(op.rstd()),
                            t.array(op.dY()),
                            t.arrayOr(op.residual(), op.dY()),
                            t.array(op.dX()),
                            t.array(partial),
                            op.residual() == null ? 0 : 1,
                            plan.rows(),
                            plan.columns(),
                            plan.lanes(),
                            plan.sweeps(),
                            plan.tileRows(),
                            plan.groupRows());
                    totals(t, id, partial, plan.rowGroups(), op.dBias(), op.dScale());
                },
                partial);
    }
}
