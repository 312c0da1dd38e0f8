package s5.tornado;

import s5.ops.Ops;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * From parameters to the matrices of the recurrence and back: with z = Lambda Delta, {@code
 * Lambda_bar = E(z)} and {@code B_bar = Delta phi(z) B}. Zero-order hold has {@code E = exp, phi =
 * (exp(z) - 1) / z}; bilinear has {@code E = (1 + z/2) / (1 - z/2), phi = 1 / (1 - z/2)}.
 */
public final class DiscretizeKernels {
    /** Threads of a group; there is a group for each state. */
    static final int THREADS = 128;

    /** Floats for each state that the adjoint needs again: E, phi, E', phi' (each complex). */
    static final int FACTORS = 8;

    /** Within this distance of 0, phi and its derivative are summed as power series. */
    private static final float SERIES = 0.5f;

    private static final int TERMS = 9;

    /** 1 / (TERMS + 1)! */
    private static final float LAST = 1f / 3628800f;

    private DiscretizeKernels() {}

    /** Delta. */
    static float step(float rescale, float logStep) {
        return rescale * TornadoMath.exp(logStep);
    }

    /** Real part of Lambda. */
    static float limited(float re, int clip) {
        return clip != 0 && re > Ops.CLIP_EIGENVALUES ? Ops.CLIP_EIGENVALUES : re;
    }

    /**
     * Lambda_bar, B_bar transposed, and the factors that the adjoint needs. One group of THREADS
     * for each state.
     *
     * @param lambdaRe real parts of Lambda from {@code reAt}, as {@code lambdaIm}
     * @param logStep from {@code stepAt}
     * @param b (P, columns, 2) from {@code bAt}
     * @param bilinear 1, or 0 for zero-order hold
     * @param lambdaBar (2P); written
     * @param bBar (columns, 2P); written; any array when {@code columns} is 0
     * @param factors (P, FACTORS); written
     */
    public static void discretizeStates(
            KernelContext c,
            FloatArray lambdaRe,
            int reAt,
            FloatArray lambdaIm,
            int imAt,
            FloatArray logStep,
            int stepAt,
            FloatArray b,
            int bAt,
            int bilinear,
            int clip,
            float rescale,
            FloatArray lambdaBar,
            FloatArray bBar,
            FloatArray factors,
            int states,
            int columns) {
        int p = c.groupIdx;
        float delta = step(rescale, logStep.get(stepAt + p));
        float x = limited(lambdaRe.get(reAt + p), clip) * delta;
        float y = lambdaIm.get(imAt + p) * delta;
        float square = x * x + y * y;

        float e = TornadoMath.exp(x);
        float barRe = e * TornadoMath.cos(y);
        float barIm = e * TornadoMath.sin(y);
        float slopeERe = barRe;
        float slopeEIm = barIm;

        // phi = sum of z^k / (k + 1)!, and its derivative, both by Horner's rule
        float factor = LAST;
        float phiRe = LAST;
        float phiIm = 0f;
        float slopeRe = TERMS * LAST;
        float slopeIm = 0f;
        for (int k = TERMS - 1; k >= 0; k--) {
            factor = factor * (k + 2);
            float re = phiRe * x - phiIm * y + factor;
            phiIm = phiRe * y + phiIm * x;
            phiRe = re;
            if (k > 0) {
                float slope = slopeRe * x - slopeIm * y + k * factor;
                slopeIm = slopeRe * y + slopeIm * x;
                slopeRe = slope;
            }
        }
        if (square >= SERIES * SERIES) {
            float re = barRe - 1f;
            phiRe = (re * x + barIm * y) / square;
            phiIm = (barIm * x - re * y) / square;
            // phi' = (exp(z) - phi) / z
            re = barRe - phiRe;
            float im = barIm - phiIm;
            slopeRe = (re * x + im * y) / square;
            slopeIm = (im * x - re * y) / square;
        }
        if (bilinear != 0) {
            float re = 1f - x / 2f;
            float im = -y / 2f;
            float norm = re * re + im * im;
            phiRe = re / norm;
            phiIm = -im / norm;
            barRe = phiRe * (1f + x / 2f) - phiIm * (y / 2f);
            barIm = phiRe * (y / 2f) + phiIm * (1f + x / 2f);
            // E' = phi^2, phi' = phi^2 / 2
            slopeERe = phiRe * phiRe - phiIm * phiIm;
            slopeEIm = 2f * phiRe * phiIm;
            slopeRe = slopeERe / 2f;
            slopeIm = slopeEIm / 2f;
        }
        if (c.localIdx == 0) {
            lambdaBar.set(p, barRe);
            lambdaBar.set(states + p, barIm);
            factors.set(p * FACTORS, barRe);
            factors.set(p * FACTORS + 1, barIm);
            factors.set(p * FACTORS + 2, phiRe);
            factors.set(p * FACTORS + 3, phiIm);
            factors.set(p * FACTORS + 4, slopeERe);
            factors.set(p * FACTORS + 5, slopeEIm);
            factors.set(p * FACTORS + 6, slopeRe);
            factors.set(p * FACTORS + 7, slopeIm);
        }
        float re = delta * phiRe;
        float im = delta * phiIm;
        for (int h = c.localIdx; h < columns; h += THREADS) {
            int at = bAt + (p * columns + h) * 2;
            float bRe = b.get(at);
            float bIm = b.get(at + 1);
            bBar.set(h * 2 * states + p, re * bRe - im * bIm);
            bBar.set(h * 2 * states + states + p, re * bIm + im * bRe);
        }
    }

