package s5.ops.reference;

import s5.ops.ImageOp;
import s5.ops.Tensor;

import java.util.Arrays;

/** {@link ImageOp} in double precision. */
final class ReferenceImage {
    private final ReferenceMemory memory;

    ReferenceImage(ReferenceMemory memory) {
        this.memory = memory;
    }

    void run(ImageOp op) {
        switch (op) {
            case ImageOp.ConvReluPool o -> convReluPool(o);
            case ImageOp.ConvReluPoolAdjoint o -> convReluPoolAdjoint(o);
        }
    }

    private void convReluPool(ImageOp.ConvReluPool o) {
        Convolution c = new Convolution(o.x(), o.kernel(), o.size(), o.stride());

        double[] pixels = memory.vector(o.x());
        double[] weights = memory.vector(o.kernel());
        double[] biases = memory.vector(o.bias());
        double[] largest = new double[o.out().size()];
        double[] which = new double[o.out().size()];
        Arrays.fill(which, -1);
        c.windows((image, i, j, m, index) -> {
            for (int q = 0; q < 4; q++) {
                double[] sum = {biases[m]};
                c.pairs(
                        image,
                        2 * i + q / 2,
                        2 * j + q % 2,
                        m,
                        (pixel, weight) -> sum[0] += pixels[pixel] * weights[weight]);
                if (sum[0] > largest[index]) {
                    largest[index] = sum[0];
                    which[index] = q;
                }
            }
        });
        memory.store(o.out(), largest);
        if (o.winner() != null) {
            memory.store(o.winner(), which);
        }
    }

    private void convReluPoolAdjoint(ImageOp.ConvReluPoolAdjoint o) {
        Convolution c = new Convolution(o.x(), o.kernel(), o.size(), o.stride());

        double[] pixels = memory.vector(o.x());
        double[] weights = memory.vector(o.kernel());
        double[] which = memory.vector(o.winner());
        double[] d = memory.vector(o.dOut());
        double[] byWeight = new double[o.kernel().size()];
        double[] byBias = new double[c.out()];
        double[] byPixel = new double[o.x().size()];
        c.windows((image, i, j, m, index) -> {
            if (Math.round(which[index]) >= 0) {
                int q = (int) Math.round(which[index]);
                byBias[m] += d[index];
                c.pairs(
                        image,
                        2 * i + q / 2,
                        2 * j + q % 2,
                        m,
                        (pixel, weight) -> {
                            byWeight[weight] += d[index] * pixels[pixel];
                            byPixel[pixel] += d[index] * weights[weight];
                        });
            }
        });
        memory.store(o.dKernel(), byWeight);
        memory.store(o.dBias(), byBias);
        if (o.dX() != null) {
            memory.store(o.dX(), byPixel);
        }
    }

    /**
     * The sizes of a convolution, and which weight meets which pixel in which output.
     *
     * @param images (n, S S K)
     * @param kernel (W, W, K, M)
     */
    private record Convolution(Tensor images, Tensor kernel, int size, int stride) {
        int in() {
            return kernel.dim(2);
        }

        int out() {
            return kernel.dim(3);
        }

        int side() {
            return ((size - 1) / stride + 1) / 2;
        }

        /** A weight and the pixel it is multiplied with; both are indices of flat arrays. */
        interface Pair {
            void meet(int pixel, int weight);
        }

        /** All pairs behind output (i, j) of channel m, before pooling. */
        void pairs(int image, int i, int j, int m, Pair action) {
            int width = kernel.dim(0);
            int r = (width - 1) / 2;
            for (int a = 0; a < width; a++) {
                for (int b = 0; b < width; b++) {
                    int y = stride * i + a - r;
                    int x = stride * j + b - r;
                    for (int k = 0; k < in(); k++) {
                        if (y >= 0 && y < size && x >= 0 && x < size) {
                            int pixel = ((image * size + y) * size + x) * in() + k;
                            action.meet(pixel, ((a * width + b) * in() + k) * out() + m);
                        }
                    }
                }
            }
        }

        /** A pooled output: where it is, and its index in a flat array. */
        interface Window {
            void at(int image, int i, int j, int m, int index);
        }

        void windows(Window action) {
            int index = 0;
            for (int image = 0; image < images.rows(); image++) {
                for (int i = 0; i < side(); i++) {
                    for (int j = 0; j < side(); j++) {
                        for (int m = 0; m < out(); m++) {
                            action.at(image, i, j, m, index++);
                        }
                    }
                }
            }
        }
    }
}
