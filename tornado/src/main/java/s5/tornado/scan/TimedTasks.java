package s5.tornado.scan;

import s5.ops.Discretizer;
import s5.ops.Poles;
import s5.ops.Tensor;
import s5.ops.TimedOp;
import s5.tornado.Part;
import s5.tornado.Recorder;
import s5.tornado.Tasks;
import s5.tornado.sum.ColumnSums;
import s5.tornado.sum.ColumnSums.Sum;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** The scan with a time step of its own at every position. */
public final class TimedTasks {
    private TimedTasks() {}

    /** Says how an operation of this family is done. */
    public static void plan(TimedOp op, Recorder recorder) {
        switch (op) {
            case TimedOp.InputMatrix o -> inputMatrix(o, recorder);
            case TimedOp.InputMatrixAdjoint o -> inputMatrixAdjoint(o, recorder);
            case TimedOp.CloseSteps o -> closeSteps(o, recorder);
            case TimedOp.ScanTimed o -> {
                if (recorder.plainScans) {
                    PlainScanTasks.timed(o, recorder);
                } else {
                    scan(o, recorder);
                }
            }
            case TimedOp.ScanTimedAdjoint o -> {
                if (recorder.plainScans) {
                    PlainScanTasks.timedAdjoint(o, recorder);
                } else {
                    adjoint(o, recorder);
                }
            }
        }
    }

    private static void inputMatrix(TimedOp.InputMatrix op, Recorder recorder) {
        recorder.add(
                op,
                t ->
                        t.graph.task(
                                t.loop(op.b().size()),
                                DiscretizeKernels::inputForward,
                                t.array(op.b()),
                                t.at(op.b()),
                                t.array(op.bMatrix()),
                                t.at(op.bMatrix()),
                                op.b().dim(0),
                                op.b().dim(1)));
    }

    private static void inputMatrixAdjoint(TimedOp.InputMatrixAdjoint op, Recorder recorder) {
        recorder.add(
                op,
                t ->
                        t.graph.task(
                                t.loop(op.dB().size()),
                                DiscretizeKernels::inputBackward,
                                t.array(op.dBMatrix()),
                                t.at(op.dBMatrix()),
                                t.array(op.dB()),
                                t.at(op.dB()),
                                op.dB().dim(0),
                                op.dB().dim(1)));
    }

    private static void closeSteps(TimedOp.CloseSteps op, Recorder recorder) {
        recorder.add(
                op,
                t ->
                        t.graph.task(
                                t.loop(op.out().size()),
                                DiscretizeKernels::closeSteps,
                                t.array(op.dt()),
                                t.at(op.dt()),
                                t.integers(op.lengths()),
                                t.at(op.lengths()),
                                t.array(op.out()),
                                t.at(op.out()),
                                op.dt().columns(),
                                op.dt().rows()));
    }

    /** What a scan and its adjoint have in common. */
    private record Common(ScanPlan plan, Poles poles, Tensor dt, Discretizer discretizer) {

        static Common of(Poles poles, Tensor dt, Discretizer discretizer, boolean bidirectional) {
            int directions = bidirectional ? 2 : 1;
            ScanPlan plan = ScanPlan.timed(dt.rows(), dt.columns(), poles.re().size(), directions);
            return new Common(plan, poles, dt, discretizer);
        }

        FloatArray parameters(Tasks t) {
            return TimedTasks.parameters(poles, t);
        }

        int flags(boolean adjoint) {
            return TimedTasks.flags(discretizer, plan.directions() == 2)
                    | (adjoint ? TimedScanKernels.ADJOINT : 0);
        }
    }

    /** The array that Lambda's parts and log Delta are in. */
    static FloatArray parameters(Poles poles, Tasks t) {
        return Part.one(t.part(poles.re()), t.part(poles.im()), t.part(poles.logStep()));
    }

    /** The argument {@code flags} of {@link TimedScanKernels}. */
    static int flags(Discretizer discretizer, boolean bidirectional) {
        boolean bilinear = discretizer.method() == Discretizer.Method.BILINEAR;
        return (bilinear ? TimedScanKernels.BILINEAR : 0)
                | (discretizer.clip() ? TimedScanKernels.CLIP : 0)
                | (bidirectional ? TimedScanKernels.BIDIRECTIONAL : 0);
    }

