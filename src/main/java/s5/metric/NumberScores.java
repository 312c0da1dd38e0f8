package s5.metric;

import s5.data.Batch;
import s5.data.Dataset;
import s5.data.Forecast;
import s5.data.Rival;
import s5.data.Shape;
import s5.ops.HeadOp;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Of numbers, told of the whole or of each position: mean squared and absolute errors, the share of
 * the variance that is explained (averaged over the targets), and the negative log-likelihood of an
 * answer. They are in the user's units, {@link Dataset#restore}. Those of forecasts are in the
 * units of the training, in which each column has been scaled, because columns of several units
 * have no common error; a column's own errors, {@code rmse_NAME} and {@code mae_NAME}, are in the
 * user's.
 */
public final class NumberScores implements Scores {
    /** Columns at most that have metrics of their own. */
    private static final int NAMED = 32;

    private static final double LOG_2_PI = Math.log(2 * Math.PI);

    private final Dataset data;
    private final int answers; // of a sample
    private final int targets;
    private final Forecast forecast; // or null
    private final boolean scaled; // whether the errors are told in the units of the training
    private final List<String> names; // of the columns
    private final Errors model;
    private final Errors[] columns; // in the user's units
    private final Map<String, Rival.Answers> others = new LinkedHashMap<>();
    private final Map<String, Errors> errors = new LinkedHashMap<>(); // of the others
    private double nll;
    private long counted; // answers

    NumberScores(Dataset data, double[] mean, boolean withRivals) {
        this.data = data;
        Shape shape = data.shape();
        answers = shape.answers();
        targets = shape.targets();
        forecast = data.forecast();
        scaled = forecast != null;
        names = scaled ? forecast.columns() : data.targetNames();
        model = new Errors();
        columns = new Errors[names.size()];
        Arrays.setAll(columns, c -> new Errors());
        if (withRivals) {
            if (mean != null) {
                others.put("mean", (i, out) -> fill(out, mean));
            }
            data.rivals().forEach(rival -> others.put(rival.name(), rival.answers()));
        }
        others.keySet().forEach(name -> errors.put(name, new Errors()));
    }

    private static void fill(float[] out, double[] mean) {
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) mean[i % mean.length];
        }
    }

    @Override
    public void add(Batch batch, int first, float[] prediction) {
        int size = answers * targets;
        double[] said = new double[size];
        double[] deviations = new double[size];
        double[] truth = new double[size];
        double[] none = new double[size];
        float[] other = new float[size];
        for (int row = 0; row < batch.rows; row++) {
            int sample = first + row;
            int count = (answers > 1 ? batch.lengths[row] : 1) * targets;
            for (int i = 0; i < size; i++) {
                int at = (row * answers + i / targets) * 2 * targets + i % targets;
                said[i] = prediction[at];
                double variance = Math.max(prediction[at + targets], HeadOp.LEAST_VARIANCE);
                deviations[i] = Math.sqrt(variance);
                truth[i] = batch.targets[row * size + i];
            }
            if (scaled) {
                model.add(said, truth, count);
                likelihood(said, deviations, truth, count);
            }
            double[] scaledTruth = truth.clone();
            data.restore(sample, said, deviations);
            Arrays.fill(none, 0);
            data.restore(sample, truth, none);
            if (!scaled) {
                model.add(said, truth, count);
                likelihood(said, deviations, truth, count);
            }
            for (int i = 0; i < count; i++) {
                int target = i % targets;
                int column = scaled ? forecast.column(sample, target) : target;
                columns[column].add(said[i], truth[i]);
            }
            counted += count / targets;
            others.forEach((name, rival) -> {
                rival.of(sample, other);
                double[] its = new double[size];
                Arrays.setAll(its, i -> other[i]);
                if (!scaled) {
                    data.restore(sample, its, new double[size]);
                }
                errors.get(name).add(its, scaled ? scaledTruth : truth, count);
            });
        }
    }

    private void likelihood(double[] said, double[] deviations, double[] truth, int count) {
        for (int i = 0; i < count; i++) {
            double off = (said[i] - truth[i]) / deviations[i];
            nll += Math.log(deviations[i]) + (off * off + LOG_2_PI) / 2;
        }
    }

    @Override
    public Map<String, Double> metrics() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        if (counted == 0) {
            return metrics;
        }
        model.put("", metrics);
        Arrays.stream(columns)
                .mapToDouble(Errors::explained)
                .filter(Double::isFinite)
                .average()
                .ifPresent(r2 -> metrics.put("r2", r2));
        metrics.put("nll", nll / counted);
        if (columns.length <= NAMED && (columns.length > 1 || scaled)) {
            for (int c = 0; c < columns.length; c++) {
                metrics.put("rmse_" + names.get(c), Math.sqrt(columns[c].mse()));
                metrics.put("mae_" + names.get(c), columns[c].mae());
            }
        }
        return metrics;
    }

    @Override
    public Map<String, Double> rivals() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        if (counted > 0) {
            errors.forEach((name, its) -> its.put(name + "_", metrics));
        }
        return metrics;
    }

    /** Sums over predictions of numbers. */
    private static final class Errors {
        private long n;
        private double squares;
        private double sizes;
        private double mean; // of the true numbers
        private double variance; // of the true numbers, times n

        void add(double[] said, double[] truth, int count) {
            for (int i = 0; i < count; i++) {
                add(said[i], truth[i]);
            }
        }

        void add(double said, double truth) {
            n++;
            double error = said - truth;
            squares += error * error;
            sizes += Math.abs(error);
            double off = truth - mean;
            mean += off / n;
            variance += off * (truth - mean);
        }

        double mse() {
            return squares / n;
        }

        double mae() {
            return sizes / n;
        }

        /** The share of the variance that is explained; not finite where there is none. */
        double explained() {
            return variance == 0 ? Double.NaN : 1 - squares / variance;
        }

        void put(String prefix, Map<String, Double> metrics) {
            metrics.put(prefix + "mse", mse());
            metrics.put(prefix + "rmse", Math.sqrt(mse()));
            metrics.put(prefix + "mae", mae());
        }
    }
}
