package s5.train;

import s5.data.Batch;
import s5.data.Batches;
import s5.train.rule.Schedule;

/**
 * The updates of a run, one after another. What an update does depends on the state of the model
 * and on its number: this gives its batch, its dropout masks and its learning rates. So the updates
 * since an earlier state can be done again, and come to the same.
 */
final class Updates {
    private final Learner learner;
    private final Batches batches;
    private final Schedule schedule;
    private final RunProgress at;

    /**
     * @param at how far the run is; {@link #next} counts the steps in it
     */
    Updates(Learner learner, Batches batches, Schedule schedule, RunProgress at) {
        this.learner = learner;
        this.batches = batches;
        this.schedule = schedule;
        this.at = at;
    }

    /** Goes to the place in the data set where the progress is; call it whenever that jumped. */
    void begin() {
        batches.start(at.epoch, at.step);
    }

    /**
     * Does the next update, and counts it.
     *
     * @return the batch that it learned from
     */
    Batch next() {
        long update = done();
        Batch batch = batches.next();
        learner.step(update, batch, ssmLr(update), lr(update));
        at.step++;
        return batch;
    }

    Learner learner() {
        return learner;
    }

    /** How far the run is; always the same object. */
    RunProgress progress() {
        return at;
    }

    /** Updates since the run began, which is also the number of the next one. */
    long done() {
        return (long) at.epoch * schedule.stepsPerEpoch() + at.step;
    }

    int perEpoch() {
        return schedule.stepsPerEpoch();
    }

    /** Learning rate of the state spaces in an update. */
    double ssmLr(long update) {
        return schedule.rate(update, at.ssmLr);
    }

    /** Learning rate of everything else in an update. */
    double lr(long update) {
        return schedule.rate(update, at.lr);
    }
}
