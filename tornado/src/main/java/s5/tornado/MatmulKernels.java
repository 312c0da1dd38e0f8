package s5.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Matrix products for devices without a vendor's library: {@code c = op(a) op(b)}, or {@code c +=}.
 *
 * <p>Launch order, with {@code plan = MatmulPlan.of(m, n, k)}: {@link #matmulTiles} with {@code
 * plan.launch()}; when {@code plan.splits() > 1} it writes partial products, and {@link
 * #matmulCombine} with {@code plan.combineLaunch()} adds those in a fixed order.
 *
 * <p>A work group makes a TILE x TILE block of c, a thread SIDE x SIDE elements of it, with slices
 * of op(a) and op(b), DEPTH deep, in local memory. An operand's element (row, column) stands at
 * {@code row * rowStride + column * columnStride}, which covers both layouts.
 */
public final class MatmulKernels {
    /** Side of the block of c that a work group makes. */
    public static final int TILE = 64;

    /** Rows and columns of it that a thread makes. */
    static final int SIDE = 4;

    /** Depth of the slices. */
    static final int DEPTH = 16;

    /** Threads along a side of the block. */
    static final int THREADS = TILE / SIDE;

    /** Length of a row of a slice in local memory. */
    private static final int PITCH = TILE + 1;

    private MatmulKernels() {}

    /**
     * Blocks of the product.
     *
     * @param a op(a) is (m, k); element (i, l) at {@code i * aRow + l * aColumn}
     * @param b op(b) is (k, n); element (l, j) at {@code l * bRow + j * bColumn}
     * @param out (m, n), or (splits, m, n) partial products; written
     * @param share how much of k each split takes
     * @param accumulate 1 adds to {@code out}; 0 otherwise, and always with splits
     */
    public static void matmulTiles(
            KernelContext c,
            FloatArray a,
            FloatArray b,
            int bAt,
            FloatArray out,
            int outAt,
            int m,
            int n,
            int k,
            int aRow,
            int aColumn,
            int bRow,
            int bColumn,
            int rowTiles,
            int columnTiles,
            int share,
            int accumulate) {
        float[] left = c.allocateFloatLocalArray(DEPTH * PITCH);
        float[] right = c.allocateFloatLocalArray(DEPTH * PITCH);
        int local = c.localIdx;
        int group = c.groupIdx;
        int firstColumn = (group % columnTiles) * TILE;
        int rest = group / columnTiles;
        int firstRow = (rest % rowTiles) * TILE;
        int split = rest / rowTiles;
        int begin = split * share;
        int end = Math.min(k, begin + share);
        int tx = local % THREADS;
        int ty = local / THREADS;

        float[] sum = new float[SIDE * SIDE];
        for (int i = 0; i < SIDE * SIDE; i++) {
            sum[i] = 0f;
        }
        for (int depth = begin; depth < end; depth += DEPTH) {
            for (int i = local; i < DEPTH * TILE; i += THREADS * THREADS) {
                // Neighbouring threads read neighbouring elements, whichever way the matrix lies.
                int l = i / TILE;
                int r = i % TILE;
                if (aColumn == 1) {
                    l = i % DEPTH;
                    r = i / DEPTH;
                }
                float v = 0f;
                if (firstRow + r < m) {
                    if (depth + l < end) {
                        v = a.get((firstRow + r) * aRow + (depth + l) * aColumn);
                    }
                }
                left[l * PITCH + r] = v;
            }
            for (int i = local; i < DEPTH * TILE; i += THREADS * THREADS) {
                int l = i / TILE;
                int j = i % TILE;
                if (bRow == 1) {
                    l = i % DEPTH;
                    j = i / DEPTH;
                }
                float v = 0f;
                if (firstColumn + j < n) {
                    if (depth + l < end) {
                        v = b.get(bAt + (depth + l) * bRow + (firstColumn + j) * bColumn);
                    }
                }
                right[l * PITCH + j] = v;
            }
            c.localBarrier();
            for (int l = 0; l < DEPTH; l++) {
                for (int i = 0; i < SIDE; i++) {
                    float v = left[l * PITCH + ty + i * THREADS];
                    for (int j = 0; j < SIDE; j++) {
                        sum[i * SIDE + j] =
                                sum[i * SIDE + j] + v * right[l * PITCH + tx + j * THREADS];
                    }
                }
            }
            c.localBarrier();
        }
        for (int i = 0; i < SIDE; i++) {
            int row = firstRow + ty + i * THREADS;
            for (int j = 0; j < SIDE; j++) {
                int column = firstColumn + tx + j * THREADS;
                if (row < m) {
                    if (column < n) {
                        int at = outAt + (split * m + row) * n + column;
                        float v = sum[i * SIDE + j];
                        if (accumulate != 0) {
                            v += out.get(at);
                        }
                        out.set(at, v);
                    }
                }
            }
        }
    }

    /**
     * Adds up the partial products of the splits.
     *
     * @param partial (splits, size)
     * @param out (size), size = m n; written, or added to when {@code accumulate} is 1
     */
    public static void matmulCombine(
            KernelContext c,
            FloatArray partial,
            FloatArray out,
            int outAt,
            int splits,
            int size,
            int accumulate) {
        int i = c.globalIdx;
        if (i < size) {
            float sum = 0f;
            for (int s = 0; s < splits; s++) {
                sum += partial.get(s * size + i);
            }
            if (accumulate != 0) {
                sum += out.get(outAt + i);
            }
            out.set(outAt + i, sum);
        }
    }
}
