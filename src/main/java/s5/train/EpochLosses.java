package s5.train;

import s5.model.Outputs;
import s5.run.Console;

/**
 * Adds up the losses of an epoch's steps. They are read from the device for many steps at a time,
 * because the device has to finish its work first.
 */
final class EpochLosses {
    /** Most steps between two reads; the device keeps the losses of so many. */
    private static final int STEPS = 64;

    /** Most nanoseconds between them, for the sake of who watches. */
    private static final long TIME = 1_000_000_000L;

    private final Updates updates;
    private final RunCheckpoints checkpoints;
    private final Console console;
    private final RunProgress at;
    private int read; // steps of this epoch whose losses are in the sums
    private long lastRead;

    EpochLosses(Updates updates, RunCheckpoints checkpoints, Console console) {
        this.updates = updates;
        this.checkpoints = checkpoints;
        this.console = console;
        at = updates.progress();
    }

    /** The steps of an epoch begin; the losses of those done before are in the sums already. */
    void begin() {
        read = at.step;
        lastRead = System.nanoTime();
    }

    /** Whether they have to be read after this step, however soon. */
    boolean areDueByStep() {
        return at.step - read == STEPS
                || (at.step - read + 1) * updates.batchesPerUpdate() > Outputs.SLOTS;
    }

    /** Whether they have to be read by now. */
    boolean areDueByTime() {
        return System.nanoTime() - lastRead > TIME;
    }

    /**
     * Adds the losses of the steps since the last read, whose work the device has finished.
     *
     * @throws s5.Failure when one is no finite number
     */
    void read() {
        float[] metrics = updates.learner().metrics();
        for (; read < at.step; read++) {
            int batches = updates.batchesPerUpdate();
            long first = (updates.done() - at.step + read) * batches;
            double loss = 0;
            for (int i = 0; i < batches; i++) {
                int slot = 2 * Learner.slot(first + i);
                if (!Float.isFinite(metrics[slot])) {
                    at.step = read + 1;
                    throw checkpoints.diverged("the loss is " + metrics[slot]);
                }
                loss += metrics[slot];
                at.right += metrics[slot + 1];
            }
            at.loss += loss / batches;
        }
        lastRead = System.nanoTime();
        console.step(at.step, at.loss / at.step);
    }
}
