package s5.data.own;

import s5.UserError;
import s5.config.Messages;
import s5.data.format.Lines;
import s5.data.format.Moments;
import s5.data.format.Numbers;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/**
 * One {@code .ts} file of the UCR/UEA archive: lines of tags that begin with {@code @}, then a
 * sequence a line. Its dimensions stand one behind the other with colons between, their values with
 * commas; the class or the number to be told comes last. With {@code @timestamps true} a value is
 * {@code (time,value)}. {@code ?} is a missing value.
 */
final class SeriesFile implements AutoCloseable {
    /** What is told of a sequence. */
    enum Answer {
        NOTHING,
        CLASS,
        NUMBER
    }

    private final Lines lines;
    private final Path file;
    private final String name; // of ids: the file's without its ending
    private String problem = "";
    private boolean timestamps;
    private Answer answer = Answer.NOTHING;
    private List<String> classes = List.of(); // as the file lists them; may be none
    private int sequences;
    private boolean dated; // whether times are dates

    /** Reads the tags. */
    SeriesFile(Path file) {
        this.file = file;
        this.lines = new Lines(file);
        this.name = OwnFiles.plainName(file);
        boolean complete = false;
        try {
            tags();
            complete = true;
        } finally {
            if (!complete) {
                lines.close();
            }
        }
    }

    private void tags() {
        for (String line = lines.next(); line != null; line = lines.next()) {
            String tag = line.strip();
            if (tag.isEmpty() || tag.startsWith("#") || tag.startsWith("%")) {
                continue;
            }
            if (!tag.startsWith("@")) {
                throw new UserError(
                        "%s: %s before @data; a .ts file begins with tags such as @problemName"
                                .formatted(lines.place(), Messages.quoted(tag)));
            }
            String[] words = tag.split("\\s+");
            switch (words[0].toLowerCase(Locale.ROOT)) {
                case "@data" -> {
                    return;
                }
                case "@problemname" -> problem = words.length > 1 ? words[1] : "";
                case "@timestamps" -> timestamps = truth(words);
                case "@classlabel" -> {
                    if (truth(words)) {
                        answer = Answer.CLASS;
                        classes = List.of(words).subList(2, words.length);
                    }
                }
                case "@targetlabel" -> answer = truth(words) ? Answer.NUMBER : answer;
                case "@missing",
                        "@univariate",
                        "@dimensions",
                        "@dimension",
                        "@equallength",
                        "@serieslength" -> {
                    // what they say is seen in the data
                }
                default ->
                        throw new UserError(
                                "%s: the tag %s is not known"
                                        .formatted(lines.place(), Messages.quoted(words[0])));
            }
        }
        throw new UserError(
                lines.number() == 0
                        ? file + ": is empty"
                        : file + ": has no line @data, as a .ts file has");
    }

    private boolean truth(String[] words) {
        String word = words.length > 1 ? words[1].toLowerCase(Locale.ROOT) : "";
        if (!word.equals("true") && !word.equals("false")) {
            throw new UserError("%s: %s takes true or false".formatted(lines.place(), words[0]));
        }
        return word.equals("true");
    }

    String problem() {
        return problem;
    }

    Answer answer() {
        return answer;
    }

    boolean dated() {
        return dated;
    }

    /** The next sequence; null at the end. */
    RawSequence next() {
        String line = lines.next();
        while (line != null && (line.isBlank() || line.startsWith("#"))) {
            line = lines.next();
        }
        if (line == null) {
            if (sequences == 0) {
                throw new UserError(file + ": holds no sequence behind @data");
            }
            return null;
        }
        sequences++;
        List<String> parts = timestamps ? dimensionsWithTimes(line) : split(line, ':');
        String told = null;
        if (answer != Answer.NOTHING) {
            told = parts.removeLast().strip();
        }
        if (parts.isEmpty()) {
            throw new UserError(
                    "%s: no colon between the values and the %s"
                            .formatted(lines.place(), answer == Answer.CLASS ? "class" : "target"));
        }
        RawSequence s = timestamps ? timed(parts) : plain(parts);
        return switch (answer) {
            case NOTHING -> s;
            case CLASS -> s.labelled(label(told));
            case NUMBER -> s.with(value(told, "the target"));
        };
    }

    private String label(String told) {
        if (told.isEmpty() || told.equals("?")) {
            return null;
        }
        // One of several words stands in the tag as just these words: it has no quotes.
        List<String> words = List.of(told.split("\\s+", -1));
        if (!classes.isEmpty() && Collections.indexOfSubList(classes, words) < 0) {
            throw new UserError(
                    "%s: class %s is not among those of @classLabel: %s"
                            .formatted(
                                    lines.place(),
                                    Messages.quoted(told),
                                    Messages.shown(String.join(" ", classes))));
        }
        return told;
    }

