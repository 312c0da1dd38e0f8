package s5.cpu;

import java.util.function.Supplier;

/**
 * An operation that makes each row of its results from the same row of its arguments, and from
 * small tensors; it may also keep sums over each block of rows. It runs alone, or as a link of a
 * {@link Chain}, block by block.
 *
 * @param blocks over which it keeps its sums; when it has none, how it is cut when it runs alone
 * @param sums whether it must be given just these blocks
 * @param start gets the small tensors ready, and says what to do with a block
 * @param end makes the results of the sums
 */
public record RowTask(
        Blocks blocks, boolean sums, Supplier<Machine.RowLoop> start, Runnable end) {

    /**
     * {@return an operation without sums}
     *
     * @param blocks how it is cut when it runs alone
     * @param start as of the record
     */
    public static RowTask of(Blocks blocks, Supplier<Machine.RowLoop> start) {
        return new RowTask(blocks, false, start, () -> {});
    }

    /**
     * {@return what carries it out by itself}
     *
     * @param cpu what it runs on
     */
    public Runnable alone(Machine cpu) {
        return () -> {
            cpu.each(blocks, start.get());
            end.run();
        };
    }
}
