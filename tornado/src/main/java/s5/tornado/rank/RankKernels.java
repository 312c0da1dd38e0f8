package s5.tornado.rank;

import s5.ops.Counters;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** The small loops of {@link s5.ops.RankOp}. */
public final class RankKernels {
    private RankKernels() {}

    /** {@code y = x}, both (rows, columns). */
    public static void copyNumbers(
            FloatArray x, int xAt, FloatArray y, int yAt, int rows, int columns) {
        for (@Parallel int i = 0; i < rows * columns; i++) {
            y.set(yAt + i, x.get(xAt + i));
        }
    }

    /** {@code x *= factor}; x (rows, columns). */
    public static void multiplyNumbers(FloatArray x, int at, float factor, int rows, int columns) {
        for (@Parallel int i = 0; i < rows * columns; i++) {
            x.set(at + i, x.get(at + i) * factor);
        }
    }

    /** A share's part of a batch: {@code own / all}, or {@code 1 / ranks} for negative offsets. */
    static float part(FloatArray own, int ownAt, FloatArray all, int allAt, int ranks) {
        float part = 1f / ranks;
        if (ownAt >= 0) {
            float number = all.get(allAt);
            part = 0f;
            if (number > 0f) {
                part = own.get(ownAt) / number;
            }
        }
        return part;
    }

    /**
     * The gradient of {@link s5.ops.RankOp.WeighLoss}; (rows, columns).
     *
     * @param own any array where {@code ownAt} is negative, as {@code all}
     */
    public static void weighGradient(
            FloatArray own,
            int ownAt,
            FloatArray all,
            int allAt,
            int ranks,
            FloatArray gradient,
            int at,
            int rows,
            int columns) {
        for (@Parallel int i = 0; i < rows * columns; i++) {
            gradient.set(at + i, gradient.get(at + i) * part(own, ownAt, all, allAt, ranks));
        }
    }

    /**
     * The sums of {@link s5.ops.RankOp.WeighLoss}. It has no launch: there are two.
     *
     * @param metrics (slots, 2) from {@code metricsAt}
     * @param sums (2); written
     */
    public static void weighMetrics(
            FloatArray own,
            int ownAt,
            FloatArray all,
            int allAt,
            int ranks,
            FloatArray metrics,
            int metricsAt,
            IntArray counters,
            int countersAt,
            FloatArray sums) {
        for (@Parallel int i = 0; i < 2; i++) {
            int slot = metricsAt + 2 * counters.get(countersAt + Counters.SLOT);
            float value = metrics.get(slot + i) * part(own, ownAt, all, allAt, ranks);
            if (i == 1) {
                value = value * ranks;
            }
            sums.set(i, value);
        }
    }

    /**
     * {@link s5.ops.RankOp.KeepMetrics}. It has no launch: there are two.
     *
     * @param metrics (slots, 2) from {@code metricsAt}; row SLOT is written
     */
    public static void keepMetrics(
            FloatArray sums, IntArray counters, int countersAt, FloatArray metrics, int metricsAt) {
        for (@Parallel int i = 0; i < 2; i++) {
            metrics.set(metricsAt + 2 * counters.get(countersAt + Counters.SLOT) + i, sums.get(i));
        }
    }
}
