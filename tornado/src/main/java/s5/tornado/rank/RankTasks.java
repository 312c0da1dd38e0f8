package s5.tornado.rank;

import s5.ops.RankOp;
import s5.ops.Tensor;
import s5.tornado.Recorder;
import s5.tornado.Tasks;

import java.util.List;

/** What several processes do together; see {@link RankOp}. */
public final class RankTasks {
    private RankTasks() {}

    /**
     * Says how an operation of this family is done.
     *
     * @param nccl sums over the processes; null where there is one
     */
    public static void plan(RankOp op, Nccl nccl, Recorder recorder) {
        switch (op) {
            case RankOp.AllReduce o -> recorder.add(o, t -> allReduce(o, nccl, t));
            case RankOp.Copy o -> copy(o, recorder);
            case RankOp.Multiply o -> multiply(o, recorder);
            case RankOp.WeighLoss o -> weighLoss(o, recorder);
            case RankOp.KeepMetrics o -> keepMetrics(o, recorder);
        }
    }

    private static void allReduce(RankOp.AllReduce op, Nccl nccl, Tasks t) {
        if (nccl == null) {
            return; // the sum of one
        }
        t.end();
        AllReduceTask task = new AllReduceTask(nccl);
        for (Tensor tensor : op.tensors()) {
            task.add(t.array(tensor), t.at(tensor), tensor.size());
        }
        task.addTo(t.graph, t.id());
    }

    private static void copy(RankOp.Copy op, Recorder recorder) {
        recorder.whole(op.y());
        recorder.add(
                op,
                t ->
                        t.graph.task(
                                t.loop(op.x().size()),
                                RankKernels::copyNumbers,
                                t.array(op.x()),
                                t.at(op.x()),
                                t.array(op.y()),
                                t.at(op.y()),
                                op.x().rows(),
                                op.x().columns()));
    }

    private static void multiply(RankOp.Multiply op, Recorder recorder) {
        recorder.add(
                op,
                t -> {
                    for (Tensor tensor : op.tensors()) {
                        t.graph.task(
                                t.loop(tensor.size()),
                                RankKernels::multiplyNumbers,
                                t.array(tensor),
                                t.at(tensor),
                                op.factor(),
                                tensor.rows(),
                                tensor.columns());
                    }
                });
    }

    private static void weighLoss(RankOp.WeighLoss op, Recorder recorder) {
        recorder.whole(op.all(), op.sums());
        op.gradients().forEach(recorder::whole);
        recorder.add(
                op,
                t -> {
                    for (Tensor gradient : op.gradients()) {
                        t.graph.task(
                                t.loop(gradient.size()),
                                RankKernels::weighGradient,
                                t.arrayOr(op.own(), op.metrics()),
                                t.at(op.own()),
                                t.arrayOr(op.all(), op.metrics()),
                                t.at(op.all()),
                                op.ranks(),
                                t.array(gradient),
                                t.at(gradient),
                                gradient.rows(),
                                gradient.columns());
                    }
                    t.graph.task(
                            t.id(),
                            RankKernels::weighMetrics,
                            t.arrayOr(op.own(), op.metrics()),
                            t.at(op.own()),
                            t.arrayOr(op.all(), op.metrics()),
                            t.at(op.all()),
                            op.ranks(),
                            t.array(op.metrics()),
                            t.at(op.metrics()),
                            t.integers(op.counters()),
                            t.at(op.counters()),
                            t.array(op.sums()));
                });
    }

    private static void keepMetrics(RankOp.KeepMetrics op, Recorder recorder) {
        recorder.whole(op.sums());
        recorder.add(
                op,
                List.of(op.metrics()),
                t ->
                        t.graph.task(
                                t.id(),
                                RankKernels::keepMetrics,
                                t.array(op.sums()),
                                t.integers(op.counters()),
                                t.at(op.counters()),
                                t.array(op.metrics()),
                                t.at(op.metrics())));
    }
}
