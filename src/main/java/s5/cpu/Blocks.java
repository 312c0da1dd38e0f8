package s5.cpu;

/**
 * How rows are cut into blocks of work, by shape alone. Small enough that float32 sums over a block
 * are good to some 1e-7 and that what a block reads stays in the cache for a second look; large
 * enough that handing it out costs nothing.
 *
 * @param rows all rows
 * @param size rows of a block; the last may have fewer
 */
public record Blocks(int rows, int size) {
    private static final int ELEMENTS = 16_384;
    private static final int MOST_ROWS = 256;

    /**
     * {@return blocks of rows of {@code columns} elements, for loops that may keep sums over a
     * block}
     *
     * @param rows all rows
     * @param columns elements of a row
     */
    public static Blocks of(int rows, int columns) {
        return new Blocks(rows, Math.clamp(ELEMENTS / columns, 1, MOST_ROWS));
    }

    /**
     * {@return blocks of a flat array}
     *
     * @param elements all elements
     */
    public static Blocks flat(int elements) {
        return new Blocks(elements, ELEMENTS);
    }

    /** {@return how many blocks there are} */
    public int count() {
        return (rows + size - 1) / size;
    }

    /**
     * {@return the first row of a block}
     *
     * @param block from 0
     */
    public int from(int block) {
        return block * size;
    }

    /**
     * {@return the row behind the last one of a block}
     *
     * @param block from 0
     */
    public int to(int block) {
        return Math.min(rows, (block + 1) * size);
    }
}
