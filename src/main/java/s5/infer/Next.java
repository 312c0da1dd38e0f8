package s5.infer;

import s5.Prediction;
import s5.Sequence;
import s5.UserError;
import s5.data.Batch;
import s5.data.Forecast;
import s5.data.Shape;
import s5.data.forecast.Forecasts;
import s5.data.forecast.Windows;
import s5.data.own.RawSequence;

import java.util.Arrays;
import java.util.stream.IntStream;

/** A series whose next rows are to be told, as a model takes it. */
final class Next {
    /** A median step is another one where it differs by such a share; months differ by less. */
    private static final double OTHER_STEP = 0.2;

    private final Windows windows; // one, of a sample or of a sample for each column

    private Next(Windows windows) {
        this.windows = windows;
    }

    /**
     * Looks at a series with the eyes of a model of forecasts.
     *
     * @throws IllegalArgumentException when it is of the wrong kind
     * @throws s5.UserError when it is too short, or a number is not finite
     */
    static Next of(Sequence sequence, Trained model) {
        Reading.checkChannels(sequence, model.channels());
        if (sequence.times() != null) {
            checkTimes(sequence, model);
        }
        double[] values = sequence.values();
        for (int i = 0; i < values.length; i++) {
            Reading.check(values[i], i % sequence.channels(), i / sequence.channels(), model);
        }
        return new Next(
                Forecasts.window(
                        model.forecast(),
                        RawSequence.ofNumbers("", "sequence", sequence.length(), values)));
    }

    /** Demands rows that are mostly as far apart as those of training: no times are read. */
    private static void checkTimes(Sequence sequence, Trained model) {
        if (model.timeless()) {
            throw new IllegalArgumentException(
                    "%s for a model of rows one step apart".formatted(sequence));
        }
        double[] times = sequence.times();
        double[] steps =
                IntStream.range(1, times.length)
                        .mapToDouble(k -> times[k] - times[k - 1])
                        .toArray();
        Arrays.sort(steps);
        double usual = model.forecast().step();
        double median = steps.length == 0 ? usual : steps[steps.length / 2];
        if (Math.abs(median - usual) > OTHER_STEP * usual) {
            throw new UserError(
                    "sequence: its rows are mostly %s apart, and those that the model was trained on %s"
                            .formatted(median, usual));
        }
    }

    /** What comes next: (horizon, columns). */
    Prediction predict(Runner runner) {
        Shape shape = windows.shape();
        Forecast forecast = windows.forecast();
        double[] means = new double[forecast.horizon() * forecast.columns().size()];
        double[] deviations = new double[means.length];
        for (int i = 0; i < windows.size(); i++) {
            int sample = i;
            Batch batch = new Batch(shape, 1);
            windows.read(i, batch, 0);
            Reading read = new Reading(batch.x, null, batch.dt, shape.length(), false);
            Answers answers =
                    new Answers(
                            shape, windows.targetNames(), (m, d) -> windows.restore(sample, m, d));
            if (runner.predict(read, answers) instanceof Prediction.Numbers n) {
                for (int t = 0; t < shape.targets(); t++) {
                    means[forecast.place(i, t)] = n.mean(t);
                    deviations[forecast.place(i, t)] = n.deviation(t);
                }
            }
        }
        return new Prediction.NumbersEach(forecast.columns(), means, deviations, false);
    }
}
