package s5.tornado.sum;

import s5.ops.Tensor;
import s5.tornado.Launch;
import s5.tornado.Part;
import s5.tornado.Tasks;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Sums over the rows of a matrix in two levels, in an order that depends on the shapes only and
 * without atomics: first every group of rows writes its partial sums, then one small kernel adds
 * those.
 *
 * <p>A kernel that sums on the side launches with {@code ColumnPlan.sums(n, H)}, adds up as many
 * sums as it likes, and leaves them in {@code partial}, row {@code rowGroup}, the first sum in
 * columns 0 to H - 1, the second in columns H to 2H - 1, and so on, as {@code
 * GateKernels.gateBackward} does:
 *
 * <pre>{@code
 * float[] a = c.allocateFloatLocalArray(Launch.GROUP);
 * float[] b = c.allocateFloatLocalArray(Launch.GROUP);
 * int lane = c.localIdx % lanes;
 * int sweep = c.localIdx / lanes;
 * int column = (c.groupIdx % columnGroups) * lanes + lane;
 * int rowGroup = c.groupIdx / columnGroups;
 * int end = Math.min(rows, (rowGroup + 1) * groupRows);
 * ... add up sumA and sumB over rows (rowGroup * groupRows + sweep), + sweeps, ... below end,
 * ... nothing at all where column >= columns
 * a[c.localIdx] = sumA;
 * b[c.localIdx] = sumB;
 * c.localBarrier();
 * if (sweep == 0) {
 *     if (column < columns) {
 *         float totalA = 0f, totalB = 0f;
 *         for (int s = 0; s < sweeps; s++) {
 *             totalA += a[s * lanes + lane];
 *             totalB += b[s * lanes + lane];
 *         }
 *         partial.set(rowGroup * 2 * columns + column, totalA);
 *         partial.set(rowGroup * 2 * columns + columns + column, totalB);
 *     }
 * }
 * }</pre>
 *
 * <p>and {@link #totals} ends it.
 */
public final class ColumnSums {
    /** Rows that a thread of a kernel over elements loads before it uses the first one. */
    public static final int DEPTH = 8;

    /**
     * Columns of a group of {@link #columnTotals}: few, so that many threads share a column. The
     * partial sums are small, and what counts is how often one load waits for another.
     */
    public static final int TOTAL_LANES = 4;

    /** Rows that such a group reads at once. */
    public static final int TOTAL_SWEEPS = Launch.GROUP / TOTAL_LANES;

    /** Most rows that a thread of such a group loads before it uses the first one. */
    private static final int TOTAL_DEPTH = 32;

    private ColumnSums() {}

    /**
     * One of the sums behind {@link #totals}.
     *
     * @param out null when it is not wanted
     * @param columns of the partial sums
     */
    public record Sum(Tensor out, int columns) {}

    /** The launch of {@link #columnTotals} for so many columns. */
    public static Launch totalsLaunch(int columns) {
        return new Launch(Math.ceilDiv(columns, TOTAL_LANES), Launch.GROUP);
    }

    /**
     * Adds {@link #columnTotals}, once for each array that the results are in.
     *
     * @param partial (rows, columns of all sums)
     * @param sums one to three, in the order of their columns
     */
    public static void totals(Tasks t, String id, Tensor partial, int rows, Sum... sums) {
        int[] columns = new int[3];
        Part[] parts = new Part[3];
        for (int i = 0; i < sums.length; i++) {
            columns[i] = sums[i].columns();
            parts[i] = t.part(sums[i].out());
        }
        Launch launch = totalsLaunch(columns[0] + columns[1] + columns[2]);
        Part.together(
                (more, at) ->
                        t.graph.task(
                                t.id(id + more, launch),
                                ColumnSums::columnTotals,
                                t.context,
                                t.array(partial),
                                at.array(),
                                at.at(parts[0]),
                                at.at(parts[1]),
                                at.at(parts[2]),
                                rows,
                                columns[0],
                                columns[1],
                                columns[2]),
                parts);
    }

    /**
     * Adds up rows of one to three sums that go to one array, each from its offset on, where that
     * is not negative; launch {@code totalsLaunch(first + second + third)}.
     *
     * @param partial (rows, first + second + third)
     * @param first columns of the first sum; {@code second} and {@code third} may be 0
     */
    public static void columnTotals(
            KernelContext c,
            FloatArray partial,
            FloatArray out,
            int firstAt,
            int secondAt,
            int thirdAt,
            int rows,
            int first,
            int second,
            int third) {
        float[] sums = c.allocateFloatLocalArray(Launch.GROUP);
        int width = first + second + third;
        int lane = c.localIdx % TOTAL_LANES;
        int sweep = c.localIdx / TOTAL_LANES;
        int column = c.groupIdx * TOTAL_LANES + lane;
        int end = rows;
        if (column >= width) {
            end = 0;
        }
        int depth = Math.min(TOTAL_DEPTH, (rows + TOTAL_SWEEPS - 1) / TOTAL_SWEEPS);
        float[] value = new float[depth];
        float sum = 0f;
        for (int row = sweep; row < end; row += TOTAL_SWEEPS * depth) {
            for (int i = 0; i < depth; i++) {
                float v = 0f;
                if (row + i * TOTAL_SWEEPS < end) {
                    v = partial.get((row + i * TOTAL_SWEEPS) * width + column);
                }
                value[i] = v;
            }
            for (int i = 0; i < depth; i++) {
                sum += value[i];
            }
        }
        sums[c.localIdx] = sum;
        c.localBarrier();
        if (sweep == 0) {
            float total = 0f;
            for (int s = 0; s < TOTAL_SWEEPS; s++) {
                total += sums[s * TOTAL_LANES + lane];
            }
            int at = firstAt;
            int index = column;
            if (column >= first) {
                at = secondAt;
                index = column - first;
            }
            if (column >= first + second) {
                at = thirdAt;
                index = column - first - second;
            }
            if (column < width) {
                if (at >= 0) {
                    out.set(at + index, total);
                }
            }
        }
    }
}
