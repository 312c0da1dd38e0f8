package s5.tornado.input;

import s5.ops.InputOp;
import s5.ops.Tensor;
import s5.tornado.Launch;
import s5.tornado.Part;
import s5.tornado.Recorder;
import s5.tornado.Tasks;
import s5.tornado.stored.Pairs;
import s5.tornado.sum.ColumnSums;
import s5.tornado.sum.ColumnSums.Sum;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Embeddings, narrow dense layers and a column more. */
public final class InputTasks {
    /** Rows that a turn of the loop over a dense layer's weights sums, unless there are many. */
    private static final int SHARE = 64;

    /** Shares of the rows at most: partial sums are written and read. */
    private static final int SHARES = 2048;

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
        int twin = Pairs.twin(recorder.isNarrow(op.out()), op.out().columns());
        int columns = op.out().columns() / (1 + twin);
        int share = Launch.share(op.out().rows() * columns);
        int apart = Math.ceilDiv(op.out().rows(), share);
        recorder.add(
                op,
                t ->
                        t.graph.task(
                                t.loop(apart * columns),
                                InputKernels::embedRows,
                                t.integers(op.tokens()),
                                t.at(op.tokens()),
                                t.array(op.w()),
                                t.at(op.w()),
                                t.array(op.bias()),
                                t.at(op.bias()),
                                t.array(op.out()),
                                op.out().rows(),
                                columns,
                                twin,
                                share,
                                apart));
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
        int columns = op.out().columns();
        int share = Launch.share(op.out().size());
        int apart = Math.ceilDiv(op.out().rows(), share);
        recorder.add(
                op,
                t ->
                        t.graph.task(
                                t.loop(apart * columns),
                                InputKernels::denseRows,
                                t.array(op.x()),
                                t.array(op.w()),
                                t.at(op.w()),
                                t.array(op.bias()),
                                t.at(op.bias()),
                                t.array(op.out()),
                                op.x().columns(),
                                op.x().rows(),
                                columns,
                                share,
                                apart));
    }

    private static void denseAdjoint(InputOp.DenseAdjoint op, Recorder recorder) {
        recorder.whole(op.x(), op.dOut(), op.dX());
        int rows = op.x().rows();
        int share = Math.max(SHARE, Math.ceilDiv(rows, SHARES));
        int shares = Math.ceilDiv(rows, share);
        int sums = op.dW().size() + op.dBias().size();
        Tensor partial = shares == 1 ? null : recorder.temporary("sums", shares, sums);
        recorder.add(
                op,
                t -> {
                    String id = t.id();
                    if (partial == null) {
                        Part dW = t.part(op.dW());
                        Part dBias = t.part(op.dBias());
                        Part.together(
                                (more, at) ->
                                        weights(
                                                t,
                                                id + more,
                                                op,
                                                at.array(),
                                                at.at(dW),
                                                at.at(dBias),
                                                share,
                                                shares),
                                dW,
                                dBias);
                    } else {
                        weights(t, id, op, t.array(partial), 0, op.dW().size(), share, shares);
                        ColumnSums.totals(
                                t,
                                t.id(),
                                partial,
                                shares,
                                new Sum(op.dW(), op.dW().size()),
                                new Sum(op.dBias(), op.dBias().size()));
                    }
                    if (op.dX() != null) {
                        t.graph.task(
                                t.loop(op.dX().size()),
                                InputKernels::denseInputs,
                                t.array(op.dOut()),
                                t.array(op.w()),
                                t.at(op.w()),
                                t.array(op.dX()),
                                op.x().columns(),
                                rows,
                                op.w().columns());
                    }
                },
                partial);
    }

    private static void weights(
            Tasks t,
            String id,
            InputOp.DenseAdjoint op,
            FloatArray out,
            int weightsAt,
            int biasAt,
            int share,
            int shares) {
        t.graph.task(
                t.loop(id, shares * (op.dW().size() + op.dBias().size())),
                InputKernels::denseWeights,
                t.array(op.x()),
                t.array(op.dOut()),
                out,
                weightsAt,
                biasAt,
                op.x().columns(),
                op.x().rows(),
                op.w().columns(),
                share,
                shares);
    }

    private static void append(InputOp.Append op, Recorder recorder) {
        recorder.whole(op.x(), op.out());
        recorder.add(
                op,
                t ->
                        t.graph.task(
                                t.loop(op.out().size()),
                                InputKernels::appendForward,
                                t.array(op.x()),
                                t.array(op.column()),
                                t.at(op.column()),
                                t.array(op.out()),
                                op.x().rows(),
                                op.x().columns()));
    }

    private static void appendAdjoint(InputOp.AppendAdjoint op, Recorder recorder) {
        recorder.whole(op.dOut(), op.dX());
        recorder.add(
                op,
                t ->
                        t.graph.task(
                                t.loop(op.dX().size()),
                                InputKernels::appendBackward,
                                t.array(op.dOut()),
                                t.array(op.dX()),
                                op.dX().rows(),
                                op.dX().columns()));
    }
}
