package s5.data.forecast;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import s5.UserError;
import s5.config.Messages;
import s5.data.Dataset;
import s5.data.Splits;
import s5.data.forecast.Windows.Column;
import s5.data.forecast.Windows.Layout;
import s5.data.own.OwnKeys;
import s5.data.own.OwnKeys.Fill;
import s5.data.own.OwnKeys.Scale;
import s5.data.own.Preparation;
import s5.data.own.RawReader;
import s5.data.own.RawSequence;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Forecasts of long series: splits them by time, fits the scaling on the training rows, and cuts
 * windows out of them.
 */
public final class Forecasts {
    private static final Logger LOG = LoggerFactory.getLogger(Forecasts.class);

    private final ForecastKeys keys;
    private final OwnKeys own;
    private final List<String> columns;
    private final List<RawSequence> raw;
    private final List<String> notes = new ArrayList<>();
    private final ForecastPreparation fitted; // of the model to evaluate; null to train

    private Forecasts(
            ForecastKeys keys, OwnKeys own, RawReader reader, ForecastPreparation fitted) {
        this.keys = keys;
        this.own = own;
        this.fitted = fitted;
        if (own.fill() == Fill.MASK) {
            throw new UserError("data.fill: mask is not for forecasts; use forward or zero");
        }
        raw = read(reader);
        columns = reader.inputs();
        notes.addAll(reader.notes());
    }

    private static List<RawSequence> read(RawReader reader) {
        List<RawSequence> all = new ArrayList<>();
        for (RawSequence s = reader.next(); s != null; s = reader.next()) {
            all.add(s);
        }
        if (all.isEmpty()) {
            throw new UserError("data.files: holds no rows");
        }
        return all;
    }

    /**
     * Opens series to train on.
     *
     * @param source name of the data set
     * @param keys of the forecast
     * @param own keys that all sets have
     * @param reader of the files
     * @param targets the columns to be told; empty for all that are not known ahead
     * @param fitted of the model to evaluate, whose scaling is taken; null to train
     * @return windows of the three parts
     * @throws UserError when the keys do not suit the series
     */
    public static Splits open(
            String source,
            ForecastKeys keys,
            OwnKeys own,
            RawReader reader,
            List<String> targets,
            ForecastPreparation fitted) {
        return new Forecasts(keys, own, reader, fitted).splits(source, reader, targets);
    }

    /**
     * The last window of each series in a file: what comes next is not known.
     *
     * @param json of the checkpoint
     * @param reader of the file
     * @param file for messages
     * @return a window of each series
     * @throws UserError when a series is too short
     */
    public static Dataset samples(String json, RawReader reader, Path file) {
        return last(
                json,
                ForecastPreparation.of(json),
                read(reader),
                reader.timeUnit(),
                s -> "%s: series %s".formatted(file, Messages.quoted(s.id())));
    }

    /**
     * The last window of one series: what comes next is not known.
     *
     * @param fitted what the model knows of its training data
     * @param series its values are (rows, columns)
     * @return the window
     * @throws UserError when the series is too short
     */
    public static Windows window(ForecastPreparation fitted, RawSequence series) {
        return last("", fitted, List.of(series), "", RawSequence::place);
    }

    private static Windows last(
            String json,
            ForecastPreparation fitted,
            List<RawSequence> raw,
            String timeUnit,
            Function<RawSequence, String> place) {
        Layout layout = fitted.forecast();
        Fill fill = fitted.base().fill();
        List<Windows.Series> series = new ArrayList<>();
        int[] starts = new int[raw.size()];
        for (int i = 0; i < starts.length; i++) {
            RawSequence s = raw.get(i);
            series.add(series(s, layout.columns(), layout.targets(), timeUnit, fill));
            int end = layout.ahead().length == 0 ? s.length() : lastTold(s, layout) + 1;
            if (end < layout.context()) {
                throw new UserError(
                        "%s has %,d rows to tell from, and the model takes %,d"
                                .formatted(place.apply(s), end, layout.context()));
            }
            if (layout.ahead().length > 0 && end + layout.horizon() > s.length()) {
                throw new UserError(
                        "%s has %,d rows of what is known ahead, below the last that has what is to be told; the model takes %,d"
                                .formatted(place.apply(s), s.length() - end, layout.horizon()));
            }
            starts[i] = end - layout.context();
        }
        int[] which = IntStream.range(0, starts.length).toArray();
        return new Windows(layout, series, which, starts, json, fitted.step(), List.of());
    }