    /**
     * Gradients of {@link #discretizeStates} by B; and, for each state, by phi Delta as a complex
     * number. One group of THREADS for each state.
     *
     * @param dBBar (columns, 2P)
     * @param dB (P, columns, 2) from {@code dBAt}; written
     * @param byCoefficient (P, 2); written
     */
    public static void discretizeBackwardInputs(
            KernelContext c,
            FloatArray logStep,
            int stepAt,
            FloatArray b,
            int bAt,
            float rescale,
            FloatArray factors,
            FloatArray dBBar,
            FloatArray dB,
            int dBAt,
            FloatArray byCoefficient,
            int states,
            int columns) {
        float[] sumRe = c.allocateFloatLocalArray(THREADS);
        float[] sumIm = c.allocateFloatLocalArray(THREADS);
        int p = c.groupIdx;
        float delta = step(rescale, logStep.get(stepAt + p));
        float re = delta * factors.get(p * FACTORS + 2);
        float im = delta * factors.get(p * FACTORS + 3);
        float byRe = 0f;
        float byIm = 0f;
        for (int h = c.localIdx; h < columns; h += THREADS) {
            int at = (p * columns + h) * 2;
            float gRe = dBBar.get(h * 2 * states + p);
            float gIm = dBBar.get(h * 2 * states + states + p);
            float bRe = b.get(bAt + at);
            float bIm = b.get(bAt + at + 1);
            dB.set(dBAt + at, re * gRe + im * gIm);
            dB.set(dBAt + at + 1, re * gIm - im * gRe);
            byRe += bRe * gRe + bIm * gIm;
            byIm += bRe * gIm - bIm * gRe;
        }
        sumRe[c.localIdx] = byRe;
        sumIm[c.localIdx] = byIm;
        for (int s = THREADS / 2; s > 0; s = s / 2) {
            c.localBarrier();
            if (c.localIdx < s) {
                sumRe[c.localIdx] = sumRe[c.localIdx] + sumRe[c.localIdx + s];
                sumIm[c.localIdx] = sumIm[c.localIdx] + sumIm[c.localIdx + s];
            }
        }
        if (c.localIdx == 0) {
            byCoefficient.set(2 * p, sumRe[0]);
            byCoefficient.set(2 * p + 1, sumIm[0]);
        }
    }

