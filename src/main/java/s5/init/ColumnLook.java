package s5.init;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** What the values of a table's column look like. */
final class ColumnLook {
    private static final int MOST = 10_000; // values that are told apart

    final String name;
    long rows;
    long missing;
    long numbers;
    long whole; // numbers without a fraction
    long dates;
    long letters; // of all values
    long changes; // rows whose value is not that of the row before
    long falls; // rows whose number is below that of the row before
    final Set<String> distinct = new HashSet<>();

    private String last;
    private double lastNumber = Double.NaN;

    ColumnLook(String name) {
        this.name = name;
    }

    void add(String value, char decimal) {
        rows++;
        String text = value.strip();
        if (text.isEmpty() || text.equalsIgnoreCase("nan") || text.equalsIgnoreCase("na")) {
            missing++;
            return;
        }
        letters += text.length();
        if (!text.equals(last)) {
            changes++;
        }
        last = text;
        if (distinct.size() < MOST) {
            distinct.add(text);
        }
        double number = number(text, decimal);
        if (!Double.isNaN(number)) {
            numbers++;
            whole += number == Math.rint(number) ? 1 : 0;
            falls += number < lastNumber ? 1 : 0;
            lastNumber = number;
        } else if (isDate(text)) {
            dates++;
        }
    }

    private static double number(String text, char decimal) {
        if (decimal == ',' && text.indexOf('.') >= 0) {
            return Double.NaN;
        }
        String plain = decimal == ',' ? text.replace(',', '.') : text;
        if (!plain.matches("[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?")) {
            return Double.NaN;
        }
        return Double.parseDouble(plain);
    }

    private static boolean isDate(String text) {
        if (text.length() < 8 || text.length() > 40 || !Character.isDigit(text.charAt(0))) {
            return false;
        }
        String iso = text.replace(' ', 'T');
        try {
            if (iso.indexOf('T') < 0) {
                LocalDate.parse(iso);
            } else if (iso.matches(".*(Z|[-+]\\d\\d:?\\d\\d)")) {
                OffsetDateTime.parse(iso);
            } else {
                LocalDateTime.parse(iso);
            }
            return true;
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    long present() {
        return rows - missing;
    }

    boolean isNumeric() {
        return present() > 0 && numbers == present();
    }

    boolean isDates() {
        return present() > 0 && dates == present();
    }

    boolean isText() {
        return present() > 0 && numbers < present() && dates < present();
    }

    /** Few values, each of many rows. */
    boolean isClasses() {
        return distinct.size() >= 2
                && 3L * distinct.size() <= present()
                && distinct.size() <= Math.max(20, Math.sqrt((double) present()))
                && (!isNumeric() || whole == numbers);
    }

    /** Whether each value is that of some rows, wherever these stand. */
    boolean repeats() {
        return distinct.size() > 1 && distinct.size() < MOST && 3L * distinct.size() <= present();
    }

    /** How many sequences it names. */
    long sequences() {
        return distinct.size() < MOST ? distinct.size() : changes;
    }

    boolean isCalled(String... names) {
        String small = name.strip().toLowerCase(Locale.ROOT);
        for (String n : names) {
            if (small.equals(n)) {
                return true;
            }
        }
        return false;
    }
}
