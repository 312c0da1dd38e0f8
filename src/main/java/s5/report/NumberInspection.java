package s5.report;

import s5.data.Batch;
import s5.data.Batches;
import s5.data.Dataset;
import s5.data.Forecast;
import s5.report.Findings.Predicted;
import s5.train.Evaluator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A look at predicted numbers, in the user's units: along some samples, and all of them. */
final class NumberInspection {
    /** Predictions of a number that are shown at most. */
    private static final int POINTS = 600;

    /** Numbers, or columns of a forecast, that are shown at most. */
    private static final int SHOWN = 8;

    /** Windows of a forecast that are shown. */
    private static final int WINDOWS = 2;

    final List<Predicted> all = new ArrayList<>();
    final List<Predicted> tracks = new ArrayList<>();
    int samples;

    private final Dataset test;
    private final Forecast forecast; // or null
    private final int columns;
    private final int targets;
    private final int answers;
    private final List<List<double[]>> points = new ArrayList<>(); // truth, mean, deviation

    NumberInspection(Dataset test) {
        this.test = test;
        forecast = test.forecast();
        targets = test.shape().targets();
        answers = test.shape().answers();
        columns = Math.min(SHOWN, forecast == null ? targets : forecast.columns().size());
        for (int c = 0; c < columns; c++) {
            points.add(new ArrayList<>());
        }
    }

    /**
     * Predicts samples until there are enough to be shown; of forecasts, which overlap, some from
     * all over the set.
     */
    void look(Evaluator evaluator, BooleanSupplier enough) {
        Batches batches = Batches.evaluation(test, evaluator.samples());
        int every = forecast == null ? 1 : Math.max(1, test.size() / POINTS);
        for (Batch batch = batches.next(); batch != null; batch = batches.next()) {
            float[] prediction = evaluator.predict(batch);
            for (int row = 0; row < batch.rows; row++) {
                int sample = samples + row;
                if (sample % every == 0 || isTrack(sample)) {
                    look(sample, batch, row, prediction);
                }
            }
            samples += batch.rows;
            if ((forecast == null && samples >= POINTS) || enough.getAsBoolean()) {
                break;
            }
        }
        for (int c = 0; c < columns; c++) {
            all.add(predicted(name(c), caption(c), "", points.get(c)));
        }
    }

    private boolean isTrack(int sample) {
        if (forecast == null) {
            return answers > 1 && sample == 0;
        }
        int each = forecast.apart() ? forecast.columns().size() : 1;
        int windows = test.size() / each;
        int window = sample / each;
        return sample % each < columns
                && (window == 0 || (windows > 1 && window == windows / WINDOWS));
    }

    private String name(int column) {
        return (forecast == null ? test.targetNames() : forecast.columns()).get(column);
    }

    private String caption(int column) {
        if (forecast != null) {
            return "%s, steps of forecasts from all over the test set".formatted(name(column));
        }
        return answers > 1
                ? "%s at the last position of %%d test samples".formatted(name(column))
                : "%s of %%d test samples".formatted(name(column));
    }

    private void look(int sample, Batch batch, int row, float[] prediction) {
        int size = answers * targets;
        double[] means = new double[size];
        double[] deviations = new double[size];
        double[] truth = new double[size];
        for (int i = 0; i < size; i++) {
            int at = (row * answers + i / targets) * 2 * targets + i % targets;
            means[i] = prediction[at];
            deviations[i] = Math.sqrt(prediction[at + targets]);
            truth[i] = batch.targets[row * size + i];
        }
        test.restore(sample, means, deviations);
        test.restore(sample, truth, new double[size]);
        int count = answers > 1 ? batch.lengths[row] : 1;
        if (isTrack(sample)) {
            track(sample, count, means, deviations, truth);
        }
        if (forecast == null) {
            int last = (count - 1) * targets;
            for (int t = 0; t < columns; t++) {
                add(t, truth[last + t], means[last + t], deviations[last + t]);
            }
            return;
        }
        int step = sample % forecast.horizon(); // another one each time
        int told = targets / forecast.horizon();
        for (int j = 0; j < told; j++) {
            int at = step * told + j;
            int column = forecast.column(sample, at);
            if (column < columns) {
                add(column, truth[at], means[at], deviations[at]);
            }
        }
    }

    private void add(int column, double truth, double mean, double deviation) {
        if (points.get(column).size() < 2 * POINTS) {
            points.get(column).add(new double[] {truth, mean, deviation});
        }
    }

    /** What is told along a sample: at its positions, or at the steps of a forecast. */
    private void track(int sample, int count, double[] means, double[] deviations, double[] truth) {
        int told = forecast == null ? targets : targets / forecast.horizon();
        int length = forecast == null ? count : forecast.horizon();
        for (int j = 0; j < Math.min(told, columns); j++) {
            List<double[]> line = new ArrayList<>();
            for (int k = 0; k < length; k++) {
                int at = k * told + j;
                line.add(new double[] {truth[at], means[at], deviations[at]});
            }
            int column = forecast == null ? j : forecast.column(sample, j);
            tracks.add(
                    predicted(
                            name(column),
                            name(column)
                                    + (forecast == null
                                            ? " along test sample 0"
                                            : ": forecast of test sample " + sample),
                            forecast == null ? "position" : "step",
                            line));
        }
    }

    private static Predicted predicted(
            String name, String caption, String axis, List<double[]> points) {
        double[][] columns = new double[3][points.size()];
        for (int i = 0; i < columns.length; i++) {
            int which = i;
            Arrays.setAll(columns[i], k -> points.get(k)[which]);
        }
        return new Predicted(
                name,
                columns[0],
                columns[1],
                columns[2],
                caption.contains("%d") ? caption.formatted(points.size()) : caption,
                axis);
    }
}
