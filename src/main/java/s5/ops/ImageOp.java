package s5.ops;

/** Images at every position. See {@link Op} for what the letters mean. */
public sealed interface ImageOp extends Op
        permits ImageOp.ConvReluPool, ImageOp.ConvReluPoolAdjoint {
    /**
     * Convolution, ReLU and the largest of each 2 by 2 window. With r = (W - 1) / 2, and zeros
     * around the image, {@code c[i, j, m] = bias[m] + sum of image[stride i + a - r, stride j + b -
     * r, k] kernel[a, b, k, m] over a, b, k}, for i and j from 0 while the middle of the kernel
     * stays inside the image; then {@code out[i, j, m] = max(0, c[2i, 2j, m], c[2i, 2j + 1, m],
     * c[2i + 1, 2j, m], c[2i + 1, 2j + 1, m])}. A last row and column that fill no window are left
     * out.
     *
     * @param x (n, S S K): n images of S rows of S pixels of K channels
     * @param kernel (W, W, K, M), W odd
     * @param bias (M)
     * @param size S
     * @param stride from one place of the kernel to the next, in pixels; 1 or more
     * @param out (n, T T M) with {@code T = ((S - 1) / stride + 1) / 2}, rounded down; written
     * @param winner (n, T T M): which of the four is the largest (the first one among equals), 0 to
     *     3 in the order above, or -1 where none is above 0; written. Or null when no adjoint
     *     follows
     */
    record ConvReluPool(
            Tensor x,
            Tensor kernel,
            Tensor bias,
            int size,
            int stride,
            @Out Tensor out,
            @Out Tensor winner)
            implements ImageOp {
        /** Checks the shapes, and that the images hold a window. */
        public ConvReluPool {
            String op = "convReluPool";
            check(op, x, kernel, bias, size, stride, out);
            Shapes.shapeOrNull(op, "winner", winner, out.shape());
        }
    }

    /**
     * The gradient of an output goes to the winner of its window, if there is one, and from there
     * to the pixels and weights behind it.
     *
     * @param x (n, S S K)
     * @param kernel (W, W, K, M), W odd
     * @param winner (n, T T M), from {@link ConvReluPool}
     * @param dOut (n, T T M)
     * @param size S
     * @param stride as in {@link ConvReluPool}
     * @param dKernel (W, W, K, M); written
     * @param dBias (M); written
     * @param dX (n, S S K), written; or null
     */
    record ConvReluPoolAdjoint(
            Tensor x,
            Tensor kernel,
            Tensor winner,
            Tensor dOut,
            int size,
            int stride,
            @Out Tensor dKernel,
            @Out Tensor dBias,
            @Out Tensor dX)
            implements ImageOp {
        /** Checks the shapes. */
        public ConvReluPoolAdjoint {
            String op = "convReluPoolAdjoint";
            check(op, x, kernel, dBias, size, stride, dOut);
            Shapes.shape(op, "winner", winner, dOut.shape());
            Shapes.shape(op, "dKernel", dKernel, kernel.shape());
            Shapes.shapeOrNull(op, "dX", dX, x.shape());
        }
    }

    private static void check(
            String op, Tensor x, Tensor kernel, Tensor bias, int size, int stride, Tensor out) {
        Shapes.present(op, "x", x);
        Shapes.present(op, "kernel", kernel);
        Shapes.require(
                kernel.rank() == 4 && kernel.dim(0) == kernel.dim(1) && kernel.dim(0) % 2 == 1,
                "%s: kernel is %s, must be of shape (W, W, K, M) with W odd",
                op,
                kernel);
        int pooled = stride > 0 ? ((size - 1) / stride + 1) / 2 : 0;
        Shapes.require(
                pooled > 0,
                "%s: images of side %d are too small for windows at stride %d",
                op,
                size,
                stride);
        Shapes.shape(op, "kernel", kernel, kernel.shape());
        Shapes.shape(op, "x", x, x.rows(), size * size * kernel.dim(2));
        Shapes.vector(op, "bias", bias, kernel.dim(3));
        Shapes.shape(op, "out", out, x.rows(), pooled * pooled * kernel.dim(3));
    }
}
