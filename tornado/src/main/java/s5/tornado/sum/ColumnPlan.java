package s5.tornado.sum;

import s5.tornado.Launch;
import s5.tornado.stored.Pairs;

/**
 * How a kernel walks a matrix of n rows and H columns when each thread stays in one column: a work
 * group covers {@code lanes} neighbouring columns and {@code groupRows} neighbouring rows; thread
 * {@code localIdx} takes column {@code localIdx % lanes} of them and every {@code sweeps}-th row
 * from row {@code localIdx / lanes} on, {@link ColumnSums#DEPTH} rows at a time so that as many
 * loads are under way at once.
 *
 * <p>Depends on the shapes only, so that sums always run in the same order.
 *
 * <p>A kernel that takes {@link Pairs} of neighbouring columns walks them as if each pair were a
 * column.
 *
 * @param rows n
 * @param columns H, or H / 2 pairs
 * @param twin 1 for pairs, else 0
 * @param lanes columns of a group
 * @param columnGroups groups that it takes to cover all columns
 * @param sweeps rows that a group reads at once
 * @param groupRows rows of a group, a multiple of {@code sweeps * DEPTH}
 * @param rowGroups groups that it takes to cover all rows: rows of the partial sums
 */
public record ColumnPlan(
        int rows,
        int columns,
        int twin,
        int lanes,
        int columnGroups,
        int sweeps,
        int groupRows,
        int rowGroups) {

    /**
     * Most columns side by side in a group: whole rows, where they are not longer. On an H200 a
     * group that writes 32 columns at a time (128 bytes of every row) moves 2.9 TB/s, and one that
     * writes whole rows of 96 moves 4.0 TB/s.
     */
    private static final int LANES = Launch.GROUP;

    /** Groups of a sum: some waves on a large GPU, yet few partial sums. */
    private static final int SUM_GROUPS = 2048;

    /** For kernels that sum columns: few partial sums, much work for a thread. */
    public static ColumnPlan sums(int rows, int columns) {
        return sums(rows, columns, false);
    }

    /**
     * As {@link #sums(int, int)}, for a kernel that can take pairs.
     *
     * @param narrow whether the matrix is stored in bfloat16: then it does, where H is even
     */
    public static ColumnPlan sums(int rows, int columns, boolean narrow) {
        return of(rows, columns, Pairs.twin(narrow, columns), SUM_GROUPS);
    }

    /** For kernels that sum nothing: DEPTH rows for a thread, as many groups as it takes. */
    public static ColumnPlan elements(int rows, int columns) {
        return elements(rows, columns, false);
    }

    /** As {@link #elements(int, int)}, for a kernel that can take pairs. */
    public static ColumnPlan elements(int rows, int columns, boolean narrow) {
        return of(rows, columns, Pairs.twin(narrow, columns), Integer.MAX_VALUE);
    }

    private static ColumnPlan of(int rows, int width, int twin, int groups) {
        if (rows < 1 || width < 1) {
            throw new IllegalArgumentException(rows + " rows of " + width + " columns");
        }
        int columns = width / (1 + twin);
        int columnGroups = Math.ceilDiv(columns, LANES);
        int lanes = Math.ceilDiv(columns, columnGroups);
        int sweeps = Launch.GROUP / lanes;
        int unit = sweeps * ColumnSums.DEPTH;
        int units = Math.ceilDiv(rows, unit);
        int rowGroups = Math.min(units, Math.max(1, groups / columnGroups));
        int groupRows = Math.ceilDiv(units, rowGroups) * unit;
        return new ColumnPlan(
                rows,
                columns,
                twin,
                lanes,
                columnGroups,
                sweeps,
                groupRows,
                Math.ceilDiv(rows, groupRows));
    }

    /** H: columns, of pairs both. */
    public int width() {
        return columns * (1 + twin);
    }

    /** One group for each group of rows and group of columns, columns first. */
    public Launch launch() {
        return new Launch(rowGroups * columnGroups, lanes * sweeps);
    }

    /**
     * Elements of an array of partial sums.
     *
     * @param sums how many sums there are for each column
     */
    public int partialSize(int sums) {
        return rowGroups * width() * sums;
    }
}
