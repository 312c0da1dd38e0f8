package s5.data.format;

import java.time.DateTimeException;
import java.time.LocalDate;

/** Dates and times as they stand in texts: ISO 8601, with or without a zone. */
public final class Moments {
    private Moments() {}

    /**
     * Reads {@code 2016-07-01}, {@code 2016-07-01 12:30}, {@code 2016-07-01T12:30:00.5Z}, {@code
     * 2016-07-01T12:30:00+02:00}, with a blank or a T between, slashes for dashes too. Without a
     * zone it counts as UTC.
     *
     * @param text blanks around it do not count
     * @return seconds since 1970
     * @throws DateTimeException when it is none of these
     */
    public static double seconds(String text) {
        String s = text.strip();
        int n = s.length();
        if (n >= 10 && s.charAt(4) == s.charAt(7) && (s.charAt(4) == '-' || s.charAt(4) == '/')) {
            long day =
                    LocalDate.of(digits(s, 0, 4), digits(s, 5, 7), digits(s, 8, 10)).toEpochDay();
            if (n == 10) {
                return day * 86400.0;
            }
            if (n >= 16 && (s.charAt(10) == ' ' || s.charAt(10) == 'T') && s.charAt(13) == ':') {
                int minutes = 60 * below(digits(s, 11, 13), 24) + below(digits(s, 14, 16), 60);
                long whole = day * 86400 + 60L * minutes;
                if (n == 16) {
                    return whole;
                }
                if (s.charAt(16) == ':' && n >= 19) {
                    whole += below(digits(s, 17, 19), 60);
                    int at = 19;
                    double fraction = 0;
                    if (at < n && (s.charAt(at) == '.' || s.charAt(at) == ',')) {
                        int from = ++at;
                        while (at < n && Character.isDigit(s.charAt(at))) {
                            at++;
                        }
                        fraction =
                                at == from
                                        ? bad(s)
                                        : Double.parseDouble("0." + s.substring(from, at));
                    }
                    return whole + fraction - zone(s, at);
                }
                return whole - zone(s, 16);
            }
        }
        throw new DateTimeException("no date: " + s);
    }

    private static int below(int value, int limit) {
        if (value >= limit) {
            throw new DateTimeException("out of range: " + value);
        }
        return value;
    }

    private static double bad(String s) {
        throw new DateTimeException("no date: " + s);
    }

    private static int digits(String s, int from, int to) {
        int value = 0;
        for (int i = from; i < to; i++) {
            int digit = s.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                throw new DateTimeException("no date: " + s);
            }
            value = 10 * value + digit;
        }
        return value;
    }

    /** Seconds that a zone is ahead of UTC: nothing, Z, +02, +0200 or +02:00. */
    private static int zone(String s, int from) {
        String zone = s.substring(from).strip();
        if (zone.isEmpty() || zone.equals("Z") || zone.equals("z") || zone.equals("UTC")) {
            return 0;
        }
        return java.time.ZoneOffset.of(zone).getTotalSeconds();
    }
}
