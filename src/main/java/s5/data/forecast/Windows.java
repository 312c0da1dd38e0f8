package s5.data.forecast;

import s5.data.Batch;
import s5.data.Dataset;
import s5.data.Forecast;
import s5.data.Rival;
import s5.data.Shape;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Windows of long series: from {@code context} rows the next {@code horizon} of some columns are to
 * be told. A position holds one row, or {@code patch} of them one after another. Samples are cut
 * out as they are read; nothing is copied before.
 */
public final class Windows implements Dataset {
    /** What is taken out of a window, so that only what is above or below it is learned. */
    public enum Level {
        /** Nothing. */
        NONE,
        /** Each column's last value in the context. */
        LAST,
        /** Each column's mean over the context. */
        MEAN
    }

    /**
     * A column.
     *
     * @param name for people
     * @param center in the user's units: what the model sees as 0
     * @param scale in the user's units: what the model sees as 1
     */
    public record Column(String name, double center, double scale) {}

    /**
     * A long series.
     *
     * @param id its name
     * @param values (rows, columns) as the model sees them, without gaps
     * @param known (rows): whether all targets are known there; null where they are in all rows
     * @param times (rows); null where there are none
     * @param timeUnit of the times, such as {@code s} since 1970; may be empty
     */
    public record Series(
            String id, float[] values, boolean[] known, double[] times, String timeUnit) {}

    /**
     * What a window is.
     *
     * @param columns of the series
     * @param targets which of them are to be told
     * @param ahead which of them are known {@code horizon} rows ahead: inputs from there, too
     * @param context rows that are seen, a multiple of {@code patch}
     * @param horizon rows to tell
     * @param patch rows of a position
     * @param apart whether each target column is a sample of its own, by itself, whose inputs are
     *     the column and those known ahead; else all columns are one sample's inputs
     * @param level what is taken out
     * @param season rows after which things repeat, for a rival; 0 for none
     */
    public record Layout(
            List<Column> columns,
            int[] targets,
            int[] ahead,
            int context,
            int horizon,
            int patch,
            boolean apart,
            Level level,
            int season) {
        /** Checks the numbers. */
        public Layout {
            columns = List.copyOf(columns);
            if (context < 1 || horizon < 1 || patch < 1 || context % patch != 0 || season < 0) {
                throw new IllegalArgumentException(
                        "context %d, horizon %d, patch %d, season %d"
                                .formatted(context, horizon, patch, season));
            }
        }

        /** {@return how many columns a window tells} */
        int told() {
            return apart ? 1 : targets.length;
        }

        /** {@return how many samples a window is} */
        int samples() {
            return apart ? targets.length : 1;
        }

        /** {@return what the numbers of an answer are} */
        public Forecast forecast() {
            return new Forecast(
                    horizon,
                    Arrays.stream(targets).mapToObj(c -> columns.get(c).name()).toList(),
                    apart);
        }

        /** {@return what a sample looks like} */
        public Shape shape() {
            int inputs = ((apart ? 1 : columns.size()) + ahead.length) * patch;
            return new Shape(
                    context / patch, inputs, false, false, 0, 1, 0, horizon * told(), false, false);
        }
    }

    private final Layout layout;
    private final List<Series> series;
    private final int[] which; // series of each window
    private final int[] starts; // its first row
    private final Shape shape;
    private final Forecast forecast;
    private final String preparation;
    private final double step;
    private final List<String> notes;

    /**
     * Some windows of some series.
     *
     * @param layout of all windows
     * @param series all there are
     * @param which of them each window is of
     * @param starts first row of each window's context; rows up to its horizon may be missing where
     *     a set is only to be predicted
     * @param preparation see {@link Dataset#preparation}
     * @param step the time between two rows; 0 where there are no times
     * @param notes what people should know, see {@link #notes}
     */
    public Windows(
            Layout layout,
            List<Series> series,
            int[] which,
            int[] starts,
            String preparation,
            double step,
            List<String> notes) {
        this.step = step;
        this.notes = notes;
        this.layout = layout;
        this.series = List.copyOf(series);
        this.which = which;
        this.starts = starts;
        this.preparation = preparation;
        shape = layout.shape();
        forecast = layout.forecast();
    }

