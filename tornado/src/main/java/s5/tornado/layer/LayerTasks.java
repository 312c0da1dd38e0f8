package s5.tornado.layer;

import s5.ops.LayerOp;
import s5.ops.LayerOp.Curve;
import s5.ops.Tensor;
import s5.tornado.Recorder;
import s5.tornado.sum.ColumnPlan;
import s5.tornado.sum.ColumnSums;
import s5.tornado.sum.ColumnSums.Sum;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Dropout, the non-linear parts of a layer, and addition. */
public final class LayerTasks {
    private LayerTasks() {}

    /** Says how an operation of this family is done. */
    public static void plan(LayerOp op, Recorder recorder) {
        switch (op) {
            case LayerOp.DropoutMask o -> dropoutMask(o, recorder);
            case LayerOp.SkipGelu o -> skipGelu(o, recorder);
            case LayerOp.SkipGeluAdjoint o -> skipGeluAdjoint(o, recorder);
            case LayerOp.Gate o -> gate(o, recorder);
            case LayerOp.GateAdjoint o -> gateAdjoint(o, recorder);
            case LayerOp.Add o -> add(o, recorder);
            case LayerOp.Gelu o -> gelu(o, recorder);
            case LayerOp.GeluAdjoint o -> geluAdjoint(o, recorder);
            case LayerOp.Activate o -> activate(o, recorder);
            case LayerOp.ActivateAdjoint o -> activateAdjoint(o, recorder);
            case LayerOp.MaskRows o -> maskRows(o, recorder);
        }
    }

    private static void dropoutMask(LayerOp.DropoutMask op, Recorder recorder) {
        recorder.whole(op.mask());
        recorder.add(
                op,
                t ->
                        t.graph.task(
                                t.loop(op.mask().size()),
                                ElementKernels::dropoutFactors,
                                t.integers(op.counters()),
                                t.at(op.counters()),
                                op.site(),
                                op.rate(),
                                op.share().samples(),
                                op.share().first(),
                                op.share().batch(),
                                t.array(op.mask()),
                                op.mask().rows(),
                                op.mask().columns()));
    }

    /** Rows that have a row of the mask in common. */
    private static int length(Tensor x, Tensor mask) {
        return mask == null ? x.rows() : x.rows() / mask.rows();
    }

    private static ColumnPlan elements(Tensor x, Recorder recorder) {
        return ColumnPlan.elements(x.rows(), x.columns(), recorder.isNarrow(x));
    }

    private static ColumnPlan sums(Tensor x, Recorder recorder) {
        return ColumnPlan.sums(x.rows(), x.columns(), recorder.isNarrow(x));
    }

    private static void skipGelu(LayerOp.SkipGelu op, Recorder recorder) {
        Tensor mask = op.mask();
        recorder.whole(op.cx(), op.u(), mask, op.y(), op.g());
        ColumnPlan plan = elements(op.cx(), recorder);
        recorder.add(
                op,
                t ->
                        t.graph.task(
                                t.id(plan.launch()),
                                SkipGeluKernels::skipGeluForward,
                                t.context,
                                t.array(op.cx()),
                                t.array(op.d()),
                                t.at(op.d()),
                                t.array(op.u()),
                                t.arrayOr(mask, op.u()),
                                mask == null ? 0 : 1,
                                t.writtenOr(op.y(), op.cx()),
                                op.y() == null ? 0 : 1,
                                t.array(op.g()),
                                length(op.cx(), mask),
                                plan.rows(),
                                plan.columns(),
                                plan.twin(),
                                plan.lanes(),
                                plan.groupRows()));
    }

    private static void skipGeluAdjoint(LayerOp.SkipGeluAdjoint op, Recorder recorder) {
        Tensor mask = op.mask();
        recorder.whole(op.y(), op.u(), mask, op.dG(), op.direct(), op.dY(), op.dU());
        ColumnPlan plan = sums(op.y(), recorder);
        Tensor partial = recorder.temporary("sums", plan.partialSize(1));
        recorder.add(
                op,
                t -> {
                    t.graph.task(
                            t.id(plan.launch()),
                            SkipGeluKernels::skipGeluBackward,
                            t.context,
                            t.array(op.y()),
                            t.array(op.d()),
                            t.at(op.d()),
                            t.array(op.u()),
                            t.arrayOr(mask, op.u()),
                            mask == null ? 0 : 1,
                            t.array(op.dG()),
                            t.arrayOr(op.direct(), op.dG()),
                            op.direct() == null ? 0 : 1,
                            t.array(op.dY()),
                            t.array(op.dU()),
                            t.array(partial),
                            length(op.y(), mask),
                            plan.rows(),
                            plan.columns(),
                            plan.twin(),
                            plan.lanes(),
                            plan.groupRows());
                    Sum dD = new Sum(op.dD(), plan.width());
                    ColumnSums.totals(t, t.id(), partial, plan.rowGroups(), dD);
                },
                partial);
    }

