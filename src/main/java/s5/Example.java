package s5;

import s5.config.Messages;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A sequence to learn from, with what is to be told of it: a class or numbers, of the whole or of
 * each position. Immutable.
 */
public final class Example {
    private final Sequence sequence;
    private final List<String> classes; // one, or L; null when numbers are told
    private final double[] numbers; // (numbers), or (L, numbers); null when classes are told
    private final int count; // numbers of an answer
    private final boolean each;

    private Example(
            Sequence sequence, List<String> classes, double[] numbers, int count, boolean each) {
        this.sequence = sequence;
        this.classes = classes;
        checkNames(classes);
        this.numbers = numbers;
        this.count = count;
        this.each = each;
        if (sequence.values() == null) {
            throw new IllegalArgumentException(
                    "an example of %s; it has to be of numbers".formatted(sequence));
        }
        int answers = each ? sequence.length() : 1;
        int given = classes != null ? classes.size() : numbers.length / count;
        if (given != answers) {
            throw new IllegalArgumentException(
                    "%d answers for a sequence of %d positions"
                            .formatted(given, sequence.length()));
        }
    }

    /** Demands names that a file can hold. */
    private static void checkNames(List<String> classes) {
        for (int i = 0; classes != null && i < classes.size(); i++) {
            int half = Messages.halfCharacter(classes.get(i));
            if (!classes.get(i).equals(classes.get(i).strip()) || classes.get(i).isEmpty()) {
                throw new IllegalArgumentException(
                        "class %s %s"
                                .formatted(
                                        Messages.quoted(classes.get(i)),
                                        classes.get(i).isBlank()
                                                ? "is no name"
                                                : "has a blank at its start or end"));
            }
            if (classes.get(i).indexOf('\0') >= 0) {
                throw new IllegalArgumentException(
                        "class %s has a zero byte".formatted(Messages.quoted(classes.get(i))));
            }
            if (half >= 0) {
                throw new IllegalArgumentException(
                        "class %s has half a character (a surrogate alone) at place %d"
                                .formatted(Messages.quoted(classes.get(i)), half));
            }
        }
    }

    /**
     * {@return an example of a class}
     *
     * @param sequence of numbers
     * @param name of its class
     * @throws IllegalArgumentException when the sequence is not of numbers, or the name is blank,
     *     begins or ends with a blank, has half a character or a zero byte
     */
    public static Example ofClass(Sequence sequence, String name) {
        Objects.requireNonNull(sequence, "sequence");
        Objects.requireNonNull(name, "name");
        return new Example(sequence, List.of(name), null, 0, false);
    }

    /**
     * {@return an example of numbers}
     *
     * @param sequence of numbers
     * @param numbers that are to be told of it, one or more; copied
     * @throws IllegalArgumentException when the sequence is not of numbers, or there is none to
     *     tell
     */
    public static Example ofNumbers(Sequence sequence, double... numbers) {
        Objects.requireNonNull(sequence, "sequence");
        Objects.requireNonNull(numbers, "numbers");
        if (numbers.length == 0) {
            throw new IllegalArgumentException("an example without a number to tell");
        }
        return new Example(sequence, null, numbers.clone(), numbers.length, false);
    }

    /**
     * {@return an example of a class at each position}
     *
     * @param sequence of numbers
     * @param names of the classes, (L); copied
     * @throws IllegalArgumentException when the sequence is not of numbers, or has another length,
     *     or a name is blank, begins or ends with a blank, has half a character or a zero byte
     */
    public static Example ofClassEach(Sequence sequence, List<String> names) {
        Objects.requireNonNull(sequence, "sequence");
        return new Example(sequence, Arguments.copy(names, "names"), null, 0, true);
    }

    /**
     * {@return an example of numbers at each position}
     *
     * @param sequence of numbers
     * @param numbers (L, count), position by position; copied
     * @param count numbers of a position
     * @throws IllegalArgumentException when the sequence is not of numbers, or has another length
     */
    public static Example ofNumbersEach(Sequence sequence, double[] numbers, int count) {
        Objects.requireNonNull(sequence, "sequence");
        Objects.requireNonNull(numbers, "numbers");
        if (count < 1 || numbers.length % count != 0) {
            throw new IllegalArgumentException(
                    "%d numbers, %d at each position".formatted(numbers.length, count));
        }
        return new Example(sequence, null, numbers.clone(), count, true);
    }

    /** {@return what is read} */
    public Sequence sequence() {
        return sequence;
    }

    /** {@return the class, or that of each position; null when numbers are told} */
    public List<String> classes() {
        return classes;
    }

    /** {@return a copy of the numbers, of each position where each has some; null for classes} */
    public double[] numbers() {
        return numbers == null ? null : numbers.clone();
    }

    /** {@return how many numbers an answer has; 0 for classes} */
    public int count() {
        return count;
    }

    /** {@return whether there is an answer at each position} */
    public boolean each() {
        return each;
    }

    /** What it is, without the sequence's content. */
    @Override
    public String toString() {
        return "%s: %s".formatted(sequence, classes != null ? classes : Arrays.toString(numbers));
    }
}
