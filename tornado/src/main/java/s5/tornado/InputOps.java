package s5.tornado;

import static s5.tornado.Recorder.list;

import s5.ops.Tensor;

/** Embeddings and narrow dense layers. */
final class InputOps {
    /** Elements of a dense layer's output that leave a GPU idle with a thread for each. */
    private static final int FEW = 8192;

    private final Recorder recorder;

    InputOps(Recorder recorder) {
        this.recorder = recorder;
    }

    void embed(Tensor tokens, Tensor w, Tensor bias, Tensor out) {
        String op = "embed";
        int rows = out.rows();
        int columns = out.columns();
        Check.integers(op, tokens, rows);
        Check.shape(op, w, w.rows(), columns);
        Check.sizes(op, columns, bias);
        recorder.whole(out);
        ColumnPlan plan = ColumnPlan.elements(rows, columns);
        recorder.add(
                op,
                list(tokens, w, bias),
                list(out),
                t ->
                        t.graph.task(
                                t.id(plan.launch()),
                                InputKernels::embedRows,
                                t.context,
                                t.integers(tokens),
                                t.at(tokens),
                                t.array(w),
                                t.at(w),
                                t.array(bias),
                                t.at(bias),
                                t.array(out),
                                rows,
                                columns,
                                plan.lanes(),
                                plan.columnGroups(),
                                plan.sweeps()));
    }

    void embedAdjoint(Tensor tokens, Tensor dOut, Tensor dW, Tensor dBias) {
        String op = "embedAdjoint";
        int rows = dOut.rows();
        int columns = dOut.columns();
        int vocabulary = dW.rows();
        Check.integers(op, tokens, rows);
        Check.shape(op, dW, vocabulary, columns);
        Check.sizes(op, columns, dBias);
        recorder.whole(dOut);
        EmbedPlan plan = EmbedPlan.of(vocabulary, rows, columns);
        Tensor partial = recorder.temporary("sums", plan.partialSize());
        recorder.add(
                op,
                list(tokens, dOut),
                list(dW, dBias, partial),
                t -> {
                    t.graph.task(
                            t.id(plan.launch()),
                            InputKernels::embedPartials,
                            t.context,
                            t.integers(tokens),
                            t.at(tokens),
                            t.array(dOut),
                            t.array(partial),
                            vocabulary,
                            plan.table(),
                            plan.tokens(),
                            rows,
                            columns,
                            plan.lanes(),
                            plan.columnGroups(),
                            plan.tokenGroups(),
                            plan.groupRows());
                    t.kernels.columnTotals(
                            t.id(),
                            t.array(partial),
                            plan.rowGroups(),
                            vocabulary * columns,
                            t.part(dW));
                    // the sum over all tokens: that of all rows
                    t.kernels.columnTotals(
                            t.id(),
                            t.array(partial),
                            plan.rowGroups() * vocabulary,
                            columns,
                            t.part(dBias));
                });
    }

    void dense(Tensor x, Tensor w, Tensor bias, Tensor out) {
        String op = "dense";
        int rows = x.rows();
        int inputs = x.columns();
        int columns = w.columns();
        Check.shape(op, w, inputs, columns);
        Check.sizes(op, columns, bias);
        Check.shape(op, out, rows, columns);
        recorder.whole(x, out);
        boolean few = rows * columns <= FEW && inputs >= InputKernels.SHARERS;
        ColumnPlan plan = ColumnPlan.elements(rows, columns);
        recorder.add(
                op,
                list(x, w, bias),
                list(out),
                t -> {
                    if (few) {
                        t.graph.task(
                                t.id(new Launch(rows * columns, InputKernels.SHARERS)),
                                InputKernels::denseElements,
                                t.context,
                                t.array(x),
                                t.array(w),
                                t.at(w),
                                t.array(bias),
                                t.at(bias),
                                t.array(out),
                                inputs,
                                columns);
                    } else {
                        t.graph.task(
                                t.id(plan.launch()),
                                InputKernels::denseRows,
                                t.context,
                                t.array(x),
                                t.array(w),
                                t.at(w),
                                t.array(bias),
                                t.at(bias),
                                t.array(out),
                                inputs,
                                rows,
                                columns,
                                plan.lanes(),
                                plan.columnGroups(),
                                plan.sweeps());
                    }
                });
    }

    void denseAdjoint(Tensor x, Tensor w, Tensor dOut, Tensor dW, Tensor dBias, Tensor dX) {
        String op = "denseAdjoint";
        int rows = x.rows();
        int inputs = x.columns();
        int columns = w.columns();
        Check.shape(op, w, inputs, columns);
        Check.shape(op, dOut, rows, columns);
        Check.shape(op, dW, inputs, columns);
        Check.sizes(op, columns, dBias);
        Check.shape(op, dX, rows, inputs);
        recorder.whole(x, dOut, dX);
        ColumnPlan plan = ColumnPlan.sums(rows, columns);
        int inputGroups = Math.ceilDiv(inputs + 1, InputKernels.INPUTS);
        Tensor partial = recorder.temporary("sums", plan.partialSize(inputs + 1));
        Launch launch = plan.launch();
        recorder.add(
                op,
                list(x, w, dOut),
                list(dW, dBias, dX, partial),
                t -> {
                    t.graph.task(
                            t.id(new Launch(launch.groups() * inputGroups, launch.local())),
                            InputKernels::denseWeights,
                            t.context,
                            t.array(x),
                            t.array(dOut),
                            t.array(partial),
                            inputs,
                            inputGroups,
                            rows,
                            columns,
                            plan.lanes(),
                            plan.columnGroups(),
                            plan.sweeps(),
                            plan.groupRows());
                    t.kernels.columnTotalsOfTwo(
                            t.id(),
                            t.array(partial),
                            plan.rowGroups(),
                            inputs * columns,
                            columns,
                            t.part(dW),
                            t.part(dBias));
                    if (dX != null) {
                        t.graph.task(
                                t.id(Launch.over(dX.size())),
                                InputKernels::denseInputs,
                                t.context,
                                t.array(dOut),
                                t.array(w),
                                t.at(w),
                                t.array(dX),
                                inputs,
                                columns,
                                dX.size());
                    }
                });
    }
}
