package s5.data.own;

import s5.data.Batch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A split of own sequences in words: how many, how long, of which classes, what is missing. */
final class Described {
    private static final int CLASSES = 20;

    private Described() {}

    static String of(OwnSet split) {
        List<String> parts = new ArrayList<>();
        int n = split.size();
        parts.add("%,d sequences".formatted(n));
        int[] lengths = IntStream.range(0, n).map(split::rawLength).toArray();
        int[] sorted = Arrays.stream(lengths).sorted().toArray();
        String unit = split.shape().tokens() ? "bytes" : "rows";
        parts.add(
                "%,d %s; lengths %,d to %,d, median %,d"
                        .formatted(
                                Arrays.stream(lengths).asLongStream().sum(),
                                unit,
                                sorted[0],
                                sorted[n - 1],
                                sorted[n / 2]));
        if (!split.shape().tokens()) {
            numbers(split, parts);
        }
        parts.add(answers(split));
        return String.join("; ", parts);
    }

    private static void numbers(OwnSet split, List<String> parts) {
        List<String> names = split.fitted().inputNames();
        long[] missing = new long[names.size()];
        double least = Double.POSITIVE_INFINITY;
        double most = 0;
        long rows = 0;
        for (int i = 0; i < split.size(); i++) {
            double[] values = split.rawInputs(i);
            for (int k = 0; k < values.length; k++) {
                missing[k % names.size()] += Double.isNaN(values[k]) ? 1 : 0;
            }
            rows += values.length / names.size();
            double[] times = split.rawTimes(i);
            for (int k = 1; times != null && k < times.length; k++) {
                least = Math.min(least, times[k] - times[k - 1]);
                most = Math.max(most, times[k] - times[k - 1]);
            }
        }
        if (most > 0) {
            parts.add(
                    "time steps %s to %s%s"
                            .formatted(
                                    number(least),
                                    number(most),
                                    split.fitted().timeUnit().isEmpty()
                                            ? ""
                                            : " " + split.fitted().timeUnit()));
        }
        long all = rows;
        String absent =
                IntStream.range(0, missing.length)
                        .filter(c -> missing[c] > 0)
                        .limit(CLASSES)
                        .mapToObj(
                                c -> "%s %.2f %%".formatted(names.get(c), 100.0 * missing[c] / all))
                        .collect(Collectors.joining(", "));
        parts.add(absent.isEmpty() ? "no missing values" : "missing values: " + absent);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.6g", value)
                .replaceFirst("(\\.[0-9]*?)0+($|e)", "$1$2")
                .replaceFirst("\\.($|e)", "$1");
    }

    private static String answers(OwnSet split) {
        Batch batch = new Batch(split.shape(), 1);
        int targets = split.shape().targets();
        double[] sums = new double[targets];
        double[] squares = new double[targets];
        long[] counts = new long[split.shape().classes()];
        long count = 0;
        for (int i = 0; i < split.size(); i++) {
            split.read(i, batch, 0);
            if (batch.labels != null) {
                for (int label : batch.labels) {
                    if (label >= 0) {
                        counts[label]++;
                    }
                }
                continue;
            }
            int answers = split.shape().each() ? batch.lengths[0] : 1;
            count += answers;
            for (int k = 0; k < answers * targets; k++) {
                sums[k % targets] += batch.targets[k];
                squares[k % targets] += (double) batch.targets[k] * batch.targets[k];
            }
        }
        if (targets == 0) {
            String shown =
                    IntStream.range(0, Math.min(counts.length, CLASSES))
                            .mapToObj(c -> "%s %,d".formatted(split.classNames().get(c), counts[c]))
                            .collect(Collectors.joining(", "));
            int more = counts.length - CLASSES;
            return "classes: " + shown + (more > 0 ? " and %d more".formatted(more) : "");
        }
        List<String> told = new ArrayList<>();
        for (int t = 0; t < targets; t++) {
            Preparation.Column column = split.fitted().targets().get(t);
            double mean = sums[t] / count;
            double deviation = Math.sqrt(Math.max(0, squares[t] / count - mean * mean));
            told.add(
                    "%s mean %s, deviation %s"
                            .formatted(
                                    column.name(),
                                    number(mean * column.scale() + column.center()),
                                    number(deviation * column.scale())));
        }
        return String.join("; ", told);
    }
}
