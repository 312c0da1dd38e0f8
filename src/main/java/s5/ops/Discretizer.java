package s5.ops;

/**
 * How an SSM in continuous time becomes a recurrence; paper, section 2 and appendix A.
 *
 * @param method the formula
 * @param clip whether the real part of Lambda is limited to {@link #CLIP_EIGENVALUES}
 * @param stepRescale multiplies every Delta: {@code Delta = stepRescale * exp(logStep)}; 2 for
 *     input at half the rate
 */
public record Discretizer(Method method, boolean clip, float stepRescale) {

    /** Largest real part of Lambda under {@code clip}. */
    public static final float CLIP_EIGENVALUES = -1e-4f;

    /** The formula. */
    public enum Method {
        /**
         * Zero-order hold: Lambda_bar = exp(Lambda Delta), B_bar = (Lambda_bar - 1) / Lambda * B.
         */
        ZOH,
        /**
         * Lambda_bar = (1 + Lambda Delta / 2) / (1 - Lambda Delta / 2), B_bar = Delta / (1 - Lambda
         * Delta / 2) * B.
         */
        BILINEAR
    }
}
