package s5.tornado.head;

import s5.ops.Counters;
import s5.ops.HeadOp.SmoothLabels;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Targets that are spread over the classes; see {@link SmoothLabels}. */
public final class SmoothKernels {
    private SmoothKernels() {}

    /**
     * What each row adds to the loss, and whether it counts.
     *
     * @param weights any array when {@code weightsAt} is negative
     * @param partial (n, 2): the loss's change, and 1 for a row that counts; written
     * @param first 0
     */
    public static void smoothRows(
            FloatArray logProbs,
            IntArray labels,
            int labelsAt,
            FloatArray weights,
            int weightsAt,
            IntArray counters,
            int countersAt,
            FloatArray partial,
            int length,
            int columns,
            float share,
            int first,
            int rows) {
        for (@Parallel int i = 0; i < rows - first; i++) {
            int counting = counters.get(countersAt + Counters.ROWS) * length;
            int label = labels.get(labelsAt + i);
            float loss = 0f;
            float count = 0f;
            if (i < counting && label >= 0) {
                float weight = 1f;
                if (weightsAt >= 0) {
                    weight = weights.get(weightsAt + label);
                }
                float sum = 0f;
                for (int j = 0; j < columns; j++) {
                    sum += logProbs.get(i * columns + j);
                }
                loss = weight * share * (logProbs.get(i * columns + label) - sum / columns);
                count = 1f;
            }
            partial.set(2 * i, loss);
            partial.set(2 * i + 1, count);
        }
    }

    /**
     * Sums of rows in shares: one has every {@code to - from}-th.
     *
     * @param partial (rows, 2)
     * @param sums (to, 2); written
     * @param from 0
     */
    public static void smoothShares(
            FloatArray partial, int rows, FloatArray sums, int from, int to) {
        for (@Parallel int k = 0; k < to - from; k++) {
            float loss = 0f;
            float count = 0f;
            for (int i = k; i < rows; i += to) {
                loss += partial.get(2 * i);
                count += partial.get(2 * i + 1);
            }
            sums.set(2 * (from + k), loss);
            sums.set(2 * (from + k) + 1, count);
        }
    }

    /**
     * The mean loss, and how many rows count.
     *
     * @param sums (shares, 2), and behind them the count; which is written
     * @param from 0
     * @param to 1
     */
    public static void smoothTotals(
            FloatArray sums,
            int shares,
            IntArray counters,
            int countersAt,
            FloatArray metrics,
            int metricsAt,
            int from,
            int to) {
        for (@Parallel int k = 0; k < to - from; k++) {
            float loss = 0f;
            float count = 0f;
            for (int i = 0; i < shares; i++) {
                loss += sums.get(2 * i);
                count += sums.get(2 * i + 1);
            }
            float divisor = 1f;
            if (count > 0f) {
                divisor = count;
            }
            int at = metricsAt + 2 * counters.get(countersAt + Counters.SLOT);
            metrics.set(at + k, metrics.get(at + k) + loss / divisor);
            sums.set(2 * shares + k, divisor);
        }
    }

    /** The change of the gradient. */
    public static void smoothGradient(
            IntArray labels,
            int labelsAt,
            FloatArray weights,
            int weightsAt,
            IntArray counters,
            int countersAt,
            FloatArray sums,
            int divisorAt,
            FloatArray dLogits,
            int length,
            int columns,
            float share,
            int rows) {
        for (@Parallel int i = 0; i < rows * columns; i++) {
            int row = i / columns;
            int counting = counters.get(countersAt + Counters.ROWS) * length;
            int label = labels.get(labelsAt + row);
            if (row < counting && label >= 0) {
                float weight = 1f;
                if (weightsAt >= 0) {
                    weight = weights.get(weightsAt + label);
                }
                float target = 0f;
                if (i - row * columns == label) {
                    target = 1f;
                }
                float change = weight * share * (target - 1f / columns) / sums.get(divisorAt);
                dLogits.set(i, dLogits.get(i) + change);
            }
        }
    }
}
