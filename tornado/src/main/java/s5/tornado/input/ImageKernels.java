package s5.tornado.input;

import s5.tornado.Launch;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Convolution, ReLU and pooling, see {@link s5.ops.ImageOp.ConvReluPool}. Images of {@code size} by
 * {@code size} pixels of {@code inputs} channels, kernels of {@code width} by {@code width}, {@code
 * outputs} channels and {@code side} by {@code side} windows of four out.
 */
public final class ImageKernels {
    /** Output channels of a thread of {@link #convForward}, which share the pixels it loads. */
    static final int CHANNELS = 4;

    private ImageKernels() {}

    /** 1 for a row or column of the image, 0 for one outside. */
    static int inside(int i, int size) {
        return i < 0 ? 0 : i < size ? 1 : 0;
    }

    /** The nearest row or column of the image. */
    static int nearest(int i, int size) {
        return Math.max(0, Math.min(i, size - 1));
    }

    /**
     * The outputs; one thread for each window and {@code lanes} of its channels, every {@code
     * lanes}-th.
     *
     * @param x (images, size size inputs)
     * @param kernel (width, width, inputs, outputs) from {@code kernelAt}
     * @param out (images, side side outputs); written
     * @param keep 0 for no winners; {@code winner} is then any array
     * @param lanes {@code outputs / CHANNELS}, rounded up
     * @param n threads
     */
    public static void convForward(
            KernelContext c,
            FloatArray x,
            FloatArray kernel,
            int kernelAt,
            FloatArray bias,
            int biasAt,
            FloatArray out,
            FloatArray winner,
            int keep,
            int size,
            int inputs,
            int width,
            int outputs,
            int stride,
            int side,
            int lanes,
            int n) {
        int i = c.globalIdx;
        if (i < n) {
            int lane = i % lanes;
            int window = i / lanes;
            int image = window / (side * side);
            int place = window % (side * side);
            int top = 2 * (place / side) * stride - width / 2;
            int from = 2 * (place % side) * stride - width / 2;
            float[] sum = new float[4 * CHANNELS];
            for (int o = 0; o < CHANNELS; o++) {
                float shift = bias.get(biasAt + Math.min(lane + o * lanes, outputs - 1));
                sum[o] = shift;
                sum[CHANNELS + o] = shift;
                sum[2 * CHANNELS + o] = shift;
                sum[3 * CHANNELS + o] = shift;
            }
            for (int a = 0; a < width; a++) {
                int upper = top + a;
                int lower = upper + stride;
                int hasUpper = inside(upper, size);
                int hasLower = inside(lower, size);
                int upperAt = (image * size + nearest(upper, size)) * size;
                int lowerAt = (image * size + nearest(lower, size)) * size;
                for (int b = 0; b < width; b++) {
                    int left = from + b;
                    int right = left + stride;
                    int hasLeft = inside(left, size);
                    int hasRight = inside(right, size);
                    int leftAt = nearest(left, size);
                    int rightAt = nearest(right, size);
                    for (int k = 0; k < inputs; k++) {
                        float p0 = x.get((upperAt + leftAt) * inputs + k);
                        float p1 = x.get((upperAt + rightAt) * inputs + k);
                        float p2 = x.get((lowerAt + leftAt) * inputs + k);
                        float p3 = x.get((lowerAt + rightAt) * inputs + k);
                        if (hasUpper * hasLeft == 0) {
                            p0 = 0f;
                        }
                        if (hasUpper * hasRight == 0) {
                            p1 = 0f;
                        }
                        if (hasLower * hasLeft == 0) {
                            p2 = 0f;
                        }
                        if (hasLower * hasRight == 0) {
                            p3 = 0f;
                        }
                        int tap = kernelAt + ((a * width + b) * inputs + k) * outputs;
                        for (int o = 0; o < CHANNELS; o++) {
                            // Channels past the end repeat the last one; they are not kept.
                            float v = kernel.get(tap + Math.min(lane + o * lanes, outputs - 1));
                            sum[o] = sum[o] + v * p0;
                            sum[CHANNELS + o] = sum[CHANNELS + o] + v * p1;
                            sum[2 * CHANNELS + o] = sum[2 * CHANNELS + o] + v * p2;
                            sum[3 * CHANNELS + o] = sum[3 * CHANNELS + o] + v * p3;
                        }
                    }
                }
            }
            for (int o = 0; o < CHANNELS; o++) {
                int channel = lane + o * lanes;
                float best = 0f;
                float which = -1f;
                for (int q = 0; q < 4; q++) {
                    float v = sum[q * CHANNELS + o];
                    if (v > best) {
                        best = v;
                        which = q;
                    }
                }
                if (channel < outputs) {
                    out.set(window * outputs + channel, best);
                    if (keep != 0) {
                        winner.set(window * outputs + channel, which);
                    }
                }
            }
        }
    }

