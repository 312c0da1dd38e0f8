package s5.tornado.product;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Matrix products for devices without a vendor's library: {@code c = op(a) op(b)}, or {@code c +=}.
 *
 * <p>Launch order, with {@code plan = MatmulPlan.of(m, n, k)}: {@link #matmulTiles} with {@code
 * plan.launch()}; when {@code plan.splits() > 1} it writes partial products, and {@link
 * #matmulCombine} with {@code plan.combineLaunch()} adds those in a fixed order.
 *
 * <p>A work group makes ROWS rows of some neighbouring columns of c, a thread those of one column,
 * in registers. All threads of a group read the same elements of op(a) and neighbouring ones of
 * op(b), so the caches serve as well as local memory would: on PoCL's CPU device, whose barriers
 * are loops, this is ten times as fast as tiles in local memory. An operand's element (row, column)
 * stands at {@code row * rowStride + column * columnStride}, which covers both layouts.
 */
public final class MatmulKernels {
    /** Rows of c that a thread makes. */
    static final int ROWS = 8;

    private MatmulKernels() {}

    /**
     * The product, or each split's part of it.
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
        int lanes = (n + columnTiles - 1) / columnTiles;
        int group = c.groupIdx;
        int column = (group % columnTiles) * lanes + c.localIdx;
        int rest = group / columnTiles;
        int first = (rest % rowTiles) * ROWS;
        int split = rest / rowTiles;
        int end = Math.min(k, (split + 1) * share);
        if (column < n) {
            float[] sum = new float[ROWS];
            for (int i = 0; i < ROWS; i++) {
                sum[i] = 0f;
            }
            for (int l = split * share; l < end; l++) {
                float v = b.get(bAt + l * bRow + column * bColumn);
                for (int i = 0; i < ROWS; i++) {
                    // Rows past the end repeat the last one; they are not kept.
                    int row = Math.min(first + i, m - 1);
                    sum[i] = sum[i] + v * a.get(row * aRow + l * aColumn);
                }
            }
            for (int i = 0; i < ROWS; i++) {
                if (first + i < m) {
                    int at = outAt + (split * m + first + i) * n + column;
                    float v = sum[i];
                    if (accumulate != 0) {
                        v += out.get(at);
                    }
                    out.set(at, v);
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

    /**
     * {@code to = from}, which may be stored differently.
     *
     * @param from (rows, columns) from {@code fromAt} on
     * @param to (rows, columns); written
     */
    public static void copyElements(
            FloatArray from, int fromAt, FloatArray to, int rows, int columns) {
        for (@Parallel int i = 0; i < rows * columns; i++) {
            to.set(i, from.get(fromAt + i));
        }
    }

    /**
     * {@code turned = b} transposed; launch {@code Launch.over(k * n)}.
     *
     * @param b (k, n) from {@code bAt} on
     * @param turned (n, k) from {@code at} on; written
     */
    public static void turn(
            KernelContext c, FloatArray b, int bAt, FloatArray turned, int at, int k, int n) {
        int i = c.globalIdx;
        if (i < k * n) {
            turned.set(at + i, b.get(bAt + (i % k) * n + i / k));
        }
    }
}
