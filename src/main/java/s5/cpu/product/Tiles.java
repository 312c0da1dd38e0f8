package s5.cpu.product;

import static jdk.incubator.vector.FloatVector.fromArray;

import static s5.cpu.VectorMath.S;
import static s5.cpu.VectorMath.V;

import jdk.incubator.vector.FloatVector;

import s5.cpu.product.Products.Matrices;

/**
 * Tiles of a product for the 16 registers of AVX2: 12 sums, 3 vectors of b and 1 of a. 12 sums in
 * flight hide the latency of the multiply-add.
 *
 * <p>Each stores a whole tile in c, {@code n} apart from row to row, or adds it there, from element
 * {@code at} of a and {@code bAt} of b on, whose rows are {@code bStride} apart: as far as the tile
 * is wide where b is packed. Where a has fewer {@code rows}, the last one stands for those that are
 * missing. The sum of an element is taken over k in order, from zero, whatever the tile: so its
 * size changes no bit.
 */
final class Tiles {
    private Tiles() {}

    /** A tile of four rows and three vectors. */
    static void tile4x3(
            Matrices x,
            int at,
            int rows,
            int bAt,
            int bStride,
            int k,
            float[] c,
            int cAt,
            int n,
            boolean add) {
        float[] a = x.a();
        float[] b = x.b();
        int stride = x.mStride();
        int last = rows - 1;
        int a1 = Math.min(1, last) * stride;
        int a2 = Math.min(2, last) * stride;
        int a3 = Math.min(3, last) * stride;
        int kStride = x.kStride();
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
        for (int i = 0; i < k; i++) {
            int ai = at + i * kStride;
            int bi = bAt + i * bStride;
            FloatVector b0 = fromArray(S, b, bi);
            FloatVector b1 = fromArray(S, b, bi + V);
            FloatVector b2 = fromArray(S, b, bi + 2 * V);
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
        if (add) {
            int i = cAt;
            c00 = c00.add(fromArray(S, c, i));
            c01 = c01.add(fromArray(S, c, i + V));
            c02 = c02.add(fromArray(S, c, i + 2 * V));
            i += n;
            c10 = c10.add(fromArray(S, c, i));
            c11 = c11.add(fromArray(S, c, i + V));
            c12 = c12.add(fromArray(S, c, i + 2 * V));
            i += n;
            c20 = c20.add(fromArray(S, c, i));
            c21 = c21.add(fromArray(S, c, i + V));
            c22 = c22.add(fromArray(S, c, i + 2 * V));
            i += n;
            c30 = c30.add(fromArray(S, c, i));
            c31 = c31.add(fromArray(S, c, i + V));
            c32 = c32.add(fromArray(S, c, i + 2 * V));
        }
        c00.intoArray(c, cAt);
        c01.intoArray(c, cAt + V);
        c02.intoArray(c, cAt + 2 * V);
        cAt += n;
        c10.intoArray(c, cAt);
        c11.intoArray(c, cAt + V);
        c12.intoArray(c, cAt + 2 * V);
        cAt += n;
        c20.intoArray(c, cAt);
        c21.intoArray(c, cAt + V);
        c22.intoArray(c, cAt + 2 * V);
        cAt += n;
        c30.intoArray(c, cAt);
        c31.intoArray(c, cAt + V);
        c32.intoArray(c, cAt + 2 * V);
    }

    /** A tile of four rows and two vectors. */
    static void tile4x2(
            Matrices x,
            int at,
            int rows,
            int bAt,
            int bStride,
            int k,
            float[] c,
            int cAt,
            int n,
            boolean add) {
        float[] a = x.a();
        float[] b = x.b();
        int stride = x.mStride();
        int last = rows - 1;
        int a1 = Math.min(1, last) * stride;
        int a2 = Math.min(2, last) * stride;
        int a3 = Math.min(3, last) * stride;
        int kStride = x.kStride();
        FloatVector c00 = FloatVector.zero(S);
        FloatVector c01 = c00;
        FloatVector c10 = c00;
        FloatVector c11 = c00;
        FloatVector c20 = c00;
        FloatVector c21 = c00;
        FloatVector c30 = c00;
        FloatVector c31 = c00;
        for (int i = 0; i < k; i++) {
            int ai = at + i * kStride;
            int bi = bAt + i * bStride;
            FloatVector b0 = fromArray(S, b, bi);
            FloatVector b1 = fromArray(S, b, bi + V);
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
        if (add) {
            int i = cAt;
            c00 = c00.add(fromArray(S, c, i));
            c01 = c01.add(fromArray(S, c, i + V));
            i += n;
            c10 = c10.add(fromArray(S, c, i));
            c11 = c11.add(fromArray(S, c, i + V));
            i += n;
            c20 = c20.add(fromArray(S, c, i));
            c21 = c21.add(fromArray(S, c, i + V));
            i += n;
            c30 = c30.add(fromArray(S, c, i));
            c31 = c31.add(fromArray(S, c, i + V));
        }
        c00.intoArray(c, cAt);
        c01.intoArray(c, cAt + V);
        cAt += n;
        c10.intoArray(c, cAt);
        c11.intoArray(c, cAt + V);
        cAt += n;
        c20.intoArray(c, cAt);
        c21.intoArray(c, cAt + V);
        cAt += n;
        c30.intoArray(c, cAt);
        c31.intoArray(c, cAt + V);
    }

    /** A tile of four rows and one vector. */
    static void tile4x1(
            Matrices x,
            int at,
            int rows,
            int bAt,
            int bStride,
            int k,
            float[] c,
            int cAt,
            int n,
            boolean add) {
        float[] a = x.a();
        float[] b = x.b();
        int stride = x.mStride();
        int last = rows - 1;
        int a1 = Math.min(1, last) * stride;
        int a2 = Math.min(2, last) * stride;
        int a3 = Math.min(3, last) * stride;
        int kStride = x.kStride();
        FloatVector c00 = FloatVector.zero(S);
        FloatVector c10 = c00;
        FloatVector c20 = c00;
        FloatVector c30 = c00;
        for (int i = 0; i < k; i++) {
            int ai = at + i * kStride;
            int bi = bAt + i * bStride;
            FloatVector b0 = fromArray(S, b, bi);
            FloatVector x0 = FloatVector.broadcast(S, a[ai]);
            c00 = x0.fma(b0, c00);
            FloatVector x1 = FloatVector.broadcast(S, a[ai + a1]);
            c10 = x1.fma(b0, c10);
            FloatVector x2 = FloatVector.broadcast(S, a[ai + a2]);
            c20 = x2.fma(b0, c20);
            FloatVector x3 = FloatVector.broadcast(S, a[ai + a3]);
            c30 = x3.fma(b0, c30);
        }
        if (add) {
            int i = cAt;
            c00 = c00.add(fromArray(S, c, i));
            i += n;
            c10 = c10.add(fromArray(S, c, i));
            i += n;
            c20 = c20.add(fromArray(S, c, i));
            i += n;
            c30 = c30.add(fromArray(S, c, i));
        }
        c00.intoArray(c, cAt);
        cAt += n;
        c10.intoArray(c, cAt);
        cAt += n;
        c20.intoArray(c, cAt);
        cAt += n;
        c30.intoArray(c, cAt);
    }
}
