package s5.cpu.head;

import s5.cpu.Blocks;
import s5.cpu.Machine;
import s5.ops.Counters;
import s5.ops.HeadOp.CrossEntropy;
import s5.ops.Tensor;

/** The loss of a classification; see {@link CrossEntropy}. */
final class CrossEntropyTask {
    /** Rows that one worker does at a time: exponentials of this many rows are worth its start. */
    private static final int ROWS = 1024;

    private CrossEntropyTask() {}

    static Runnable of(CrossEntropy op, Machine cpu) {
        int n = op.logits().rows();
        int classes = op.logits().columns();
        int length = Math.max(1, op.length());
        int slots = op.metrics().rows();
        Blocks blocks = new Blocks(n, ROWS);
        return () -> {
            int[] counters = cpu.ints(op.counters());
            int rows = HeadTasks.counter(counters, Counters.ROWS, 1, n / length, "ROWS");
            int slot = HeadTasks.counter(counters, Counters.SLOT, 0, slots - 1, "SLOT");
            float[] logits = cpu.floats(op.logits());
            int[] labels = cpu.ints(op.labels());
            float[] weights = cpu.floatsOr(op.weights(), null);
            float[] logProbs = cpu.floats(op.logProbs());
            float[] dLogits = cpu.floatsOr(op.dLogits(), null);
            int counting = rows * length;
            int count = 0;
            for (int i = 0; i < counting; i++) {
                count += label(op, labels, i, classes) < 0 ? 0 : 1;
            }
            int divisor = count;
            cpu.each(
                    blocks,
                    (from, to, _, _) -> {
                        for (int i = from; i < to; i++) {
                            int at = i * classes;
                            logSoftmax(logits, logProbs, at, classes);
                            int label = i < counting ? labels[i] : -1;
                            if (dLogits != null) {
                                double weight = label < 0 ? 0 : weight(weights, label);
                                gradient(logProbs, dLogits, at, classes, label, weight, divisor);
                            }
                        }
                    });
            double loss = 0;
            int hits = 0;
            for (int i = 0; i < counting; i++) {
                int label = labels[i];
                if (label >= 0) {
                    loss -= weight(weights, label) * logProbs[i * classes + label];
                    hits += largest(logits, i * classes, classes) == label ? 1 : 0;
                }
            }
            float[] metrics = cpu.floats(op.metrics());
            metrics[2 * slot] = count == 0 ? 0f : (float) (loss / count);
            metrics[2 * slot + 1] = count == 0 ? 0f : (float) ((double) hits * rows / count);
        };
    }

    private static double weight(float[] weights, int label) {
        return weights == null ? 1 : weights[label];
    }

    /** The gradient of one row, 0 where it has no label. */
    private static void gradient(
            float[] logProbs,
            float[] dLogits,
            int at,
            int classes,
            int label,
            double weight,
            int count) {
        for (int j = 0; j < classes; j++) {
            double p = label < 0 ? 0 : Math.exp(logProbs[at + j]);
            double target = j == label ? 1 : 0;
            dLogits[at + j] = label < 0 ? 0f : (float) (weight * (p - target) / count);
        }
    }

    /** The first of the largest of one row. */
    private static int largest(float[] x, int at, int classes) {
        int best = 0;
        for (int j = 1; j < classes; j++) {
            if (x[at + j] > x[at + best]) {
                best = j;
            }
        }
        return best;
    }

    /** Writes one row of log-probabilities. */
    private static void logSoftmax(float[] x, float[] out, int at, int classes) {
        double largest = x[at + largest(x, at, classes)];
        double sum = 0;
        for (int j = 0; j < classes; j++) {
            sum += Math.exp(x[at + j] - largest);
        }
        double log = Math.log(sum);
        for (int j = 0; j < classes; j++) {
            out[at + j] = (float) (x[at + j] - largest - log);
        }
    }

    private static int label(CrossEntropy op, int[] values, int i, int classes) {
        Tensor labels = op.labels();
        int least = op.length() == 0 ? 0 : -1;
        if (values[i] < least || values[i] >= classes) {
            throw new IllegalArgumentException(
                    labels
                            + " holds "
                            + values[i]
                            + " at "
                            + i
                            + ", must be in ["
                            + least
                            + ", "
                            + classes
                            + ")");
        }
        return values[i];
    }
}
