package s5.tornado.scan;

/**
 * The discretization of one state for one time step, in single precision: with z = Lambda Delta = x
 * + i y, {@code Lambda_bar = E(z)} and {@code B_bar = Delta phi(z) B}, see {@link
 * DiscretizeKernels}. One number each, since a helper of a kernel returns one; what they have in
 * common is arithmetic without loops or branches, which the compiler joins.
 *
 * <p>Zero-order hold: {@code phi = sum of z^k / (k + 1)!} and {@code phi' = sum of (k + 1) z^k / (k
 * + 2)!} within SERIES of 0, and by exponentials elsewhere. A polynomial with real coefficients at
 * a complex place needs real arithmetic only: with {@code r = 2x}, {@code q = |z|^2} and {@code b_k
 * = a_k + r b_{k+1} - q b_{k+2}}, it is {@code a_0 + z b_1 - q b_2}.
 *
 * <p>Arguments: {@code square} is {@code |z|^2}, {@code bilinear} not 0 for that method.
 */
final class TimedStep {
    /** The square of the distance from 0 within which power series are summed. */
    private static final float SERIES = 0.25f;

    private TimedStep() {}

    /** {@code |1 - z/2|^2}. */
    private static float norm(float x, float y) {
        return (1f - x / 2f) * (1f - x / 2f) + y * y / 4f;
    }

    /**
     * Real part of E.
     *
     * @param e exp(x)
     * @param sine sin(y / 2): {@code cos(y) = 1 - 2 sin(y / 2)^2}
     */
    static float barRe(float x, float y, float e, float sine, int bilinear) {
        return bilinear != 0
                ? (1f - (x * x + y * y) / 4f) / norm(x, y)
                : e * (1f - 2f * sine * sine);
    }

    /**
     * Imaginary part of E.
     *
     * @param cosine cos(y / 2): {@code sin(y) = 2 sin(y / 2) cos(y / 2)}
     */
    static float barIm(float x, float y, float e, float sine, float cosine, int bilinear) {
        return bilinear != 0 ? y / norm(x, y) : e * 2f * sine * cosine;
    }

    private static float phiSecond(float r, float q) {
        float b8 = 1f / 362880f;
        float b7 = 1f / 40320f + r * b8;
        float b6 = 1f / 5040f + r * b7 - q * b8;
        float b5 = 1f / 720f + r * b6 - q * b7;
        float b4 = 1f / 120f + r * b5 - q * b6;
        float b3 = 1f / 24f + r * b4 - q * b5;
        return 1f / 6f + r * b3 - q * b4;
    }

    private static float phiFirst(float r, float q) {
        float b8 = 1f / 362880f;
        float b7 = 1f / 40320f + r * b8;
        float b6 = 1f / 5040f + r * b7 - q * b8;
        float b5 = 1f / 720f + r * b6 - q * b7;
        float b4 = 1f / 120f + r * b5 - q * b6;
        float b3 = 1f / 24f + r * b4 - q * b5;
        float b2 = 1f / 6f + r * b3 - q * b4;
        return 1f / 2f + r * b2 - q * b3;
    }

    /** Real part of phi. */
    static float phiRe(float x, float y, float square, float barRe, float barIm, int bilinear) {
        float series = 1f + x * phiFirst(2f * x, square) - square * phiSecond(2f * x, square);
        float hold = square < SERIES ? series : ((barRe - 1f) * x + barIm * y) / square;
        return bilinear != 0 ? (1f - x / 2f) / norm(x, y) : hold;
    }

    /** Imaginary part of phi. */
    static float phiIm(float x, float y, float square, float barRe, float barIm, int bilinear) {
        float series = y * phiFirst(2f * x, square);
        float hold = square < SERIES ? series : (barIm * x - (barRe - 1f) * y) / square;
        return bilinear != 0 ? y / 2f / norm(x, y) : hold;
    }

    private static float slopeSecond(float r, float q) {
        float b8 = 1f / 403200f;
        float b7 = 1f / 45360f + r * b8;
        float b6 = 1f / 5760f + r * b7 - q * b8;
        float b5 = 1f / 840f + r * b6 - q * b7;
        float b4 = 1f / 144f + r * b5 - q * b6;
        float b3 = 1f / 30f + r * b4 - q * b5;
        return 1f / 8f + r * b3 - q * b4;
    }

    private static float slopeFirst(float r, float q) {
        float b8 = 1f / 403200f;
        float b7 = 1f / 45360f + r * b8;
        float b6 = 1f / 5760f + r * b7 - q * b8;
        float b5 = 1f / 840f + r * b6 - q * b7;
        float b4 = 1f / 144f + r * b5 - q * b6;
        float b3 = 1f / 30f + r * b4 - q * b5;
        float b2 = 1f / 8f + r * b3 - q * b4;
        return 1f / 3f + r * b2 - q * b3;
    }

    /** Real part of phi': {@code (E - phi) / z}, or {@code phi^2 / 2}. */
    static float slopeRe(
            float x,
            float y,
            float square,
            float barRe,
            float barIm,
            float phiRe,
            float phiIm,
            int bilinear) {
        float series = 0.5f + x * slopeFirst(2f * x, square) - square * slopeSecond(2f * x, square);
        float hold =
                square < SERIES ? series : ((barRe - phiRe) * x + (barIm - phiIm) * y) / square;
        return bilinear != 0 ? (phiRe * phiRe - phiIm * phiIm) / 2f : hold;
    }

    /** Imaginary part of phi'. */
    static float slopeIm(
            float x,
            float y,
            float square,
            float barRe,
            float barIm,
            float phiRe,
            float phiIm,
            int bilinear) {
        float series = y * slopeFirst(2f * x, square);
        float hold =
                square < SERIES ? series : ((barIm - phiIm) * x - (barRe - phiRe) * y) / square;
        return bilinear != 0 ? phiRe * phiIm : hold;
    }
}
