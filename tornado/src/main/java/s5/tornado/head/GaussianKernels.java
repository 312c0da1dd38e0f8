package s5.tornado.head;

import s5.ops.Counters;
import s5.ops.HeadOp;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** The loss of a mean and a variance; see {@link HeadOp.GaussianLoss}. */
public final class GaussianKernels {
    /** Shares of the elements at most, one after the other in {@link #gaussianTotals}. */
    static final int SHARES = 128;

    private static final float LOG_2_PI = 1.837877f;

    private GaussianKernels() {}

    /**
     * Everything of {@link HeadOp.GaussianLoss} but the metrics, of which each share of the
     * elements, every {@code shares}-th, leaves its part. It has no launch: there are few shares.
     *
     * @param mean (n, columns), {@code size} elements
     * @param prediction (n, 2 columns); written
     * @param dMean (n, columns); written, as dZ
     * @param graded 0 for no gradients; they are then any arrays
     * @param partial (shares, 2): sums of the losses' terms, squared errors; written
     */
    public static void gaussianElements(
            FloatArray mean,
            FloatArray z,
            FloatArray target,
            int targetAt,
            IntArray counters,
            int countersAt,
            FloatArray prediction,
            FloatArray partial,
            FloatArray dMean,
            FloatArray dZ,
            int graded,
            int length,
            int columns,
            int shares,
            int size) {
        for (@Parallel int k = 0; k < shares; k++) {
            int counting = counters.get(countersAt + Counters.ROWS) * length;
            float share = 1f / counting;
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
                prediction.set(i + row * columns, mu);
                prediction.set(i + (row + 1) * columns, variance);
                float weight = 0f;
                if (row < counting) {
                    weight = share;
                    loss += TornadoMath.log(v) + error * error / v + LOG_2_PI;
                    square += error * error;
                }
                if (graded != 0) {
                    dMean.set(i, weight * error / v);
                    float free = weight;
                    if (variance < HeadOp.LEAST_VARIANCE) {
                        free = 0f;
                    }
                    dZ.set(i, free * e * (1f - error * error / v) / v / 2f);
                }
            }
            partial.set(2 * k, loss);
            partial.set(2 * k + 1, square);
        }
    }

    /**
     * The metrics from {@link #gaussianElements}.
     *
     * @param partial (shares, 2)
     * @param metrics (slots, 2) from {@code metricsAt}; row SLOT is written
     */
    public static void gaussianTotals(
            FloatArray partial,
            IntArray counters,
            int countersAt,
            FloatArray metrics,
            int metricsAt,
            int length,
            int columns,
            int shares) {
        for (@Parallel int i = 0; i < 2; i++) {
            float sum = 0f;
            for (int k = 0; k < shares; k++) {
                sum += partial.get(2 * k + i);
            }
            float result = -sum / (length * columns);
            if (i == 0) {
                result = sum / 2f / (counters.get(countersAt + Counters.ROWS) * length);
            }
            metrics.set(metricsAt + 2 * counters.get(countersAt + Counters.SLOT) + i, result);
        }
    }
}
