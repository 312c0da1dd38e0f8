package s5.train;

import s5.Failure;
import s5.config.Config;
import s5.config.TrainConfig;
import s5.data.Splits;
import s5.run.RunFolder;

import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The states that a run can go back to: in memory the newest one without a NaN, and in files those
 * that were saved. Knows when it is time for the next of each.
 */
final class RunCheckpoints {
    /** Nanoseconds between two states in memory; the search for a cause begins at the newest. */
    private static final long AGE = 30_000_000_000L;

    private final TrainConfig config;
    private final Map<String, String> about;
    private final RunFolder run;
    private final Updates updates;
    private final TrainingLog log;
    private final DivergenceSearch search;
    private final RunProgress at;

    private Checkpoint good; // the newest state known to be without NaN; null before the first
    private long captured;
    private long lastSave = System.nanoTime();
    private String savedAt; // where the run was when it was saved; null before the first time

    /**
     * @param data that the run learns from, and is evaluated on
     * @param updates of the run, whose state is captured between two of them
     * @param resumed whether it goes on from a file, which is the newest one so far
     */
    RunCheckpoints(
            Config config,
            Splits data,
            RunFolder run,
            Updates updates,
            TrainingLog log,
            DivergenceSearch search,
            boolean resumed) {
        this.config = config.train();
        about = CheckpointChecks.about(config, data.train());
        about.putAll(Resumption.heldOut(data));
        this.run = run;
        this.updates = updates;
        this.log = log;
        this.search = search;
        at = updates.progress();
        savedAt = resumed ? at.place() : null;
    }

    /**
     * Keeps the present state in memory.
     *
     * @throws Failure when a tensor in it holds a value that is no finite number
     */
    void capture() {
        log.stamp();
        Checkpoint now = updates.learner().checkpoint(about, at);
        now.notFinite()
                .ifPresent(name -> {
                    throw diverged(name + " holds a value that is no finite number");
                });
        captured = System.nanoTime();
        good = now;
    }

    /** Whether the newest state in memory is old, so that {@link #capture} has to be done. */
    boolean isOld() {
        return System.nanoTime() - captured > AGE;
    }

    /** Whether a file has to be written after this step, in the middle of an epoch. */
    boolean isDueByStep() {
        int steps = config.checkpointSteps();
        return steps > 0 && updates.done() % steps == 0;
    }

    /** Whether a file has to be written by now. */
    boolean isDueByTime() {
        double minutes = config.checkpointMinutes();
        return minutes > 0 && (System.nanoTime() - lastSave) * 1e-9 > 60 * minutes;
    }

    /** Saves the present state. */
    void save(Path... files) {
        capture();
        write(files);
    }

    /**
     * Saves the state in memory at the end of an epoch: evaluation has changed nothing of it but
     * how far the run is.
     */
    void saveEpoch(Path... files) {
        log.stamp();
        good = good.at(at);
        write(files);
    }

    private void write(Path... files) {
        run.save(good::toFile, files);
        lastSave = System.nanoTime();
        savedAt = at.place();
    }

    /**
     * What to throw when numbers went bad in the present step or, unseen, before it.
     *
     * @param what is bad
     */
    Failure diverged(String what) {
        return search.failure(what, good, savedAt);
    }

    /**
     * What to throw when the evaluation of an epoch has answers that are no numbers.
     *
     * @param bad finds out what went bad first in it
     */
    Failure evaluationDiverged(String what, Supplier<String> bad) {
        return search.evaluationFailure(what, bad, savedAt);
    }
}