    /** The last row in which a target has a value. */
    private static int lastTold(RawSequence s, Layout layout) {
        int columns = layout.columns().size();
        for (int r = s.length() - 1; r >= 0; r--) {
            for (int target : layout.targets()) {
                if (!Double.isNaN(s.values()[r * columns + target])) {
                    return r;
                }
            }
        }
        return -1;
    }

    private Splits splits(String source, RawReader reader, List<String> targets) {
        int[] ahead = ForecastKeys.words(keys.ahead()).stream().mapToInt(this::column).toArray();
        int[] told =
                targets.isEmpty()
                        ? IntStream.range(0, columns.size())
                                .filter(c -> Arrays.stream(ahead).noneMatch(a -> a == c))
                                .toArray()
                        : targets.stream().mapToInt(this::column).toArray();
        for (int a : ahead) {
            if (Arrays.stream(told).anyMatch(t -> t == a)) {
                throw new UserError(
                        "data.ahead: %s is to be told, so that it is not known ahead; leave it out of one"
                                .formatted(Messages.quoted(columns.get(a))));
            }
        }
        if (told.length == 0) {
            throw new UserError("data.target: no column is left to be told");
        }
        SplitByTime times = new SplitByTime(keys, own, notes);
        int[][] ends = new int[raw.size()][];
        for (int i = 0; i < ends.length; i++) {
            ends[i] = times.ends(raw.get(i));
        }
        List<Column> scaled = scaled(ends);
        Fill fill = fitted == null ? own.fill() : fitted.base().fill();
        double step = Spacing.step(raw, notes);
        Layout layout =
                new Layout(
                        scaled,
                        told,
                        ahead,
                        keys.context(),
                        keys.horizon(),
                        keys.patch(),
                        keys.apart(),
                        keys.level(),
                        keys.season() >= 0
                                ? keys.season()
                                : Spacing.season(step, reader.timeUnit()));
        Preparation base =
                new Preparation(
                        source,
                        scaled.stream()
                                .map(c -> new Preparation.Column(c.name(), c.center(), c.scale()))
                                .toList(),
                        fill,
                        keys.context(),
                        0,
                        null,
                        reader.timeUnit(),
                        List.of(),
                        reader.kept());
        String json = new ForecastPreparation(layout, base, step).toJson();
        List<Windows.Series> series =
                raw.stream().map(s -> series(s, scaled, told, reader.timeUnit(), fill)).toList();
        int missing = 0;
        Windows[] parts = new Windows[3];
        for (int part = 0; part < parts.length; part++) {
            Cut cut = new Cut();
            for (int i = 0; i < series.size(); i++) {
                int from = part == 0 ? 0 : ends[i][part - 1];
                cut.windows(
                        i,
                        series.get(i),
                        from,
                        ends[i][part],
                        part == 0 ? keys.stride() : keys.evalStride());
            }
            missing += cut.missing;
            parts[part] = cut.set(layout, series, json, step);
        }
        if (missing > 0) {
            notes.add(
                    "%,d windows left out: a value that is to be told is missing"
                            .formatted(missing));
        }
        return checked(parts);
    }

    private Splits checked(Windows[] parts) {
        if (parts[0].size() == 0) {
            throw new UserError(
                    "data.context: no window of %,d + %,d rows is in the training rows; lower data.context or data.horizon"
                            .formatted(keys.context(), keys.horizon()));
        }
        boolean validation = parts[1].size() > 0;
        boolean test = parts[2].size() > 0;
        if (!validation && !test) {
            throw new UserError(
                    "data.horizon: no window is left to validate on; lower it, or raise"
                            + " data.validation or data.test");
        }
        if (!validation || !test) {
            notes.add(
                    "there is no window of the %s part"
                            .formatted(validation ? "test" : "validation"));
            Windows only = validation ? parts[1] : parts[2];
            return new Splits(parts[0], only, only, true);
        }
        return new Splits(parts[0], parts[1], parts[2], false);
    }

    /** Cuts windows out of series. */
    private final class Cut {
        final List<int[]> found = new ArrayList<>();
        int missing;

        /** Those whose rows to be told are in [from, to); the context may begin before. */
        void windows(int which, Windows.Series series, int from, int to, int stride) {
            for (int first = Math.max(from, keys.context());
                    first + keys.horizon() <= to;
                    first += stride) {
                boolean all = true;
                for (int r = first; series.known() != null && r < first + keys.horizon(); r++) {
                    all &= series.known()[r];
                }
                if (all) {
                    found.add(new int[] {which, first - keys.context()});
                } else {
                    missing++;
                }
            }
        }

