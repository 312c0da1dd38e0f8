package s5.data.own.table;

import s5.config.Check;
import s5.config.Key;
import s5.data.format.Rows;
import s5.data.own.OwnKeys;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the columns of a table are; for tables in files and for the results of queries.
 *
 * @param layout what a row is
 * @param id the column that names the sequence
 * @param time the column of times
 * @param timeUnit of times that are numbers
 * @param inputs the columns of inputs
 * @param label the column of the class
 * @param target the columns of the numbers to be told
 * @param answers what label and target are of
 */
public record TableKeys(
        @Key(
                        value =
                                "what a row is: long, a position of the sequence that id names;"
                                    + " wide, a sequence, whose inputs are its positions; files, a"
                                    + " position of the sequence that is the file's. auto: long"
                                    + " where id is given, files where data.labels is, else wide",
                        unset = "auto")
                Layout layout,
        @Key(value = "the column whose text names the sequence", unset = OwnKeys.NONE) String id,
        @Key(
                        value =
                                "the column of times: numbers, or dates by ISO 8601, in UTC where"
                                        + " they have no zone; rows are put in their order",
                        unset = OwnKeys.NONE)
                String time,
        @Key(
                        value =
                                "of times that are numbers: ns, us, ms, s, min, h, d, or none: as"
                                        + " it is",
                        unset = OwnKeys.NONE)
                String timeUnit,
        @Key(
                        value =
                                "the columns of inputs, in this order; * stands for any letters."
                                        + " auto: all columns of numbers that are nothing else",
                        unset = "auto",
                        list = true)
                String inputs,
        @Key(
                        value =
                                "the column of the class, of the whole or, where it changes within"
                                        + " a sequence, of each position",
                        unset = OwnKeys.NONE)
                String label,
        @Key(
                        value =
                                "the columns of the numbers to be told, of the whole or, where one"
                                        + " changes within a sequence, of each position",
                        unset = OwnKeys.NONE,
                        list = true)
                String target,
        @Key(
                        value =
                                "label and target are of the whole sequence, or of each position;"
                                        + " auto: of each position where they change within a tenth"
                                        + " of the sequences or more; a change within fewer is"
                                        + " refused as a mistake",
                        unset = "auto")
                Answers answers) {
    /** Seconds of the units of time. */
    static final Map<String, Double> UNITS =
            Map.of(
                    "ns", 1e-9, "us", 1e-6, "ms", 1e-3, "s", 1.0, "min", 60.0, "h", 3600.0, "d",
                    86400.0);

    /** What a row is. */
    public enum Layout {
        /** As the other keys say. */
        AUTO,
        /** A position of a sequence. */
        LONG,
        /** A sequence. */
        WIDE,
        /** A position of the file's sequence. */
        FILES
    }

    /** What label and target are of. */
    public enum Answers {
        /** What the rows show. */
        AUTO,
        /** Of the whole sequence. */
        SEQUENCE,
        /** Of each position. */
        POSITION
    }

    /**
     * Checks the values.
     *
     * @throws s5.UserError when two contradict each other
     */
    public TableKeys {
        Check.that(
                timeUnit.equals(OwnKeys.NONE) || UNITS.containsKey(timeUnit),
                "data.time_unit",
                "must be none, ns, us, ms, s, min, h or d, not " + timeUnit);
        Check.that(
                label.equals(OwnKeys.NONE) || target.equals(OwnKeys.NONE),
                "data.label",
                "and data.target are both given; a sequence has a class or numbers to tell");
    }

    /** Whether a key names a column. */
    static boolean given(String column) {
        return !column.equals(OwnKeys.NONE);
    }

    /** That the sequences of a long table have names. */
    void checkId() {
        Check.that(
                layout != Layout.LONG || given(id),
                "data.id",
                "has to name the column that names the sequences, with data.layout=long");
    }

    /** That it says what is to be told. */
    void checkAnswer() {
        Check.that(
                given(label) || given(target),
                "data.label",
                "name the column of the class, or in data.target those of the numbers to be told");
    }

    /** That answers of positions are where positions have rows of their own. */
    void checkAnswers(boolean rows) {
        Check.that(
                rows || answers != Answers.POSITION,
                "data.answers",
                "is position, but a row, or a file's line in data.labels, has one answer for the"
                        + " whole sequence");
    }

    /** The words of a list. */
    static List<String> words(String list) {
        return Arrays.stream(list.split(",")).map(String::strip).filter(w -> !w.isEmpty()).toList();
    }

    /** The same for a table that holds no answers. */
    TableKeys withoutAnswers() {
        return new TableKeys(
                layout, id, time, timeUnit, inputs, OwnKeys.NONE, OwnKeys.NONE, Answers.AUTO);
    }

    /** The same for tables whose files name the sequences. */
    TableKeys withoutId() {
        return new TableKeys(
                Layout.FILES, OwnKeys.NONE, time, timeUnit, inputs, label, target, answers);
    }

    /** What is to be told, by name. */
    List<String> targets() {
        return given(target) ? words(target) : List.of();
    }

    /**
     * The key of CSV's columns' separator and of the mark in numbers.
     *
     * @param separator auto, or one letter, or tab
     * @param decimal point or comma
     * @param header whether the first line names the columns
     */
    static Rows.Format format(String separator, Decimal decimal, boolean header) {
        String text = separator.toLowerCase(Locale.ROOT);
        char mark = text.equals("tab") ? '\t' : text.equals("auto") ? 0 : separator.charAt(0);
        return new Rows.Format(mark, decimal == Decimal.COMMA ? ',' : '.', header);
    }

    /** The mark in numbers. */
    public enum Decimal {
        /** 1.5. */
        POINT,
        /** 1,5. */
        COMMA
    }
}
