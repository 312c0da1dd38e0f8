package s5.tornado.scan;

import s5.ops.Discretizer;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * From parameters to the matrices of the recurrence and back: with z = Lambda Delta, {@code
 * Lambda_bar = E(z)} and {@code B_bar = Delta phi(z) B}. Zero-order hold has {@code E = exp, phi =
 * (exp(z) - 1) / z}; bilinear has {@code E = (1 + z/2) / (1 - z/2), phi = 1 / (1 - z/2)}.
 */
public final class DiscretizeKernels {
    /** Threads of a group of {@link #discretizeBackward}. */
    static final int THREADS = 128;

    /** Floats for each state that the adjoint needs again: phi, E', phi' (each complex). */
    static final int FACTORS = 6;

    /** Within this distance of 0, phi and its derivative are summed as power series. */
    private static final float SERIES = 0.5f;

    private static final int TERMS = 9;

    /** 1 / (TERMS + 1)! */
    private static final float LAST = 1f / 3628800f;

    private DiscretizeKernels() {}

    /**
     * Time steps, and that of the first position in place of those at and past the length.
     *
     * @param dt (sequences, length)
     * @param out (sequences, length); written
     */
    public static void closeSteps(
            FloatArray dt,
            int dtAt,
            IntArray lengths,
            int lengthsAt,
            FloatArray out,
            int outAt,
            int length,
            int sequences) {
        for (@Parallel int i = 0; i < sequences * length; i++) {
            int sequence = i / length;
            int from = i;
            if (i - sequence * length >= lengths.get(lengthsAt + sequence)) {
                from = sequence * length;
            }
            out.set(outAt + i, dt.get(dtAt + from));
        }
    }

    /** Delta. */
    static float step(float rescale, float logStep) {
        return rescale * TornadoMath.exp(logStep);
    }

    /** Real part of Lambda. */
    static float limited(float re, int clip) {
        return clip != 0 && re > Discretizer.CLIP_EIGENVALUES ? Discretizer.CLIP_EIGENVALUES : re;
    }

    /**
     * Lambda_bar, B_bar transposed, and the factors that the adjoint needs; a turn of the loop for
     * each element of B, those of the first column for what a state has once.
     *
     * @param lambdaRe real parts of Lambda from {@code reAt}, as {@code lambdaIm}
     * @param logStep from {@code stepAt}
     * @param b (P, columns, 2) from {@code bAt}
     * @param bilinear 1, or 0 for zero-order hold
     * @param out gets Lambda_bar (2P) from {@code lambdaBarAt} on, B_bar (columns, 2P) and the
     *     factors (P, FACTORS) in the same way, where that is not negative
     */
    public static void discretizeStates(
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
            FloatArray out,
            int lambdaBarAt,
            int bBarAt,
            int factorsAt,
            int states,
            int columns) {
        for (@Parallel int i = 0; i < states * columns; i++) {
            int p = i % states;
            int h = i / states;
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
            if (h == 0) {
                if (lambdaBarAt >= 0) {
                    out.set(lambdaBarAt + p, barRe);
                    out.set(lambdaBarAt + states + p, barIm);
                }
                if (factorsAt >= 0) {
                    out.set(factorsAt + p * FACTORS, phiRe);
                    out.set(factorsAt + p * FACTORS + 1, phiIm);
                    out.set(factorsAt + p * FACTORS + 2, slopeERe);
                    out.set(factorsAt + p * FACTORS + 3, slopeEIm);
                    out.set(factorsAt + p * FACTORS + 4, slopeRe);
                    out.set(factorsAt + p * FACTORS + 5, slopeIm);
                }
            }
            if (bBarAt >= 0) {
                float re = delta * phiRe;
                float im = delta * phiIm;
                int at = bAt + (p * columns + h) * 2;
                float bRe = b.get(at);
                float bIm = b.get(at + 1);
                out.set(bBarAt + h * 2 * states + p, re * bRe - im * bIm);
                out.set(bBarAt + h * 2 * states + states + p, re * bIm + im * bRe);
            }
        }
    }

