package s5.cpu.head;

import s5.cpu.Blocks;
import s5.cpu.Machine;
import s5.ops.Counters;
import s5.ops.HeadOp.SmoothLabels;

/** Targets that are spread over the classes; see {@link SmoothLabels}. */
final class SmoothLabelsTask {
    private SmoothLabelsTask() {}

    static Runnable of(SmoothLabels op, Machine cpu) {
        int n = op.logProbs().rows();
        int classes = op.logProbs().columns();
        int length = Math.max(1, op.length());
        Blocks blocks = Blocks.of(n, classes);
        cpu.workspace().needDoubles(blocks.count());
        return () -> {
            int[] counters = cpu.ints(op.counters());
            int rows = length * counters[Counters.ROWS];
            int slot = counters[Counters.SLOT];
            int[] labels = cpu.ints(op.labels());
            float[] logProbs = cpu.floats(op.logProbs());
            float[] weights = cpu.floatsOr(op.weights(), null);
            float[] dLogits = cpu.floats(op.dLogits());
            double[] sums = cpu.workspace().doubles();
            int count = 0;
            for (int i = 0; i < rows; i++) {
                count += labels[i] < 0 ? 0 : 1;
            }
            int divisor = count;
            double share = op.share();
            cpu.each(
                    blocks,
                    (from, to, block, _) -> {
                        double loss = 0;
                        for (int i = from; i < Math.min(to, rows); i++) {
                            int label = labels[i];
                            if (label < 0) {
                                continue;
                            }
                            double part = share * (weights == null ? 1 : weights[label]);
                            int at = i * classes;
                            double sum = 0;
                            for (int j = 0; j < classes; j++) {
                                sum += logProbs[at + j];
                                dLogits[at + j] -= (float) (part / classes / divisor);
                            }
                            dLogits[at + label] += (float) (part / divisor);
                            loss += part * (logProbs[at + label] - sum / classes);
                        }
                        sums[block] = loss;
                    });
            double loss = 0;
            for (int block = 0; block < blocks.count(); block++) {
                loss += sums[block];
            }
            cpu.floats(op.metrics())[2 * slot] += count == 0 ? 0f : (float) (loss / count);
        };
    }
}
