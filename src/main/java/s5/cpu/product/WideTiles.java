package s5.cpu.product;

import static jdk.incubator.vector.FloatVector.fromArray;

import static s5.cpu.VectorMath.S;
import static s5.cpu.VectorMath.V;

import jdk.incubator.vector.FloatVector;

import s5.cpu.product.Products.Matrices;

/**
 * Tiles for 32 registers, as {@link Tiles}: up to 24 sums, the vectors of b, and one of a. Six rows
 * of four vectors take 10 loads for 24 multiply-adds, eight rows of three take 11.
 */
final class WideTiles {
    private WideTiles() {}

    /** A tile of six rows and four vectors. */
    static void tile6x4(
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
        int a4 = Math.min(4, last) * stride;
        int a5 = Math.min(5, last) * stride;
        int kStride = x.kStride();
        FloatVector c00 = FloatVector.zero(S);
        FloatVector c01 = c00;
        FloatVector c02 = c00;
        FloatVector c03 = c00;
        FloatVector c10 = c00;
        FloatVector c11 = c00;
        FloatVector c12 = c00;
        FloatVector c13 = c00;
        FloatVector c20 = c00;
        FloatVector c21 = c00;
        FloatVector c22 = c00;
        FloatVector c23 = c00;
        FloatVector c30 = c00;
        FloatVector c31 = c00;
        FloatVector c32 = c00;
        FloatVector c33 = c00;
        FloatVector c40 = c00;
        FloatVector c41 = c00;
        FloatVector c42 = c00;
        FloatVector c43 = c00;
        FloatVector c50 = c00;
        FloatVector c51 = c00;
        FloatVector c52 = c00;
        FloatVector c53 = c00;
        for (int i = 0; i < k; i++) {
            int ai = at + i * kStride;
            int bi = bAt + i * bStride;
            FloatVector b0 = fromArray(S, b, bi);
            FloatVector b1 = fromArray(S, b, bi + V);
            FloatVector b2 = fromArray(S, b, bi + 2 * V);
            FloatVector b3 = fromArray(S, b, bi + 3 * V);
            FloatVector x0 = FloatVector.broadcast(S, a[ai]);
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            c02 = x0.fma(b2, c02);
            c03 = x0.fma(b3, c03);
            FloatVector x1 = FloatVector.broadcast(S, a[ai + a1]);
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            c12 = x1.fma(b2, c12);
            c13 = x1.fma(b3, c13);
            FloatVector x2 = FloatVector.broadcast(S, a[ai + a2]);
            c20 = x2.fma(b0, c20);
            c21 = x2.fma(b1, c21);
            c22 = x2.fma(b2, c22);
            c23 = x2.fma(b3, c23);
            FloatVector x3 = FloatVector.broadcast(S, a[ai + a3]);
            c30 = x3.fma(b0, c30);
            c31 = x3.fma(b1, c31);
            c32 = x3.fma(b2, c32);
            c33 = x3.fma(b3, c33);
            FloatVector x4 = FloatVector.broadcast(S, a[ai + a4]);
            c40 = x4.fma(b0, c40);
            c41 = x4.fma(b1, c41);
            c42 = x4.fma(b2, c42);
            c43 = x4.fma(b3, c43);
            FloatVector x5 = FloatVector.broadcast(S, a[ai + a5]);
            c50 = x5.fma(b0, c50);
            c51 = x5.fma(b1, c51);
            c52 = x5.fma(b2, c52);
            c53 = x5.fma(b3, c53);
        }
        if (add) {
            int i = cAt;
            c00 = c00.add(fromArray(S, c, i));
            c01 = c01.add(fromArray(S, c, i + V));
            c02 = c02.add(fromArray(S, c, i + 2 * V));
            c03 = c03.add(fromArray(S, c, i + 3 * V));
            i += n;
            c10 = c10.add(fromArray(S, c, i));
            c11 = c11.add(fromArray(S, c, i + V));
            c12 = c12.add(fromArray(S, c, i + 2 * V));
            c13 = c13.add(fromArray(S, c, i + 3 * V));
            i += n;
            c20 = c20.add(fromArray(S, c, i));
            c21 = c21.add(fromArray(S, c, i + V));
            c22 = c22.add(fromArray(S, c, i + 2 * V));
            c23 = c23.add(fromArray(S, c, i + 3 * V));
            i += n;
            c30 = c30.add(fromArray(S, c, i));
            c31 = c31.add(fromArray(S, c, i + V));
            c32 = c32.add(fromArray(S, c, i + 2 * V));
            c33 = c33.add(fromArray(S, c, i + 3 * V));
            i += n;
            c40 = c40.add(fromArray(S, c, i));
            c41 = c41.add(fromArray(S, c, i + V));
            c42 = c42.add(fromArray(S, c, i + 2 * V));
            c43 = c43.add(fromArray(S, c, i + 3 * V));
            i += n;
            c50 = c50.add(fromArray(S, c, i));
            c51 = c51.add(fromArray(S, c, i + V));
            c52 = c52.add(fromArray(S, c, i + 2 * V));
            c53 = c53.add(fromArray(S, c, i + 3 * V));
        }
        c00.intoArray(c, cAt);
        c01.intoArray(c, cAt + V);
        c02.intoArray(c, cAt + 2 * V);
        c03.intoArray(c, cAt + 3 * V);
        cAt += n;
        c10.intoArray(c, cAt);
        c11.intoArray(c, cAt + V);
        c12.intoArray(c, cAt + 2 * V);
        c13.intoArray(c, cAt + 3 * V);
        cAt += n;
        c20.intoArray(c, cAt);
        c21.intoArray(c, cAt + V);
        c22.intoArray(c, cAt + 2 * V);
        c23.intoArray(c, cAt + 3 * V);
        cAt += n;
        c30.intoArray(c, cAt);
        c31.intoArray(c, cAt + V);
        c32.intoArray(c, cAt + 2 * V);
        c33.intoArray(c, cAt + 3 * V);
        cAt += n;
        c40.intoArray(c, cAt);
        c41.intoArray(c, cAt + V);
        c42.intoArray(c, cAt + 2 * V);
        c43.intoArray(c, cAt + 3 * V);
        cAt += n;
        c50.intoArray(c, cAt);
        c51.intoArray(c, cAt + V);
        c52.intoArray(c, cAt + 2 * V);
        c53.intoArray(c, cAt + 3 * V);
    }

