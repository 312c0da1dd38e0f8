package s5.train;

import s5.Failure;
import s5.config.Config;
import s5.config.TrainConfig;
import s5.data.Batch;
import s5.data.Batches;
import s5.data.Splits;
import s5.model.Model;
import s5.model.Outputs;
import s5.ops.Backend;
import s5.run.Console;
import s5.run.RunFolder;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/**
 * The training loop: epochs of updates, an evaluation after each, the best epoch kept. Selection is
 * by validation accuracy, as in the official code; what is reported is the test accuracy of that
 * epoch.
 *
 * <p>All that the next step depends on is in the {@link Learner}'s tensors, the settings and {@link
 * Progress}; a {@link Checkpoint} holds the three, and a run that goes on from one does, bit for
 * bit, what it would have done anyway.
 */
public final class Trainer implements AutoCloseable {
    /** Most steps between two looks at the losses, which wait on the device. */
    private static final int LOOK = 64;

    /** Most nanoseconds between them, for the sake of who watches. */
    private static final long LOOK_TIME = 1_000_000_000L;

    /** Nanoseconds between two states kept in memory, which bounds the search for a cause. */
    private static final long KEEP = 30_000_000_000L;

    /**
     * Rows of an epoch in the table of numbers, unless it is so long that more are needed to have
     * one in {@link #ROW_STEPS}; the device waits for each.
     */
    private static final int ROWS = 4;

    private static final int ROW_STEPS = 100;

    /** Parameters for each step between two rows, because a row fetches all gradients. */
    private static final int ROW_PARAMETERS = 50_000;

    private final Config config;
    private final Splits data;
    private final RunFolder run;
    private final BooleanSupplier stop;
    private final Learner learner;
    private final Evaluator evaluator;
    private final RateEvaluations rateEvaluations;
    private final Batches batches;
    private final int stepsPerEpoch;
    private final Map<String, String> about; // for the checkpoints
    private final Schedule schedule;

    private Checkpoint from; // to go on from; null for a new run
    private Progress at = new Progress();
    private int looked; // steps of this epoch whose losses are in the sums
    private long lastLook;
    private Checkpoint good; // the newest state known to be without NaN, in memory
    private long goodSince;
    private long lastSave;
    private String savedAt; // where the run was then; null before the first time
    private Stopwatch watch; // of this epoch
    private Ledger ledger;
    private final Upkeep upkeep = new Upkeep();

    /**
     * What a run comes to.
     *
     * @param epoch counted from 1
     * @param validation of that epoch
     * @param test of that epoch
     * @param atRates of that epoch, at the sampling rates of {@link Splits#atRates}
     */
    public record Summary(
            int epoch,
            Evaluator.Result validation,
            Evaluator.Result test,
            List<RateEvaluations.Result> atRates) {
        /** A checkpoint of before there were such rates has none. */
        public Summary {
            Objects.requireNonNull(validation);
            Objects.requireNonNull(test);
            atRates = atRates == null ? List.of() : List.copyOf(atRates);
        }
    }

    /**
     * Makes a model for the data and prepares its steps.
     *
     * @param run where the run leaves its files, and goes on from if it has to
     * @param stop asked after each step whether the run should end
     */
    public Trainer(
            Config config, Splits data, Backend backend, RunFolder run, BooleanSupplier stop) {
        this.config = config;
        this.data = data;
        this.run = run;
        this.stop = stop;
        TrainConfig train = config.train();
        Path file = run.checkpoint();
        from = file == null ? null : Checkpoint.read(file);
        if (from != null) {
            from.checkSameRun(config, data.train()); // a run is not begun for what cannot go on
        }
        Model model = new Model(config.model(), data.shape());
        batches = Batches.training(data.train(), train.batch(), config.seed());
        stepsPerEpoch = batches.steps();
        about = Checkpoint.about(config, data.train());
        schedule = new Schedule(train, stepsPerEpoch);
        int length = data.shape().length();
        learner = new Learner(backend, model, train, train.batch(), length, config.seed());
        evaluator = new Evaluator(backend, model, train.evaluationBatch(), length, 1);
        rateEvaluations =
                new RateEvaluations(backend, model, train.evaluationBatch(), data.atRates());
    }

    /**
     * Trains to the last epoch, until validation stops improving, or until it has to stop: then the
     * state is saved, in the middle of an epoch too.
     *
     * @return the best epoch so far; null when none has ended
     * @throws Failure when the loss is no number, or a file cannot be written
     */
    public Summary run() {
        introduce();
        start();
        TrainConfig train = config.train();
        if (at.epoch == train.epochs() || at.sinceBest > train.earlyStopPatience()) {
            run.console().line("nothing is left to do: the run has come to its end");
        }
        while (at.epoch < train.epochs() && at.sinceBest <= train.earlyStopPatience()) {
            if (!trainEpoch() || !evaluateEpoch()) {
                save(run.last());
                run.finishSaving();
                run.console()
                        .line(
                                "stopped: epoch %d, step %,d of %,d is saved in %s; resume=true"
                                        + " continues it",
                                at.epoch + 1, at.step, stepsPerEpoch, run.last());
                break;
            }
        }
        run.finishSaving();
        run.console().note(upkeep.describe());
        return at.best;
    }