    /**
     * Gradients by Lambda and log Delta. One thread for each state. A gradient is (by real part) +
     * i (by imaginary part), so it goes through w = f(z) times the conjugate of f'.
     *
     * @param byCoefficient from {@link #discretizeBackwardInputs}
     * @param dLambdaBar (2P)
     * @param gradients gets the gradients by the real part from {@code dReAt} on and so on, where
     *     that is not negative
     */
    public static void discretizeBackwardStates(
            KernelContext c,
            FloatArray lambdaRe,
            int reAt,
            FloatArray lambdaIm,
            int imAt,
            FloatArray logStep,
            int stepAt,
            int clip,
            float rescale,
            FloatArray factors,
            FloatArray byCoefficient,
            FloatArray dLambdaBar,
            FloatArray gradients,
            int dReAt,
            int dImAt,
            int dStepAt,
            int states) {
        int p = c.globalIdx;
        if (p < states) {
            float delta = step(rescale, logStep.get(stepAt + p));
            float given = lambdaRe.get(reAt + p);
            float x = limited(given, clip);
            float y = lambdaIm.get(imAt + p);
            float byBarRe = dLambdaBar.get(p);
            float byBarIm = dLambdaBar.get(states + p);
            float byRe = byCoefficient.get(2 * p);
            float byIm = byCoefficient.get(2 * p + 1);
            float phiRe = factors.get(p * FACTORS + 2);
            float phiIm = factors.get(p * FACTORS + 3);
            float slopeERe = factors.get(p * FACTORS + 4);
            float slopeEIm = factors.get(p * FACTORS + 5);
            float slopeRe = factors.get(p * FACTORS + 6);
            float slopeIm = factors.get(p * FACTORS + 7);
            float byZRe =
                    slopeERe * byBarRe
                            + slopeEIm * byBarIm
                            + delta * (slopeRe * byRe + slopeIm * byIm);
            float byZIm =
                    slopeERe * byBarIm
                            - slopeEIm * byBarRe
                            + delta * (slopeRe * byIm - slopeIm * byRe);
            float passes = 1f;
            if (x != given) {
                passes = 0f;
            }
            if (dReAt >= 0) {
                gradients.set(dReAt + p, passes * delta * byZRe);
            }
            if (dImAt >= 0) {
                gradients.set(dImAt + p, delta * byZIm);
            }
            float byDelta = phiRe * byRe + phiIm * byIm + x * byZRe + y * byZIm;
            if (dStepAt >= 0) {
                gradients.set(dStepAt + p, byDelta * delta);
            }
        }
    }

    /**
     * The matrix that turns states into outputs, see {@link Ops#readout}; one thread for each of
     * its elements.
     *
     * @param first C of the forward direction from {@code firstAt}: element (h, p) at {@code stride
     *     h + 2 p}
     * @param second C of the backward direction from {@code secondAt}, or any array
     * @param matrix (2P d, columns), n elements; written
     */
    public static void readoutForward(
            KernelContext c,
            FloatArray first,
            int firstAt,
            FloatArray second,
            int secondAt,
            int stride,
            float factor,
            FloatArray matrix,
            int states,
            int columns,
            int n) {
        int i = c.globalIdx;
        if (i < n) {
            int row = i / columns;
            int h = i % columns;
            int direction = row / (2 * states);
            int rest = row - direction * 2 * states;
            int imaginary = rest / states;
            int p = rest - imaginary * states;
            int at = stride * h + 2 * p + imaginary;
            float value = 0f;
            if (direction == 0) {
                value = first.get(firstAt + at);
            }
            if (direction == 1) {
                value = second.get(secondAt + at);
            }
            matrix.set(i, factor * (1 - 2 * imaginary) * value);
        }
    }

    /**
     * Gradient of {@link #readoutForward}.
     *
     * @param gradients gets that of the forward direction from {@code firstAt} on and of the other
     *     from {@code secondAt} on, where that is not negative
     */
    public static void readoutBackward(
            KernelContext c,
            FloatArray gradients,
            int firstAt,
            int secondAt,
            int stride,
            float factor,
            FloatArray dMatrix,
            int states,
            int columns,
            int n) {
        int i = c.globalIdx;
        if (i < n) {
            int row = i / columns;
            int h = i % columns;
            int direction = row / (2 * states);
            int rest = row - direction * 2 * states;
            int imaginary = rest / states;
            int p = rest - imaginary * states;
            int at = stride * h + 2 * p + imaginary;
            int from = firstAt;
            if (direction == 1) {
                from = secondAt;
            }
            if (from >= 0) {
                gradients.set(from + at, factor * (1 - 2 * imaginary) * dMatrix.get(i));
            }
        }
    }
}
