package s5.cpu;

/**
 * The inner loops: each works on a block of rows (or of a flat array) in one thread. Matrices are
 * row-major; {@code h} is the number of columns, {@code from} and {@code to} bound the rows. Column
 * sums are written (not added) to {@code sum} from index {@code at} on, one row of {@code h} for
 * each sum.
 *
 * <p>{@code c} is the first column to work on: the vector version lets the scalar one do the columns
 * that fill no vector.
 *
 * <p>A {@code mask} has one row for every {@code length} rows. A matrix that comes with a {@code
 * stride} has its rows so far apart; with a stride of 0, one row stands for all.
 */
interface Kernels {

    /** Names the loops, for the user. */
    String describe();

    // ---- products

    /** Columns of a packed matrix of {@code n} columns, padding included. */
    int padded(int n);

    /**
     * Copies {@code op(b)} (k, n) into the order that {@link #gemm} wants.
     *
     * @param b element (i, j) is at {@code at + i * kStride + j * nStride}
     * @param out gets {@code k * padded(n)} elements from {@code to} on
     */
    void pack(float[] b, int at, int kStride, int nStride, int k, int n, float[] out, int to);

    /**
     * {@code c = a b} or {@code c += a b}.
     *
     * @param a (m, k); element (i, j) is at {@code at + i * mStride + j * kStride}
     * @param packed (k, n), from {@link #pack}, at {@code packedAt}
     * @param c element (i, j) is at {@code cAt + i * cStride + j}
     */
    void gemm(
            float[] a,
            int at,
            int mStride,
            int kStride,
            float[] packed,
            int packedAt,
            int m,
            int n,
            int k,
            float[] c,
            int cAt,
            int cStride,
            boolean accumulate);

    // ---- elementwise over a flat range

    /** {@code out = a + b}. */
    void add(float[] a, float[] b, float[] out, int from, int to);

    /** {@code out = gelu(x)}. */
    void gelu(float[] x, float[] out, int from, int to);

    /** {@code dX = dOut gelu'(x)}. */
    void geluAdjoint(float[] x, float[] dOut, float[] dX, int from, int to);

    // ---- rows

    /** {@link s5.ops.Ops#skipGelu}; {@code y} may be null. */
    void skipGelu(
            float[] cx,
            float[] d,
            float[] u,
            float[] mask,
            int length,
            float[] y,
            float[] g,
            int h,
            int c,
            int from,
            int to);

    /** {@link s5.ops.Ops#skipGeluAdjoint}; the sum is that of dY u. */
    void skipGeluAdjoint(
            float[] y,
            float[] d,
            float[] u,
            float[] mask,
            int length,
            float[] dG,
            float[] direct,
            int directStride,
            float[] dY,
            float[] dU,
            float[] sum,
            int at,
            int h,
            int c,
            int from,
            int to);

    /** {@link s5.ops.Ops#gate}. */
    void gate(
            float[] v,
            float[] vBias,
            float[] z,
            float[] zBias,
            float[] mask,
            int length,
            float[] skip,
            float[] out,
            int h,
            int c,
            int from,
            int to);

    /** {@link s5.ops.Ops#gateAdjoint}; the sums are those of dV and of dZ. */
    void gateAdjoint(
            float[] v,
            float[] vBias,
            float[] z,
            float[] zBias,
            float[] mask,
            int length,
            float[] dOut,
            float[] dV,
            float[] dZ,
            float[] sum,
            int at,
            int h,
            int c,
            int from,
            int to);

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

    /** The sums of x. */
    void columnSums(float[] x, float[] sum, int at, int h, int c, int from, int to);

    // ---- scan

    /**
     * One direction of one sequence, for the states from {@code p} up to {@code pTo}.
     *
     * @param bu (., 2 states)
     * @param x (., width), this direction from column {@code at} on
     * @param first the row to begin with; {@code rows} rows are walked, {@code step} (1 or -1) apart
     */
    void scan(
            float[] lambdaBar,
            float[] bu,
            float[] x,
            int states,
            int width,
            int at,
            int first,
            int rows,
            int step,
            int p,
            int pTo);

    /**
     * The adjoint of {@link #scan}, walked the other way.
     *
     * @param accumulate whether to add to dBu, for the second direction
     * @param own 4 states floats of the worker
     * @param sum gradient by lambdaBar (2 states) from index {@code sumAt} on, added to
     */
    void scanAdjoint(
            float[] lambdaBar,
            float[] x,
            float[] dX,
            float[] dBu,
            int states,
            int width,
            int at,
            int first,
            int rows,
            int step,
            boolean accumulate,
            float[] own,
            double[] sum,
            int sumAt,
            int p,
            int pTo);
}