    /** A tile of eight rows and three vectors. */
    static void tile8x3(
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
        int a4 = Math.min(4, last) * stride;
        int a5 = Math.min(5, last) * stride;
        int a6 = Math.min(6, last) * stride;
        int a7 = Math.min(7, last) * stride;
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
        FloatVector c40 = c00;
        FloatVector c41 = c00;
        FloatVector c42 = c00;
        FloatVector c50 = c00;
        FloatVector c51 = c00;
        FloatVector c52 = c00;
        FloatVector c60 = c00;
        FloatVector c61 = c00;
        FloatVector c62 = c00;
        FloatVector c70 = c00;
        FloatVector c71 = c00;
        FloatVector c72 = c00;
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
            FloatVector x4 = FloatVector.broadcast(S, a[ai + a4]);
            c40 = x4.fma(b0, c40);
            c41 = x4.fma(b1, c41);
            c42 = x4.fma(b2, c42);
            FloatVector x5 = FloatVector.broadcast(S, a[ai + a5]);
            c50 = x5.fma(b0, c50);
            c51 = x5.fma(b1, c51);
            c52 = x5.fma(b2, c52);
            FloatVector x6 = FloatVector.broadcast(S, a[ai + a6]);
            c60 = x6.fma(b0, c60);
            c61 = x6.fma(b1, c61);
            c62 = x6.fma(b2, c62);
            FloatVector x7 = FloatVector.broadcast(S, a[ai + a7]);
            c70 = x7.fma(b0, c70);
            c71 = x7.fma(b1, c71);
            c72 = x7.fma(b2, c72);
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
            i += n;
            c40 = c40.add(fromArray(S, c, i));
            c41 = c41.add(fromArray(S, c, i + V));
            c42 = c42.add(fromArray(S, c, i + 2 * V));
            i += n;
            c50 = c50.add(fromArray(S, c, i));
            c51 = c51.add(fromArray(S, c, i + V));
            c52 = c52.add(fromArray(S, c, i + 2 * V));
            i += n;
            c60 = c60.add(fromArray(S, c, i));
            c61 = c61.add(fromArray(S, c, i + V));
            c62 = c62.add(fromArray(S, c, i + 2 * V));
            i += n;
            c70 = c70.add(fromArray(S, c, i));
            c71 = c71.add(fromArray(S, c, i + V));
            c72 = c72.add(fromArray(S, c, i + 2 * V));
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
        cAt += n;
        c40.intoArray(c, cAt);
        c41.intoArray(c, cAt + V);
        c42.intoArray(c, cAt + 2 * V);
        cAt += n;
        c50.intoArray(c, cAt);
        c51.intoArray(c, cAt + V);
        c52.intoArray(c, cAt + 2 * V);
        cAt += n;
        c60.intoArray(c, cAt);
        c61.intoArray(c, cAt + V);
        c62.intoArray(c, cAt + 2 * V);
        cAt += n;
        c70.intoArray(c, cAt);
        c71.intoArray(c, cAt + V);
        c72.intoArray(c, cAt + 2 * V);
    }
}
