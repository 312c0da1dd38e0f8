package s5.cpu.input;

import s5.ops.Tensor;

/**
 * Sizes of a convolution, and where things lie. An image lies in a frame of zeros, so that no loop
 * asks where the border is. A tap is a place of the kernel and an input channel; the taps of a row
 * of the kernel lie side by side in the framed image: a run.
 *
 * @param size S, the side of an image; {@code in} its channels
 * @param width W, the side of the kernel; {@code out} its output channels
 */
record ImageSizes(int size, int in, int width, int out, int stride) {
    /**
     * The sizes of an operation.
     *
     * @param kernel (W, W, in, out)
     */
    static ImageSizes of(Tensor kernel, int size, int stride) {
        return new ImageSizes(size, kernel.dim(2), kernel.dim(0), kernel.dim(3), stride);
    }

    /** T, the side of the pooled output. */
    int pooled() {
        return ((size - 1) / stride + 1) / 2;
    }

    /** Windows of an image: its outputs in a channel. */
    int windows() {
        return pooled() * pooled();
    }

    /** Outputs of an image. */
    int outputs() {
        return windows() * out;
    }

    /** Pixels of an image, by channel. */
    int inputs() {
        return size * size * in;
    }

    /** Floats of a row of the framed image. */
    int row() {
        return (size + width - 1) * in;
    }

    /** Floats of the framed image. */
    int framed() {
        return (size + width - 1) * row();
    }

    /** Taps of a run. */
    int run() {
        return width * in;
    }

    int taps() {
        return width * run();
    }

    /** Where the first tap of output {@code q}, 0 to 3, of a window lies in the framed image. */
    int origin(int window, int q) {
        int i = 2 * (window / pooled()) + q / 2;
        int j = 2 * (window % pooled()) + q % 2;
        return i * stride * row() + j * stride * in;
    }

    /** Where the pixels of a row begin in the framed image. */
    private int inside(int i) {
        return (i + width / 2) * row() + width / 2 * in;
    }

    /** Copies an image into its frame, whose border is zero already. */
    void frame(float[] x, int at, float[] framed) {
        for (int i = 0; i < size; i++) {
            System.arraycopy(x, at + i * size * in, framed, inside(i), size * in);
        }
    }

    /** Copies an image out of its frame, which begins at {@code from}. */
    void unframe(float[] framed, int from, float[] x, int at) {
        for (int i = 0; i < size; i++) {
            System.arraycopy(framed, from + inside(i), x, at + i * size * in, size * in);
        }
    }
}
