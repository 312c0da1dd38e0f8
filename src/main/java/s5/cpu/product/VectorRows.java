package s5.cpu.product;

import static jdk.incubator.vector.FloatVector.fromArray;

import static s5.cpu.VectorMath.S;
import static s5.cpu.VectorMath.V;

import jdk.incubator.vector.FloatVector;

import s5.cpu.product.Products.Matrices;

/**
 * A single row times a packed matrix. There are no other rows to hide the latency of the
 * multiply-add, so two panels as wide as each other run side by side: six or eight sums in flight,
 * and the matrix read once from end to end, which is what limits it.
 */
final class VectorRows {
    private VectorRows() {}

    static void row(Matrices x, int aAt, int packedAt, int cAt, int k, boolean accumulate) {
        int left = (x.n() + V - 1) / V;
        int p = packedAt;
        int c = cAt;
        int columns = x.n();
        while (left > 0) {
            int vectors = VectorProducts.panel(left);
            boolean pair = vectors > 2 && VectorProducts.panel(left - vectors) == vectors;
            switch (pair ? 2 * vectors : vectors) {
                case 8 -> row8(x, aAt, p, k, c, columns, accumulate);
                case 6 -> row6(x, aAt, p, k, c, columns, accumulate);
                case 4 -> row4(x, aAt, p, k, c, columns, accumulate);
                case 3 -> row3(x, aAt, p, k, c, columns, accumulate);
                case 2 -> row2(x, aAt, p, k, c, columns, accumulate);
                default -> row1(x, aAt, p, k, c, columns, accumulate);
            }
            vectors = pair ? 2 * vectors : vectors;
            left -= vectors;
            p += vectors * V * k;
            c += vectors * V;
            columns -= vectors * V;
        }
    }

    private static void row8(
            Matrices x, int aAt, int pAt, int k, int cAt, int columns, boolean accumulate) {
        float[] a = x.a();
        float[] p = x.b();
        float[] c = x.c();
        FloatVector c0 = FloatVector.zero(S);
        FloatVector c1 = c0;
        FloatVector c2 = c0;
        FloatVector c3 = c0;
        FloatVector c4 = c0;
        FloatVector c5 = c0;
        FloatVector c6 = c0;
        FloatVector c7 = c0;
        int other = 4 * V * k;
        for (int i = 0; i < k; i++) {
            int bi = pAt + i * 4 * V;
            FloatVector f = FloatVector.broadcast(S, a[aAt + i]);
            c0 = f.fma(fromArray(S, p, bi), c0);
            c1 = f.fma(fromArray(S, p, bi + V), c1);
            c2 = f.fma(fromArray(S, p, bi + 2 * V), c2);
            c3 = f.fma(fromArray(S, p, bi + 3 * V), c3);
            c4 = f.fma(fromArray(S, p, bi + other), c4);
            c5 = f.fma(fromArray(S, p, bi + other + V), c5);
            c6 = f.fma(fromArray(S, p, bi + other + 2 * V), c6);
            c7 = f.fma(fromArray(S, p, bi + other + 3 * V), c7);
        }
        (accumulate ? c0.add(fromArray(S, c, cAt)) : c0).intoArray(c, cAt);
        (accumulate ? c1.add(fromArray(S, c, cAt + V)) : c1).intoArray(c, cAt + V);
        (accumulate ? c2.add(fromArray(S, c, cAt + 2 * V)) : c2).intoArray(c, cAt + 2 * V);
        (accumulate ? c3.add(fromArray(S, c, cAt + 3 * V)) : c3).intoArray(c, cAt + 3 * V);
        (accumulate ? c4.add(fromArray(S, c, cAt + 4 * V)) : c4).intoArray(c, cAt + 4 * V);
        (accumulate ? c5.add(fromArray(S, c, cAt + 5 * V)) : c5).intoArray(c, cAt + 5 * V);
        (accumulate ? c6.add(fromArray(S, c, cAt + 6 * V)) : c6).intoArray(c, cAt + 6 * V);
        c7.intoArray(x.edge(), 0);
        finish(x, cAt + 7 * V, columns - 7 * V, accumulate);
    }

    private static void row6(
            Matrices x, int aAt, int pAt, int k, int cAt, int columns, boolean accumulate) {
        float[] a = x.a();
        float[] p = x.b();
        float[] c = x.c();
        FloatVector c0 = FloatVector.zero(S);
        FloatVector c1 = c0;
        FloatVector c2 = c0;
        FloatVector c3 = c0;
        FloatVector c4 = c0;
        FloatVector c5 = c0;
        int other = 3 * V * k;
        for (int i = 0; i < k; i++) {
            int bi = pAt + i * 3 * V;
            FloatVector f = FloatVector.broadcast(S, a[aAt + i]);
            c0 = f.fma(fromArray(S, p, bi), c0);
            c1 = f.fma(fromArray(S, p, bi + V), c1);
            c2 = f.fma(fromArray(S, p, bi + 2 * V), c2);
            c3 = f.fma(fromArray(S, p, bi + other), c3);
            c4 = f.fma(fromArray(S, p, bi + other + V), c4);
            c5 = f.fma(fromArray(S, p, bi + other + 2 * V), c5);
        }
        (accumulate ? c0.add(fromArray(S, c, cAt)) : c0).intoArray(c, cAt);
        (accumulate ? c1.add(fromArray(S, c, cAt + V)) : c1).intoArray(c, cAt + V);
        (accumulate ? c2.add(fromArray(S, c, cAt + 2 * V)) : c2).intoArray(c, cAt + 2 * V);
        (accumulate ? c3.add(fromArray(S, c, cAt + 3 * V)) : c3).intoArray(c, cAt + 3 * V);
        (accumulate ? c4.add(fromArray(S, c, cAt + 4 * V)) : c4).intoArray(c, cAt + 4 * V);
        c5.intoArray(x.edge(), 0);
        finish(x, cAt + 5 * V, columns - 5 * V, accumulate);
    }

