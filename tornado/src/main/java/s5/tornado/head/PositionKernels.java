package s5.tornado.head;

import s5.ops.Counters;
import s5.ops.HeadOp;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The losses where not all rows weigh the same: some positions do not count, or the classes have
 * weights. First the weight of each row in the sums is written, {@code share} (rows + 1), with the
 * number of rows that count at its end.
 */
public final class PositionKernels {
    /** Shares of the rows at most, whose sums are added one after the other. */
    static final int SHARES = 128;

    private static final float LOG_2_PI = 1.837877f;

    private PositionKernels() {}

    /**
     * How many rows have a label, in shares: every {@code shares}-th row.
     *
     * @param labels -1 where a row has none
     * @param length rows of a sequence
     * @param counts (shares); written
     */
    public static void countLabels(
            IntArray labels,
            int labelsAt,
            IntArray counters,
            int countersAt,
            int length,
            int rows,
            int shares,
            FloatArray counts) {
        for (@Parallel int k = 0; k < shares; k++) {
            int counting = counters.get(countersAt + Counters.ROWS) * length;
            int count = 0;
            for (int i = k; i < rows; i += shares) {
                if (i < counting) {
                    if (labels.get(labelsAt + i) >= 0) {
                        count++;
                    }
                }
            }
            counts.set(k, count);
        }
    }

    /**
     * Weights of rows by their labels.
     *
     * @param counts (shares)
     * @param weights of the classes; any array when {@code weightsAt} is negative
     * @param share (rows + 1); written
     */
    public static void labelShares(
            IntArray labels,
            int labelsAt,
            IntArray counters,
            int countersAt,
            FloatArray counts,
            FloatArray weights,
            int weightsAt,
            int length,
            int sequences,
            int shares,
            FloatArray share) {
        for (@Parallel int i = 0; i < sequences * length; i++) {
            float count = 0f;
            for (int k = 0; k < shares; k++) {
                count += counts.get(k);
            }
            float weight = 0f;
            if (i < counters.get(countersAt + Counters.ROWS) * length) {
                int label = labels.get(labelsAt + i);
                if (label >= 0) {
                    weight = 1f / count;
                    if (weightsAt >= 0) {
                        weight = weights.get(weightsAt + label) / count;
                    }
                }
            }
            share.set(i, weight);
            if (i == 0) {
                share.set(sequences * length, count);
            }
        }
    }

    /**
     * Weights of rows by the lengths of their sequences.
     *
     * @param lengths positions that count; any array when {@code lengthsAt} is negative
     * @param share (rows + 1); written
     */
    public static void lengthShares(
            IntArray lengths,
            int lengthsAt,
            IntArray counters,
            int countersAt,
            int length,
            int sequences,
            FloatArray share) {
        for (@Parallel int i = 0; i < sequences * length; i++) {
            int counting = counters.get(countersAt + Counters.ROWS);
            int count = counting * length;
            int own = length;
            if (lengthsAt >= 0) {
                count = 0;
                for (int b = 0; b < counting; b++) {
                    count += lengths.get(lengthsAt + b);
                }
                own = lengths.get(lengthsAt + i / length);
            }
            float weight = 0f;
            if (i / length < counting) {
                if (i % length < own) {
                    weight = 1f / count;
                }
            }
            share.set(i, weight);
            if (i == 0) {
                share.set(sequences * length, count);
            }
        }
    }

    /**
     * Log-softmax, the loss and whether it is right, of each row.
     *
     * @param partial (rows, 2): the row's part of the mean loss; 1 if right, 0 of a row that does
     *     not count; written
     * @param graded 0 for no gradient; {@code dLogits} is then any array
     */
    public static void classRows(
            FloatArray logits,
            IntArray labels,
            int labelsAt,
            FloatArray share,
            FloatArray logProbs,
            FloatArray partial,
            FloatArray dLogits,
            int graded,
            int length,
            int sequences,
            int classes) {
        for (@Parallel int row = 0; row < sequences * length; row++) {
            // a class may weigh nothing, and its answers are right all the same
            int label = labels.get(labelsAt + row);
            float weight = share.get(row);
            HeadKernels.classRow(
                    logits, row, label, weight, weight, logProbs, partial, dLogits, graded,
                    classes);
        }
    }