    private void introduce() {
        run.console()
                .line(
                        "%s: %,d parameters; %,d training, %,d validation, %,d test samples of"
                                + " length %,d; %,d steps an epoch; seed %d",
                        config.name(),
                        learner.model().parameterCount(),
                        data.train().size(),
                        data.validation().size(),
                        data.test().size(),
                        data.shape().length(),
                        stepsPerEpoch,
                        config.seed());
        if (data.selectsOnTest()) {
            run.console()
                    .line("there is no validation set: the best epoch is chosen on the test set");
        }
    }

    /** New parameters, or the state of the checkpoint to go on from. */
    private void start() {
        if (from == null) {
            learner.initialize(config.seed());
            at.ssmLr = config.train().ssmLr();
            at.lr = config.train().lr();
        } else {
            from.load(learner.backend(), learner.state().values());
            at = from.progress();
            from = null; // its memory
            savedAt = place();
            run.console().line("resumed from %s: %s", run.checkpoint(), place());
        }
        lastSave = System.nanoTime();
        ledger = new Ledger(config, run, schedule, at);
        good = capture();
    }

    /** Updates since the run began. */
    private int updates() {
        return at.epoch * stepsPerEpoch + at.step;
    }

    private String place() {
        return at.step == 0 && at.epoch > 0
                ? "the end of epoch " + at.epoch
                : "epoch %d, step %d".formatted(at.epoch + 1, at.step);
    }

    /**
     * The rest of a pass over the training set.
     *
     * @return whether it got to its end
     */
    private boolean trainEpoch() {
        batches.start(at.epoch, at.step);
        looked = at.step;
        lastLook = System.nanoTime();
        int rowEvery =
                Math.clamp(
                        Math.max(
                                Math.ceilDiv(stepsPerEpoch, ROWS),
                                learner.model().parameterCount() / ROW_PARAMETERS),
                        1,
                        ROW_STEPS);
        upkeep.beginSteps();
        watch = new Stopwatch(at.step);
        Console console = run.console();
        console.begin(
                "epoch %d of %d".formatted(at.epoch + 1, config.train().epochs()),
                stepsPerEpoch,
                at.step);
        try {
            boolean stopping = stop.getAsBoolean();
            while (at.step < stepsPerEpoch && !stopping) {
                step();
                run.checkSaving();
                // Asked once a step: the last one before the end must be looked at, too.
                stopping = stop.getAsBoolean();
                boolean row = at.step % rowEvery == 0 || at.step == stepsPerEpoch;
                boolean due = checkpointIsDue();
                if (row
                        || due
                        || stopping
                        || at.step - looked == LOOK
                        || System.nanoTime() - lastLook > LOOK_TIME) {
                    look();
                }
                if (row) {
                    int steps = (at.step - 1) % rowEvery + 1;
                    ledger.step(at, steps, learner.gradientNorm(), watch.lap(at.step));
                }
                if (due) {
                    save(run.last());
                }
                upkeep.end();
            }
            return !stopping;
        } finally {
            watch.stop(at.step);
            upkeep.endSteps(watch.seconds());
            console.end();
        }
    }

    /** One update; the learning rates are functions of its number. */
    private Batch step() {
        int update = updates();
        Batch batch = batches.next();
        learner.step(update, batch, schedule.rate(update, at.ssmLr), schedule.rate(update, at.lr));
        at.step++;
        return batch;
    }

    /** Fetches the losses of the steps since the last look. */
    private void look() {
        learner.backend().finish();
        upkeep.begin();
        float[] metrics = learner.metrics();
        for (; looked < at.step; looked++) {
            int slot = (at.epoch * stepsPerEpoch + looked) % Outputs.SLOTS * 2;
            if (!Float.isFinite(metrics[slot])) {
                at.step = looked + 1;
                throw diverged("the loss is " + metrics[slot]);
            }
            at.loss += metrics[slot];
            at.right += metrics[slot + 1];
        }
        lastLook = System.nanoTime();
        run.console().step(at.step, at.loss / at.step);
        if (lastLook - goodSince > KEEP) {
            good = capture();
        }
    }

