package s5.train;

import s5.config.Config;
import s5.run.Console;
import s5.run.Metrics.Column;
import s5.run.Metrics.Kind;
import s5.run.RunFolder;

import java.util.EnumMap;
import java.util.Map;

/** Writes down how a run goes: the rows of its table of numbers, a line for each epoch. */
final class Ledger {
    private final Config config;
    private final RunFolder run;
    private final Schedule schedule;
    private final double secondsBefore;
    private final long began = System.nanoTime();

    /** Opens the table of a run, at the place where the run goes on. */
    Ledger(Config config, RunFolder run, Schedule schedule, Progress at) {
        this.config = config;
        this.run = run;
        this.schedule = schedule;
        secondsBefore = at.seconds;
        run.beginMetrics(at.rows, at.epoch + 1, updates(at));
    }

    private int updates(Progress at) {
        return at.epoch * schedule.stepsPerEpoch() + at.step;
    }

    /** That the run has taken, the time before it was resumed included. */
    double seconds() {
        return secondsBefore + (System.nanoTime() - began) * 1e-9;
    }

    /**
     * A row about the last steps.
     *
     * @param steps since the last such row
     */
    void step(Progress at, int steps, double gradientNorm, double stepsPerSecond) {
        Map<Column, Double> row = new EnumMap<>(Column.class);
        row.put(Column.TRAIN_LOSS, (at.loss - at.lossAtRow) / steps);
        double samples = (double) steps * config.train().batch();
        row.put(Column.TRAIN_ACCURACY, (at.right - at.rightAtRow) / samples);
        row.put(Column.GRADIENT_NORM, gradientNorm);
        add(Kind.STEP, at, row, stepsPerSecond);
        at.lossAtRow = at.loss;
        at.rightAtRow = at.right;
    }

    /**
     * A row and a line about an epoch.
     *
     * @param evaluation seconds that it took
     */
    void epoch(
            Progress at,
            Evaluator.Result validation,
            Evaluator.Result test,
            Stopwatch training,
            double evaluation,
            boolean better) {
        double loss = at.loss / at.step;
        double right = at.right / ((double) at.step * config.train().batch());
        Evaluator.Result train = new Evaluator.Result(loss, right, 0, validation.regression());
        run.console()
                .line(
                        "epoch %d of %d: train %s | val %s | test %s | %s, %.2f steps/s,"
                                + " evaluation %s%s",
                        at.epoch + 1,
                        config.train().epochs(),
                        train,
                        validation,
                        test,
                        Console.time(training.seconds()),
                        training.stepsPerSecond(),
                        Console.time(evaluation),
                        better ? " | best" : "");
        Map<Column, Double> row = new EnumMap<>(Column.class);
        row.put(Column.TRAIN_LOSS, loss);
        row.put(Column.TRAIN_ACCURACY, train.accuracy());
        row.put(Column.VALIDATION_LOSS, validation.loss());
        row.put(Column.VALIDATION_ACCURACY, validation.accuracy());
        row.put(Column.TEST_LOSS, test.loss());
        row.put(Column.TEST_ACCURACY, test.accuracy());
        add(Kind.EPOCH, at, row, training.stepsPerSecond());
    }

    private void add(Kind kind, Progress at, Map<Column, Double> row, double stepsPerSecond) {
        int last = updates(at) - 1;
        row.put(Column.SSM_LR, schedule.rate(last, at.ssmLr));
        row.put(Column.LR, schedule.rate(last, at.lr));
        if (stepsPerSecond > 0) { // else the steps were done before the run was resumed
            row.put(Column.STEPS_PER_SECOND, stepsPerSecond);
            row.put(Column.SAMPLES_PER_SECOND, stepsPerSecond * config.train().batch());
        }
        row.put(Column.SECONDS, seconds());
        run.row(kind, at.epoch + 1, updates(at), row);
    }
}
