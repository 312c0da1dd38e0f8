package s5.cpu.scan;

import s5.ops.Discretizer;

/**
 * The discretization of one state, in double: with z = Lambda Delta, {@code Lambda_bar = E(z)} and
 * {@code B_bar = Delta phi(z) B}. Zero-order hold has {@code E = exp, phi = (exp(z) - 1) / z};
 * bilinear has {@code E = (1 + z/2) / (1 - z/2), phi = 1 / (1 - z/2)}.
 */
final class Discrete {
    /** Within this distance of 0, phi and its derivative are summed as power series. */
    private static final double SERIES = 0.5;

    private static final int TERMS = 18;

    /** 1 / (k + 1)! */
    private static final double[] FACTORS = factors();

    private final Discretizer discretizer;

    private boolean clipped;
    private double lambdaRe;
    private double lambdaIm;
    private double step;
    private double delta;

    /** Lambda_bar. */
    double barRe;

    double barIm;

    /** phi(z), and the derivatives of E and phi. */
    private double phiRe;

    private double phiIm;
    private double slopeERe;
    private double slopeEIm;
    private double slopePhiRe;
    private double slopePhiIm;

    /** Results of {@link #adjoint}: gradients by Lambda and by log Delta. */
    double byRe;

    double byIm;
    double byLogStep;

    private static double[] factors() {
        double[] factors = new double[TERMS + 1];
        factors[0] = 1;
        for (int k = 1; k <= TERMS; k++) {
            factors[k] = factors[k - 1] / (k + 1);
        }
        return factors;
    }

    Discrete(Discretizer discretizer) {
        this.discretizer = discretizer;
    }

    /** Computes {@link #barRe}, {@link #barIm} and what else is needed of one state. */
    void set(float re, float im, float logStep) {
        place(re, im, logStep);
        scaleStep(1);
    }

    /** Turns to another state; {@link #scaleStep} comes next. */
    void place(float re, float im, float logStep) {
        clipped = discretizer.clip() && re > Discretizer.CLIP_EIGENVALUES;
        lambdaRe = clipped ? Discretizer.CLIP_EIGENVALUES : re;
        lambdaIm = im;
        step = discretizer.stepRescale() * Math.exp(logStep);
    }

    /** Computes them for the same state again, with a step {@code dt} times as long. */
    void scaleStep(float dt) {
        delta = step * dt;
        double x = lambdaRe * delta;
        double y = lambdaIm * delta;
        if (discretizer.method() == Discretizer.Method.ZOH) {
            hold(x, y);
        } else {
            bilinear(x, y);
        }
    }

    private void hold(double x, double y) {
        double e = Math.exp(x);
        barRe = e * Math.cos(y);
        barIm = e * Math.sin(y);
        slopeERe = barRe;
        slopeEIm = barIm;
        double square = x * x + y * y;
        if (square < SERIES * SERIES) {
            series(x, y);
            return;
        }
        double re = barRe - 1;
        phiRe = (re * x + barIm * y) / square;
        phiIm = (barIm * x - re * y) / square;
        // phi' = (exp(z) - phi) / z
        re = barRe - phiRe;
        double im = barIm - phiIm;
        slopePhiRe = (re * x + im * y) / square;
        slopePhiIm = (im * x - re * y) / square;
    }

    /** phi = sum of z^k / (k + 1)!, and its derivative, both by Horner's rule. */
    private void series(double x, double y) {
        phiRe = FACTORS[TERMS];
        phiIm = 0;
        slopePhiRe = TERMS * FACTORS[TERMS];
        slopePhiIm = 0;
        for (int k = TERMS - 1; k >= 0; k--) {
            double re = phiRe * x - phiIm * y + FACTORS[k];
            phiIm = phiRe * y + phiIm * x;
            phiRe = re;
            if (k > 0) {
                re = slopePhiRe * x - slopePhiIm * y + k * FACTORS[k];
                slopePhiIm = slopePhiRe * y + slopePhiIm * x;
                slopePhiRe = re;
            }
        }
    }

    private void bilinear(double x, double y) {
        double re = 1 - x / 2;
        double im = -y / 2;
        double square = re * re + im * im;
        phiRe = re / square;
        phiIm = -im / square;
        barRe = phiRe * (1 + x / 2) - phiIm * (y / 2);
        barIm = phiRe * (y / 2) + phiIm * (1 + x / 2);
        // E' = phi^2, phi' = phi^2 / 2
        slopeERe = phiRe * phiRe - phiIm * phiIm;
        slopeEIm = 2 * phiRe * phiIm;
        slopePhiRe = slopeERe / 2;
        slopePhiIm = slopeEIm / 2;
    }

    /**
     * {@code B_bar} of state {@code s}: a row of B (h complex numbers from {@code at} on) becomes
     * columns {@code s} and {@code p + s} of {@code bBar} (h, 2p).
     */
    void scaleRow(float[] b, int at, int h, float[] bBar, int s, int p) {
        double re = delta * phiRe;
        double im = delta * phiIm;
        for (int i = 0; i < h; i++) {
            double br = b[at + 2 * i];
            double bi = b[at + 2 * i + 1];
            bBar[i * 2 * p + s] = (float) (re * br - im * bi);
            bBar[i * 2 * p + p + s] = (float) (re * bi + im * br);
        }
    }

    /**
     * Gradients of state {@code s}. A gradient is (by real part) + i (by imaginary part), so it
     * goes through w = f(z) times the conjugate of f'.
     *
     * @param b (p, h, 2); {@code dBBar} (h, 2p)
     * @param byBarRe gradient by Lambda_bar, as {@code byBarIm}
     * @param dB (p, h, 2), row {@code s} is written
     */
    void adjoint(
            float[] b,
            float[] dBBar,
            float byBarRe,
            float byBarIm,
            int s,
            int p,
            int h,
            float[] dB) {
        double re = delta * phiRe;
        double im = delta * phiIm;
        double byCoefRe = 0;
        double byCoefIm = 0;
        for (int i = 0; i < h; i++) {
            int at = (s * h + i) * 2;
            double gr = dBBar[i * 2 * p + s];
            double gi = dBBar[i * 2 * p + p + s];
            dB[at] = (float) (re * gr + im * gi);
            dB[at + 1] = (float) (re * gi - im * gr);
            byCoefRe += b[at] * gr + b[at + 1] * gi;
            byCoefIm += b[at] * gi - b[at + 1] * gr;
        }
        through(byBarRe, byBarIm, byCoefRe, byCoefIm);
    }

    /** The factor of B, {@code Delta phi(z)}. */
    double scaleRe() {
        return delta * phiRe;
    }

    /** See {@link #scaleRe}. */
    double scaleIm() {
        return delta * phiIm;
    }

    /** Gradients from those by Lambda_bar and by the factor of B, {@code Delta phi(z)}. */
    void through(double byBarRe, double byBarIm, double byCoefRe, double byCoefIm) {
        double byZRe =
                slopeERe * byBarRe
                        + slopeEIm * byBarIm
                        + delta * (slopePhiRe * byCoefRe + slopePhiIm * byCoefIm);
        double byZIm =
                slopeERe * byBarIm
                        - slopeEIm * byBarRe
                        + delta * (slopePhiRe * byCoefIm - slopePhiIm * byCoefRe);
        byRe = clipped ? 0 : delta * byZRe;
        byIm = delta * byZIm;
        double byDelta = phiRe * byCoefRe + phiIm * byCoefIm + lambdaRe * byZRe + lambdaIm * byZIm;
        byLogStep = byDelta * delta;
    }
}
