package s5.ops.reference;

import s5.ops.Counters;
import s5.ops.RankOp;
import s5.ops.Tensor;

import java.util.Arrays;

/** {@link RankOp} of one process, in double precision. */
final class ReferenceRank {
    private final ReferenceMemory memory;

    ReferenceRank(ReferenceMemory memory) {
        this.memory = memory;
    }

    void run(RankOp op) {
        switch (op) {
            case RankOp.AllReduce o -> o.tensors().forEach(t -> multiply(t, 1)); // of one
            case RankOp.Copy o -> memory.store(o.y(), memory.vector(o.x()));
            case RankOp.Multiply o -> o.tensors().forEach(t -> multiply(t, o.factor()));
            case RankOp.WeighLoss o -> weighLoss(o);
            case RankOp.KeepMetrics o -> keepMetrics(o);
        }
    }

    private void multiply(Tensor t, double factor) {
        memory.store(t, Arrays.stream(memory.vector(t)).map(v -> factor * v).toArray());
    }

    private void weighLoss(RankOp.WeighLoss o) {
        double factor = 1.0 / o.ranks();
        if (o.all() != null) {
            double all = memory.vector(o.all())[0];
            factor = all > 0 ? memory.vector(o.own())[0] / all : 0;
        }
        int slot = memory.integers(o.counters())[Counters.SLOT];
        double loss = memory.matrixOf(o.metrics()).get(slot, 0);
        double right = memory.matrixOf(o.metrics()).get(slot, 1);
        double part = factor;
        o.gradients().forEach(t -> multiply(t, part));
        memory.store(o.sums(), new double[] {factor * loss, o.ranks() * factor * right});
    }

    private void keepMetrics(RankOp.KeepMetrics o) {
        int slot = memory.integers(o.counters())[Counters.SLOT];
        double[] all = memory.vector(o.metrics());
        System.arraycopy(memory.vector(o.sums()), 0, all, 2 * slot, 2);
        memory.store(o.metrics(), all);
    }
}
