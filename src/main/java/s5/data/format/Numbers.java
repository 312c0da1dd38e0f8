package s5.data.format;

import java.util.Set;

/** Numbers as they stand in texts. */
public final class Numbers {
    /** What stands in files where a value is missing. */
    private static final Set<String> MISSING =
            Set.of(
                    "", "?", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NAN", "null",
                    "NULL", "None", "-nan");

    private static final double[] TENS = new double[23];

    static {
        TENS[0] = 1;
        for (int i = 1; i < TENS.length; i++) {
            TENS[i] = TENS[i - 1] * 10;
        }
    }

    private Numbers() {}

    /**
     * {@return whether a text stands for a missing value}
     *
     * @param text without blanks around it
     */
    public static boolean isMissing(String text) {
        return text.length() < 5 && MISSING.contains(text);
    }

    /**
     * Reads a number in decimal digits, with or without sign, point and exponent.
     *
     * @param text blanks around it do not count
     * @return its value; NaN when it {@link #isMissing}
     * @throws NumberFormatException when it is neither, or too large for a double
     */
    public static double parse(String text) {
        return parse(text, '.');
    }

    /**
     * The same with another decimal mark.
     *
     * @param text blanks around it do not count
     * @param mark point or comma
     * @return its value; NaN when it {@link #isMissing}
     * @throws NumberFormatException when it is neither, or too large for a double
     */
    public static double parse(String text, char mark) {
        int end = text.length();
        int i = 0;
        while (i < end && text.charAt(i) <= ' ') {
            i++;
        }
        while (end > i && text.charAt(end - 1) <= ' ') {
            end--;
        }
        int start = i;
        boolean negative = i < end && text.charAt(i) == '-';
        if (negative || (i < end && text.charAt(i) == '+')) {
            i++;
        }
        long digits = 0;
        int count = 0; // significant digits
        int decimals = 0;
        boolean point = false;
        boolean any = false;
        for (; i < end; i++) {
            char c = text.charAt(i);
            if (c >= '0' && c <= '9') {
                any = true;
                if (digits != 0 || c != '0') {
                    count++;
                }
                if (count <= 18) {
                    digits = 10 * digits + (c - '0');
                }
                decimals += point ? 1 : 0;
            } else if (c == mark && !point) {
                point = true;
            } else {
                break;
            }
        }
        // Exact: both are whole numbers that a double holds, so that one rounding is all there is.
        if (i == end && any && digits < 1L << 53 && count <= 18 && decimals < TENS.length) {
            double value = digits / TENS[decimals];
            return negative ? -value : value;
        }
        return slow(text.substring(start, end), mark);
    }

    private static double slow(String text, char mark) {
        if (isMissing(text)) {
            return Double.NaN;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean plain = (c >= '0' && c <= '9') || c == '+' || c == '-' || c == 'e' || c == 'E';
            if (!plain && c != mark) {
                throw new NumberFormatException(text);
            }
        }
        double value = Double.parseDouble(mark == '.' ? text : text.replace(mark, '.'));
        if (Double.isInfinite(value)) {
            throw new NumberFormatException(text);
        }
        return value;
    }
}
