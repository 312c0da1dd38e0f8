package s5.cpu;

/** Loops of the matrix products. Matrices are row-major. */
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
}
