package s5.train;

import s5.Failure;
import s5.collective.Meetings;
import s5.config.Config;
import s5.data.Batch;
import s5.run.RunFolder;

import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Finds out where numbers went bad first. A bad loss or tensor is noticed long after its cause, so
 * the steps since the last good state are done again, each looked at, and the first bad one is done
 * once more with all its intermediate results kept.
 */
final class DivergenceSearch {
    private static final String START = "the start values";

    private final Config config;
    private final Learner learner;
    private final Updates updates;
    private final RunFolder run;
    private final Meetings meetings;
    private final RunProgress at;

    /**
     * @param config of the run, for the remedies
     * @param updates to do again; the run's progress is left where the search ends
     * @param meetings of all processes, asked before each step whether to give the search up
     */
    DivergenceSearch(Config config, Updates updates, RunFolder run, Meetings meetings) {
        this.config = config;
        this.updates = updates;
        this.run = run;
        this.meetings = meetings;
        learner = updates.learner();
        at = updates.progress();
    }

    /**
     * Searches, and puts what it found into words.
     *
     * @param what is bad after the step that the run is at
     * @param good the newest state without a NaN; null when the start values are bad themselves
     * @param savedAt where the run was when it was saved last; null when it never was
     * @return what to throw
     */
    Failure failure(String what, Checkpoint good, String savedAt) {
        int step = at.step;
        return failure(
                what, () -> good == null ? START : firstBad(good, step), savedAt, this::remedy);
    }

    /**
     * Searches in an evaluation whose answers are bad although training left finite numbers.
     *
     * @param bad names what went bad first in it
     * @return what to throw
     */
    Failure evaluationFailure(String what, Supplier<String> bad, String savedAt) {
        return failure(what, bad, savedAt, DivergenceSearch::evaluationRemedy);
    }

    private Failure failure(
            String what, Supplier<String> search, String savedAt, UnaryOperator<String> remedy) {
        run.finishSaving();
        int step = at.step;
        long update = updates.done() - 1;
        String rates =
                "%.3g for the state space, %.3g else"
                        .formatted(updates.ssmLr(update), updates.lr(update));
        run.console().end();
        run.console()
                .line("epoch %d, step %d: %s; looking for the cause", at.epoch + 1, step, what);
        String bad = search.get();
        return new Failure(
                "epoch %d, step %d: %s (learning rates %s); first to go bad: %s; %s; %s"
                        .formatted(
                                at.epoch + 1,
                                step,
                                what,
                                rates,
                                bad,
                                savedAt == null
                                        ? "there is no checkpoint of before"
                                        : "the last checkpoint is of " + savedAt,
                                remedy.apply(bad)));
    }

    /** What to do about what went bad first in training. */
    private String remedy(String bad) {
        if (bad.equals(START)) {
            return "what the run starts from is at fault, not the learning rates";
        }
        if (bad.startsWith(Finite.INPUT)) {
            return "mend the data";
        }
        boolean moment = bad.startsWith("m/") || bad.startsWith("v/"); // of a gradient too large
        if (bad.contains("/seq/") && !(moment && config.train().lrFactor() > 1)) {
            return config.model().clipEigs()
                    ? "lower train.ssm_lr"
                    : "lower train.ssm_lr or set model.clip_eigs";
        }
        return config.train().lrFactor() > 1
                ? "lower train.lr_factor"
                : "lower train.ssm_lr, and train.lr_factor times it with it";
    }

    private static String evaluationRemedy(String bad) {
        return bad.startsWith(Finite.INPUT)
                ? "mend the data"
                : "training itself has finite numbers: look at that part of the data, and at the"
                        + " running statistics of the norms (model.bn_momentum)";
    }

    /**
     * Does the steps since a good state again, which come to the same.
     *
     * @param until the last step to do
     * @return the tensor, the operation and the step where a number is bad for the first time
     */
    private String firstBad(Checkpoint good, int until) {
        good.load(learner.backend(), learner.state());
        at.step = good.progress().step;
        updates.begin();
        long first = updates.done() - at.step; // of the epoch
        while (at.step < until && !meetings.ask()) {
            Checkpoint before = learner.checkpoint(Map.of(), at);
            long update = updates.done();
            long number = updates.batchNumber();
            Batch batch = updates.nextBatch();
            if (meetings.anywhere(!Finite.all(batch))) {
                return Finite.INPUT + " of step " + (update - first + 1);
            }
            if (!learner.isFinite(number)) {
                before.load(learner.backend(), learner.state());
                String bad =
                        learner.trace(number, batch, updates.ssmLr(update), updates.lr(update))
                                .orElse("not found");
                return bad + " in step " + (update - first + 1);
            }
        }
        return "not found";
    }
}
