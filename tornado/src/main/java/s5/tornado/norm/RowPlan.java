package s5.tornado.norm;

import s5.tornado.Launch;

/**
 * How a kernel walks a matrix of n rows and H columns when it needs sums over each row: a work
 * group takes {@code groupRows} rows, {@code tileRows} at a time. For a row's sums its threads are
 * divided among the rows of a tile; for everything else a thread stays in its columns, {@code
 * localIdx % lanes} and every {@code lanes}-th from there, and takes every {@code sweeps}-th row of
 * a tile.
 *
 * @param rows n
 * @param columns H
 * @param lanes threads side by side in a row
 * @param sweeps rows that a group touches at once
 * @param tileRows rows of a tile
 * @param groupRows rows of a group, a multiple of {@code tileRows}
 * @param rowGroups groups; rows of the partial sums
 */
record RowPlan(
        int rows, int columns, int lanes, int sweeps, int tileRows, int groupRows, int rowGroups) {

    /** Threads that share a row's sums: few, so that joining their parts is cheap. */
    private static final int LEAST_ROW_LANES = 8;

    private static final int MOST_ROW_LANES = 32;

    /** Elements of a row for each of them: longer rows get more, for a tile to fit the cache. */
    private static final int SHARE = 16;

    /** Groups of the adjoint: some waves on a large GPU, yet few partial sums. */
    private static final int SUM_GROUPS = 4096;

    /** For {@link LayerNormKernels#layerNormRows}: one tile for each group. */
    static RowPlan forward(int rows, int columns) {
        return of(rows, columns, Integer.MAX_VALUE);
    }

    /** For {@link LayerNormKernels#layerNormAdjointRows}: few groups, which sum columns too. */
    static RowPlan adjoint(int rows, int columns) {
        return of(rows, columns, SUM_GROUPS);
    }

    private static RowPlan of(int rows, int columns, int groups) {
        if (rows < 1 || columns < 1) {
            throw new IllegalArgumentException(rows + " rows of " + columns + " columns");
        }
        int perThread = Math.ceilDiv(columns, Launch.GROUP);
        if (perThread > LayerNormKernels.COLUMNS) {
            throw new IllegalArgumentException(
                    "layer normalization over "
                            + columns
                            + " columns; at most "
                            + LayerNormKernels.COLUMNS * Launch.GROUP);
        }
        int lanes = Math.ceilDiv(columns, perThread);
        int sweeps = Launch.GROUP / lanes;
        int rowLanes = LEAST_ROW_LANES;
        while (rowLanes * SHARE < columns && rowLanes < MOST_ROW_LANES) {
            rowLanes *= 2;
        }
        int tileRows = Math.max(1, lanes * sweeps / rowLanes);
        int tiles = Math.ceilDiv(rows, tileRows);
        int rowGroups = Math.min(tiles, groups);
        int groupRows = Math.ceilDiv(tiles, rowGroups) * tileRows;
        return new RowPlan(
                rows, columns, lanes, sweeps, tileRows, groupRows, Math.ceilDiv(rows, groupRows));
    }

    /** One group for each group of rows. */
    Launch launch() {
        return new Launch(rowGroups, lanes * sweeps);
    }

    /**
     * Elements of an array of partial sums over rows.
     *
     * @param sums how many sums there are for each column
     */
    int partialSize(int sums) {
        return rowGroups * columns * sums;
    }
}
