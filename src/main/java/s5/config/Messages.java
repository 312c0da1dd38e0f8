package s5.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Wording that error messages share. */
public final class Messages {
    private static final int LONGEST = 60;

    private static final Pattern UNSEEN =
            Pattern.compile(
                    "[\\p{Cc}\\p{Zl}\\p{Zp}\\x{200e}\\x{200f}\\x{202a}-\\x{202e}\\x{2066}-\\x{2069}]+");

    private Messages() {}

    /**
     * A user's text for use in a one-line message: in quotes, cut when long, control characters
     * replaced.
     */
    public static String quoted(String text) {
        return "'" + shown(text) + "'";
    }

    /**
     * A text whose characters are all to be seen, in one line: without those that end it, steer a
     * terminal or turn the direction of writing. Names of files may hold any.
     */
    public static String plain(String text) {
        return UNSEEN.matcher(text).replaceAll(" ");
    }

    /** The same without the quotes. */
    public static String shown(String text) {
        String line = plain(text);
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...";
    }

    /**
     * The name that was probably meant: the one that takes the fewest edits (insert, delete,
     * replace or swap a letter; upper and lower case are the same), if those are few for its
     * length.
     */
    public static Optional<String> nearest(String given, Collection<String> names) {
        String best = null;
        int least = Integer.MAX_VALUE;
        for (String name : names) {
            int edits = edits(given, name);
            if (edits < least) {
                least = edits;
                best = name;
            }
        }
        boolean close = best != null && least <= Math.max(1, Math.min(3, best.length() / 3));
        return close ? Optional.of(best) : Optional.empty();
    }

    /** {@code "; did you mean x?"}, or nothing where no name is near. */
    public static String didYouMean(String given, Collection<String> names) {
        return nearest(given, names).map(name -> "; did you mean " + name + "?").orElse("");
    }

    /** Optimal string alignment distance, case ignored. */
    static int edits(String from, String to) {
        String a = from.toLowerCase(Locale.ROOT);
        String b = to.toLowerCase(Locale.ROOT);
        if (a.length() > 200) { // no name is that long; bounds the table
            return Integer.MAX_VALUE;
        }
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int replace = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                d[i][j] = Math.min(replace, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
                if (i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
