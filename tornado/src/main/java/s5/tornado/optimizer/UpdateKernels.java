package s5.tornado.optimizer;

import s5.ops.Rates;
import s5.ops.UpdateOp;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Sums, limits and averages around the optimizer, and descent; see {@link UpdateOp}. */
public final class UpdateKernels {
    private UpdateKernels() {}

    /** {@link UpdateOp.Accumulate} on the elements from {@code at} to before {@code end}. */
    public static void sumGradients(
            FloatArray g,
            FloatArray sum,
            int at,
            int end,
            FloatArray rates,
            int ratesAt,
            float share) {
        for (@Parallel int i = 0; i < end - at; i++) {
            float before = sum.get(at + i);
            if (rates.get(ratesAt + Rates.FRESH) != 0f) {
                before = 0f;
            }
            sum.set(at + i, before + share * g.get(at + i));
        }
    }

    /**
     * Sums of squares in shares: one has every {@code to - from}-th element.
     *
     * @param partial a sum for each share, from element {@code from}; written
     * @param from 0
     * @param to number of shares
     */
    public static void squareShares(
            FloatArray g, int at, int size, FloatArray partial, int from, int to) {
        for (@Parallel int k = 0; k < to - from; k++) {
            float sum = 0f;
            for (int i = k; i < size; i += to) {
                float value = g.get(at + i);
                sum += value * value;
            }
            partial.set(from + k, sum);
        }
    }

    /**
     * Sums of such shares in fewer shares.
     *
     * @param partial (shares)
     * @param fewer a sum for each of {@code to - from}; written
     */
    public static void shareSums(
            FloatArray partial, int shares, FloatArray fewer, int from, int to) {
        for (@Parallel int k = 0; k < to - from; k++) {
            float sum = 0f;
            for (int i = k; i < shares; i += to) {
                sum += partial.get(i);
            }
            fewer.set(from + k, sum);
        }
    }

    /**
     * The norm, and what the gradient is multiplied by.
     *
     * @param partial (shares), and behind them the factor; which is written
     * @param to 1, the number of threads
     */
    public static void normAndFactor(
            FloatArray partial,
            int shares,
            FloatArray rates,
            int ratesAt,
            float limit,
            FloatArray norm,
            int normAt,
            int from,
            int to) {
        for (@Parallel int k = 0; k < to - from; k++) {
            float sum = 0f;
            for (int i = 0; i < shares; i++) {
                sum += partial.get(i);
            }
            float length = TornadoMath.sqrt(sum);
            float factor = 1f;
            if (length > limit) {
                factor = limit / length;
            }
            if (rates.get(ratesAt + Rates.PENDING) != 0f) {
                factor = 1f;
                length = norm.get(normAt);
            }
            norm.set(normAt, length);
            partial.set(shares + k, factor);
        }
    }

    /** Multiplies the elements from {@code at} to before {@code end} by the factor. */
    public static void shorten(FloatArray g, int at, int end, FloatArray partial, int factorAt) {
        for (@Parallel int i = 0; i < end - at; i++) {
            g.set(at + i, g.get(at + i) * partial.get(factorAt));
        }
    }

    /** {@link UpdateOp.Sgd} on the elements from {@code at} to before {@code end}. */
    public static void descend(
            FloatArray p,
            FloatArray g,
            FloatArray m,
            int at,
            int end,
            FloatArray rates,
            int ratesAt,
            int rate,
            float momentum,
            float weightDecay) {
        for (@Parallel int i = 0; i < end - at; i++) {
            if (rates.get(ratesAt + Rates.PENDING) == 0f) {
                float old = p.get(at + i);
                float mean = momentum * m.get(at + i) + g.get(at + i) + weightDecay * old;
                m.set(at + i, mean);
                p.set(at + i, old - rates.get(ratesAt + rate) * mean);
            }
        }
    }

    /** {@link UpdateOp.Average} on the elements from {@code at} to before {@code end}. */
    public static void follow(
            FloatArray p, FloatArray average, int at, int end, FloatArray rates, int ratesAt) {
        for (@Parallel int i = 0; i < end - at; i++) {
            if (rates.get(ratesAt + Rates.PENDING) == 0f) {
                float before = average.get(at + i);
                float share = rates.get(ratesAt + Rates.AVERAGE);
                average.set(at + i, before + share * (p.get(at + i) - before));
            }
        }
    }
}
