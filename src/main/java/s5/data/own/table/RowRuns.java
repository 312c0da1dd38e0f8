package s5.data.own.table;

import java.util.Arrays;

/** Which rows belong to which id, kept as runs: rows of one id that follow one another. */
final class RowRuns {
    private int size;
    private int[] ids = new int[1024]; // of the runs
    private long[] starts = new long[1024]; // rows, of the runs and at last where the last one ends
    private int[] next; // run of the same id, -1 after the last
    private int[] first; // run of each id

    /**
     * Begins a run.
     *
     * @param id that its rows have
     * @param row its first one
     */
    void begin(int id, long row) {
        if (size + 1 == starts.length) {
            ids = Arrays.copyOf(ids, 2 * ids.length);
            starts = Arrays.copyOf(starts, 2 * starts.length);
        }
        ids[size] = id;
        starts[size++] = row;
    }

    /**
     * Ends the last run.
     *
     * @param count of ids
     * @param rows of all
     */
    void end(int count, long rows) {
        starts[size] = rows;
        next = new int[size];
        first = new int[count];
        Arrays.fill(first, -1);
        for (int r = size - 1; r >= 0; r--) {
            next[r] = first[ids[r]];
            first[ids[r]] = r;
        }
    }

    /** The rows of an id, in their order. */
    long[] rows(int id) {
        int length = 0;
        for (int r = first[id]; r >= 0; r = next[r]) {
            length = Math.toIntExact(length + starts[r + 1] - starts[r]);
        }
        long[] rows = new long[length];
        int k = 0;
        for (int r = first[id]; r >= 0; r = next[r]) {
            for (long row = starts[r]; row < starts[r + 1]; row++) {
                rows[k++] = row;
            }
        }
        return rows;
    }
}