    private static void scan(TimedOp.ScanTimed op, Recorder recorder) {
        recorder.whole(op.w(), op.x());
        Common common = Common.of(op.poles(), op.dt(), op.discretizer(), op.bidirectional());
        Tensor ends = recorder.temporary("ends", common.plan().timedEndsSize());
        recorder.add(
                op,
                t -> {
                    String id = t.id();
                    if (common.plan().tiles() > 1) {
                        starts(common, false, op.w(), ends, t, id);
                    }
                    tiles(op, common, ends, t, id);
                },
                ends);
    }

    private static void tiles(
            TimedOp.ScanTimed op, Common common, Tensor ends, Tasks t, String id) {
        ScanPlan plan = common.plan();
        t.graph.task(
                t.id(id + "Tiles", plan.tileLaunch()),
                TimedScanKernels::timedTiles,
                t.context,
                common.parameters(t),
                t.at(op.poles().re()),
                t.at(op.poles().im()),
                t.at(op.poles().logStep()),
                t.array(op.dt()),
                t.at(op.dt()),
                t.array(op.w()),
                t.array(ends),
                t.array(op.x()),
                common.flags(false),
                op.discretizer().stepRescale(),
                plan.length(),
                plan.states(),
                plan.lanes(),
                plan.chunks(),
                plan.tiles());
    }

    /**
     * Adds what finds the state that each tile starts from.
     *
     * @param given w, or dX for the adjoint
     */
    private static void starts(
            Common common, boolean adjoint, Tensor given, Tensor ends, Tasks t, String id) {
        ScanPlan plan = common.plan();
        t.graph.task(
                t.id(id + "Ends", plan.tileLaunch()),
                TimedScanKernels::timedTileEnds,
                t.context,
                common.parameters(t),
                t.at(common.poles().re()),
                t.at(common.poles().im()),
                t.at(common.poles().logStep()),
                t.array(common.dt()),
                t.at(common.dt()),
                t.array(given),
                t.array(ends),
                common.flags(adjoint),
                common.discretizer().stepRescale(),
                plan.length(),
                plan.states(),
                plan.lanes(),
                plan.chunks(),
                plan.tiles(),
                plan.partialRows());
        ScanTasks.endsToStarts(plan, adjoint, plan.width(), ends, t, id);
    }

    private static void adjoint(TimedOp.ScanTimedAdjoint op, Recorder recorder) {
        recorder.whole(op.w(), op.x(), op.dX(), op.dW());
        Common common = Common.of(op.poles(), op.dt(), op.discretizer(), op.bidirectional());
        ScanPlan plan = common.plan();
        Tensor ends = recorder.temporary("ends", plan.timedEndsSize());
        Tensor partial = recorder.temporary("sums", plan.timedPartialSize());
        recorder.add(
                op,
                t -> {
                    String id = t.id();
                    if (plan.tiles() > 1) {
                        starts(common, true, op.dX(), ends, t, id);
                    }
                    adjointTiles(op, common, ends, partial, t, id);
                    ColumnSums.totals(
                            t,
                            id + "Sums",
                            partial,
                            plan.partialRows(),
                            new Sum(op.dPoles().re(), plan.states()),
                            new Sum(op.dPoles().im(), plan.states()),
                            new Sum(op.dPoles().logStep(), plan.states()));
                },
                ends,
                partial);
    }

    private static void adjointTiles(
            TimedOp.ScanTimedAdjoint op,
            Common common,
            Tensor ends,
            Tensor partial,
            Tasks t,
            String id) {
        ScanPlan plan = common.plan();
        t.graph.task(
                t.id(id + "Tiles", plan.tileLaunch()),
                TimedAdjointKernels::timedAdjointTiles,
                t.context,
                common.parameters(t),
                t.at(op.poles().re()),
                t.at(op.poles().im()),
                t.at(op.poles().logStep()),
                t.array(op.dt()),
                t.at(op.dt()),
                t.array(op.w()),
                t.array(op.x()),
                t.array(op.dX()),
                t.array(ends),
                t.array(op.dW()),
                t.array(partial),
                common.flags(true),
                op.discretizer().stepRescale(),
                plan.length(),
                plan.states(),
                plan.lanes(),
                plan.chunks(),
                plan.tiles());
    }
}
