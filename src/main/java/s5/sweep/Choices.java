package s5.sweep;

import s5.UserError;
import s5.config.ConfigLoader;
import s5.config.Messages;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/**
 * The values of one setting that a search goes through.
 *
 * @param key the setting's full name
 * @param values all of them, as they are written; empty for a range that only random draws can take
 *     values from
 * @param low the range's least value; meaningless where there are values
 * @param high its largest
 */
record Choices(String key, List<String> values, double low, double high) {
    private static final String NUMBER = "-?[0-9]+(?:\\.[0-9]+)?(?:[eE]-?[0-9]+)?";
    private static final Pattern RANGE =
            Pattern.compile("(%s)\\.\\.(%s)".formatted(NUMBER, NUMBER));
    private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,18}");

    /** Whole numbers of a range at most. */
    private static final long MOST = 10_000;

    /** A range over so many powers is drawn from evenly by its logarithm. */
    private static final double WIDE = 10;

    /** Digits of a number that is drawn. */
    private static final MathContext DIGITS = new MathContext(3);

    /**
     * The choices in a word of the command line.
     *
     * @param word {@code key=1,2}, {@code key=1..5}
     * @return empty where it is one value
     * @throws UserError when it names no values
     */
    static Optional<Choices> of(String word) {
        String key = word.substring(0, word.indexOf('='));
        String value = word.substring(word.indexOf('=') + 1);
        Matcher range = RANGE.matcher(value);
        if (range.matches()) {
            return Optional.of(range(key, range.group(1), range.group(2)));
        }
        if (!value.contains(",") || ConfigLoader.isList(key)) {
            return Optional.empty();
        }
        List<String> values = Arrays.stream(value.split(",", -1)).map(String::strip).toList();
        if (values.contains("")) {
            throw new UserError(
                    "%s: a value is missing between the commas of %s"
                            .formatted(Messages.shown(key), Messages.quoted(value)));
        }
        return Optional.of(new Choices(key, values.stream().distinct().toList(), 0, 0));
    }

    private static Choices range(String key, String from, String to) {
        double low = Double.parseDouble(from);
        double high = Double.parseDouble(to);
        if (!(low < high) || Double.isInfinite(high - low)) {
            throw new UserError(
                    "%s: the range %s..%s does not go up".formatted(Messages.shown(key), from, to));
        }
        if (!WHOLE.matcher(from).matches() || !WHOLE.matcher(to).matches()) {
            return new Choices(key, List.of(), low, high);
        }
        if (high - low >= MOST) {
            return new Choices(key, List.of(), low, high);
        }
        return new Choices(
                key,
                LongStream.rangeClosed(Long.parseLong(from), Long.parseLong(to))
                        .mapToObj(Long::toString)
                        .toList(),
                low,
                high);
    }

    /**
     * {@return all values}
     *
     * @throws UserError when there are none to go through one by one
     */
    List<String> all() {
        if (values.isEmpty()) {
            throw new UserError(
                    "%s: a range of numbers that are not whole, or of very many, has values for random=N only; list them, as %s=0.1,0.2"
                            .formatted(Messages.shown(key), key));
        }
        return values;
    }

    /**
     * A value drawn at random; of a range over more than a power of ten evenly by its logarithm.
     */
    String draw(SplittableRandom random) {
        if (!values.isEmpty()) {
            return values.get(random.nextInt(values.size()));
        }
        double share = random.nextDouble();
        boolean wide = low > 0 && high / low >= WIDE;
        double value = wide ? low * Math.pow(high / low, share) : low + (high - low) * share;
        double rounded = BigDecimal.valueOf(value).round(DIGITS).doubleValue();
        return new BigDecimal(Double.toString(Math.clamp(rounded, low, high)))
                .stripTrailingZeros()
                .toString()
                .replace("E+", "E");
    }

    /** Every combination of their values, the last choices changing fastest. */
    static List<List<String>> grid(List<Choices> choices) {
        List<List<String>> points = new ArrayList<>(List.of(List.of()));
        for (Choices next : choices) {
            List<List<String>> longer = new ArrayList<>();
            for (List<String> point : points) {
                for (String value : next.all()) {
                    List<String> more = new ArrayList<>(point);
                    more.add(next.key + "=" + value);
                    longer.add(more);
                }
            }
            if (longer.size() > MOST) {
                throw new UserError(
                        "these are more than %,d runs; leave some out, or draw from them with random=N"
                                .formatted(MOST));
            }
            points = longer;
        }
        return points;
    }
}
