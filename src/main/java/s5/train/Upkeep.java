package s5.train;

/**
 * How long a run spends on what is neither a step nor an evaluation: fetching losses and gradients,
 * rows of the table, checkpoints. The device has nothing to do meanwhile. The first epoch, which
 * compiles, counts only while it is the only one.
 */
final class Upkeep {
    private long begun = -1; // by System.nanoTime; -1 when none is under way
    private long nanos;
    private long nanosBefore; // when the epoch's steps began
    private double stepSeconds;
    private int epochs;

    /** It begins; the device has done all its steps. */
    void begin() {
        begun = System.nanoTime();
    }

    /** It ends, if it had begun. */
    void end() {
        if (begun != -1) {
            nanos += System.nanoTime() - begun;
            begun = -1;
        }
    }

    /** An epoch's steps begin. */
    void beginSteps() {
        if (epochs++ == 1) {
            nanos = 0;
            stepSeconds = 0;
        }
        nanosBefore = nanos;
    }

    /**
     * They are over.
     *
     * @param seconds that they took, with the upkeep among them
     */
    void endSteps(double seconds) {
        end(); // of what a failure cut short
        stepSeconds += seconds - (nanos - nanosBefore) * 1e-9;
    }

    /** In words, with the share of the time of the steps alone. */
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
