package s5.data;

import s5.UserError;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * The three splits of a data set; all have the same shape.
 *
 * @param train what the model is fitted to
 * @param validation what the best epoch is chosen by
 * @param test what is reported
 * @param selectsOnTest the data set has no validation split, so that {@code validation} is {@code
 *     test} and the best epoch is chosen on the test set (as the official code does for IMDb)
 * @param atRates the sampling rates that a model is evaluated at as well whenever it is the best so
 *     far; none for most sets
 */
public record Splits(
        Dataset train,
        Dataset validation,
        Dataset test,
        boolean selectsOnTest,
        List<AtRate> atRates) {
    /**
     * Checks that the splits look alike.
     *
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
        atRates = List.copyOf(atRates);
    }

    /**
     * Splits that are evaluated as they are only.
     *
     * @param train what the model is fitted to
     * @param validation what the best epoch is chosen by
     * @param test what is reported
     * @param selectsOnTest whether {@code validation} is {@code test}
     */
    public Splits(Dataset train, Dataset validation, Dataset test, boolean selectsOnTest) {
        this(train, validation, test, selectsOnTest, List.of());
    }

    /**
     * Splits of a set that comes in a training and a test part: some of the training part is held
     * out for validation by torch's random_split, where the first of {@code randperm(n)} train and
     * the others validate.
     *
     * @param n the samples of the training part
     * @param validation the share to hold out, in [0, 1), rounded down. 0: train on all, and choose
     *     the best epoch on the test set
     * @param seed of the split; officially 42
     * @param train the samples of the training part with these indices; null stands for all
     * @param test the test part
     * @return the three splits
     * @throws UserError when the share is out of range, or leaves nothing to validate on
     */
    public static Splits holdOut(
            int n, double validation, long seed, Function<int[], Dataset> train, Dataset test) {
        if (!(validation >= 0 && validation < 1)) {
            throw new UserError(
                    "data.validation: %s is not in [0, 1); 0.1 holds out a tenth"
                            .formatted(validation));
        }
        if (validation == 0) {
            return new Splits(train.apply(null), test, test, true);
        }
        int held = (int) (n * validation);
        if (held == 0) {
            throw new UserError(
                    "data.validation: %s of %d training samples is none; raise it, or set it to 0"
                            .formatted(validation, n));
        }
        int[] order = new TorchRandom(seed).randperm(n);
        return new Splits(
                train.apply(Arrays.copyOfRange(order, 0, n - held)),
                train.apply(Arrays.copyOfRange(order, n - held, n)),
                test,
                false);
    }

    /** {@return the shape of every sample in every split} */
    public Shape shape() {
        return train.shape();
    }
}
