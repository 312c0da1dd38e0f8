package s5.cpu;

/** Loops of the normalizations, over a block of rows; arguments as in {@link Activations}. */
interface Norms {

    /** The sums of x. */
    void columnSums(float[] x, float[] sum, int at, int h, int c, int from, int to);

    /**
     * Sums for mean and variance of a block, in two looks so that nothing cancels: a value near the
     * mean, then the sums of the differences to it and of their squares.
     */
    void moments(float[] x, float[] sum, int at, int h, int c, int from, int to);

    /** {@code y = (x - mean) * factor + bias}, all three by column. */
    void affine(
            float[] x,
            float[] mean,
            float[] factor,
            float[] bias,
            float[] y,
            int h,
            int c,
            int from,
            int to);

    /** The sums of dY and of {@code dY (x - mean) rstd}, mean and rstd by column. */
    void normSums(
            float[] x,
            float[] mean,
            float[] rstd,
            float[] dY,
            float[] sum,
            int at,
            int h,
            int c,
            int from,
            int to);

    /** {@code dX = residual + factor * (dY - shift - (x - mean) * slope)}, all but dY by column. */
    void normAdjoint(
            float[] x,
            float[] mean,
            float[] factor,
            float[] shift,
            float[] slope,
            float[] dY,
            float[] residual,
            int residualStride,
            float[] dX,
            int h,
            int c,
            int from,
            int to);

    /** {@link s5.ops.Ops#layerNorm}. */
    void layerNorm(
            float[] x,
            float[] scale,
            float[] bias,
            float[] mean,
            float[] rstd,
            float[] y,
            int h,
            int from,
            int to);

    /** {@link s5.ops.Ops#layerNormAdjoint}; the sums are those of dY xhat and of dY. */
    void layerNormAdjoint(
            float[] x,
            float[] scale,
            float[] mean,
            float[] rstd,
            float[] dY,
            float[] residual,
            int residualStride,
            float[] dX,
            float[] sum,
            int at,
            int h,
            int from,
            int to);
}
