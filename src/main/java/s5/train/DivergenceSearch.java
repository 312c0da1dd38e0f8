package s5.train;

import s5.Failure;
import s5.data.Batch;
import s5.run.RunFolder;

import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Finds out where numbers went bad first. A bad loss or tensor is noticed long after its cause, so
 * the steps since the last good state are done again, each looked at, and the first bad one is done
 * once more with all its intermediate results kept.
 */
final class DivergenceSearch {
    private final Learner learner;
    private final Updates updates;
    private final RunFolder run;
    private final BooleanSupplier stop;
    private final RunProgress at;

    /**
     * @param updates to do again; the run's progress is left where the search ends
     * @param stop asked before each step: whether to give the search up
     */
    DivergenceSearch(Updates updates, RunFolder run, BooleanSupplier stop) {
        this.updates = updates;
        this.run = run;
        this.stop = stop;
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
        run.finishSaving();
        int step = at.step;
        int update = updates.done() - 1;
        String rates =
                "%.3g for the state space, %.3g else"
                        .formatted(updates.ssmLr(update), updates.lr(update));
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
                                good == null ? "the start values" : firstBad(good, step),
                                savedAt == null
                                        ? "there is no checkpoint of before"
                                        : "the last checkpoint is of " + savedAt));
    }

    /**
     * Does the steps since a good state again, which come to the same.
     *
     * @param until the last step to do
     * @return the tensor, the operation and the step where a number is bad for the first time
     */
    private String firstBad(Checkpoint good, int until) {
        good.load(learner.backend(), learner.state().values());
        at.step = good.progress().step;
        updates.begin();
        while (at.step < until && !stop.getAsBoolean()) {
            Checkpoint before = Checkpoint.of(Map.of(), at, learner);
            int update = updates.done();
            Batch batch = updates.next();
            if (!learner.isFinite(update)) {
                before.load(learner.backend(), learner.state().values());
                String bad =
                        learner.trace(update, batch, updates.ssmLr(update), updates.lr(update))
                                .orElse("not found");
                return bad + " in step " + at.step;
            }
        }
        return "not found";
    }
}