    private static List<String> split(String text, char mark) {
        List<String> parts = new ArrayList<>();
        int from = 0;
        for (int to = text.indexOf(mark); to >= 0; to = text.indexOf(mark, from)) {
            parts.add(text.substring(from, to));
            from = to + 1;
        }
        parts.add(text.substring(from));
        return parts;
    }

    private String id() {
        return name.replaceFirst("\\.ts$", "") + "-" + sequences;
    }

    private RawSequence plain(List<String> dimensions) {
        int columns = dimensions.size();
        double[] values = null;
        int length = 0;
        for (int c = 0; c < columns; c++) {
            List<String> numbers = split(dimensions.get(c), ',');
            if (values == null) {
                length = numbers.size();
                values = new double[length * columns];
            }
            if (numbers.size() != length) {
                throw new UserError(
                        "%s: dimension %d has %d values, and dimension 1 has %d%s"
                                .formatted(
                                        lines.place(),
                                        c + 1,
                                        numbers.size(),
                                        length,
                                        answer == Answer.NOTHING
                                                ? "; no tag @classLabel true or @targetLabel true"
                                                        + " says that an answer comes last"
                                                : ""));
            }
            for (int k = 0; k < length; k++) {
                values[k * columns + c] = value(numbers.get(k), c + 1, k + 1);
            }
        }
        return RawSequence.ofNumbers(id(), lines.place(), length, values);
    }

    private double value(String text, int dimension, int position) {
        return value(text, "value %d of dimension %d".formatted(position, dimension));
    }

    private double value(String text, String what) {
        try {
            return Numbers.parse(text);
        } catch (NumberFormatException e) {
            throw new UserError(
                    "%s: %s is %s, not a number"
                            .formatted(lines.place(), what, Messages.quoted(text.strip())),
                    e);
        }
    }

    /** The dimensions of a line whose times may hold colons; those in parentheses do not count. */
    private List<String> dimensionsWithTimes(String line) {
        List<String> parts = new ArrayList<>();
        int from = 0;
        boolean inside = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '(' || c == ')') {
                if (inside == (c == '(')) {
                    throw new UserError(
                            "%s:%d: '%s' where none belongs".formatted(lines.place(), i + 1, c));
                }
                inside = c == '(';
            } else if (c == ':' && !inside) {
                parts.add(line.substring(from, i));
                from = i + 1;
            }
        }
        parts.add(line.substring(from));
        return parts;
    }

    /** Dimensions may have times of their own; a value is missing where only others have one. */
    private RawSequence timed(List<String> dimensions) {
        int columns = dimensions.size();
        TreeMap<Double, double[]> byTime = new TreeMap<>();
        for (int c = 0; c < columns; c++) {
            double before = Double.NEGATIVE_INFINITY;
            String rest = dimensions.get(c).strip();
            int number = 0;
            while (!rest.isEmpty()) {
                number++;
                int end = rest.indexOf(')');
                int comma = end < 0 ? -1 : rest.lastIndexOf(',', end);
                if (!rest.startsWith("(") || comma < 0) {
                    throw new UserError(
                            "%s: pair %d of dimension %d is not like (time,value)"
                                    .formatted(lines.place(), number, c + 1));
                }
                double time = time(rest.substring(1, comma), number, c + 1);
                if (!(time > before)) {
                    throw new UserError(
                            "%s: the time of pair %d of dimension %d is %s the one before; times have to rise"
                                    .formatted(
                                            lines.place(),
                                            number,
                                            c + 1,
                                            time == before ? "the same as" : "before"));
                }
                before = time;
                double value = value(rest.substring(comma + 1, end), c + 1, number);
                byTime.computeIfAbsent(time, t -> missing(columns))[c] = value;
                rest = rest.substring(end + 1).strip();
                if (rest.startsWith(",")) {
                    rest = rest.substring(1).strip();
                }
            }
        }
        double[] times = byTime.keySet().stream().mapToDouble(t -> t).toArray();
        double[] values = byTime.values().stream().flatMapToDouble(Arrays::stream).toArray();
        return RawSequence.ofNumbers(id(), lines.place(), times.length, values).at(times);
    }

    private static double[] missing(int columns) {
        double[] row = new double[columns];
        Arrays.fill(row, Double.NaN);
        return row;
    }

    private double time(String text, int pair, int dimension) {
        try {
            double number = Numbers.parse(text);
            if (!Double.isNaN(number)) {
                return number;
            }
        } catch (NumberFormatException e) {
            try {
                double seconds = Moments.seconds(text);
                dated = true;
                return seconds;
            } catch (DateTimeException none) {
                // said below
            }
        }
        throw new UserError(
                "%s: the time of pair %d of dimension %d is %s, neither a number nor a date"
                        .formatted(lines.place(), pair, dimension, Messages.quoted(text.strip())));
    }

    @Override
    public void close() {
        lines.close();
    }
}
