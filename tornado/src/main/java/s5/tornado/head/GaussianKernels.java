package s5.tornado.head;

import s5.ops.Counters;
import s5.ops.HeadOp;
import s5.tornado.Launch;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** The loss of a mean and a variance; see {@link HeadOp.GaussianLoss}. */
public final class GaussianKernels {
    /** Groups of {@link #gaussianElements}: {@link #gaussianTotals} has a thread for each. */
    static final int GROUPS = Launch.GROUP;

    private static final float LOG_2_PI = 1.837877f;

    private GaussianKernels() {}

    /**
     * Everything of {@link HeadOp.GaussianLoss} but the metrics, of which each group leaves its
     * part. Launch {@code groups} groups of {@link Launch#GROUP}.
     *
     * @param mean (n, columns), {@code size} elements
     * @param prediction (n, 2 columns); written
     * @param dMean (n, columns); written, as dZ
     * @param graded 0 for no gradients; they are then any arrays
     * @param partial (groups, 2): sums of the losses' terms, squared errors; written
     */
    public static void gaussianElements(
            KernelContext c,
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
            int groups,
            int size) {
        float[] losses = c.allocateFloatLocalArray(Launch.GROUP);
        float[] squares = c.allocateFloatLocalArray(Launch.GROUP);
        int counting = counters.get(countersAt + Counters.ROWS) * length;
        float share = 1f / counting;
        float loss = 0f;
        float square = 0f;
        for (int i = c.groupIdx * Launch.GROUP + c.localIdx; i < size; i += groups * Launch.GROUP) {
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
        losses[c.localIdx] = loss;
        squares[c.localIdx] = square;
        for (int s = Launch.GROUP / 2; s > 0; s = s / 2) {
            c.localBarrier();
            if (c.localIdx < s) {
                losses[c.localIdx] = losses[c.localIdx] + losses[c.localIdx + s];
                squares[c.localIdx] = squares[c.localIdx] + squares[c.localIdx + s];
            }
        }
        if (c.localIdx == 0) {
            partial.set(2 * c.groupIdx, losses[0]);
            partial.set(2 * c.groupIdx + 1, squares[0]);
        }
    }

    /**
     * The metrics from {@link #gaussianElements}. One group of {@link Launch#GROUP}.
     *
     * @param partial (groups, 2), at most GROUPS groups
     * @param metrics (slots, 2) from {@code metricsAt}; row SLOT is written
     */
    public static void gaussianTotals(
            KernelContext c,
            FloatArray partial,
            IntArray counters,
            int countersAt,
            FloatArray metrics,
            int metricsAt,
            int length,
            int columns,
            int groups) {
        float[] losses = c.allocateFloatLocalArray(Launch.GROUP);
        float[] squares = c.allocateFloatLocalArray(Launch.GROUP);
        float loss = 0f;
        float square = 0f;
        if (c.localIdx < groups) {
            loss = partial.get(2 * c.localIdx);
            square = partial.get(2 * c.localIdx + 1);
        }
        losses[c.localIdx] = loss;
        squares[c.localIdx] = square;
        for (int s = Launch.GROUP / 2; s > 0; s = s / 2) {
            c.localBarrier();
            if (c.localIdx < s) {
                losses[c.localIdx] = losses[c.localIdx] + losses[c.localIdx + s];
                squares[c.localIdx] = squares[c.localIdx] + squares[c.localIdx + s];
            }
        }
        if (c.localIdx == 0) {
            int counting = counters.get(countersAt + Counters.ROWS) * length;
            int at = metricsAt + 2 * counters.get(countersAt + Counters.SLOT);
            metrics.set(at, losses[0] / 2f / counting);
            metrics.set(at + 1, -squares[0] / (length * columns));
        }
    }
}
