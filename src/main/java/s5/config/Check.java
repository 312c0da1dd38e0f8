package s5.config;

import s5.UserError;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Checks of the records' constructors. A message starts with the full key and a colon: the loader
 * finds the place in the file by it.
 */
final class Check {
    private Check() {}

    static void that(boolean ok, String key, String what) {
        if (!ok) {
            throw new UserError(key + ": " + what);
        }
    }

    /** Both ends are allowed. The upper ones keep products of sizes within what arrays can hold. */
    static void within(String key, long value, long min, long max) {
        that(
                value >= min && value <= max,
                key,
                "must be from %d to %d, not %d".formatted(min, max, value));
    }

    static void positive(String key, double value) {
        that(
                value > 0 && Double.isFinite(value),
                key,
                "must be a finite number above 0, not " + value);
    }

    static void notNegative(String key, double value) {
        that(
                value >= 0 && Double.isFinite(value),
                key,
                "must be a finite number, 0 or more, not " + value);
    }

    /** 0 is allowed, 1 is not. */
    static void fraction(String key, double value) {
        that(value >= 0 && value < 1, key, "must be at least 0 and less than 1, not " + value);
    }

    static void path(String key, String value) {
        that(!value.isBlank(), key, "must name a folder, but is empty");
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
