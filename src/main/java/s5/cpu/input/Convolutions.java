package s5.cpu.input;

/**
 * Loops of convolution, ReLU and pooling, for one image at a time; {@link ImageSizes} says how it
 * lies. Every sum runs over the taps, or the windows, in their order.
 */
interface Convolutions {

    /** Floats that {@code n} take in the packed arrays: whole vectors. */
    int padded(int n);

    /**
     * All outputs of an image.
     *
     * @param weights (taps + 1, padded out): the kernel, then the bias
     * @param out written from {@code at} on, as {@code winner} unless null
     */
    void forward(
            ImageSizes z, float[] framed, float[] weights, float[] out, float[] winner, int at);

    /**
     * The gradients by the outputs of an image, which reach the winners.
     *
     * @param winner from {@code at} on, as {@code dOut}
     */
    record Gradient(float[] winner, float[] dOut, int at) {}

    /**
     * Adds an image's share to the gradients by weights.
     *
     * @param sum (taps + 1, padded out) from {@code to} on: kernel, then bias
     */
    void byWeights(ImageSizes z, float[] framed, Gradient gradient, float[] sum, int to);

    /**
     * Adds up the gradient by an image.
     *
     * @param kernel (out, W, padded run) from {@code from} on
     * @param dFramed (framed) from {@code to} on, added to; with room for a padded run behind it
     */
    void byImage(
            ImageSizes z, float[] kernel, int from, Gradient gradient, float[] dFramed, int to);
}