    private static void gate(LayerOp.Gate op, Recorder recorder) {
        Tensor mask = op.mask();
        recorder.whole(op.v(), op.z(), mask, op.skip(), op.out());
        ColumnPlan plan = elements(op.v(), recorder);
        recorder.add(
                op,
                t ->
                        t.graph.task(
                                t.id(plan.launch()),
                                GateKernels::gateForward,
                                t.context,
                                t.array(op.v()),
                                t.arrayOr(op.vBias(), op.zBias()),
                                t.at(op.vBias()),
                                t.array(op.z()),
                                t.array(op.zBias()),
                                t.at(op.zBias()),
                                t.arrayOr(mask, op.z()),
                                mask == null ? 0 : 1,
                                t.array(op.skip()),
                                t.array(op.out()),
                                length(op.v(), mask),
                                plan.rows(),
                                plan.columns(),
                                plan.twin(),
                                plan.lanes(),
                                plan.groupRows()));
    }

    private static void gateAdjoint(LayerOp.GateAdjoint op, Recorder recorder) {
        Tensor mask = op.mask();
        recorder.whole(op.v(), op.z(), mask, op.dOut(), op.dV(), op.dZ());
        ColumnPlan plan = sums(op.v(), recorder);
        Tensor partial = recorder.temporary("sums", plan.partialSize(2));
        recorder.add(
                op,
                t -> {
                    t.graph.task(
                            t.id(plan.launch()),
                            GateKernels::gateBackward,
                            t.context,
                            t.array(op.v()),
                            t.arrayOr(op.vBias(), op.zBias()),
                            t.at(op.vBias()),
                            t.array(op.z()),
                            t.array(op.zBias()),
                            t.at(op.zBias()),
                            t.arrayOr(mask, op.z()),
                            mask == null ? 0 : 1,
                            t.array(op.dOut()),
                            t.array(op.dV()),
                            t.array(op.dZ()),
                            t.array(partial),
                            length(op.v(), mask),
                            plan.rows(),
                            plan.columns(),
                            plan.twin(),
                            plan.lanes(),
                            plan.groupRows());
                    Sum dV = new Sum(op.dVBias(), plan.width());
                    Sum dZ = new Sum(op.dZBias(), plan.width());
                    ColumnSums.totals(t, t.id(), partial, plan.rowGroups(), dV, dZ);
                },
                partial);
    }

    private static void add(LayerOp.Add op, Recorder recorder) {
        recorder.whole(op.a(), op.b(), op.out());
        recorder.add(
                op,
                t ->
                        t.graph.task(
                                t.loop(op.out().size()),
                                ElementKernels::addElements,
                                t.array(op.a()),
                                t.array(op.b()),
                                t.array(op.out()),
                                op.out().rows(),
                                op.out().columns()));
    }

    private static void gelu(LayerOp.Gelu op, Recorder recorder) {
        recorder.whole(op.x(), op.out());
        recorder.add(
                op,
                t ->
                        t.graph.task(
                                t.loop(op.out().size()),
                                ElementKernels::geluForward,
                                t.array(op.x()),
                                t.array(op.out()),
                                op.out().rows(),
                                op.out().columns()));
    }

    private static void geluAdjoint(LayerOp.GeluAdjoint op, Recorder recorder) {
        recorder.whole(op.x(), op.dOut(), op.dX());
        recorder.add(
                op,
                t ->
                        t.graph.task(
                                t.loop(op.x().size()),
                                ElementKernels::geluBackward,
                                t.array(op.x()),
                                t.array(op.dOut()),
                                t.array(op.dX()),
                                op.x().rows(),
                                op.x().columns()));
    }

    private static void activate(LayerOp.Activate op, Recorder recorder) {
        recorder.whole(op.x(), op.out());
        recorder.add(
                op,
                t ->
                        t.graph.task(
                                t.loop(op.out().size()),
                                ElementKernels::activateForward,
                                t.array(op.x()),
                                t.array(op.out()),
                                op.curve() == Curve.TANH ? 1 : 0,
                                op.out().rows(),
                                op.out().columns()));
    }

    private static void activateAdjoint(LayerOp.ActivateAdjoint op, Recorder recorder) {
        recorder.whole(op.out(), op.dOut(), op.dX());
        recorder.add(
                op,
                t ->
                        t.graph.task(
                                t.loop(op.out().size()),
                                ElementKernels::activateBackward,
                                t.array(op.out()),
                                t.array(op.dOut()),
                                t.array(op.dX()),
                                op.curve() == Curve.TANH ? 1 : 0,
                                op.out().rows(),
                                op.out().columns()));
    }

    private static void maskRows(LayerOp.MaskRows op, Recorder recorder) {
        recorder.whole(op.x());
        recorder.add(
                op,
                t -> {
                    FloatArray x = t.writtenInPart(op.x());
                    t.graph.task(
                            t.loop(op.x().size()),
                            ElementKernels::maskElements,
                            x,
                            t.integers(op.lengths()),
                            t.at(op.lengths()),
                            op.x().rows() / op.lengths().size(),
                            op.x().rows(),
                            op.x().columns());
                });
    }
}