    private static void row4(
            Matrices x, int aAt, int pAt, int k, int cAt, int columns, boolean accumulate) {
        float[] a = x.a();
        float[] p = x.b();
        float[] c = x.c();
        FloatVector c0 = FloatVector.zero(S);
        FloatVector c1 = c0;
        FloatVector c2 = c0;
        FloatVector c3 = c0;
        for (int i = 0; i < k; i++) {
            int bi = pAt + i * 4 * V;
            FloatVector f = FloatVector.broadcast(S, a[aAt + i]);
            c0 = f.fma(fromArray(S, p, bi), c0);
            c1 = f.fma(fromArray(S, p, bi + V), c1);
            c2 = f.fma(fromArray(S, p, bi + 2 * V), c2);
            c3 = f.fma(fromArray(S, p, bi + 3 * V), c3);
        }
        (accumulate ? c0.add(fromArray(S, c, cAt)) : c0).intoArray(c, cAt);
        (accumulate ? c1.add(fromArray(S, c, cAt + V)) : c1).intoArray(c, cAt + V);
        (accumulate ? c2.add(fromArray(S, c, cAt + 2 * V)) : c2).intoArray(c, cAt + 2 * V);
        c3.intoArray(x.edge(), 0);
        finish(x, cAt + 3 * V, columns - 3 * V, accumulate);
    }

    private static void row3(
            Matrices x, int aAt, int pAt, int k, int cAt, int columns, boolean accumulate) {
        float[] a = x.a();
        float[] p = x.b();
        float[] c = x.c();
        FloatVector c0 = FloatVector.zero(S);
        FloatVector c1 = c0;
        FloatVector c2 = c0;
        for (int i = 0; i < k; i++) {
            int bi = pAt + i * 3 * V;
            FloatVector f = FloatVector.broadcast(S, a[aAt + i]);
            c0 = f.fma(fromArray(S, p, bi), c0);
            c1 = f.fma(fromArray(S, p, bi + V), c1);
            c2 = f.fma(fromArray(S, p, bi + 2 * V), c2);
        }
        (accumulate ? c0.add(fromArray(S, c, cAt)) : c0).intoArray(c, cAt);
        (accumulate ? c1.add(fromArray(S, c, cAt + V)) : c1).intoArray(c, cAt + V);
        c2.intoArray(x.edge(), 0);
        finish(x, cAt + 2 * V, columns - 2 * V, accumulate);
    }

    private static void row2(
            Matrices x, int aAt, int pAt, int k, int cAt, int columns, boolean accumulate) {
        float[] a = x.a();
        float[] p = x.b();
        float[] c = x.c();
        FloatVector c0 = FloatVector.zero(S);
        FloatVector c1 = c0;
        for (int i = 0; i < k; i++) {
            int bi = pAt + i * 2 * V;
            FloatVector f = FloatVector.broadcast(S, a[aAt + i]);
            c0 = f.fma(fromArray(S, p, bi), c0);
            c1 = f.fma(fromArray(S, p, bi + V), c1);
        }
        (accumulate ? c0.add(fromArray(S, c, cAt)) : c0).intoArray(c, cAt);
        c1.intoArray(x.edge(), 0);
        finish(x, cAt + V, columns - V, accumulate);
    }

    private static void row1(
            Matrices x, int aAt, int pAt, int k, int cAt, int columns, boolean accumulate) {
        float[] a = x.a();
        float[] p = x.b();
        FloatVector c0 = FloatVector.zero(S);
        for (int i = 0; i < k; i++) {
            c0 = FloatVector.broadcast(S, a[aAt + i]).fma(fromArray(S, p, pAt + i * V), c0);
        }
        c0.intoArray(x.edge(), 0);
        finish(x, cAt, columns, accumulate);
    }

    /**
     * Takes the last vector of a row, or its first {@code columns} lanes, from the edge to c. It
     * does not come as a vector: where HotSpot does not inline a call, a vector becomes an object.
     */
    private static void finish(Matrices x, int at, int columns, boolean accumulate) {
        float[] last = x.edge();
        float[] c = x.c();
        if (columns >= V) {
            FloatVector sum = fromArray(S, last, 0);
            (accumulate ? sum.add(fromArray(S, c, at)) : sum).intoArray(c, at);
            return;
        }
        for (int j = 0; j < columns; j++) {
            c[at + j] = accumulate ? last[j] + c[at + j] : last[j];
        }
    }
}