    /**
     * Sums of {@link #classRows} over the rows of the sequences that count, in shares.
     *
     * @param partial (rows, 2)
     * @param sums (shares, 2); written
     */
    public static void classSums(
            FloatArray partial,
            IntArray counters,
            int countersAt,
            int length,
            int rows,
            int shares,
            FloatArray sums) {
        for (@Parallel int k = 0; k < shares; k++) {
            int counting = counters.get(countersAt + Counters.ROWS) * length;
            float loss = 0f;
            float right = 0f;
            for (int i = k; i < rows; i += shares) {
                if (i < counting) {
                    loss += partial.get(2 * i);
                    right += partial.get(2 * i + 1);
                }
            }
            sums.set(2 * k, loss);
            sums.set(2 * k + 1, right);
        }
    }

    /**
     * Everything of {@link HeadOp.GaussianLoss} but the metrics, of which each share of the
     * elements, every {@code shares}-th, leaves its part.
     *
     * @param mean (n, columns), {@code size} elements
     * @param prediction (n, 2 columns); written
     * @param sums (shares, 2): parts of the mean loss, twice; squared errors; written
     * @param dMean (n, columns); written, as dZ
     * @param fit 0 for no gradients, which are then any arrays; 1 for NLL, 2 for MSE, 3 for MAE
     */
    public static void numberElements(
            FloatArray mean,
            FloatArray z,
            FloatArray target,
            int targetAt,
            FloatArray share,
            FloatArray prediction,
            FloatArray sums,
            FloatArray dMean,
            FloatArray dZ,
            int fit,
            int columns,
            int shares,
            int size) {
        for (@Parallel int k = 0; k < shares; k++) {
            float loss = 0f;
            float square = 0f;
            for (int i = k; i < size; i += shares) {
                int row = i / columns;
                float mu = mean.get(i);
                float logit = z.get(i);
                float e = TornadoMath.exp(logit < 0f ? logit : 0f);
                float variance = logit < 0f ? e : logit + 1f;
                float v = variance < HeadOp.LEAST_VARIANCE ? HeadOp.LEAST_VARIANCE : variance;
                float error = mu - target.get(targetAt + i);
                float weight = share.get(row);
                prediction.set(i + row * columns, mu);
                prediction.set(i + (row + 1) * columns, variance);
                if (weight > 0f) {
                    loss += weight * (TornadoMath.log(v) + error * error / v + LOG_2_PI);
                    square += error * error;
                }
                if (fit != 0) {
                    float by = error;
                    if (fit == 1) {
                        by = error / v;
                    }
                    if (fit == 3) {
                        by = 0f;
                        if (error > 0f) {
                            by = 1f;
                        }
                        if (error < 0f) {
                            by = -1f;
                        }
                    }
                    dMean.set(i, weight * by);
                    float free = weight;
                    if (variance < HeadOp.LEAST_VARIANCE) {
                        free = 0f;
                    }
                    dZ.set(i, free * e * (1f - error * error / v) / v / 2f);
                }
            }
            sums.set(2 * k, loss);
            sums.set(2 * k + 1, square);
        }
    }

    /**
     * The metrics: the first sum times {@code first}, the second one times {@code second} and the
     * share of the sequences in the rows that count.
     *
     * @param sums (shares, 2)
     * @param share (rows + 1)
     * @param metrics (slots, 2) from {@code metricsAt}; row SLOT is written
     */
    public static void metricTotals(
            FloatArray sums,
            FloatArray share,
            IntArray counters,
            int countersAt,
            FloatArray metrics,
            int metricsAt,
            float first,
            float second,
            int rows,
            int shares) {
        for (@Parallel int i = 0; i < 2; i++) {
            float sum = 0f;
            for (int k = 0; k < shares; k++) {
                sum += sums.get(2 * k + i);
            }
            float result = sum * first;
            if (i == 1) {
                float count = share.get(rows);
                result = 0f;
                if (count > 0f) {
                    result = sum * second * counters.get(countersAt + Counters.ROWS) / count;
                }
            }
            metrics.set(metricsAt + 2 * counters.get(countersAt + Counters.SLOT) + i, result);
        }
    }
}
