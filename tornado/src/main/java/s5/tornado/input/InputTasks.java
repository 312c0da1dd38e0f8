package s5.tornado.input;

import s5.ops.InputOp;
import s5.ops.Tensor;
import s5.tornado.Launch;
import s5.tornado.Recorder;
import s5.tornado.Tasks;
import s5.tornado.sum.ColumnPlan;
import s5.tornado.sum.ColumnSums;
import s5.tornado.sum.ColumnSums.Sum;

/** Embeddings, narrow dense layers and a column more. */
public final class InputTasks {
    /** Elements of a dense layer's output that leave a GPU idle with a thread for each. */
    private static final int FEW = 8192;

    private InputTasks() {}

    /** Says how an operation of this family is done. */
    public static void plan(InputOp op, Recorder recorder) {
        switch (op) {
            case InputOp.Embed o -> embed(o, recorder);
            case InputOp.EmbedAdjoint o -> embedAdjoint(o, recorder);
            case InputOp.Dense o -> dense(o, recorder);
            case InputOp.DenseAdjoint o -> denseAdjoint(o, recorder);
            case InputOp.Append o -> append(o, recorder);
            case InputOp.AppendAdjoint o -> appendAdjoint(o, recorder);
        }
    }

    private static void embed(InputOp.Embed op, Recorder recorder) {
        recorder.whole(op.out());
        ColumnPlan plan = ColumnPlan.elements(op.out().rows(), op.out().columns());
        recorder.add(
                op,
                t ->
                        t.graph.task(
                                t.id(plan.launch()),
                                InputKernels::embedRows,
                                t.context,
                                t.integers(op.tokens()),
                                t.at(op.tokens()),
                                t.array(op.w()),
                                t.at(op.w()),
                                t.array(op.bias()),
                                t.at(op.bias()),
                                t.array(op.out()),
                                plan.rows(),
                                plan.columns(),
                                plan.lanes(),
                                plan.columnGroups(),
                                plan.sweeps()));
    }

    private static void embedAdjoint(InputOp.EmbedAdjoint op, Recorder recorder) {
        recorder.whole(op.dOut());
        int vocabulary = op.dW().rows();
        EmbedPlan plan = EmbedPlan.of(vocabulary, op.dOut().rows(), op.dOut().columns());
        Tensor partial = recorder.temporary("sums", plan.partialSize());
        recorder.add(
                op,
                t -> {
                    t.graph.task(
                            t.id(plan.launch()),
                            InputKernels::embedPartials,
                            t.context,
                            t.integers(op.tokens()),
                            t.at(op.tokens()),
                            t.array(op.dOut()),
                            t.array(partial),
                            vocabulary,
                            plan.table(),
                            plan.tokens(),
                            plan.rows(),
                            plan.columns(),
                            plan.lanes(),
                            plan.columnGroups(),
                            plan.tokenGroups(),
                            plan.groupRows());
                    Sum table = new Sum(op.dW(), vocabulary * plan.columns());
                    ColumnSums.totals(t, t.id(), partial, plan.rowGroups(), table);
                    // the sum over all tokens: that of all rows
                    Sum all = new Sum(op.dBias(), plan.columns());
                    ColumnSums.totals(t, t.id(), partial, plan.rowGroups() * vocabulary, all);
                },
                partial);
    }

    private static void dense(InputOp.Dense op, Recorder recorder) {
        recorder.whole(op.x(), op.out());
        boolean few = op.out().size() <= FEW && op.x().columns() >= InputKernels.SHARERS;
        recorder.add(
                op,
                t -> {
                    if (few) {
                        denseElements(op, t);
                    } else {
                        denseRows(op, t);
                    }
                });
    }

    private static void denseElements(InputOp.Dense op, Tasks t) {
        t.graph.task(
                t.id(new Launch(op.out().size(), InputKernels.SHARERS)),
                InputKernels::denseElements,
                t.context,
                t.array(op.x()),
                t.array(op.w()),
                t.at(op.w()),
                t.array(op.bias()),
                t.at(op.bias()),
                t.array(op.out()),
                op.x().columns(),
                op.w().columns());
    }

    private static void denseRows(InputOp.Dense op, Tasks t) {
        ColumnPlan plan = ColumnPlan.elements(op.x().rows(), op.w().columns());
        t.graph.task(
                t.id(plan.launch()),
                InputKernels::denseRows,
                t.context,
                t.array(op.x()),
                t.array(op.w()),
                t.at(op.w()),
                t.array(op.bias()),
                t.at(op.bias()),
                t.array(op.out()),
                op.x().columns(),
                plan.rows(),
                plan.columns(),
                plan.lanes(),
                plan.columnGroups(),
                plan.sweeps());
    }

    private static void denseAdjoint(InputOp.DenseAdjoint op, Recorder recorder) {
        int inputs = op.x().columns();
        int columns = op.w().columns();
        recorder.whole(op.x(), op.dOut(), op.dX());
        ColumnPlan plan = ColumnPlan.sums(op.x().rows(), columns);
        int inputGroups = Math.ceilDiv(inputs + 1, InputKernels.INPUTS);
        Tensor partial = recorder.temporary("sums", plan.partialSize(inputs + 1));
        Launch launch = plan.launch();
        recorder.add(
                op,
                t -> {
                    t.graph.task(
                            t.id(new Launch(launch.groups() * inputGroups, launch.local())),
                            InputKernels::denseWeights,
                            t.context,
                            t.array(op.x()),
                            t.array(op.dOut()),
                            t.array(partial),
                            inputs,
                            inputGroups,
                            plan.rows(),
                            columns,
                            plan.lanes(),
                            plan.columnGroups(),
                            plan.sweeps(),
                            plan.groupRows());
                    ColumnSums.totals(
                            t,
                            t.id(),
                            partial,
                            plan.rowGroups(),
                            new Sum(op.dW(), inputs * columns),
                            new Sum(op.dBias(), columns));
                    if (op.dX() != null) {
                        t.graph.task(
                                t.id(Launch.over(op.dX().size())),
                                InputKernels::denseInputs,
                                t.context,
                                t.array(op.dOut()),
                                t.array(op.w()),
                                t.at(op.w()),
                                t.array(op.dX()),
                                inputs,
                                columns,
                                op.dX().size());
                    }
                },
                partial);
    }

    private static void append(InputOp.Append op, Recorder recorder) {
        recorder.whole(op.x(), op.out());
        recorder.add(
                op,
                t ->
                        t.graph.task(
                                t.id(Launch.over(op.out().size())),
                                InputKernels::appendForward,
                                t.context,
                                t.array(op.x()),
                                t.array(op.column()),
                                t.at(op.column()),
                                t.array(op.out()),
                                op.x().columns(),
                                op.out().size()));
    }

    private static void appendAdjoint(InputOp.AppendAdjoint op, Recorder recorder) {
        recorder.whole(op.dOut(), op.dX());
        recorder.add(
                op,
                t ->
                        t.graph.task(
                                t.id(Launch.over(op.dX().size())),
                                InputKernels::appendBackward,
                                t.context,
                                t.array(op.dOut()),
                                t.array(op.dX()),
                                op.dX().columns(),
                                op.dX().size()));
    }
}
