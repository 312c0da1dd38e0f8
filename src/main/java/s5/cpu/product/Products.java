package s5.cpu.product;

/** Loops of the matrix products, in two versions that do the same. Matrices are row-major. */
interface Products {

    /** Columns of a packed matrix of {@code n} columns, padding included. */
    int padded(int n);

    /**
     * Copies {@code op(b)} (k, n) into the order that {@link #gemm} wants.
     *
     * @param b element (i, j) is at {@code at + i * kStride + j * nStride}
     * @param out gets {@code k * padded(n)} elements from {@code to} on
     */
    void pack(float[] b, int at, int kStride, int nStride, int k, int n, float[] out, int to);

    /** Whether {@link #gemm} wants a row-major b of {@code n} columns as it is. */
    boolean inPlace(int n);

    /**
     * The matrices of a product.
     *
     * @param a (m, k); element (i, j) is at {@code i * mStride + j * kStride} from its start
     * @param b (k, n): from {@link #pack}, when {@code bStride} is 0, else row-major, its rows so
     *     far apart, see {@link #inPlace}
     * @param c (m, n), its rows one behind the other
     * @param edge scratch for what fills no tile or no vector at the edges of c, for one thread at
     *     a time, see {@link Packed#edge}; null to have {@link #gemm} make it where it needs it
     */
    record Matrices(
            float[] a,
            int mStride,
            int kStride,
            float[] b,
            int bStride,
            float[] c,
            int n,
            float[] edge) {}

    /**
     * {@code c = a b} or {@code c += a b}, for {@code m} rows and {@code k} terms of each sum.
     *
     * @param aAt where a starts in its array; as {@code bAt} and {@code cAt}
     */
    void gemm(Matrices x, int aAt, int bAt, int cAt, int m, int k, boolean accumulate);

    /** {@link #gemm} of a single row and a packed b, {@code a} and {@code c} without a stride. */
    void row(Matrices x, int aAt, int packedAt, int cAt, int k, boolean accumulate);
}
