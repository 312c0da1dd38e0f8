package s5.data.own;

import java.util.Arrays;
import java.util.List;

/**
 * One sequence as it stands in a file.
 *
 * @param id its name for people; two of a file may share it unless a column gives it
 * @param place {@code file:line}, for messages
 * @param part what its file is for; null where shares decide
 * @param group sequences of one group stay in one part; null for none
 * @param length L, the number of positions, 1 or more; 0 for a text
 * @param times (L), in seconds, or in the file's own unit where that is none of time; null when
 *     positions are one step apart
 * @param values (L, C) row-major, NaN where a value is missing; null for a text
 * @param text null for numbers
 * @param labels the class, of the whole (1) or of each position (L), null where none is known; null
 *     where the answer is no class
 * @param targets the numbers to tell, of the whole (T) or of each position (L, T) row-major, NaN
 *     where one is not known; null where the answer is no number
 */
public record RawSequence(
        String id,
        String place,
        Part part,
        String group,
        int length,
        double[] times,
        double[] values,
        String text,
        List<String> labels,
        double[] targets) {
    /**
     * {@return a sequence of numbers without an answer}
     *
     * @param id its name
     * @param place {@code file:line}
     * @param length L
     * @param values (L, C), NaN where one is missing
     */
    public static RawSequence ofNumbers(String id, String place, int length, double[] values) {
        return new RawSequence(id, place, null, null, length, null, values, null, null, null);
    }

    /**
     * {@return a text without an answer}
     *
     * @param id its name
     * @param place {@code file:line}
     * @param text of any length
     */
    public static RawSequence ofText(String id, String place, String text) {
        return new RawSequence(id, place, null, null, 0, null, null, text, null, null);
    }

    /**
     * {@return the same for a part}
     *
     * @param part null where shares decide
     */
    public RawSequence in(Part part) {
        return new RawSequence(
                id, place, part, group, length, times, values, text, labels, targets);
    }

    /**
     * {@return the same in a group}
     *
     * @param group null for none
     */
    public RawSequence of(String group) {
        return new RawSequence(
                id, place, part, group, length, times, values, text, labels, targets);
    }

    /**
     * {@return the same at these times}
     *
     * @param times (L)
     */
    public RawSequence at(double[] times) {
        return new RawSequence(
                id, place, part, group, length, times, values, text, labels, targets);
    }

    /**
     * {@return the same with a class of the whole, or of each position}
     *
     * @param labels one, or L; null where none is known
     */
    public RawSequence labelled(String... labels) {
        return new RawSequence(
                id,
                place,
                part,
                group,
                length,
                times,
                values,
                text,
                Arrays.asList(labels), // which may hold null
                targets);
    }

    /**
     * {@return the same with numbers to be told}
     *
     * @param targets (T) of the whole or (L, T)
     */
    public RawSequence with(double... targets) {
        return new RawSequence(
                id, place, part, group, length, times, values, text, labels, targets);
    }
}
