package s5.train;

/** Measures how fast steps go, over all of them and over the last few. */
final class Stopwatch {
    private final long start = System.nanoTime();
    private final int from;
    private long lapStart = start;
    private int lapFrom;
    private double seconds;
    private int steps;

    /**
     * Starts.
     *
     * @param from steps done before
     */
    Stopwatch(int from) {
        this.from = from;
        lapFrom = from;
    }

    /** Steps per second since the last lap, or the start. */
    double lap(int done) {
        long now = System.nanoTime();
        double speed = (done - lapFrom) / ((now - lapStart) * 1e-9);
        lapStart = now;
        lapFrom = done;
        return speed;
    }

    /** Ends the measurement. */
    void stop(int done) {
        seconds = (System.nanoTime() - start) * 1e-9;
        steps = done - from;
    }

    /** From start to stop. */
    double seconds() {
        return seconds;
    }

    /** Mean from start to stop; 0 when there was no step. */
    double stepsPerSecond() {
        return steps == 0 ? 0 : steps / seconds;
    }
}
