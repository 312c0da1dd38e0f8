package s5.train;

/**
 * Measures how long a run spends on what is neither a step nor an evaluation: fetching losses and
 * gradients, writing rows of the table and checkpoints. The device has nothing to do meanwhile. The
 * first epoch, which compiles, counts only while it is the only one.
 */
final class OverheadTimer {
    private long begun = -1; // by System.nanoTime; -1 outside of such work
    private long nanos;
    private long nanosBefore; // what nanos was when the epoch's steps began
    private double stepSeconds;
    private int epochs;

    /** Such work begins. Call it when the device has finished its steps: they do not count here. */
    void begin() {
        begun = System.nanoTime();
    }

    /** The work has ended; does nothing when none had begun. */
    void end() {
        if (begun != -1) {
            nanos += System.nanoTime() - begun;
            begun = -1;
        }
    }

    /** The steps of an epoch begin. */
    void beginSteps() {
        if (epochs++ == 1) {
            nanos = 0;
            stepSeconds = 0;
        }
        nanosBefore = nanos;
    }

    /**
     * The steps of an epoch have ended, or a failure has cut them short.
     *
     * @param seconds since {@link #beginSteps}, the overhead among them
     */
    void endSteps(double seconds) {
        end(); // the failure may have come in the middle of such work
        stepSeconds += seconds - (nanos - nanosBefore) * 1e-9;
    }

    /** The measurement in words, with the overhead's share of the time of the steps alone. */
    String describe() {
        if (stepSeconds == 0) {
            return "no steps were left to do";
        }
        double seconds = nanos * 1e-9;
        return "%ssteps took %.2f s, losses, rows and checkpoints %.3f s besides: %.2f %%"
                .formatted(
                        epochs > 1 ? "after the first epoch " : "",
                        stepSeconds,
                        seconds,
                        100 * seconds / stepSeconds);
    }
}
