package s5.tornado.input;

import s5.tornado.Launch;

/**
 * How {@link InputKernels#embedPartials} walks (n, H) gradients: a group has a thread for each of
 * {@code lanes} columns and sums {@code groupRows} rows into a table of {@code tokens} tokens in
 * local memory. A vocabulary that does not fit takes several tables, each of which reads all rows.
 *
 * <p>Depends on the shapes only, so that sums always run in the same order.
 *
 * @param vocabulary V
 * @param rows n
 * @param columns H
 * @param lanes columns of a group
 * @param columnGroups groups that it takes to cover all columns
 * @param tokens tokens of a table
 * @param tokenGroups tables that it takes to cover the vocabulary
 * @param groupRows rows of a group
 * @param rowGroups rows of the partial sums
 */
record EmbedPlan(
        int vocabulary,
        int rows,
        int columns,
        int lanes,
        int columnGroups,
        int tokens,
        int tokenGroups,
        int groupRows,
        int rowGroups) {
    private static final int LANES = 64;

    /** Columns below which a row's accesses waste the width of memory. */
    private static final int LEAST_LANES = 32;

    /** Floats of local memory; the smallest devices have 32 kB, and several groups share it. */
    private static final int TABLE = 8192;

    /** Groups wanted, and bytes of partial sums at most a quarter of the gradients'. */
    private static final int GROUPS = 4096;

    private static final int SHARE = 4;

    static EmbedPlan of(int vocabulary, int rows, int columns) {
        // narrower where that lets the whole vocabulary into one table
        int most = TABLE / vocabulary >= LANES ? LANES : LEAST_LANES;
        int columnGroups = Math.ceilDiv(columns, most);
        int lanes = Math.ceilDiv(columns, columnGroups);
        int tokens = Math.min(vocabulary, TABLE / lanes);
        int tokenGroups = Math.ceilDiv(vocabulary, tokens);
        int wanted = Math.max(1, GROUPS / (columnGroups * tokenGroups));
        int affordable = Math.max(1, rows / (SHARE * vocabulary));
        int groupRows = Math.ceilDiv(rows, Math.min(wanted, affordable));
        return new EmbedPlan(
                vocabulary,
                rows,
                columns,
                lanes,
                columnGroups,
                tokens,
                tokenGroups,
                groupRows,
                Math.ceilDiv(rows, groupRows));
    }

    /** One group for each group of columns, table and group of rows, columns first. */
    Launch launch() {
        return new Launch(columnGroups * tokenGroups * rowGroups, lanes);
    }

    /** Elements of a table in local memory. */
    int table() {
        return tokens * lanes;
    }

    /** Elements of the partial sums: (rowGroups, V, H). */
    int partialSize() {
        return Math.multiplyExact(rowGroups * vocabulary, columns);
    }
}
