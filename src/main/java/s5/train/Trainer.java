package s5.train;

import s5.Failure;
import s5.UserError;
import s5.collective.Collective;
import s5.collective.Meetings;
import s5.config.Config;
import s5.config.TrainConfig;
import s5.data.Batches;
import s5.data.Splits;
import s5.model.Model;
import s5.ops.Backend;
import s5.ops.LayerOp.Share;
import s5.run.Console;
import s5.run.RunFolder;
import s5.train.rule.DataParallel;
import s5.train.rule.Limit;
import s5.train.rule.Schedule;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The training loop: epochs of updates, an evaluation after each, the best epoch kept. Selection is
 * by validation accuracy, as in the official code, or by what {@link TrainConfig#select} says; what
 * is reported is the test accuracy of that epoch.
 *
 * <p>All that the next step depends on is in the {@link Learner}'s tensors, the settings and {@code
 * RunProgress}; a {@link Checkpoint} holds the three, and a run that goes on from one does, bit for
 * bit, what it would have done anyway.
 */
public final class Trainer implements AutoCloseable {
    private final Config config;
    private final Splits data;
    private final RunFolder run;
    private final Meetings meetings;
    private final Collective ranks;
    private final Steps.Source source;
    private final Steps steps;
    private final Learner learner;
    private final EpochEvaluation evaluation;
    private final Batches batches;
    private final Schedule schedule;
    private final Patience patience;
    private final Limit limit;
    private final OverheadTimer overhead = new OverheadTimer();
    private TrainingListener listener = TrainingListener.NONE;

    private Checkpoint from; // to go on from; null for a new run
    private List<String> changes = List.of(); // settings that go on otherwise than before
    private Start start; // whose weights a new run begins with; null for new ones
    // What follows is null until the run begins.
    private RunProgress at;
    private Updates updates;
    private TrainingLog log;
    private RunCheckpoints checkpoints;
    private EpochLosses losses;
    private Stopwatch stopwatch; // of this epoch's steps
    private Summary early; // of a run that ended before its first epoch did; else null

    /**
     * Makes a model for the data and prepares its steps.
     *
     * @param config of the run
     * @param data its splits
     * @param backend to train on
     * @param run where the run leaves its files, and goes on from if it has to
     * @param stop asked after each step whether the run should end
     */
    public Trainer(
            Config config, Splits data, Backend backend, RunFolder run, BooleanSupplier stop) {
        this(config, data, Steps.Source.on(backend), run, new Meetings(backend.ranks(), stop));
    }

    /**
     * Prepares a run on steps that may be another's.
     *
     * @param config of the run
     * @param data its splits
     * @param source of the steps
     * @param run where the run leaves its files, and goes on from if it has to
     * @param meetings of the processes that train together, asked whether the run should end
     */
    public Trainer(
            Config config, Splits data, Steps.Source source, RunFolder run, Meetings meetings) {
        this.source = source;
        this.config = config;
        this.data = data;
        this.run = run;
        this.meetings = meetings;
        ranks = meetings.ranks();
        TrainConfig train = config.train();
        Path file = run.checkpoint();
        from = file == null ? null : Checkpoint.read(file);
        train.checkTask(data.shape());
        Model model = new Model(config.model(), data.shape());
        Share share = DataParallel.share(ranks, train.batch());
        batches =
                Batches.training(
                        data.train(), train.batch(), config.seed(), share.first(), share.samples());
        if (from != null) { // a run is not begun for what cannot go on
            changes = from.checkSameRun(config, data, steps(train));
        } else if (ranks.leads()) {
            start = Start.of(train, model); // says what is wrong before anything is compiled
        }
        schedule = new Schedule(train, steps(train));
        patience = new Patience(train);
        limit = new Limit(train.options());
        steps = source.take(config, data);
        learner = steps.learner();
        learner.dropoutSeed(config.seed());
        evaluation = steps.evaluation();
    }