    /** {@return what a window is} */
    public Layout layout() {
        return layout;
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public String preparation() {
        return preparation;
    }

    @Override
    public Forecast forecast() {
        return forecast;
    }

    /** {@return what was left out and why, a line each} */
    public List<String> notes() {
        return List.copyOf(notes);
    }

    @Override
    public String time(int i, int ahead) {
        Series s = series.get(which[i / layout.samples()]);
        if (s.times() == null) {
            return "";
        }
        double time = s.times()[firstRow(i) - 1] + ahead * step;
        return s.timeUnit().equals("s")
                ? Instant.ofEpochMilli(Math.round(1000 * time)).toString()
                : Double.toString(time);
    }

    /** {@return the set in words} */
    public String describe() {
        return "%,d windows of %,d rows, from which the next %,d of %s are told%s"
                .formatted(
                        starts.length,
                        layout.context(),
                        layout.horizon(),
                        String.join(", ", forecast.columns()),
                        layout.apart() ? ", each column a sample" : "");
    }

    @Override
    public List<String> targetNames() {
        List<String> names = new ArrayList<>();
        for (int h = 1; h <= layout.horizon(); h++) {
            for (String column : layout.apart() ? List.of("value") : forecast.columns()) {
                names.add(column + " +" + h);
            }
        }
        return names;
    }

    @Override
    public int size() {
        return starts.length * layout.samples();
    }

    @Override
    public String id(int i) {
        return series.get(which[i / layout.samples()]).id();
    }

    /**
     * {@return the row of its series that is the first to be told}
     *
     * @param i which sample
     */
    public int firstRow(int i) {
        return starts[i / layout.samples()] + layout.context();
    }

    private float[] values(int i) {
        return series.get(which[i / layout.samples()]).values();
    }

    /** The target column, of the series' columns, that comes in a place of a sample's answer. */
    private int target(int i, int place) {
        return layout.targets()[layout.apart() ? i % layout.samples() : place % layout.told()];
    }

    /** What is taken out of a column in a sample's window. */
    private float level(int i, int column) {
        int columns = layout.columns().size();
        int start = starts[i / layout.samples()];
        float[] values = values(i);
        return switch (layout.level()) {
            case NONE -> 0;
            case LAST -> values[(start + layout.context() - 1) * columns + column];
            case MEAN -> {
                double sum = 0;
                for (int k = 0; k < layout.context(); k++) {
                    sum += values[(start + k) * columns + column];
                }
                yield (float) (sum / layout.context());
            }
        };
    }

    @Override
    public void read(int i, Batch batch, int row) {
        int columns = layout.columns().size();
        float[] values = values(i);
        int start = starts[i / layout.samples()];
        int[] inputs =
                layout.apart()
                        ? new int[] {target(i, 0)}
                        : Stream.iterate(0, c -> c + 1).limit(columns).mapToInt(c -> c).toArray();
        int width = inputs.length + layout.ahead().length;
        int from = row * layout.context() * width;
        for (int j = 0; j < inputs.length; j++) {
            float level = level(i, inputs[j]);
            for (int k = 0; k < layout.context(); k++) {
                batch.x[from + k * width + j] = values[(start + k) * columns + inputs[j]] - level;
            }
        }
        for (int j = 0; j < layout.ahead().length; j++) {
            for (int k = 0; k < layout.context(); k++) {
                int at = (start + k + layout.horizon()) * columns + layout.ahead()[j];
                batch.x[from + k * width + inputs.length + j] = values[at];
            }
        }
        batch.lengths[row] = shape.length();
        int first = start + layout.context();
        int told = layout.told();
        int to = row * shape.targets();
        boolean future = (first + layout.horizon()) * columns <= values.length;
        for (int j = 0; j < told; j++) {
            int column = target(i, j);
            float level = level(i, column);
            for (int h = 0; h < layout.horizon(); h++) {
                batch.targets[to + h * told + j] =
                        future ? values[(first + h) * columns + column] - level : 0;
            }
        }
    }

    @Override
    public void restore(int i, double[] means, double[] deviations) {
        int told = layout.told();
        for (int j = 0; j < told; j++) {
            int target = target(i, j);
            Column column = layout.columns().get(target);
            double level = level(i, target);
            for (int k = j; k < means.length; k += told) {
                means[k] = (means[k] + level) * column.scale() + column.center();
                deviations[k] *= column.scale();
            }
        }
    }

    @Override
    public List<Rival> rivals() {
        List<Rival> rivals = new ArrayList<>();
        rivals.add(new Rival("mean", (i, out) -> rival(i, out, (column, h) -> 0)));
        rivals.add(
                new Rival("last", (i, out) -> rival(i, out, (column, h) -> value(i, -1, column))));
        int season = layout.season();
        if (season > 0) {
            rivals.add(
                    new Rival(
                            "season",
                            (i, out) ->
                                    rival(
                                            i,
                                            out,
                                            (column, h) -> value(i, h % season - season, column))));
        }
        return rivals;
    }

    /** Some rows after a window's context, or before its end; the first there is, if none. */
    private float value(int i, int after, int column) {
        int columns = layout.columns().size();
        return values(i)[Math.max(0, firstRow(i) + after) * columns + column];
    }

    /** A value, as the model sees it without a level, for each column and step. */
    private interface Simple {
        float of(int column, int step);
    }

    private void rival(int i, float[] out, Simple rival) {
        int told = layout.told();
        for (int j = 0; j < told; j++) {
            int column = target(i, j);
            float level = level(i, column);
            for (int h = 0; h < layout.horizon(); h++) {
                out[h * told + j] = rival.of(column, h) - level;
            }
        }
    }
}
