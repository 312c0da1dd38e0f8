package s5.data;

/**
 * The three splits of a data set; all have the same shape.
 *
 * @param train what the model is fitted to
 * @param validation what the best epoch is chosen by
 * @param test what is reported
 * @param selectsOnTest the data set has no validation split, so that {@code validation} is {@code
 *     test} and the best epoch is chosen on the test set (as the official code does for IMDb)
 */
public record Splits(Dataset train, Dataset validation, Dataset test, boolean selectsOnTest) {
    /**
     * @throws IllegalArgumentException when the shapes differ or {@code selectsOnTest} is not true
     *     to the splits
     */
    public Splits {
        if (!train.shape().equals(validation.shape()) || !train.shape().equals(test.shape())) {
            throw new IllegalArgumentException(
                    "splits of different shapes: %s, %s, %s"
                            .formatted(train.shape(), validation.shape(), test.shape()));
        }
        if (selectsOnTest != validation.equals(test)) {
            throw new IllegalArgumentException("selectsOnTest must say whether validation is test");
        }
    }

    /** The shape of every sample in every split. */
    public Shape shape() {
        return train.shape();
    }
}
