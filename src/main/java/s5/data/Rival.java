package s5.data;

/**
 * The simplest way to predict the numbers of a data set: what a model is worth shows beside it.
 *
 * @param name such as {@code last} or {@code season}; metrics of its answers begin with it
 * @param answers what it says
 */
public record Rival(String name, Answers answers) {
    /** What a rival says of samples. */
    @FunctionalInterface
    public interface Answers {
        /**
         * Writes the answer to a sample.
         *
         * @param i which sample
         * @param targets (targets), or (L, targets) where the answer is told at each position; in
         *     the numbers that a model is trained on, as {@link Batch#targets}; written
         */
        void of(int i, float[] targets);
    }
}
