package s5.train;

import s5.config.Config;
import s5.run.Console;
import s5.run.Metrics.Column;
import s5.run.Metrics.Kind;
import s5.run.RunFolder;

import java.util.EnumMap;
import java.util.Map;

/** Writes down how a run goes: the rows of its table of numbers, a line for each epoch. */
final class TrainingLog {
    /**
     * Rows of an epoch in the table of numbers, unless it is so long that more are needed to have
     * one in {@link #ROW_STEPS}; the device waits for each.
     */
    private static final int ROWS = 4;

    private static final int ROW_STEPS = 100;

    /** Parameters for each step between two rows, because a row fetches all gradients. */
    private static final int ROW_PARAMETERS = 50_000;

    private final Config config;
    private final RunFolder run;
    private final Updates updates;
    private final RunProgress at;
    private final int rowEvery; // steps
    private final double secondsBefore;
    private final long began = System.nanoTime();

    /**
     * Opens the table of a run, at the place where the run goes on.
     *
     * @param updates of the run, which tell how far it is whenever something is written down
     */
    TrainingLog(Config config, RunFolder run, Updates updates) {
        this.config = config;
        this.run = run;
        this.updates = updates;
        at = updates.progress();
        rowEvery =
                Math.clamp(
                        Math.max(
                                Math.ceilDiv(updates.perEpoch(), ROWS),
                                updates.learner().model().parameterCount() / ROW_PARAMETERS),
                        1,
                        ROW_STEPS);
        secondsBefore = at.seconds;
        run.beginMetrics(at.rows, at.epoch + 1, updates.done());
    }

    /** Puts into the progress how many rows there are, and how long the run has taken so far. */
    void stamp() {
        at.rows = run.rows();
        at.seconds = seconds();
    }

    private int stepSamples() {
        return config.train().batch() * updates.batchesPerUpdate();
    }

    /** How long the run has taken, the time before it was resumed included. */
    double seconds() {
        return secondsBefore + (System.nanoTime() - began) * 1e-9;
    }

    /** Whether a row about the last steps has to be written now. */
    boolean rowIsDue() {
        return at.step % rowEvery == 0 || at.step == updates.perEpoch();
    }

    /** Writes a row about the steps since the last one of the epoch. */
    void row(double gradientNorm, double stepsPerSecond) {
        int steps = (at.step - 1) % rowEvery + 1;
        Map<Column, Double> row = new EnumMap<>(Column.class);
        row.put(Column.TRAIN_LOSS, (at.loss - at.lossAtRow) / steps);
        double samples = (double) steps * stepSamples();
        row.put(Column.TRAIN_ACCURACY, (at.right - at.rightAtRow) / samples);
        row.put(Column.GRADIENT_NORM, gradientNorm);
        add(Kind.STEP, row, stepsPerSecond);
        at.lossAtRow = at.loss;
        at.rightAtRow = at.right;
    }

    /**
     * Writes a row and a line about an epoch; how long it took goes to the log.
     *
     * @param training how long its steps took
     * @param evaluation seconds that its evaluation took
     * @param better whether it is the best so far
     */
    void epoch(Summary epoch, Stopwatch training, double evaluation, boolean better) {
        Evaluator.Result validation = epoch.validation();
        Evaluator.Result test = epoch.test();
        double loss = at.loss / at.step;
        double right = at.right / ((double) at.step * stepSamples());
        Evaluator.Result train =
                new Evaluator.Result(loss, right, 0, validation.regression(), Map.of());
        Console console = run.console();
        console.line(
                "epoch %d of %d: train %s %s | val %s | test %s%s",
                epoch.epoch(),
                config.train().epochs(),
                train.regression() ? "nll" : "loss",
                train.brief(),
                validation.brief(),
                test.brief(),
                better ? " | best" : "");
        console.note(
                "epoch %d: steps %s, %.2f a second; evaluation %s"
                        .formatted(
                                epoch.epoch(),
                                Console.time(training.seconds()),
                                training.stepsPerSecond(),
                                Console.time(evaluation)));
        Map<Column, Double> row = new EnumMap<>(Column.class);
        row.put(Column.TRAIN_LOSS, loss);
        row.put(Column.TRAIN_ACCURACY, train.accuracy());
        row.put(Column.VALIDATION_LOSS, validation.loss());
        row.put(Column.VALIDATION_ACCURACY, validation.accuracy());
        row.put(Column.TEST_LOSS, test.loss());
        row.put(Column.TEST_ACCURACY, test.accuracy());
        add(Kind.EPOCH, row, training.stepsPerSecond());
        epoch.atRates().forEach(result -> console.line("  %s", result.describe()));
    }

    private void add(Kind kind, Map<Column, Double> row, double stepsPerSecond) {
        long last = updates.done() - 1;
        row.put(Column.SSM_LR, updates.ssmLr(last));
        row.put(Column.LR, updates.lr(last));
        if (stepsPerSecond > 0) { // else the steps were done before the run was resumed
            row.put(Column.STEPS_PER_SECOND, stepsPerSecond);
            row.put(Column.SAMPLES_PER_SECOND, stepsPerSecond * stepSamples());
        }
        row.put(Column.SECONDS, seconds());
        run.row(kind, at.epoch + 1, updates.done(), row);
    }
}
