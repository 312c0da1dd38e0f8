package s5.tornado.layer;

import s5.ops.Counters;
import s5.ops.Dropout;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** What is done to each element of a matrix by itself. */
public final class ElementKernels {
    private static final float SQRT_2_PI = 0.7978846f;
    private static final float CUBE = 0.044715f;

    /** Beyond it exp overflows; the sigmoid is 1e-35 there. */
    private static final float LOWEST = -80f;

    private ElementKernels() {}

    /** {@code exp(-z)}, finite; NaN stays NaN. */
    static float decay(float z) {
        return TornadoMath.exp(-(z < LOWEST ? LOWEST : z));
    }

    /**
     * {@code 1 / x} for x from 1 to 1e37, to the last digit or the one before: by the root and a
     * step of Newton's, for a division takes a branch, and threads wait for each other there.
     */
    static float inverse(float x) {
        float root = 1f / TornadoMath.sqrt(x);
        float inverse = root * root;
        return inverse * (2f - x * inverse);
    }

    /** The sigmoid of z is {@code 1 / (1 + exp(-z))}. */
    static float sigmoid(float z) {
        return inverse(1f + decay(z));
    }

    /**
     * gelu(x) is x times the sigmoid of this, for {@code (1 + tanh(u)) / 2 = sigmoid(2 u)}: {@code
     * 2 sqrt(2 / pi) (x + 0.044715 x^3)}.
     */
    static float geluArgument(float x) {
        return 2f * SQRT_2_PI * (x + CUBE * x * x * x);
    }

    /** gelu(x). */
    static float geluOf(float x) {
        return x * sigmoid(geluArgument(x));
    }

    /** The derivative of gelu at x. */
    static float geluSlope(float x) {
        float e = decay(geluArgument(x));
        float s = inverse(1f + e);
        // not 1 - s, which loses all digits where s is nearly 1
        float rest = e * s;
        return s + x * s * rest * (2f * SQRT_2_PI * (1f + 3f * CUBE * x * x));
    }

    /** {@code out = a + b}. */
    public static void addElements(
            FloatArray a, FloatArray b, FloatArray out, int rows, int columns) {
        for (@Parallel int i = 0; i < rows * columns; i++) {
            out.set(i, a.get(i) + b.get(i));
        }
    }

    /** {@code out = gelu(x)}. */
    public static void geluForward(FloatArray x, FloatArray out, int rows, int columns) {
        for (@Parallel int i = 0; i < rows * columns; i++) {
            out.set(i, geluOf(x.get(i)));
        }
    }

    /** {@code dX = dOut gelu'(x)}; dX may be dOut. */
    public static void geluBackward(
            FloatArray x, FloatArray dOut, FloatArray dX, int rows, int columns) {
        for (@Parallel int i = 0; i < rows * columns; i++) {
            dX.set(i, dOut.get(i) * geluSlope(x.get(i)));
        }
    }

    /**
     * {@code out = curve(x)}.
     *
     * @param curve 1 for tanh, 0 for max(0, x)
     */
    public static void activateForward(
            FloatArray x, FloatArray out, int curve, int rows, int columns) {
        for (@Parallel int i = 0; i < rows * columns; i++) {
            float v = x.get(i);
            if (curve != 0) {
                v = TornadoMath.tanh(v);
            } else {
                v = v <= 0f ? 0f : v;
            }
            out.set(i, v);
        }
    }

    /** {@code dX = dOut curve'(x)}, as {@link #activateForward}; dX may be dOut. */
    public static void activateBackward(
            FloatArray out, FloatArray dOut, FloatArray dX, int curve, int rows, int columns) {
        for (@Parallel int i = 0; i < rows * columns; i++) {
            float v = out.get(i);
            float slope = v > 0f ? 1f : 0f;
            if (curve != 0) {
                slope = 1f - v * v;
            }
            dX.set(i, slope * dOut.get(i));
        }
    }

    /**
     * Zeros in the rows at and past each sequence's length.
     *
     * @param x (rows, columns): rows of {@code length} for each sequence; written in part
     */
    public static void maskElements(
            FloatArray x, IntArray lengths, int lengthsAt, int length, int rows, int columns) {
        for (@Parallel int i = 0; i < rows * columns; i++) {
            int row = i / columns;
            int sequence = row / length;
            if (row - sequence * length >= lengths.get(lengthsAt + sequence)) {
                x.set(i, 0f);
            }
        }
    }

    /**
     * Dropout factors by {@link Dropout#factor}.
     *
     * @param counters the counters, from {@code countersAt}
     * @param samples here, from {@code first} on of {@code batch}, see {@link
     *     s5.ops.LayerOp.Share#place}
     * @param mask (rows, columns): (B, H); written
     */
    public static void dropoutFactors(
            IntArray counters,
            int countersAt,
            int site,
            float rate,
            int samples,
            int first,
            int batch,
            FloatArray mask,
            int rows,
            int columns) {
        for (@Parallel int i = 0; i < rows * columns; i++) {
            int seed = counters.get(countersAt + Counters.SEED);
            int step = counters.get(countersAt + Counters.STEP);
            int row = i / columns;
            int place = row / samples * batch + first + row % samples;
            mask.set(i, Dropout.factor(seed, step, site, place, i % columns, rate));
        }
    }
}
