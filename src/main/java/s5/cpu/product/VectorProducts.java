package s5.cpu.product;

import static jdk.incubator.vector.FloatVector.fromArray;

import static s5.cpu.VectorMath.S;
import static s5.cpu.VectorMath.V;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Matrix products in the Vector API. c is computed in tiles of {@value #TILE} rows by up to {@value
 * #WIDEST} vectors, held in registers: 12 sums, 3 vectors of b and 1 of a are the 16 registers of
 * AVX2, and 12 sums in flight hide the latency of the multiply-add.
 *
 * <p>b is packed in panels as wide as a tile, row by row, padded with zeros: the loop over k reads
 * it from end to end. a is read in place, one element for all lanes, so that it may lie either way.
 */
final class VectorProducts implements Products {
    private static final int TILE = 4;
    static final int WIDEST = 3;

    @Override
    public int padded(int n) {
        return (n + V - 1) / V * V;
    }

    /** Vectors in the panel that begins with {@code left} vectors to go: 3, but never 3 and 1. */
    static int panel(int left) {
        return left == WIDEST + 1 ? 2 : Math.min(WIDEST, left);
    }

    @Override
    public void pack(
            float[] b, int at, int kStride, int nStride, int k, int n, float[] out, int to) {
        int end = padded(n);
        int width;
        for (int first = 0; first < end; first += width) {
            width = V * panel((end - first) / V);
            int columns = Math.min(width, n - first);
            int start = to + first * k;
            if (nStride == 1) {
                for (int i = 0; i < k; i++) {
                    System.arraycopy(b, at + i * kStride + first, out, start + i * width, columns);
                }
            } else {
                for (int j = 0; j < columns; j++) {
                    int column = at + (first + j) * nStride;
                    for (int i = 0; i < k; i++) {
                        out[start + i * width + j] = b[column + i * kStride];
                    }
                }
            }
            for (int j = columns; j < width; j++) {
                for (int i = 0; i < k; i++) {
                    out[start + i * width + j] = 0f;
                }
            }
        }
    }

    @Override
    public void gemm(Matrices x, int aAt, int packedAt, int cAt, int m, int k, boolean accumulate) {
        int end = padded(x.n());
        int width;
        for (int first = 0; first < end; first += width) {
            int vectors = panel((end - first) / V);
            width = V * vectors;
            int p = packedAt + first * k;
            int columns = x.n() - first;
            for (int i = 0; i < m; i += TILE) {
                int rows = Math.min(TILE, m - i);
                int a = aAt + i * x.mStride();
                int c = cAt + i * x.n() + first;
                if (vectors == 3) {
                    tile3(x, a, rows, p, k, c, columns, accumulate);
                } else if (vectors == 2) {
                    tile2(x, a, rows, p, k, c, columns, accumulate);
                } else {
                    tile1(x, a, rows, p, k, c, columns, accumulate);
                }
            }
        }
    }

    /**
     * A tile of three vectors. With fewer than four rows, the last is computed again and dropped.
     */
    private static void tile3(
            Matrices x,
            int at,
            int rows,
            int pAt,
            int k,
            int cAt,
            int columns,
            boolean accumulate) {
        float[] a = x.a();
        float[] p = x.packed();
        int a1 = Math.min(1, rows - 1) * x.mStride();
        int a2 = Math.min(2, rows - 1) * x.mStride();
        int a3 = Math.min(3, rows - 1) * x.mStride();
        FloatVector c00 = FloatVector.zero(S);
        FloatVector c01 = c00;
        FloatVector c02 = c00;
        FloatVector c10 = c00;
        FloatVector c11 = c00;
        FloatVector c12 = c00;
        FloatVector c20 = c00;
        FloatVector c21 = c00;
        FloatVector c22 = c00;
        FloatVector c30 = c00;
        FloatVector c31 = c00;
        FloatVector c32 = c00;
        int kStride = x.kStride();
        float[] c = x.c();
        int cStride = x.n();
        for (int i = 0; i < k; i++) {
            int bi = pAt + i * 3 * V;
            int ai = at + i * kStride;
            FloatVector b0 = fromArray(S, p, bi);
            FloatVector b1 = fromArray(S, p, bi + V);
            FloatVector b2 = fromArray(S, p, bi + 2 * V);
            FloatVector x0 = FloatVector.broadcast(S, a[ai]);
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            c02 = x0.fma(b2, c02);
            FloatVector x1 = FloatVector.broadcast(S, a[ai + a1]);
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            c12 = x1.fma(b2, c12);
            FloatVector x2 = FloatVector.broadcast(S, a[ai + a2]);
            c20 = x2.fma(b0, c20);
            c21 = x2.fma(b1, c21);
            c22 = x2.fma(b2, c22);
            FloatVector x3 = FloatVector.broadcast(S, a[ai + a3]);
            c30 = x3.fma(b0, c30);
            c31 = x3.fma(b1, c31);
            c32 = x3.fma(b2, c32);
        }
        int last = columns - 2 * V;
        store(c00, c, cAt, V, accumulate);
        store(c01, c, cAt + V, V, accumulate);
        store(c02, c, cAt + 2 * V, last, accumulate);
        if (rows > 1) {
            int at1 = cAt + cStride;
            store(c10, c, at1, V, accumulate);
            store(c11, c, at1 + V, V, accumulate);
            store(c12, c, at1 + 2 * V, last, accumulate);
        }
        if (rows > 2) {
            int at2 = cAt + 2 * cStride;
            store(c20, c, at2, V, accumulate);
            store(c21, c, at2 + V, V, accumulate);
            store(c22, c, at2 + 2 * V, last, accumulate);
        }
        if (rows > 3) {
            int at3 = cAt + 3 * cStride;
            store(c30, c, at3, V, accumulate);
            store(c31, c, at3 + V, V, accumulate);
            store(c32, c, at3 + 2 * V, last, accumulate);
        }
    }

    /** As tile3, of two vectors. */
    private static void tile2(
            Matrices x,
            int at,
            int rows,
            int pAt,
            int k,
            int cAt,
            int columns,
            boolean accumulate) {
        float[] a = x.a();
        float[] p = x.packed();
        int a1 = Math.min(1, rows - 1) * x.mStride();
        int a2 = Math.min(2, rows - 1) * x.mStride();
        int a3 = Math.min(3, rows - 1) * x.mStride();
        FloatVector c00 = FloatVector.zero(S);
        FloatVector c01 = c00;
        FloatVector c10 = c00;
        FloatVector c11 = c00;
        FloatVector c20 = c00;
        FloatVector c21 = c00;
        FloatVector c30 = c00;
        FloatVector c31 = c00;
        int kStride = x.kStride();
        float[] c = x.c();
        int cStride = x.n();
        for (int i = 0; i < k; i++) {
            int bi = pAt + i * 2 * V;
            int ai = at + i * kStride;
            FloatVector b0 = fromArray(S, p, bi);
            FloatVector b1 = fromArray(S, p, bi + V);
            FloatVector x0 = FloatVector.broadcast(S, a[ai]);
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            FloatVector x1 = FloatVector.broadcast(S, a[ai + a1]);
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            FloatVector x2 = FloatVector.broadcast(S, a[ai + a2]);
            c20 = x2.fma(b0, c20);
            c21 = x2.fma(b1, c21);
            FloatVector x3 = FloatVector.broadcast(S, a[ai + a3]);
            c30 = x3.fma(b0, c30);
            c31 = x3.fma(b1, c31);
        }
        int last = columns - V;
        store(c00, c, cAt, V, accumulate);
        store(c01, c, cAt + V, last, accumulate);
        if (rows > 1) {
            store(c10, c, cAt + cStride, V, accumulate);
            store(c11, c, cAt + cStride + V, last, accumulate);
        }
        if (rows > 2) {
            store(c20, c, cAt + 2 * cStride, V, accumulate);
            store(c21, c, cAt + 2 * cStride + V, last, accumulate);
        }
        if (rows > 3) {
            store(c30, c, cAt + 3 * cStride, V, accumulate);
            store(c31, c, cAt + 3 * cStride + V, last, accumulate);
        }
    }

    /** As tile3, of one vector. */
    private static void tile1(
            Matrices x,
            int at,
            int rows,
            int pAt,
            int k,
            int cAt,
            int columns,
            boolean accumulate) {
        float[] a = x.a();
        float[] p = x.packed();
        int a1 = Math.min(1, rows - 1) * x.mStride();
        int a2 = Math.min(2, rows - 1) * x.mStride();
        int a3 = Math.min(3, rows - 1) * x.mStride();
        FloatVector c0 = FloatVector.zero(S);
        FloatVector c1 = c0;
        FloatVector c2 = c0;
        FloatVector c3 = c0;
        int kStride = x.kStride();
        float[] c = x.c();
        int cStride = x.n();
        for (int i = 0; i < k; i++) {
            int ai = at + i * kStride;
            FloatVector b = fromArray(S, p, pAt + i * V);
            c0 = b.fma(FloatVector.broadcast(S, a[ai]), c0);
            c1 = b.fma(FloatVector.broadcast(S, a[ai + a1]), c1);
            c2 = b.fma(FloatVector.broadcast(S, a[ai + a2]), c2);
            c3 = b.fma(FloatVector.broadcast(S, a[ai + a3]), c3);
        }
        store(c0, c, cAt, columns, accumulate);
        if (rows > 1) {
            store(c1, c, cAt + cStride, columns, accumulate);
        }
        if (rows > 2) {
            store(c2, c, cAt + 2 * cStride, columns, accumulate);
        }
        if (rows > 3) {
            store(c3, c, cAt + 3 * cStride, columns, accumulate);
        }
    }

    @Override
    public void row(Matrices x, int aAt, int packedAt, int cAt, int k, boolean accumulate) {
        VectorRows.row(x, aAt, packedAt, cAt, k, accumulate);
    }

    /** Stores a vector, or its first {@code columns} lanes. */
    static void store(FloatVector x, float[] c, int at, int columns, boolean accumulate) {
        if (columns >= V) {
            (accumulate ? x.add(fromArray(S, c, at)) : x).intoArray(c, at);
        } else {
            VectorMask<Float> mask = S.indexInRange(0, columns);
            (accumulate ? x.add(fromArray(S, c, at, mask)) : x).intoArray(c, at, mask);
        }
    }
}
