package s5.data.given;

import s5.UserError;
import s5.config.Check;
import s5.config.Key;
import s5.config.Messages;
import s5.data.DataSource;
import s5.data.Dataset;
import s5.data.Place;
import s5.data.Shape;
import s5.data.Splits;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Samples that a Java program gives, by {@link s5.Training}: no file holds them, so that only their
 * shape is known afterwards.
 */
public final class ProgramData implements DataSource<ProgramData.Settings> {
    /** Its name in a config. */
    public static final String NAME = "program";

    /**
     * What the samples look like; see {@link Shape}.
     *
     * @param length L
     * @param inputs of a position, or the number of tokens
     * @param tokens whether a position holds a token
     * @param padded whether lengths differ
     * @param timed whether positions have time steps
     * @param classes 0 in regression
     * @param targets 0 in classification
     * @param each whether there is an answer at each position
     */
    public record Settings(
            @Key(value = "L, positions of the longest sample", unset = "1") int length,
            @Key(value = "numbers of a position, or how many tokens", unset = "1") int inputs,
            @Key(value = "whether a position holds a token", unset = "false") boolean tokens,
            @Key(value = "whether samples have lengths of their own", unset = "false")
                    boolean padded,
            @Key(value = "whether positions have time steps of their own", unset = "false")
                    boolean timed,
            @Key(value = "how many classes; 0: numbers are told", unset = "2") int classes,
            @Key(value = "how many numbers are told; 0: classes are", unset = "0") int targets,
            @Key(value = "whether something is told of each position", unset = "false")
                    boolean each) {
        /**
         * Checks the values.
         *
         * @throws UserError when they are no shape
         */
        public Settings {
            Check.that(length > 0, "data.length", "must be above 0, not " + length);
            Check.that(inputs > 0, "data.inputs", "must be above 0, not " + inputs);
            Check.that(classes >= 0, "data.classes", "must be 0 or more, not " + classes);
            Check.that(
                    targets >= 0 && (targets > 0) != (classes > 0),
                    "data.targets",
                    "%d with data.classes %d; one of the two is above 0"
                            .formatted(targets, classes));
        }
    }

    /** As ServiceLoader wants it. */
    public ProgramData() {}

    /**
     * Demands a data set that can be trained on, and whose names a checkpoint can hold.
     *
     * @param set of the program
     * @param part that it is for, for messages
     * @throws IllegalArgumentException that says what is wrong with it
     */
    public static void check(Dataset set, String part) {
        Objects.requireNonNull(set, part);
        Shape shape = Objects.requireNonNull(set.shape(), () -> part + ".shape()");
        if (shape.documents() > 1 || shape.image() > 0) {
            throw new IllegalArgumentException(
                    "samples of several documents or images need a DataSource of their own");
        }
        if (set.size() < 1) {
            throw new IllegalArgumentException(
                    "%s: a data set of %d samples".formatted(part, set.size()));
        }
        Objects.requireNonNull(set.preparation(), () -> part + ".preparation()");
        checkNames(set.tokenNames(), part + ".tokenNames()", 0, shape.inputs());
        if (shape.regression()) {
            checkNames(set.targetNames(), part + ".targetNames()", shape.targets(), 0);
        } else {
            checkNames(set.classNames(), part + ".classNames()", shape.classes(), 0);
        }
    }

    /** Demands so many names, or at most some, of which none comes twice. */
    private static void checkNames(List<String> names, String what, int count, int most) {
        Objects.requireNonNull(names, what);
        if (count > 0 ? names.size() != count : names.size() > most) {
            throw new IllegalArgumentException(
                    "%s: %d names of %s%d"
                            .formatted(
                                    what,
                                    names.size(),
                                    count > 0 ? "" : "at most ",
                                    count > 0 ? count : most));
        }
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            Objects.requireNonNull(name, () -> what + ": a name");
            if (count > 0 && name.isBlank()) { // tokens may well be blanks
                throw new IllegalArgumentException(
                        "%s: %s is no name".formatted(what, Messages.quoted(name)));
            }
            if (Messages.halfCharacter(name) >= 0 || !seen.add(name)) {
                throw new IllegalArgumentException(
                        "%s: %s %s"
                                .formatted(
                                        what,
                                        Messages.quoted(name),
                                        Messages.halfCharacter(name) >= 0
                                                ? "has half a character (a surrogate alone)"
                                                : "comes twice"));
            }
        }
    }

    /**
     * Looks for settings of the section data: a set of the program's own says all that itself.
     *
     * @param words {@code key=value} of the program
     * @throws UserError that names the first
     */
    public static void checkWords(List<String> words) {
        for (String word : words) {
            if (word.startsWith("data.")) {
                throw new UserError(
                        "%s: the program gives the samples as they are; leave it out, or use Training.of(Path)"
                                .formatted(Messages.plain(word)));
            }
        }
    }

    /**
     * {@return the words of a config for samples of that shape}
     *
     * @param shape of the samples
     */
    public static List<String> words(Shape shape) {
        return List.of(
                "data.set=" + NAME,
                "data.length=" + shape.length(),
                "data.inputs=" + shape.inputs(),
                "data.tokens=" + shape.tokens(),
                "data.padded=" + shape.padded(),
                "data.timed=" + shape.timed(),
                "data.classes=" + shape.classes(),
                "data.targets=" + shape.targets(),
                "data.each=" + shape.each());
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String title() {
        return "samples that a Java program gives";
    }

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    public boolean padded(Settings settings) {
        return settings.padded;
    }

    @Override
    public boolean timed(Settings settings) {
        return settings.timed;
    }

    @Override
    public Shape shape(Settings s, Place place) {
        return new Shape(
                s.length, s.inputs, s.tokens, s.padded, s.classes, 1, 0, s.targets, s.timed,
                s.each);
    }

    @Override
    public Splits open(Settings settings, Place place, long seed) {
        throw new UserError(
                "data.set program: its samples were given by a Java program, and no file holds"
                        + " them; that program can evaluate and train on");
    }
}
