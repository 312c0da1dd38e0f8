package s5.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Wording that error messages share. */
public final class Messages {
    private static final int LONGEST = 60;

    private static final Pattern UNSEEN = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]+");

    private Messages() {}

    /**
     * {@return a user's text for use in a one-line message: in quotes, cut when long, control
     * characters replaced}
     *
     * @param text of any length
     */
    public static String quoted(String text) {
        return "'" + shown(text) + "'";
    }

    /**
     * A text whose characters are all to be seen, in one line: without those that end it, steer a
     * terminal or turn the direction of writing. Names of files may hold any.
     *
     * @param text of any length
     * @return the text with a blank in place of those
     */
    public static String plain(String text) {
        return UNSEEN.matcher(text).replaceAll(" ");
    }

    /**
     * {@return the text as {@link #quoted}, without the quotes}
     *
     * @param text of any length
     */
    public static String shown(String text) {
        return shown(text, LONGEST);
    }

    /**
     * {@return the text as {@link #shown(String)}, cut where it is longer}
     *
     * @param text of any length
     * @param longest letters that are kept
     */
    public static String shown(String text, int longest) {
        String line = plain(text);
        return line.length() <= longest ? line : line.substring(0, longest) + "...";
    }

    /**
     * {@return the name that was probably meant: the one that takes the fewest edits (insert,
     * delete, replace or swap a letter; upper and lower case are the same), if those are few for
     * its length}
     *
     * @param given what the user wrote
     * @param names that exist
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

    /**
     * {@return {@code "; did you mean x?"}, or nothing where no name is near}
     *
     * @param given what the user wrote
     * @param names that exist
     */
    public static String didYouMean(String given, Collection<String> names) {
        return nearest(given, names).map(name -> "; did you mean " + name + "?").orElse("");
    }

    /**
     * Where a text has half of a character: a surrogate without the other. UTF-8 has no such
     * characters, and what writes it puts a question mark in the place of all of them, so that two
     * names become one.
     *
     * @param text of any length
     * @return its place, from 0; -1 where there is none
     */
    public static int halfCharacter(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                boolean last = i + 1 == text.length();
                if (last || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
                    return i;
                }
                i++;
            }
        }
        return -1;
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
