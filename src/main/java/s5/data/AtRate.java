package s5.data;

/**
 * Splits of a data set at a lower sampling rate, to see how a model does there without further
 * training: it runs with every time step multiplied by {@code rate}.
 *
 * @param rate every how many positions one is kept, at least 2
 * @param validation a {@link Decimated} split
 * @param test a {@link Decimated} split
 */
public record AtRate(int rate, Dataset validation, Dataset test) {
    /**
     * Checks that the splits look alike.
     *
     * @throws IllegalArgumentException when the splits' shapes differ
     */
    public AtRate {
        if (rate < 2 || !validation.shape().equals(test.shape())) {
            throw new IllegalArgumentException(
                    "rate %d, %s and %s".formatted(rate, validation.shape(), test.shape()));
        }
    }

    /**
     * Keeps every {@code rate}-th position of a validation and a test split.
     *
     * @param rate n, from 1 to L
     * @param validation samples that have a rate
     * @param test samples of the same shape
     * @return both splits at 1 / n of their rate
     * @throws s5.UserError as {@link Decimated#of}
     */
    public static AtRate of(int rate, Dataset validation, Dataset test) {
        return new AtRate(rate, Decimated.of(validation, rate), Decimated.of(test, rate));
    }
}
