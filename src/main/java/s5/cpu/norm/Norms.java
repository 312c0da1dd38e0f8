package s5.cpu.norm;

/**
 * Loops of the normalizations, over a block of rows, in two versions that do the same.
 *
 * <p>Matrices are row-major; {@code h} is the number of columns, {@code from} and {@code to} bound
 * the rows. {@code c} is the first column to work on: the vector version lets the plain one do the
 * columns that fill no vector. A matrix that comes with a {@code stride} has its rows so far apart;
 * with a stride of 0, one row stands for all. Column sums are written (not added) to {@code sum}
 * from index {@code at} on, one row of {@code h} for each sum.
 */
interface Norms {

    /** One of the two versions. */
    static Norms of(boolean vector) {
        return vector ? new VectorNorms() : new PlainNorms();
    }

    /** The sums of x. */
    void columnSums(float[] x, float[] sum, int at, int h, int c, int from, int to);

    /**
     * Sums for mean and variance of a block, in two looks so that nothing cancels: a value near the
     * mean, then the sums of the differences to it and of their squares.
     */
    void moments(float[] x, float[] sum, int at, int h, int c, int from, int to);

    /** The arrays of {@link #affine}. */
    record Affine(float[] x, float[] mean, float[] factor, float[] bias, float[] y, int h) {}

    /** {@code y = (x - mean) * factor + bias}, all three by column. */
    void affine(Affine a, int c, int from, int to);

    /** The arrays of {@link #normSums}. */
    record NormSums(float[] x, float[] mean, float[] rstd, float[] dY, float[] sum, int h) {}

    /** The sums of dY and of {@code dY (x - mean) rstd}, mean and rstd by column. */
    void normSums(NormSums a, int at, int c, int from, int to);

    /** The arrays of {@link #normAdjoint}. */
    record NormAdjoint(
            float[] x,
            float[] mean,
            float[] factor,
            float[] shift,
            float[] slope,
            float[] dY,
            float[] residual,
            int residualStride,
            float[] dX,
            int h) {}

    /** {@code dX = residual + factor * (dY - shift - (x - mean) * slope)}, all but dY by column. */
    void normAdjoint(NormAdjoint a, int c, int from, int to);

    /** The arrays of {@link #layerNorm}. */
    record LayerNorm(
            float[] x, float[] scale, float[] bias, float[] mean, float[] rstd, float[] y, int h) {}

    /** Scratch of {@link #layerNorm}, for one thread at a time. */
    float[] lanes();

    /** {@link s5.ops.NormOp.LayerNorm}; {@code lanes} is scratch. */
    void layerNorm(LayerNorm a, float[] lanes, int from, int to);

    /** The arrays of {@link #layerNormAdjoint}. */
    record LayerNormAdjoint(
            float[] x,
            float[] scale,
            float[] mean,
            float[] rstd,
            float[] dY,
            float[] residual,
            int residualStride,
            float[] dX,
            float[] sum,
            int h) {}

    /** {@link s5.ops.NormOp.LayerNormAdjoint}; the sums are those of dY xhat and of dY. */
    void layerNormAdjoint(LayerNormAdjoint a, int at, int from, int to);
}
