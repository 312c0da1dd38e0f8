package s5.cpu.product;

import static s5.cpu.VectorMath.V;

/**
 * Matrix products in the Vector API. c is computed in tiles of a few rows by a few vectors, held in
 * registers: {@link WideTiles} on machines with 32 of them, else {@link Tiles}.
 *
 * <p>b is packed in panels as wide as a tile, row by row, padded with zeros: the loop over k reads
 * it from end to end. a is read in place, one element for all lanes. Where a is transposed, each is
 * used for one part of the sum only, and b is read in place, too.
 */
final class VectorProducts implements Products {
    /** Vectors of 16 floats are those of AVX-512, which has 32 of them. */
    private static final boolean WIDE = V == 16;

    private static final int WIDEST = WIDE ? 4 : 3;

    /** Rows of the highest tile. */
    private static final int HIGHEST = 8;

    /** Floats of the largest tile. */
    static final int EDGE = HIGHEST * WIDEST * V;

    private final boolean transposed;

    /**
     * For products of one form.
     *
     * @param mStride distance in memory between rows of a
     * @param kStride distance in memory between columns of a
     */
    VectorProducts(int mStride, int kStride) {
        transposed = WIDE && mStride == 1 && kStride != 1;
    }

    @Override
    public int padded(int n) {
        return (n + V - 1) / V * V;
    }

    @Override
    public boolean inPlace(int n) {
        return transposed && n % V == 0;
    }

    /** Vectors in the panel that begins with {@code left} vectors to go. */
    static int panel(int left) {
        if (left <= WIDEST) {
            return left;
        }
        // 6 as 3 and 3, 5 as 3 and 2, and never a last one alone.
        return left % WIDEST == 1 || left == WIDEST + 2 ? WIDEST - 1 : WIDEST;
    }

    /** Rows of a tile of so many vectors. */
    private static int height(int vectors) {
        return vectors == 4 ? 6 : WIDE && vectors == 3 ? 8 : 4;
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
    public void gemm(Matrices x, int aAt, int bAt, int cAt, int m, int k, boolean accumulate) {
        boolean packed = x.bStride() == 0;
        int n = x.n();
        int end = padded(n);
        float[] edge = x.edge();
        int width;
        for (int first = 0; first < end; first += width) {
            int vectors = panel((end - first) / V);
            width = V * vectors;
            int height = height(vectors);
            int bStride = packed ? width : x.bStride();
            int b = packed ? bAt + first * k : bAt + first;
            int columns = Math.min(width, n - first);
            for (int i = 0; i < m; i += height) {
                int rows = Math.min(height, m - i);
                int a = aAt + i * x.mStride();
                int c = cAt + i * n + first;
                if (rows == height && columns == width) {
                    tile(vectors, x, a, rows, b, bStride, k, x.c(), c, n, accumulate);
                } else {
                    edge = edge == null ? new float[EDGE] : edge;
                    tile(vectors, x, a, rows, b, bStride, k, edge, 0, width, false);
                    copy(edge, width, rows, columns, x.c(), c, n, accumulate);
                }
            }
        }
    }

    @Override
    public void row(Matrices x, int aAt, int packedAt, int cAt, int k, boolean accumulate) {
        VectorRows.row(x, aAt, packedAt, cAt, k, accumulate);
    }

    private static void tile(
            int vectors,
            Matrices x,
            int a,
            int rows,
            int b,
            int bStride,
            int k,
            float[] c,
            int cAt,
            int n,
            boolean add) {
        switch (vectors) {
            case 4 -> WideTiles.tile6x4(x, a, rows, b, bStride, k, c, cAt, n, add);
            case 3 -> {
                if (WIDE) {
                    WideTiles.tile8x3(x, a, rows, b, bStride, k, c, cAt, n, add);
                } else {
                    Tiles.tile4x3(x, a, rows, b, bStride, k, c, cAt, n, add);
                }
            }
            case 2 -> Tiles.tile4x2(x, a, rows, b, bStride, k, c, cAt, n, add);
            default -> Tiles.tile4x1(x, a, rows, b, bStride, k, c, cAt, n, add);
        }
    }

    /** Stores or adds what there is of a tile at the edge of c. */
    private static void copy(
            float[] tile,
            int width,
            int rows,
            int columns,
            float[] c,
            int cAt,
            int n,
            boolean add) {
        for (int i = 0; i < rows; i++) {
            int from = i * width;
            int to = cAt + i * n;
            for (int j = 0; j < columns; j++) {
                c[to + j] = add ? c[to + j] + tile[from + j] : tile[from + j];
            }
        }
    }
}
