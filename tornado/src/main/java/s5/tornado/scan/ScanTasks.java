package s5.tornado.scan;

import s5.ops.ScanOp;
import s5.ops.Tensor;
import s5.tornado.Recorder;
import s5.tornado.Tasks;
import s5.tornado.sum.ColumnSums;
import s5.tornado.sum.ColumnSums.Sum;

/** The recurrence with all positions one step apart. */
public final class ScanTasks {
    private ScanTasks() {}

    /** Says how an operation of this family is done. */
    public static void plan(ScanOp op, Recorder recorder) {
        switch (op) {
            case ScanOp.Discretize o -> DiscretizeTasks.discretize(o, recorder);
            case ScanOp.DiscretizeAdjoint o -> DiscretizeTasks.adjoint(o, recorder);
            case ScanOp.Readout o -> ReadoutTasks.readout(o, recorder);
            case ScanOp.ReadoutAdjoint o -> ReadoutTasks.adjoint(o, recorder);
            case ScanOp.Scan o -> {
                if (recorder.plainScans) {
                    PlainScanTasks.scan(o, recorder);
                } else {
                    scan(o, recorder);
                }
            }
            case ScanOp.ScanAdjoint o -> {
                if (recorder.plainScans) {
                    PlainScanTasks.adjoint(o, recorder);
                } else {
                    adjoint(o, recorder);
                }
            }
        }
    }

    private static void scan(ScanOp.Scan op, Recorder recorder) {
        recorder.whole(op.bu(), op.x());
        ScanPlan plan =
                ScanPlan.forward(
                        op.bu().rows() / op.length(),
                        op.length(),
                        op.lambdaBar().size() / 2,
                        op.bidirectional() ? 2 : 1);
        Tensor ends = recorder.temporary("ends", plan.endsSize());
        recorder.add(
                op,
                t -> {
                    String id = t.id();
                    if (plan.tiles() > 1) {
                        starts(plan, false, op.lambdaBar(), op.bu(), ends, t, id);
                    }
                    t.graph.task(
                            t.id(id + "Tiles", plan.tileLaunch()),
                            ScanKernels::scanTiles,
                            t.context,
                            t.array(op.lambdaBar()),
                            t.at(op.lambdaBar()),
                            t.array(op.bu()),
                            t.array(ends),
                            t.array(op.x()),
                            plan.chunkLength(),
                            plan.length(),
                            plan.states(),
                            plan.lanes(),
                            plan.stateGroups(),
                            plan.chunks(),
                            plan.tiles(),
                            plan.directions(),
                            plan.partialRows());
                },
                ends);
    }

    /**
     * Adds what finds the state that each tile starts from.
     *
     * @param given bu, or dX for the adjoint
     */
    private static void starts(
            ScanPlan plan,
            boolean adjoint,
            Tensor lambdaBar,
            Tensor given,
            Tensor ends,
            Tasks t,
            String id) {
        t.graph.task(
                t.id(id + "Ends", plan.tileLaunch()),
                ScanKernels::scanTileEnds,
                t.context,
                t.array(lambdaBar),
                t.at(lambdaBar),
                t.array(given),
                t.array(ends),
                plan.chunkLength(),
                plan.length(),
                plan.states(),
                plan.lanes(),
                plan.stateGroups(),
                plan.chunks(),
                plan.tiles(),
                plan.directions(),
                plan.partialRows(),
                adjoint ? 1 : 0);
        endsToStarts(plan, adjoint, 0, ends, t, id);
    }

    /**
     * Adds what turns the ends of tiles into what they start from.
     *
     * @param productWidth from a tile's products to the next one's
     */
    static void endsToStarts(
            ScanPlan plan, boolean adjoint, int productWidth, Tensor ends, Tasks t, String id) {
        t.graph.task(
                t.id(id + "Starts", plan.startLaunch()),
                TileStartKernels::tileStarts,
                t.context,
                t.array(ends),
                plan.states(),
                plan.startLanes(),
                plan.startGroups(),
                plan.partialRows(),
                plan.tiles(),
                plan.startShare(),
                plan.directions(),
                adjoint ? 1 : 0,
                productWidth);
    }

    private static void adjoint(ScanOp.ScanAdjoint op, Recorder recorder) {
        recorder.whole(op.x(), op.dX(), op.dBu());
        ScanPlan plan =
                ScanPlan.adjoint(
                        op.x().rows() / op.length(),
                        op.length(),
                        op.lambdaBar().size() / 2,
                        op.bidirectional() ? 2 : 1);
        Tensor ends = recorder.temporary("ends", plan.endsSize());
        Tensor partial = recorder.temporary("sums", plan.partialSize());
        recorder.add(
                op,
                t -> {
                    String id = t.id();
                    if (plan.tiles() > 1) {
                        starts(plan, true, op.lambdaBar(), op.dX(), ends, t, id);
                    }
                    adjointTiles(op, plan, ends, partial, t, id);
                    Sum sum = new Sum(op.dLambdaBar(), 2 * plan.states());
                    ColumnSums.totals(t, id + "Lambda", partial, plan.partialRows(), sum);
                },
                ends,
                partial);
    }

    private static void adjointTiles(
            ScanOp.ScanAdjoint op, ScanPlan plan, Tensor ends, Tensor partial, Tasks t, String id) {
        t.graph.task(
                t.id(id + "Tiles", plan.tileLaunch()),
                ScanAdjointKernels::scanAdjointTiles,
                t.context,
                t.array(op.lambdaBar()),
                t.at(op.lambdaBar()),
                t.array(op.x()),
                t.array(op.dX()),
                t.array(ends),
                t.array(op.dBu()),
                t.array(partial),
                plan.chunkLength(),
                plan.length(),
                plan.states(),
                plan.lanes(),
                plan.stateGroups(),
                plan.chunks(),
                plan.tiles(),
                plan.directions(),
                plan.partialRows());
    }
}
