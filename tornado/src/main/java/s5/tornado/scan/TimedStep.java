package s5.tornado.scan;

import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * The discretization of one state for one time step, in single precision: with z = Lambda Delta = x
 * + i y, {@code Lambda_bar = E(z)} and {@code B_bar = Delta phi(z) B}, see {@link
 * DiscretizeKernels}. Results are {@link Complex} numbers.
 *
 * <p>Zero-order hold: {@code phi = sum of z^k / (k + 1)!} and {@code phi' = sum of (k + 1) z^k / (k
 * + 2)!} within SERIES of 0, and by exponentials elsewhere. A polynomial with real coefficients at
 * a complex place needs real arithmetic only: with {@code r = 2x}, {@code q = |z|^2} and {@code b_k
 * = a_k + r b_{k+1} - q b_{k+2}}, it is {@code a_0 + z b_1 - q b_2}.
 *
 * <p>{@code bilinear} is not 0 for that method.
 */
final class TimedStep {
    /** The square of the distance from 0 within which power series are summed. */
    private static final float SERIES = 0.25f;

    private TimedStep() {}

    /**
     * Reads a chunk and the position behind it, and discretizes their time steps. Padding has time
     * steps of 0 and inputs of 0.
     *
     * @param lambdaRe of Lambda, limited
     * @param delta Delta, by which time steps are multiplied
     * @param dt with the sequence's first time step at {@code dtAt}
     * @param given w, or dX in the adjoint, with the real part of the sequence's first input at
     *     {@code at}
     * @param width from one position's input to the next
     * @param first position of the chunk
     * @param flags see {@link TimedScanKernels}
     * @param steps {@code Delta dt}
     * @param barRe of Lambda_bar, conjugate in the adjoint
     * @param frontRe of what the scan from the front adds at a position
     * @param behindRe of what the one from behind adds at the position before: its factor belongs
     *     to the time step of this one
     */
    static void read(
            float lambdaRe,
            float lambdaIm,
            float delta,
            FloatArray dt,
            int dtAt,
            FloatArray given,
            int at,
            int width,
            int states,
            int first,
            int length,
            int flags,
            float[] steps,
            float[] barRe,
            float[] barIm,
            float[] frontRe,
            float[] frontIm,
            float[] behindRe,
            float[] behindIm) {
        int bilinear = flags & TimedScanKernels.BILINEAR;
        int adjoint = flags & TimedScanKernels.ADJOINT;
        float[] bar = new float[2];
        float[] factor = new float[2];
        float beforeRe = 0f;
        float beforeIm = 0f;
        for (int j = 0; j < TimedScanKernels.STEPS; j++) {
            int position = first + j;
            float time = 0f;
            float re = 0f;
            float im = 0f;
            float ownRe = 0f;
            float ownIm = 0f;
            if (position < length) {
                time = dt.get(dtAt + position);
                if (j < TimedScanKernels.CHUNK) {
                    re = given.get(at + position * width);
                    im = given.get(at + position * width + states);
                    if (adjoint != 0) {
                        // The other direction's gradient, where there is one.
                        if (width > 2 * states) {
                            ownRe = given.get(at + position * width + 2 * states);
                            ownIm = given.get(at + position * width + 3 * states);
                        }
                    }
                }
            }
            if (position == length) {
                time = dt.get(dtAt);
            }
            float step = delta * time;
            float x = lambdaRe * step;
            float y = lambdaIm * step;
            bar(bar, x, y, bilinear);
            steps[j] = step;
            barRe[j] = bar[0];
            if (adjoint != 0) {
                barIm[j] = -bar[1];
                frontRe[j] = ownRe;
                frontIm[j] = ownIm;
                behindRe[j] = beforeRe;
                behindIm[j] = beforeIm;
            } else {
                barIm[j] = bar[1];
                phi(factor, x, y, bar, bilinear);
                float sRe = step * factor[0];
                float sIm = step * factor[1];
                frontRe[j] = sRe * re - sIm * im;
                frontIm[j] = sRe * im + sIm * re;
                behindRe[j] = sRe * beforeRe - sIm * beforeIm;
                behindIm[j] = sRe * beforeIm + sIm * beforeRe;
            }
            beforeRe = re;
            beforeIm = im;
        }
    }

    /** {@code |1 - z/2|^2}. */
    private static float norm(float x, float y) {
        return (1f - x / 2f) * (1f - x / 2f) + y * y / 4f;
    }

    /** E; {@code cos(y) = 1 - 2 sin(y / 2)^2} and {@code sin(y) = 2 sin(y / 2) cos(y / 2)}. */
    static void bar(float[] bar, float x, float y, int bilinear) {
        float e = TornadoMath.exp(x);
        float sine = TornadoMath.sin(y / 2f);
        float cosine = TornadoMath.cos(y / 2f);
        bar[0] =
                bilinear != 0
                        ? (1f - (x * x + y * y) / 4f) / norm(x, y)
                        : e * (1f - 2f * sine * sine);
        bar[1] = bilinear != 0 ? y / norm(x, y) : e * 2f * sine * cosine;
    }

    /** phi, from z and E. */
    static void phi(float[] phi, float x, float y, float[] bar, int bilinear) {
        float square = x * x + y * y;
        float r = 2f * x;
        float b8 = 1f / 362880f;
        float b7 = 1f / 40320f + r * b8;
        float b6 = 1f / 5040f + r * b7 - square * b8;
        float b5 = 1f / 720f + r * b6 - square * b7;
        float b4 = 1f / 120f + r * b5 - square * b6;
        float b3 = 1f / 24f + r * b4 - square * b5;
        float b2 = 1f / 6f + r * b3 - square * b4;
        float b1 = 1f / 2f + r * b2 - square * b3;
        float holdRe = ((bar[0] - 1f) * x + bar[1] * y) / square;
        float holdIm = (bar[1] * x - (bar[0] - 1f) * y) / square;
        float zeroRe = square < SERIES ? 1f + x * b1 - square * b2 : holdRe;
        float zeroIm = square < SERIES ? y * b1 : holdIm;
        phi[0] = bilinear != 0 ? (1f - x / 2f) / norm(x, y) : zeroRe;
        phi[1] = bilinear != 0 ? y / 2f / norm(x, y) : zeroIm;
    }

    /** phi': {@code (E - phi) / z}, or {@code phi^2 / 2} in the bilinear method. */
    static void slope(float[] slope, float x, float y, float[] bar, float[] phi, int bilinear) {
        float square = x * x + y * y;
        float r = 2f * x;
        float b8 = 1f / 403200f;
        float b7 = 1f / 45360f + r * b8;
        float b6 = 1f / 5760f + r * b7 - square * b8;
        float b5 = 1f / 840f + r * b6 - square * b7;
        float b4 = 1f / 144f + r * b5 - square * b6;
        float b3 = 1f / 30f + r * b4 - square * b5;
        float b2 = 1f / 8f + r * b3 - square * b4;
        float b1 = 1f / 3f + r * b2 - square * b3;
        float holdRe = ((bar[0] - phi[0]) * x + (bar[1] - phi[1]) * y) / square;
        float holdIm = ((bar[1] - phi[1]) * x - (bar[0] - phi[0]) * y) / square;
        float zeroRe = square < SERIES ? 0.5f + x * b1 - square * b2 : holdRe;
        float zeroIm = square < SERIES ? y * b1 : holdIm;
        slope[0] = bilinear != 0 ? (phi[0] * phi[0] - phi[1] * phi[1]) / 2f : zeroRe;
        slope[1] = bilinear != 0 ? phi[0] * phi[1] : zeroIm;
    }
}