    /** Updates in an epoch; what is left of the batches is dropped. */
    private int steps(TrainConfig train) {
        int batches = train.options().accumulate();
        if (this.batches.steps() < batches) {
            throw new UserError(
                    "train.accumulate: %d batches of %d samples are more than the %d of the training set, so an epoch would have no step; lower it"
                            .formatted(batches, train.batch(), data.train().size()));
        }
        return this.batches.steps() / batches;
    }

    /**
     * Has somebody hear how it goes.
     *
     * @param listener called by the thread that trains
     */
    public void listen(TrainingListener listener) {
        this.listener = listener;
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
        begin();
        boolean over = isOver();
        if (over) {
            run.console()
                    .line(
                            "nothing is left to do: the run has come to its end%s",
                            limit().map(key -> " by " + key).orElse(""));
        } else {
            learner.prepare(); // before the first epoch's bar, which its lines would break
        }
        for (; !over; over = isOver()) {
            if (!trainEpoch() || !evaluateEpoch()) {
                checkpoints.save(run.last());
                run.finishSaving();
                if (!meetings.stopped() && meetings.leader(limit().isPresent())) {
                    endEarly(limit().orElse("the first process"));
                    break;
                }
                run.console()
                        .line(
                                "stopped: epoch %d, step %,d of %,d is saved in %s; resume=true"
                                        + " continues it",
                                at.epoch + 1, at.step, updates.perEpoch(), run.last());
                break;
            }
        }
        run.finishSaving();
        run.console().note(overhead.describe());
        return best();
    }

    private boolean isOver() {
        return at.epoch >= config.train().epochs()
                || patience.exhausted(at)
                || meetings.leader(limit().isPresent());
    }

    /** The setting that allows no more steps. */
    private Optional<String> limit() {
        return limit.reached(updates.done(), log.seconds());
    }

    /**
     * Ends the run in the midst of an epoch, after its state was saved: where no epoch has ended,
     * the model as it is now is the best. The saved state does not know of it, so that the run can
     * go on as if it had not ended.
     */
    private void endEarly(String why) {
        run.console()
                .line(
                        "ended by %s: epoch %d, step %,d of %,d; resume=true with more continues"
                                + " it",
                        why, at.epoch + 1, at.step, updates.perEpoch());
        if (at.best != null) {
            return;
        }
        Summary now = evaluation.of(at.epoch + 1, null, meetings::ask);
        if (now == null) {
            return;
        }
        now.notFinite()
                .ifPresent(bad -> {
                    throw checkpoints.evaluationDiverged(bad, () -> evaluation.firstNotFinite(now));
                });
        early = now;
        at.best = now;
        checkpoints.saveEpoch(run.best());
        at.best = null;
    }

    private void introduce() {
        run.console()
                .line(
                        "%s: %,d parameters, seed %d",
                        config.name(), learner.model().parameterCount(), config.seed());
        run.console()
                .line(
                        "%,d training, %,d validation, %,d test samples of length %,d; %,d steps an"
                                + " epoch",
                        data.train().size(),
                        data.validation().size(),
                        data.test().size(),
                        data.shape().length(),
                        schedule.stepsPerEpoch());
        if (data.selectsOnTest()) {
            run.console()
                    .line("there is no validation set: the best epoch is chosen on the test set");
        }
    }

    /** Sets the model to new parameters, or to the state of the checkpoint to go on from. */
    private void begin() {
        boolean resumed = from != null;
        if (resumed) {
            from.load(learner.backend(), learner.state());
            at = from.progress();
            from = null; // its memory
            run.console().line("resumed from %s: %s", run.checkpoint(), at.place());
            changes.forEach(change -> run.console().line("from here on %s", change));
        } else if (ranks.leads()) {
            learner.initialize(config.seed());
            if (start != null) {
                learner.load(start.weights(), start.taken(learner.model()));
                run.console().line("%s", start.told());
                start = null;
            }
            at = RunProgress.start(config.train());
        }
        if (ranks.size() > 1) {
            at = learner.share(at);
        }
        updates = new Updates(learner, batches, schedule, at);
        log = new TrainingLog(config, run, updates);
        DivergenceSearch search = new DivergenceSearch(config, updates, run, meetings);
        checkpoints = new RunCheckpoints(config, data, run, updates, log, search, resumed);
        losses = new EpochLosses(updates, checkpoints, run.console());
        checkpoints.capture();
    }

