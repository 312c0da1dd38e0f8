package s5.config;

import s5.UserError;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Checks of the records' constructors, those of data sets' own settings too. Each throws a {@link
 * UserError} whose message starts with the full key and a colon: the loader finds the place in the
 * file by it.
 */
public final class Check {
    private Check() {}

    /**
     * Refuses a value.
     *
     * @param ok whether it may stay
     * @param key its full name, such as {@code data.length}
     * @param what is wrong with it, unless {@code ok}
     */
    public static void that(boolean ok, String key, String what) {
        if (!ok) {
            throw new UserError(key + ": " + what);
        }
    }

    /**
     * Refuses what is out of a range, both ends of which are allowed; upper ones keep products of
     * sizes within what arrays can hold.
     *
     * @param key its full name, such as {@code data.length}
     * @param value to check
     * @param min the least allowed
     * @param max the largest allowed
     */
    public static void within(String key, long value, long min, long max) {
        that(
                value >= min && value <= max,
                key,
                "must be from %d to %d, not %d".formatted(min, max, value));
    }

    /** A finite number above 0. */
    static void positive(String key, double value) {
        that(
                value > 0 && Double.isFinite(value),
                key,
                "must be a finite number above 0, not " + value);
    }

    /** A finite number, 0 or more. */
    static void notNegative(String key, double value) {
        that(
                value >= 0 && Double.isFinite(value),
                key,
                "must be a finite number, 0 or more, not " + value);
    }

    /**
     * Refuses what is not in [0, 1): 0 is allowed, 1 is not.
     *
     * @param key its full name, such as {@code data.validation}
     * @param value to check
     */
    public static void fraction(String key, double value) {
        that(value >= 0 && value < 1, key, "must be at least 0 and less than 1, not " + value);
    }

    /**
     * That an epoch has a step.
     *
     * @param batch samples in a step, {@code train.batch}
     * @param key the setting that says how many samples train
     * @param samples its value
     */
    public static void batch(int batch, String key, long samples) {
        that(
                batch <= samples,
                "train.batch",
                "%d is more than %s %d, so an epoch would have no step"
                        .formatted(batch, key, samples));
    }

    /** What can be a folder or a file. */
    static void path(String key, String value) {
        that(!value.isBlank(), key, "must name a folder or file, but is empty");
        that(
                !value.matches("~(/.*)?"),
                key,
                "~ is the home folder to the shell only, and only where a word begins; write the"
                        + " path in full");
        try {
            Path _ = Path.of(value);
        } catch (InvalidPathException e) {
            throw new UserError(
                    key + ": is no path: " + e.getReason() + " in " + Messages.quoted(value), e);
        }
    }
}