    /**
     * Gradients of {@link #discretizeStates}. A gradient is (by real part) + i (by imaginary part),
     * so it goes through w = f(z) times the conjugate of f'. One group of THREADS for each state: a
     * loop would sum a row of B in one thread, or take a second task.
     *
     * @param parameters holds Lambda's parts, log Delta and B from {@code reAt}, {@code imAt},
     *     {@code stepAt} and {@code bAt} on
     * @param factors from {@link #discretizeStates}
     * @param given holds the gradients by Lambda_bar (2P) and B_bar (columns, 2P)
     * @param gradients gets those by the parameters, where their offset is not negative
     */
    public static void discretizeBackward(
            KernelContext c,
            FloatArray parameters,
            int reAt,
            int imAt,
            int stepAt,
            int bAt,
            int clip,
            float rescale,
            FloatArray factors,
            int factorsAt,
            FloatArray given,
            int dLambdaBarAt,
            int dBBarAt,
            FloatArray gradients,
            int dReAt,
            int dImAt,
            int dStepAt,
            int dBAt,
            int states,
            int columns) {
        float[] sumRe = c.allocateFloatLocalArray(THREADS);
        float[] sumIm = c.allocateFloatLocalArray(THREADS);
        int p = c.groupIdx;
        int own = factorsAt + p * FACTORS;
        float delta = step(rescale, parameters.get(stepAt + p));
        float phiRe = factors.get(own);
        float phiIm = factors.get(own + 1);
        // by the coefficient Delta phi
        float byRe = 0f;
        float byIm = 0f;
        for (int h = c.localIdx; h < columns; h += THREADS) {
            int at = (p * columns + h) * 2;
            float gRe = given.get(dBBarAt + h * 2 * states + p);
            float gIm = given.get(dBBarAt + h * 2 * states + states + p);
            float bRe = parameters.get(bAt + at);
            float bIm = parameters.get(bAt + at + 1);
            if (dBAt >= 0) {
                gradients.set(dBAt + at, delta * (phiRe * gRe + phiIm * gIm));
                gradients.set(dBAt + at + 1, delta * (phiRe * gIm - phiIm * gRe));
            }
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
            float cRe = sumRe[0];
            float cIm = sumIm[0];
            float lambdaRe = parameters.get(reAt + p);
            float x = limited(lambdaRe, clip);
            float y = parameters.get(imAt + p);
            float byBarRe = given.get(dLambdaBarAt + p);
            float byBarIm = given.get(dLambdaBarAt + states + p);
            float slopeERe = factors.get(own + 2);
            float slopeEIm = factors.get(own + 3);
            float slopeRe = factors.get(own + 4);
            float slopeIm = factors.get(own + 5);
            float byZRe = slopeERe * byBarRe + slopeEIm * byBarIm;
            byZRe += delta * (slopeRe * cRe + slopeIm * cIm);
            float byZIm = slopeERe * byBarIm - slopeEIm * byBarRe;
            byZIm += delta * (slopeRe * cIm - slopeIm * cRe);
            float passes = 1f;
            if (x != lambdaRe) {
                passes = 0f;
            }
            if (dReAt >= 0) {
                gradients.set(dReAt + p, passes * delta * byZRe);
            }
            if (dImAt >= 0) {
                gradients.set(dImAt + p, delta * byZIm);
            }
            if (dStepAt >= 0) {
                float byDelta = phiRe * cRe + phiIm * cIm + x * byZRe + y * byZIm;
                gradients.set(dStepAt + p, byDelta * delta);
            }
        }
    }

    /**
     * Rows of the matrix that turns states into outputs, see {@link s5.ops.ScanOp.Readout}.
     * Division by constants is cheap: TornadoVM compiles sizes in.
     *
     * @param output C: element (h, p) of direction j at {@code outputAt + j outputStep + stride h +
     *     2 p}
     * @param matrix (rows, columns) of it from {@code matrixAt}; written
     */
    public static void readoutForward(
            FloatArray output,
            int outputAt,
            int outputStep,
            int stride,
            float factor,
            FloatArray matrix,
            int matrixAt,
            int states,
            int rows,
            int columns) {
        for (@Parallel int i = 0; i < rows * columns; i++) {
            int row = i / columns;
            int part = row / states;
            int imaginary = part % 2;
            int at = outputAt + (part / 2) * outputStep + stride * (i % columns);
            float value = output.get(at + 2 * (row % states) + imaginary);
            matrix.set(matrixAt + i, factor * (1 - 2 * imaginary) * value);
        }
    }

    /** Gradient of {@link #readoutForward}, with the same arguments the other way round. */
    public static void readoutBackward(
            FloatArray output,
            int outputAt,
            int outputStep,
            int stride,
            float factor,
            FloatArray matrix,
            int matrixAt,
            int states,
            int rows,
            int columns) {
        for (@Parallel int i = 0; i < rows * columns; i++) {
            int row = i / columns;
            int part = row / states;
            int imaginary = part % 2;
            int at = outputAt + (part / 2) * outputStep + stride * (i % columns);
            float value = factor * (1 - 2 * imaginary) * matrix.get(matrixAt + i);
            output.set(at + 2 * (row % states) + imaginary, value);
        }
    }

    /**
     * B transposed, see {@link s5.ops.TimedOp.InputMatrix}.
     *
     * @param b (P, columns, 2) from {@code bAt}
     * @param matrix (columns, 2P) from {@code matrixAt}; written
     */
    public static void inputForward(
            FloatArray b, int bAt, FloatArray matrix, int matrixAt, int states, int columns) {
        for (@Parallel int i = 0; i < 2 * states * columns; i++) {
            int row = i / (2 * states);
            int rest = i % (2 * states);
            int at = (rest % states) * columns + row;
            matrix.set(matrixAt + i, b.get(bAt + 2 * at + rest / states));
        }
    }

    /** Gradient of {@link #inputForward}. */
    public static void inputBackward(
            FloatArray matrix, int matrixAt, FloatArray b, int bAt, int states, int columns) {
        for (@Parallel int i = 0; i < 2 * states * columns; i++) {
            int at = i / 2;
            int row = at % columns;
            b.set(
                    bAt + i,
                    matrix.get(matrixAt + row * 2 * states + (i % 2) * states + at / columns));
        }
    }
}
