package s5.data;

/**
 * What every sample of a data set looks like; it fixes the model's input and output. What is to be
 * told of a sample is a class or some numbers (regression), once of the whole or at each position.
 *
 * @param length L, the number of positions of a sample, padding included
 * @param inputs the channels of a position, or the size of the one-hot code when the samples are
 *     tokens (which may be larger than the vocabulary: the official code fixes 20 for ListOps)
 * @param tokens whether a position holds one token id in [0, inputs) instead of {@code inputs}
 *     floats
 * @param padded whether samples have lengths of their own, at most L
 * @param classes the number of labels; 0 in regression
 * @param documents the sequences of a sample: 1, or 2 for retrieval
 * @param image the side of the square grey image that a position holds, row by row; 0 when it holds
 *     none
 * @param targets the numbers to predict, of the whole or at each position; 0 in classification
 * @param timed whether positions have time steps of their own
 * @param each whether the answer is told at each position, else once of the whole
 */
public record Shape(
        int length,
        int inputs,
        boolean tokens,
        boolean padded,
        int classes,
        int documents,
        int image,
        int targets,
        boolean timed,
        boolean each) {
    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException when a size is not positive, or the sizes contradict each
     *     other
     */
    public Shape {
        if (length < 1 || inputs < 1 || classes + targets < 1 || documents < 1) {
            throw new IllegalArgumentException(
                    "sizes of a data set must be positive: length %d, inputs %d, classes %d, targets %d, documents %d"
                            .formatted(length, inputs, classes, targets, documents));
        }
        boolean both = classes > 0 && targets > 0;
        if (both || (image > 0 && (tokens || inputs != image * image))) {
            throw new IllegalArgumentException(
                    "classes %d and targets %d, or image %d and inputs %d, do not go together"
                            .formatted(classes, targets, image, inputs));
        }
        if (documents > 1 && (each || targets > 0)) {
            throw new IllegalArgumentException(
                    "%d documents have a class as a whole, nothing else".formatted(documents));
        }
    }

    /**
     * Samples with a label of the whole.
     *
     * @param length L, padding included
     * @param inputs of a position, or the size of the one-hot code
     * @param tokens whether a position holds one token id
     * @param padded whether samples have lengths of their own, at most L
     * @param classes the number of labels
     * @param documents the sequences of a sample
     */
    public Shape(
            int length, int inputs, boolean tokens, boolean padded, int classes, int documents) {
        this(length, inputs, tokens, padded, classes, documents, 0, 0, false, false);
    }

    /**
     * {@return the shape of sequences of images of {@code side * side} inputs, with targets at each
     * position and time steps}
     *
     * @param length L
     * @param side of an image, in pixels
     * @param targets the numbers to predict at each position
     */
    public static Shape ofImages(int length, int side, int targets) {
        return new Shape(length, side * side, false, false, 0, 1, side, targets, true, true);
    }

    /**
     * {@return the shape of samples like these of another length}
     *
     * @param length L
     */
    public Shape withLength(int length) {
        return new Shape(
                length, inputs, tokens, padded, classes, documents, image, targets, timed, each);
    }

    /** {@return the same in words, for people} */
    public String describe() {
        String position =
                tokens
                        ? "a token of at most %,d".formatted(inputs)
                        : image > 0
                                ? "an image of %d x %d".formatted(image, image)
                                : inputs == 1 ? "1 number" : "%,d numbers".formatted(inputs);
        return "samples: %slength %,d%s, each position %s%s; %s"
                .formatted(
                        documents == 1 ? "" : documents + " documents of ",
                        length,
                        padded ? " with padding" : "",
                        position,
                        timed ? " and a time step" : "",
                        "%d %s%s"
                                .formatted(
                                        regression() ? targets : classes,
                                        regression() ? "numbers to tell" : "classes",
                                        each ? " at each" : regression() ? " of the whole" : ""));
    }

    /** {@return whether numbers are predicted, instead of classes} */
    public boolean regression() {
        return targets > 0;
    }

    /**
     * {@return whether some of the answers of a sample may not count: where they are told at each
     * position, in the padding and where nobody knows them}
     */
    public boolean counted() {
        return each && (padded || !regression());
    }

    /** {@return how many answers a sample has: 1, or L where one is told at each position} */
    public int answers() {
        return each ? length : 1;
    }
}
