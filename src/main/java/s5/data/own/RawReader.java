package s5.data.own;

import java.util.List;

/**
 * Reads the sequences of some files, one at a time. What is wrong in a file is a {@link
 * s5.UserError} of one line that names file, line and column.
 */
public interface RawReader extends AutoCloseable {
    /**
     * {@return what a position's numbers are, (C), known from the start; empty where sequences are
     * texts}
     */
    List<String> inputs();

    /** {@return what the numbers to be told are, (T); empty where a class is to be told} */
    default List<String> targets() {
        return List.of();
    }

    /** {@return whether the answer is told of each position, instead of the whole} */
    default boolean each() {
        return false;
    }

    /** {@return whether an id names one sequence, so that it must not come twice} */
    default boolean named() {
        return false;
    }

    /** {@return whether values are kept in 32 bits, enough for sound; not where there are times} */
    default boolean single() {
        return false;
    }

    /** {@return the unit of times, such as {@code s}; empty where it is not known} */
    default String timeUnit() {
        return "";
    }

    /** {@return the next sequence; null after the last} */
    RawSequence next();

    /**
     * {@return after the last sequence: what was left out and why, a line each, such as {@code
     * "column 'note' is not used"}}
     */
    default List<String> notes() {
        return List.of();
    }

    /**
     * {@return what predicting has to know of the training files besides the settings, as JSON or
     * any other text; it comes back in {@link Preparation#reader}}
     */
    default String kept() {
        return "";
    }

    @Override
    void close();
}