    private boolean checkpointIsDue() {
        int steps = config.train().checkpointSteps();
        double minutes = config.train().checkpointMinutes();
        return (steps > 0 && updates() % steps == 0)
                || (minutes > 0 && (System.nanoTime() - lastSave) * 1e-9 > 60 * minutes);
    }

    /** The state of now, checked. */
    private Checkpoint capture() {
        stamp();
        Checkpoint now = Checkpoint.of(about, at, learner);
        now.notFinite()
                .ifPresent(name -> {
                    throw diverged(name + " holds a value that is no finite number");
                });
        goodSince = System.nanoTime();
        return now;
    }

    private void stamp() {
        at.rows = run.rows();
        at.seconds = ledger.seconds();
    }

    private void save(Path... files) {
        good = capture();
        write(files);
    }

    private void write(Path... files) {
        run.save(good::toFile, files);
        lastSave = System.nanoTime();
        savedAt = place();
    }

    /** What to say when numbers went bad in the present step or, unseen, before it. */
    private Failure diverged(String what) {
        run.finishSaving();
        int step = at.step;
        String rates =
                "%.3g for the state space, %.3g else"
                        .formatted(
                                schedule.rate(updates() - 1, at.ssmLr),
                                schedule.rate(updates() - 1, at.lr));
        run.console().end();
        run.console()
                .line("epoch %d, step %d: %s; looking for the cause", at.epoch + 1, step, what);
        return new Failure(
                "epoch %d, step %d: %s (learning rates %s); first to go bad: %s; %s; lower train.ssm_lr or set model.clip_eigs"
                        .formatted(
                                at.epoch + 1,
                                step,
                                what,
                                rates,
                                good == null ? "the start values" : firstBad(step),
                                savedAt == null
                                        ? "there is no checkpoint of before"
                                        : "the last checkpoint is of " + savedAt));
    }

    /**
     * Does the steps since the last good state again, which comes to the same, and looks closer.
     */
    private String firstBad(int until) {
        good.load(learner.backend(), learner.state().values());
        at.step = good.progress().step;
        batches.start(at.epoch, at.step);
        while (at.step < until && !stop.getAsBoolean()) {
            Checkpoint before = Checkpoint.of(about, at, learner);
            Batch batch = step();
            int update = updates() - 1;
            if (!learner.isFinite(update)) {
                before.load(learner.backend(), learner.state().values());
                double ssmLr = schedule.rate(update, at.ssmLr);
                String bad =
                        learner.trace(update, batch, ssmLr, schedule.rate(update, at.lr))
                                .orElse("not found");
                return bad + " in step " + at.step;
            }
        }
        return "not found";
    }

    /**
     * Evaluates the epoch whose steps are done, and ends it.
     *
     * @return whether it got to its end
     */
    private boolean evaluateEpoch() {
        upkeep.begin();
        good = capture(); // the look at the losses came before the last update
        upkeep.end();
        long start = System.nanoTime();
        Evaluator.Result test = evaluator.evaluate(data.test(), stop);
        Evaluator.Result validation =
                data.selectsOnTest() || test == null
                        ? test
                        : evaluator.evaluate(data.validation(), stop);
        if (validation == null) {
            return false;
        }
        boolean better = at.best == null || validation.accuracy() > at.best.validation().accuracy();
        if (better) {
            List<RateEvaluations.Result> atRates = rateEvaluations.evaluate(stop);
            if (atRates == null) {
                return false;
            }
            at.best = new Summary(at.epoch + 1, validation, test, atRates);
        }
        double seconds = (System.nanoTime() - start) * 1e-9;
        upkeep.begin();
        ledger.epoch(at, validation, test, watch, seconds, better);
        if (better) {
            at.best.atRates().forEach(result -> run.console().line("  %s", result.describe()));
        }
        at.sinceBest = better ? 0 : at.sinceBest + 1;
        at.sincePlateau = better ? 0 : at.sincePlateau + 1;
        TrainConfig train = config.train();
        if (at.sincePlateau > train.plateauPatience()) {
            at.lr = Math.max(at.lr * train.plateauFactor(), train.lrMin());
            at.ssmLr = Math.max(at.ssmLr * train.plateauFactor(), train.lrMin());
            at.sincePlateau = 0;
        }
        at.nextEpoch();
        // The best one first: between the two writes the last one leads back to before both.
        stamp();
        good = good.at(at); // evaluation leaves the state as it was captured
        write(better ? new Path[] {run.best(), run.last()} : new Path[] {run.last()});
        upkeep.end();
        return true;
    }

    /** Writes the run's report, if the run got as far as to have anything to report. */
    public void report() {
        if (ledger != null) {
            RunReport.write(run, config, data, learner, evaluator, stop);
        }
    }

    @Override
    public void close() {
        evaluator.close();
        rateEvaluations.close();
        learner.close();
    }
}