    /** {@return the best epoch so far; null when none has ended} */
    public Summary best() {
        return at == null || at.best == null ? early : at.best;
    }

    /**
     * {@return whether {@link #run()} has got as far as to leave something that can be reported}
     */
    public boolean begun() {
        return log != null;
    }

    /**
     * Does the rest of a pass over the training set.
     *
     * @return whether it got to its end
     */
    private boolean trainEpoch() {
        updates.begin();
        losses.begin();
        overhead.beginSteps();
        stopwatch = new Stopwatch(at.step);
        Console console = run.console();
        console.begin(
                "epoch %d of %d".formatted(at.epoch + 1, config.train().epochs()),
                updates.perEpoch(),
                at.step);
        try {
            boolean stopping = meetings.ask();
            boolean ending = stopping;
            meetings.begin(at.step);
            while (at.step < updates.perEpoch() && !ending) {
                updates.next();
                run.checkSaving();
                listener.updated(updates.done());
                boolean row = log.rowIsDue();
                boolean save = checkpoints.isDueByStep();
                boolean read = row || save || losses.areDueByStep();
                boolean last = limit.reached(updates.done(), 0).isPresent();
                if (!read && !last && !meetings.isDue(at.step)) {
                    continue; // nobody knows the time, see Meetings
                }
                boolean[] agreed =
                        meetings.hold(
                                at.step,
                                limit().isPresent(),
                                checkpoints.isDueByTime(),
                                losses.areDueByTime(),
                                checkpoints.isOld());
                // Asked once a step: the losses up to the last one before the end must be read too.
                stopping = meetings.stopped();
                ending = stopping || agreed[0];
                save |= agreed[1];
                if (read || save || ending || agreed[2]) {
                    learner.backend().finish();
                    overhead.begin();
                    losses.read();
                    if (agreed[3]) {
                        checkpoints.capture();
                    }
                }
                if (row) {
                    log.row(learner.gradientNorm(), stopwatch.lap(at.step));
                }
                if (save) {
                    checkpoints.save(run.last());
                    listener.saving(List.of(run.last()));
                }
                overhead.end();
            }
            return !stopping && at.step == updates.perEpoch();
        } finally {
            stopwatch.stop(at.step);
            overhead.endSteps(stopwatch.seconds());
            console.end();
        }
    }

    /**
     * Evaluates the epoch whose steps are done, and ends it.
     *
     * @return whether it got to its end
     */
    private boolean evaluateEpoch() {
        overhead.begin();
        checkpoints.capture(); // the losses were those of before the last update
        overhead.end();
        long start = System.nanoTime();
        Summary epoch = evaluation.of(at.epoch + 1, at.best, meetings::ask);
        if (epoch == null) {
            return false;
        }
        double seconds = (System.nanoTime() - start) * 1e-9;
        Optional<String> bad = epoch.notFinite();
        if (bad.isPresent()) {
            throw checkpoints.evaluationDiverged(bad.get(), () -> evaluation.firstNotFinite(epoch));
        }
        overhead.begin();
        boolean better = epoch.betterThan(at.best, config.train().select());
        at.best = better ? epoch : at.best;
        log.epoch(epoch, stopwatch, seconds, better);
        patience.count(at, better);
        listener.evaluated(epoch, at.loss / at.step, better);
        at.nextEpoch();
        // The best one first: a run that is killed between the two goes on from the last one of
        // before, and so writes both again.
        List<Path> files = better ? List.of(run.best(), run.last()) : List.of(run.last());
        checkpoints.saveEpoch(files.toArray(Path[]::new));
        listener.saving(files);
        overhead.end();
        return true;
    }

    /**
     * {@return the training step with the model, whose values a report may replace after the run}
     */
    public Learner learner() {
        return learner;
    }

    /** {@return the evaluation step of that model} */
    public Evaluator evaluator() {
        return evaluation.evaluator();
    }

    @Override
    public void close() {
        source.giveBack(steps);
    }
}
