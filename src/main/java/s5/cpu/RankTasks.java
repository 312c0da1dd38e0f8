package s5.cpu;

import s5.collective.Collective;
import s5.ops.Counters;
import s5.ops.RankOp;
import s5.ops.Tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What several processes do together; see {@link RankOp}. */
final class RankTasks {
    private RankTasks() {}

    static Runnable of(RankOp op, Machine cpu) {
        return switch (op) {
            case RankOp.AllReduce o -> allReduce(o, cpu);
            case RankOp.Copy o ->
                    () ->
                            System.arraycopy(
                                    cpu.floats(o.x()), 0, cpu.floats(o.y()), 0, o.x().size());
            case RankOp.Multiply o -> () -> multiply(o.tensors(), o.factor(), cpu);
            case RankOp.WeighLoss o -> weighLoss(o, cpu);
            case RankOp.KeepMetrics o -> keepMetrics(o, cpu);
        };
    }

    /** Arrays of scratch may be longer than their tensors, and others are summed as they are. */
    private static Runnable allReduce(RankOp.AllReduce op, Machine cpu) {
        Collective ranks = cpu.ranks();
        return () -> {
            if (ranks.size() == 1) {
                return;
            }
            List<float[]> arrays = new ArrayList<>();
            for (Tensor t : op.tensors()) {
                float[] values = cpu.floats(t);
                arrays.add(values.length == t.size() ? values : Arrays.copyOf(values, t.size()));
            }
            ranks.allReduce(arrays);
            for (int i = 0; i < arrays.size(); i++) {
                float[] values = cpu.floats(op.tensors().get(i));
                if (values.length != arrays.get(i).length) {
                    System.arraycopy(arrays.get(i), 0, values, 0, arrays.get(i).length);
                }
            }
        };
    }

    private static void multiply(List<Tensor> tensors, float factor, Machine cpu) {
        for (Tensor t : tensors) {
            float[] values = cpu.floats(t);
            for (int i = 0; i < t.size(); i++) {
                values[i] *= factor;
            }
        }
    }

    private static Runnable weighLoss(RankOp.WeighLoss op, Machine cpu) {
        return () -> {
            float all = op.all() == null ? op.ranks() : cpu.floats(op.all())[0];
            float own = op.own() == null ? 1 : cpu.floats(op.own())[0];
            float factor = all == 0 ? 0 : own / all;
            multiply(op.gradients(), factor, cpu);
            int slot = 2 * cpu.ints(op.counters())[Counters.SLOT];
            float[] metrics = cpu.floats(op.metrics());
            float[] sums = cpu.floats(op.sums());
            sums[0] = factor * metrics[slot];
            sums[1] = op.ranks() * factor * metrics[slot + 1];
        };
    }

    private static Runnable keepMetrics(RankOp.KeepMetrics op, Machine cpu) {
        return () -> {
            int slot = 2 * cpu.ints(op.counters())[Counters.SLOT];
            System.arraycopy(cpu.floats(op.sums()), 0, cpu.floats(op.metrics()), slot, 2);
        };
    }
}
