package s5.data;

import java.util.List;
import java.util.stream.IntStream;

/**
 * One split of a data set. Reading is a pure function of the index and safe from several threads at
 * once, as long as they write to different batches or rows.
 */
public interface Dataset {
    /** {@return what every sample looks like; the same for all splits of a data set} */
    Shape shape();

    /** {@return the classes by their numbers, for people} */
    default List<String> classNames() {
        return IntStream.range(0, shape().classes()).mapToObj(Integer::toString).toList();
    }

    /** {@return the tokens by their ids; empty where samples are not tokens} */
    default List<String> tokenNames() {
        return List.of();
    }

    /** {@return in regression, what the numbers to be predicted are; empty in classification} */
    default List<String> targetNames() {
        return IntStream.rangeClosed(1, shape().targets()).mapToObj(t -> "target " + t).toList();
    }

    /**
     * {@return everything that was fitted on the training part and turns raw input into samples
     * (columns, scaling, length, unit of time, ...), as JSON that the {@link DataSource} reads
     * again in {@link DataSource#samples}; the same for all splits; empty where nothing is fitted}
     */
    default String preparation() {
        return "";
    }

    /**
     * {@return where samples are square images, (L): the pixel, row by row, that each position
     * holds; else null}
     */
    default int[] imageOrder() {
        return null;
    }

    /**
     * What of a sample of the user's own the model does not see, because it is too long: nobody
     * gets an answer to a part without knowing.
     *
     * @param i which sample, in [0, size)
     * @return its place and lengths, for a message; empty where the model sees all of it
     */
    default String cut(int i) {
        return "";
    }

    /** {@return the number of samples} */
    int size();

    /**
     * {@return the user's name of a sample, for people and for the lines of predictions}
     *
     * @param i which sample, in [0, size)
     */
    default String id(int i) {
        return Integer.toString(i);
    }

    /** {@return whether samples have names of the user's, instead of their numbers alone} */
    default boolean named() {
        return false;
    }

    /**
     * In regression: turns an answer to a sample from the numbers that the model is trained on into
     * the user's, in place. Nothing has to be done where they are the same.
     *
     * @param i which sample, in [0, size)
     * @param means (targets), or (L, targets) where the answer is told at each position
     * @param deviations standard deviations likewise
     */
    default void restore(int i, double[] means, double[] deviations) {}

    /**
     * {@return in a forecast, the time of a step ahead, for people; empty where there are no times}
     *
     * @param i which sample
     * @param step from 1
     */
    default String time(int i, int step) {
        return "";
    }

    /** {@return what the targets are in a forecast; null where they are none} */
    default Forecast forecast() {
        return null;
    }

    /**
     * {@return in regression, what needs no model and is to be compared with it, besides the mean
     * of the training set}
     */
    default List<Rival> rivals() {
        return List.of();
    }

    /**
     * Writes sample {@code i} into a batch: all L positions of {@code x} or {@code tokens} (padding
     * included, so that nothing of the sample read there before is left), the length, and the label
     * or the targets.
     *
     * @param i which sample, in [0, size)
     * @param batch a batch of this data set's shape
     * @param row where in the batch, in [0, capacity); document d lands in batch row {@link
     *     Batch#at at(d, row)}
     */
    void read(int i, Batch batch, int row);
}
