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
     * {@return where samples are square images, (L): the pixel, row by row, that each position
     * holds; else null}
     */
    default int[] imageOrder() {
        return null;
    }

    /** {@return the number of samples} */
    int size();

    /**
     * Writes sample {@code i} into a batch: all L positions of {@code x} or {@code tokens} (padding
     * included, so that nothing of the sample read there before is left), the length and the label.
     *
     * @param i which sample, in [0, size)
     * @param batch a batch of this data set's shape
     * @param row where in the batch, in [0, capacity); document d lands in batch row {@link
     *     Batch#at at(d, row)}
     */
    void read(int i, Batch batch, int row);
}