    /**
     * Partial gradients of kernel and bias. Launch {@code plan.launch()} with {@code plan =
     * ColumnPlan.sums(images side side, (width inputs + 1) outputs)}: a column is a row of the
     * kernel, {@code width} weights, for one input and one output channel; or, behind those, a
     * bias.
     *
     * @param partial (rowGroups, width width inputs outputs + outputs); written
     * @param rows windows of all images
     */
    public static void convWeights(
            KernelContext c,
            FloatArray x,
            FloatArray winner,
            FloatArray dOut,
            FloatArray partial,
            int size,
            int inputs,
            int width,
            int outputs,
            int stride,
            int side,
            int rows,
            int columns,
            int lanes,
            int columnGroups,
            int sweeps,
            int groupRows) {
        float[] shared = c.allocateFloatLocalArray(Launch.GROUP);
        int lane = c.localIdx % lanes;
        int sweep = c.localIdx / lanes;
        int column = (c.groupIdx % columnGroups) * lanes + lane;
        int rowGroup = c.groupIdx / columnGroups;
        int end = Math.min(rows, (rowGroup + 1) * groupRows);
        if (column >= columns) {
            end = 0;
        }
        int channel = column % outputs;
        int k = (column / outputs) % inputs;
        int a = column / (outputs * inputs);
        float[] sum = new float[width];
        for (int b = 0; b < width; b++) {
            sum[b] = 0f;
        }
        for (int row = rowGroup * groupRows + sweep; row < end; row += sweeps) {
            int image = row / (side * side);
            int place = row % (side * side);
            float which = winner.get(row * outputs + channel);
            float g = dOut.get(row * outputs + channel);
            int lower = 0;
            int right = 0;
            if (which < 0f) {
                g = 0f;
            }
            if (which > 1.5f) {
                lower = 1;
            }
            if (which - 2f * lower > 0.5f) {
                right = 1;
            }
            int i = (2 * (place / side) + lower) * stride - width / 2 + a;
            int j = (2 * (place % side) + right) * stride - width / 2;
            int at = (image * size + nearest(i, size)) * size;
            int hasRow = inside(i, size);
            for (int b = 0; b < width; b++) {
                float value = x.get((at + nearest(j + b, size)) * inputs + k);
                if (hasRow * inside(j + b, size) == 0) {
                    value = 0f;
                }
                if (a == width) {
                    value = 1f;
                }
                sum[b] = sum[b] + value * g;
            }
        }
        int taps = width * width * inputs;
        for (int b = 0; b < width; b++) {
            c.localBarrier();
            shared[c.localIdx] = sum[b];
            c.localBarrier();
            if (sweep == 0) {
                if (column < columns) {
                    float total = 0f;
                    for (int s = 0; s < sweeps; s++) {
                        total += shared[s * lanes + lane];
                    }
                    int tap = (a * width + b) * inputs + k;
                    int kept = 1;
                    if (a == width) {
                        // all sums are the same
                        tap = taps;
                        kept = inside(b, 1);
                    }
                    if (kept != 0) {
                        partial.set((rowGroup * (taps + 1) + tap) * outputs + channel, total);
                    }
                }
            }
        }
    }

    /**
     * Gradients by the images; one thread for each pixel and channel.
     *
     * @param kernel (width, width, inputs, outputs) from {@code kernelAt}
     * @param dX (images, size size inputs), n elements; written
     */
    public static void convImages(
            KernelContext c,
            FloatArray kernel,
            int kernelAt,
            FloatArray winner,
            FloatArray dOut,
            FloatArray dX,
            int size,
            int inputs,
            int width,
            int outputs,
            int stride,
            int side,
            int n) {
        int t = c.globalIdx;
        if (t < n) {
            int k = t % inputs;
            int pixel = t / inputs;
            int image = pixel / (size * size);
            int i = (pixel / size) % size + width / 2;
            int j = pixel % size + width / 2;
            float sum = 0f;
            for (int a = 0; a < width; a++) {
                int row = Math.max(0, i - a) / stride;
                // whether a tap of this row has its middle at a row that counts
                int hasRow = 0;
                if (row * stride == i - a) {
                    hasRow = inside(row, 2 * side);
                }
                for (int b = 0; b < width; b++) {
                    int column = Math.max(0, j - b) / stride;
                    int has = 0;
                    if (column * stride == j - b) {
                        has = hasRow * inside(column, 2 * side);
                    }
                    if (has != 0) {
                        float q = 2 * (row % 2) + column % 2;
                        int window = (image * side + row / 2) * side + column / 2;
                        int tap = kernelAt + ((a * width + b) * inputs + k) * outputs;
                        for (int o = 0; o < outputs; o++) {
                            float g = dOut.get(window * outputs + o);
                            if (winner.get(window * outputs + o) != q) {
                                g = 0f;
                            }
                            sum += g * kernel.get(tap + o);
                        }
                    }
                }
            }
            dX.set(t, sum);
        }
    }
}
