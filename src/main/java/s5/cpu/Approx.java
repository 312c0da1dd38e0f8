package s5.cpu;

/**
 * exp for sigmoids and what is made of it, in float32. {@link VectorMath} has the same formulas
 * lane by lane, operation by operation, so that both give the same bits.
 */
public final class Approx {
    /**
     * Arguments of exp are at least this. Sigmoids are 0 or 1 to 2e-22 beyond, and their products
     * with gradients must not become denormal numbers, which are slow.
     */
    public static final float EXP_LOW = -50f;

    /** Arguments of exp are at most this. */
    public static final float EXP_HIGH = 50f;

    /** 1 / ln 2. */
    public static final float LOG2_E = 1.442695f;

    /** 1.5 * 2^23: adding it rounds to an integer, which then stands in the lowest bits. */
    public static final float ROUND = 12_582_912f;

    /** The first part of ln 2; n times it is exact for all n that occur. */
    public static final float LN2_HIGH = 355f / 512f;

    /** The rest of ln 2. */
    public static final float LN2_LOW = -2.12194440e-4f;

    /**
     * {@code exp(r) = 1 + r + r^2 (E0 + E1 r + ... + E4 r^4)}, fitted by minimax of the relative
     * error over {@code |r| <= ln(2)/2}: 3.1e-9 before rounding.
     */
    public static final float E0 = 0.49999994f;

    /** See {@link #E0}. */
    public static final float E1 = 0.1666652f;

    /** See {@link #E0}. */
    public static final float E2 = 0.0416684f;

    /** See {@link #E0}. */
    public static final float E3 = 0.008368851f;

    /** See {@link #E0}. */
    public static final float E4 = 0.001381432f;

    /** sqrt(2/pi), doubled: gelu's tanh as a sigmoid. */
    public static final float GELU_A = 1.5957692f;

    /** The factor of the cube in gelu, times {@link #GELU_A}. */
    public static final float GELU_B = GELU_A * 0.044715f;

    private Approx() {}

    /**
     * {@return e^x, within 1.5 units in the last place; x is limited to [EXP_LOW, EXP_HIGH]}
     *
     * @param x any number
     */
    public static float exp(float x) {
        float c = x < EXP_LOW ? EXP_LOW : x;
        c = c > EXP_HIGH ? EXP_HIGH : c;
        float t = Math.fma(c, LOG2_E, ROUND);
        float n = t - ROUND;
        float r = Math.fma(n, -LN2_HIGH, c);
        r = Math.fma(n, -LN2_LOW, r);
        float p = Math.fma(E4, r, E3);
        p = Math.fma(p, r, E2);
        p = Math.fma(p, r, E1);
        p = Math.fma(p, r, E0);
        p = Math.fma(p, r, 1f);
        p = Math.fma(p, r, 1f);
        return Float.intBitsToFloat(
                Float.floatToRawIntBits(p) + (Float.floatToRawIntBits(t) << 23));
    }

    /**
     * {@return gelu in its tanh form: 0.5 y (1 + tanh(sqrt(2/pi) (y + 0.044715 y^3))), which is y
     * times a sigmoid}
     *
     * @param y any number
     */
    public static float gelu(float y) {
        float z = y * Math.fma(GELU_B, y * y, GELU_A);
        return y / (1f + exp(-z));
    }

    /**
     * {@return the derivative of {@link #gelu}}
     *
     * @param y any number
     */
    public static float geluSlope(float y) {
        float yy = y * y;
        float z = y * Math.fma(GELU_B, yy, GELU_A);
        float e = exp(-z);
        float s = 1f / (1f + e);
        float slope = y * Math.fma(3f * GELU_B, yy, GELU_A);
        return Math.fma(s * (e * s), slope, s);
    }
}
