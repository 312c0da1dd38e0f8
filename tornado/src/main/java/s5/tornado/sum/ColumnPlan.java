package s5.tornado.sum;

import s5.tornado.Launch;

/**
 * How a kernel walks a matrix of n rows and H columns when each thread stays in one column: a work
 * group covers {@code lanes} neighbouring columns and {@code groupRows} neighbouring rows; thread
 * {@code localIdx} takes column {@code localIdx % lanes} of them and every {@code sweeps}-th row
 * from row {@code localIdx / lanes} on, {@link ColumnSums#DEPTH} rows at a time so that as many
 * loads are under way at once.
 *
 * <p>Depends on the shapes only, so that sums always run in the same order.
 *
 * @param rows n
 * @param columns H
 * @param lanes columns of a group
 * @param columnGroups groups that it takes to cover all columns
 * @param sweeps rows that a group reads at once
 * @param groupRows rows of a group, a multiple of {@code sweeps * DEPTH}
 * @param rowGroups groups that it takes to cover all rows: rows of the partial sums
 */
public record ColumnPlan(
        int rows,
        int columns,
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

    /**
     * Groups of what sums nothing and has some work for a thread: so many waves that a last one
     * which is not full costs little.
     */
    private static final int MANY_GROUPS = 8192;

    /** For kernels that sum columns: few partial sums, much work for a thread. */
    public static ColumnPlan sums(int rows, int columns) {
        return of(rows, columns, SUM_GROUPS);
    }

    /** For kernels that compute a good deal of each element and sum nothing. */
    public static ColumnPlan waves(int rows, int columns) {
        return of(rows, columns, MANY_GROUPS);
    }

    /**
     * For kernels that only read and write: DEPTH rows for a thread, as many groups as it takes.
     */
    public static ColumnPlan elements(int rows, int columns) {
        return of(rows, columns, Integer.MAX_VALUE);
    }

    private static ColumnPlan of(int rows, int columns, int groups) {
        if (rows < 1 || columns < 1) {
            throw new IllegalArgumentException(rows + " rows of " + columns + " columns");
        }
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
                lanes,
                columnGroups,
                sweeps,
                groupRows,
                Math.ceilDiv(rows, groupRows));
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
        return rowGroups * columns * sums;
    }
}
