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
    private final int batchesPerUpdate;
    private final RunProgress at;
    private int part; // batches of the present update that are done

    /**
     * @param at how far the run is; {@link #next} counts the steps in it
     */
    Updates(Learner learner, Batches batches, Schedule schedule, RunProgress at) {
        batchesPerUpdate = schedule.config().options().accumulate();
        this.learner = learner;
        this.batches = batches;
        this.schedule = schedule;
        this.at = at;
    }

    /** Goes to the place in the data set where the progress is; call it whenever that jumped. */
    void begin() {
        batches.start(at.epoch, at.step * batchesPerUpdate);
        part = 0;
    }

    /** Does the next update, of all its batches, and counts it. */
    void next() {
        do {
            nextBatch();
        } while (part > 0);
    }

    /**
     * Does what the next batch of an update has to do with it; the last one makes the update, which
     * is counted then.
     *
     * @return the batch
     */
    Batch nextBatch() {
        long update = done();
        Batch batch = batches.next();
        learner.step(batchNumber(), batch, ssmLr(update), lr(update));
        part = (part + 1) % batchesPerUpdate;
        at.step += part == 0 ? 1 : 0;
        return batch;
    }

    /** The number of the next batch since the run began. */
    long batchNumber() {
        return done() * batchesPerUpdate + part;
    }

    /** How many batches an update is of. */
    int batchesPerUpdate() {
        return batchesPerUpdate;
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
