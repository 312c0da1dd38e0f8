package s5.verify;

/** What is compared, and how far a float32 computation in another order may be off. */
public enum Comparison {
    /** Largest absolute error of a log-probability, mean or variance in training. */
    LOG_PROBS("prediction", 5e-6),
    /** Relative error of the first loss. */
    LOSS("loss", 5e-6),
    /** Largest relative norm error of a gradient tensor; absolute below 1e-2. */
    GRADIENTS("gradients", 1e-4),
    /** Largest relative error of the losses of five updates. */
    LOSSES("5 losses", 1e-4),
    /** Largest relative norm error of a parameter or running statistic after five updates. */
    PARAMETERS("parameters", 1e-3),
    /**
     * Largest absolute error of a log-probability in the evaluation after them, at full and half
     * rate.
     */
    EVALUATION("evaluation", 1e-4),
    /** Largest relative error of HiPPO eigenvalues and learning rates. */
    START("start", 1e-5),
    /** Largest error of |V|; the official eigenvectors are those of a float32 solver. */
    EIGENVECTORS("|V|", 5e-4);

    /**
     * Gradients with a smaller norm are compared absolutely: {@code 1e-4 * 1e-2} is the 1e-6 that
     * float32 leaves of them.
     */
    static final double SMALL_GRADIENT = 1e-2;

    private final String title;
    private final double tolerance;

    Comparison(String title, double tolerance) {
        this.title = title;
        this.tolerance = tolerance;
    }

    /** {@return what is compared, for the head of a column} */
    public String title() {
        return title;
    }

    /** {@return the largest deviation that the CPU may have} */
    public double tolerance() {
        return tolerance;
    }
}
