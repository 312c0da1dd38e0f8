package s5.data;

/**
 * What every sample of a data set looks like; it fixes the model's input and output.
 *
 * @param length L, the number of positions of a sample, padding included
 * @param inputs the channels of a position, or the size of the one-hot code when the samples are
 *     tokens (which may be larger than the vocabulary: the official code fixes 20 for ListOps)
 * @param tokens whether a position holds one token id in [0, inputs) instead of {@code inputs}
 *     floats
 * @param padded whether samples have lengths of their own, at most L
 * @param classes the number of labels
 * @param documents the sequences of a sample: 1, or 2 for retrieval
 */
public record Shape(
        int length, int inputs, boolean tokens, boolean padded, int classes, int documents) {
    /**
     * @throws IllegalArgumentException when a size is not positive
     */
    public Shape {
        if (length < 1 || inputs < 1 || classes < 1 || documents < 1) {
            throw new IllegalArgumentException(
                    "sizes of a data set must be positive: length %d, inputs %d, classes %d, documents %d"
                            .formatted(length, inputs, classes, documents));
        }
    }
}
