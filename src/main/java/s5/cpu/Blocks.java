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

    /** Blocks of rows of {@code columns} elements, for loops that may keep sums over a block. */
    public static Blocks of(int rows, int columns) {
        return new Blocks(rows, Math.clamp(ELEMENTS / columns, 1, MOST_ROWS));
    }

    /** Blocks of a flat array. */
    public static Blocks flat(int elements) {
        return new Blocks(elements, ELEMENTS);
    }

    /** Blocks. */
    public int count() {
        return (rows + size - 1) / size;
    }

    /** The first row of a block. */
    public int from(int block) {
        return block * size;
    }

    /** The row behind the last one of a block. */
    public int to(int block) {
        return Math.min(rows, (block + 1) * size);
    }
}
