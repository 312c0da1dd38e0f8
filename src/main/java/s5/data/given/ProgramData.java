package s5.data.given;

import s5.UserError;
import s5.config.Check;
import s5.config.Key;
import s5.data.DataSource;
import s5.data.Place;
import s5.data.Shape;
import s5.data.Splits;

import java.util.List;

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
