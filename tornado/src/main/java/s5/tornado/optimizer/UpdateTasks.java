package s5.tornado.optimizer;

import s5.ops.Tensor;
import s5.ops.UpdateOp;
import s5.tornado.Recorder;
import s5.tornado.Tasks;

import java.util.List;
import java.util.function.BiConsumer;

/** What is done with gradients and parameters: a task over each range. */
public final class UpdateTasks {
    /** Elements of a share of the sum of squares, unless there are too many shares. */
    private static final int SHARE = 64;

    private static final int MOST_SHARES = 1 << 14;

    private UpdateTasks() {}

    /** Says how an operation is done. */
    public static void plan(UpdateOp op, Recorder recorder) {
        switch (op) {
            case UpdateOp.Adam o -> adam(o, recorder);
            case UpdateOp.Accumulate o -> accumulate(o, recorder);
            case UpdateOp.ClipNorm o -> clipNorm(o, recorder);
            case UpdateOp.Sgd o -> sgd(o, recorder);
            case UpdateOp.Average o -> average(o, recorder);
        }
    }

    /**
     * One task over the ranges of an operation's lists, which lie side by side; none where they are
     * empty.
     */
    private static void over(
            UpdateOp op,
            List<List<Tensor>> lists,
            Recorder recorder,
            BiConsumer<Tasks, Tasks.Range> task) {
        if (lists.getFirst().isEmpty()) {
            return;
        }
        recorder.sideBySide(op, lists);
        recorder.add(op, t -> task.accept(t, t.range(op)));
    }

    private static void adam(UpdateOp.Adam op, Recorder recorder) {
        for (Tensor g : op.g()) {
            if (g.role() == Tensor.Role.SCRATCH) {
                throw new IllegalArgumentException(
                        op.name() + ": " + g + " is scratch, a gradient here has to be an output");
            }
        }
        over(
                op,
                List.of(op.p(), op.g(), op.m(), op.v()),
                recorder,
                (t, range) ->
                        t.graph.task(
                                t.loop(range.size()),
                                AdamKernels::adamUpdate,
                                range.of(0),
                                range.of(1),
                                range.of(2),
                                range.of(3),
                                range.at(),
                                range.at() + range.size(),
                                t.array(op.rates()),
                                t.at(op.rates()),
                                op.rate(),
                                op.weightDecay(),
                                op.coupled() ? 1 : 0));
    }

    private static void accumulate(UpdateOp.Accumulate op, Recorder recorder) {
        over(
                op,
                List.of(op.g(), op.sum()),
                recorder,
                (t, range) ->
                        t.graph.task(
                                t.loop(range.size()),
                                UpdateKernels::sumGradients,
                                range.of(0),
                                range.of(1),
                                range.at(),
                                range.at() + range.size(),
                                t.array(op.rates()),
                                t.at(op.rates()),
                                op.share()));
    }

    private static void clipNorm(UpdateOp.ClipNorm op, Recorder recorder) {
        recorder.sideBySide(op, List.of(op.g()));
        int size = op.g().stream().mapToInt(Tensor::size).sum();
        int shares = Math.min(MOST_SHARES, Math.ceilDiv(size, SHARE));
        int fewer = (int) Math.ceil(Math.sqrt(shares));
        Tensor partial = recorder.temporary("squares", shares);
        Tensor sums = recorder.temporary("sums", fewer + 1); // and the factor
        recorder.add(
                op,
                List.of(op.norm()),
                t -> {
                    Tasks.Range range = t.range(op);
                    t.graph.task(
                            t.loop(shares),
                            UpdateKernels::squareShares,
                            range.of(0),
                            range.at(),
                            range.size(),
                            t.array(partial),
                            0,
                            shares);
                    t.graph.task(
                            t.loop(fewer),
                            UpdateKernels::shareSums,
                            t.array(partial),
                            shares,
                            t.array(sums),
                            0,
                            fewer);
                    t.graph.task(
                            t.loop(1),
                            UpdateKernels::normAndFactor,
                            t.array(sums),
                            fewer,
                            t.array(op.rates()),
                            t.at(op.rates()),
                            op.limit(),
                            t.array(op.norm()),
                            t.at(op.norm()),
                            0,
                            1);
                    t.graph.task(
                            t.loop(range.size()),
                            UpdateKernels::shorten,
                            range.of(0),
                            range.at(),
                            range.at() + range.size(),
                            t.array(sums),
                            fewer);
                },
                partial,
                sums);
    }

    private static void sgd(UpdateOp.Sgd op, Recorder recorder) {
        over(
                op,
                List.of(op.p(), op.g(), op.m()),
                recorder,
                (t, range) ->
                        t.graph.task(
                                t.loop(range.size()),
                                UpdateKernels::descend,
                                range.of(0),
                                range.of(1),
                                range.of(2),
                                range.at(),
                                range.at() + range.size(),
                                t.array(op.rates()),
                                t.at(op.rates()),
                                op.rate(),
                                op.momentum(),
                                op.weightDecay()));
    }

    private static void average(UpdateOp.Average op, Recorder recorder) {
        over(
                op,
                List.of(op.p(), op.average()),
                recorder,
                (t, range) ->
                        t.graph.task(
                                t.loop(range.size()),
                                UpdateKernels::follow,
                                range.of(0),
                                range.of(1),
                                range.at(),
                                range.at() + range.size(),
                                t.array(op.rates()),
                                t.at(op.rates())));
    }
}