        Windows set(Layout layout, List<Windows.Series> series, String json, double step) {
            int[] which = found.stream().mapToInt(f -> f[0]).toArray();
            int[] starts = found.stream().mapToInt(f -> f[1]).toArray();
            return new Windows(layout, series, which, starts, json, step, notes);
        }
    }

    private int column(String name) {
        int at = columns.indexOf(name);
        if (at < 0) {
            String near = Messages.didYouMean(name, columns);
            throw new UserError(
                    "data.target, data.ahead: there is no column of numbers %s%s"
                            .formatted(
                                    Messages.quoted(name),
                                    near.isEmpty()
                                            ? "; there are "
                                                    + Messages.shown(String.join(", ", columns))
                                            : near));
        }
        return at;
    }

    /** The scaling of the columns: that of the model, where there is one. */
    private List<Column> scaled(int[][] ends) {
        if (fitted != null && !fitted.base().inputNames().equals(columns)) {
            throw new UserError(
                    "data.inputs: the data have %s, and the model takes %s, in this order"
                            .formatted(
                                    Messages.shown(String.join(", ", columns)),
                                    Messages.shown(String.join(", ", fitted.base().inputNames()))));
        }
        List<Column> scaled =
                IntStream.range(0, columns.size()).mapToObj(c -> scaled(c, ends)).toList();
        if (fitted != null) {
            if (!scaled.equals(fitted.forecast().columns())) {
                LOG.warn(
                        "the data are not as those that the model was trained on: scaling and"
                                + " filling of gaps are the model's, as in predict");
            }
            return fitted.forecast().columns();
        }
        int empty = scaled.indexOf(null);
        if (empty >= 0) {
            throw new UserError(
                    "data: column %s has no value in the training rows; leave it out"
                            .formatted(Messages.quoted(columns.get(empty))));
        }
        return scaled;
    }

    /** The scaling of a column, by its training rows; null where none has a value. */
    private Column scaled(int column, int[][] ends) {
        int rows = Arrays.stream(ends).mapToInt(e -> e[0]).sum();
        double[] values = new double[rows];
        int n = 0;
        for (int i = 0; i < ends.length; i++) {
            for (int r = 0; r < ends[i][0]; r++) {
                double value = raw.get(i).values()[r * columns.size() + column];
                if (!Double.isNaN(value)) {
                    values[n++] = value;
                }
            }
        }
        String name = columns.get(column);
        if (n == 0) {
            return null;
        }
        double[] sorted = Arrays.copyOf(values, n);
        Arrays.sort(sorted);
        double least = sorted[0];
        double most = sorted[n - 1];
        if (least == most || own.scale() == Scale.NONE) {
            if (least == most && fitted == null) {
                notes.add("column %s is %s in all training rows".formatted(name, least));
            }
            return new Column(name, own.scale() == Scale.NONE ? 0 : least, 1);
        }
        double mean = Arrays.stream(sorted).average().orElseThrow();
        double deviation =
                Math.sqrt(Arrays.stream(sorted).map(v -> (v - mean) * (v - mean)).sum() / n);
        double spread = sorted[(int) (0.75 * (n - 1))] - sorted[(int) (0.25 * (n - 1))];
        return switch (own.scale()) {
            case MINMAX -> new Column(name, least, most - least);
            case ROBUST -> new Column(name, sorted[n / 2], spread > 0 ? spread : deviation);
            case STANDARD, NONE -> new Column(name, mean, deviation);
        };
    }

    /** A series as the model sees it. */
    private static Windows.Series series(
            RawSequence s, List<Column> scaled, int[] told, String timeUnit, Fill fill) {
        int n = scaled.size();
        float[] values = new float[s.length() * n];
        boolean[] known = new boolean[s.length()];
        Arrays.fill(known, true);
        boolean all = true;
        for (int c = 0; c < n; c++) {
            Column column = scaled.get(c);
            int at = c;
            boolean isTold = Arrays.stream(told).anyMatch(t -> t == at);
            float last = 0;
            for (int r = 0; r < s.length(); r++) {
                double value = s.values()[r * n + c];
                if (Double.isNaN(value)) {
                    known[r] &= !isTold;
                    all &= !isTold;
                    values[r * n + c] = fill == Fill.FORWARD ? last : 0;
                } else {
                    last = (float) ((value - column.center()) / column.scale());
                    values[r * n + c] = last;
                }
            }
        }
        return new Windows.Series(s.id(), values, all ? null : known, s.times(), timeUnit);
    }
}
