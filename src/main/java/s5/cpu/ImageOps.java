package s5.cpu;

import s5.ops.Tensor;

import java.util.Arrays;
import java.util.List;

/** Convolution with ReLU and pooling; see {@link s5.ops.Ops}. */
final class ImageOps {
    /** Terms of a weight's gradient that are summed in float32. */
    private static final int TERMS = 512;

    private static final int MOST_IMAGES = 64;

    private final Recorder r;
    private final Convolutions k;

    ImageOps(Recorder recorder) {
        r = recorder;
        k = recorder.kernels.convolutions();
    }

    /** Images a task takes. */
    private static Blocks blocks(ImageSizes z, int images) {
        return new Blocks(images, Math.clamp(TERMS / z.windows(), 1, MOST_IMAGES));
    }

    void convReluPool(
            Tensor x, Tensor kernel, Tensor bias, int size, int stride, Tensor out, Tensor winner) {
        String op = "convReluPool";
        ImageSizes z = check(op, x, kernel, bias, size, stride, out);
        Check.shapeOrNull(op, "winner", winner, out.shape());
        int lanes = k.padded(z.out());
        Buffer in = r.buffer(x);
        Buffer weights = r.buffer(kernel);
        Buffer shift = r.buffer(bias);
        Buffer result = r.buffer(out);
        Buffer which = winner == null ? null : r.buffer(winner);
        r.workspace.needFloats((z.taps() + 1) * lanes);
        r.workspace.needOwnFloats(z.framed());
        r.add(
                op,
                List.of(x, kernel, bias),
                Arrays.asList(out, winner),
                () -> {
                    float[] packed = r.workspace.floats();
                    Arrays.fill(packed, 0, (z.taps() + 1) * lanes, 0f);
                    for (int tap = 0; tap < z.taps(); tap++) {
                        System.arraycopy(
                                weights.floats, tap * z.out(), packed, tap * lanes, z.out());
                    }
                    System.arraycopy(shift.floats, 0, packed, z.taps() * lanes, z.out());
                    r.each(
                            blocks(z, x.rows()),
                            (from, to, _, worker) -> {
                                float[] framed = r.workspace.floats(worker);
                                Arrays.fill(framed, 0, z.framed(), 0f);
                                for (int i = from; i < to; i++) {
                                    z.frame(in.floats, i * z.inputs(), framed);
                                    k.forward(
                                            z,
                                            framed,
                                            packed,
                                            result.floats,
                                            which == null ? null : which.floats,
                                            i * z.outputs());
                                }
                            });
                });
    }

    void convReluPoolAdjoint(
            Tensor x,
            Tensor kernel,
            Tensor winner,
            Tensor dOut,
            int size,
            int stride,
            Tensor dKernel,
            Tensor dBias,
            Tensor dX) {
        String op = "convReluPoolAdjoint";
        ImageSizes z = check(op, x, kernel, dBias, size, stride, dOut);
        Check.shape(op, "winner", winner, dOut.shape());
        Check.shape(op, "dKernel", dKernel, kernel.shape());
        Check.shapeOrNull(op, "dX", dX, x.shape());
        Blocks blocks = blocks(z, x.rows());
        int lanes = k.padded(z.out());
        int sums = (z.taps() + 1) * lanes;
        int run = k.padded(z.run());
        int packedAt = Math.multiplyExact(blocks.count(), sums);
        Buffer in = r.buffer(x);
        Buffer weights = r.buffer(kernel);
        Buffer which = r.buffer(winner);
        Buffer byOut = r.buffer(dOut);
        Buffer byKernel = r.buffer(dKernel);
        Buffer byBias = r.buffer(dBias);
        Buffer byX = dX == null ? null : r.buffer(dX);
        r.workspace.needFloats(Math.addExact(packedAt, z.out() * z.width() * run));
        r.workspace.needOwnFloats(2 * z.framed() + run);
        float[] total = new float[sums];
        r.add(
                op,
                List.of(x, kernel, winner, dOut),
                Arrays.asList(dKernel, dBias, dX),
                () -> {
                    float[] shared = r.workspace.floats();
                    packRows(z, weights.floats, run, shared, packedAt);
                    r.each(
                            blocks,
                            (from, to, block, worker) -> {
                                float[] framed = r.workspace.floats(worker);
                                Arrays.fill(framed, 0, z.framed(), 0f);
                                Arrays.fill(shared, block * sums, (block + 1) * sums, 0f);
                                for (int i = from; i < to; i++) {
                                    int at = i * z.outputs();
                                    z.frame(in.floats, i * z.inputs(), framed);
                                    k.byWeights(
                                            z,
                                            framed,
                                            which.floats,
                                            byOut.floats,
                                            at,
                                            shared,
                                            block * sums);
                                    if (byX != null) {
                                        Arrays.fill(framed, z.framed(), 2 * z.framed() + run, 0f);
                                        k.byImage(
                                                z,
                                                shared,
                                                packedAt,
                                                which.floats,
                                                byOut.floats,
                                                at,
                                                framed,
                                                z.framed());
                                        z.unframe(framed, z.framed(), byX.floats, i * z.inputs());
                                    }
                                }
                            });
                    r.sumBlocks(blocks.count(), 0, sums, sums, total);
                    for (int tap = 0; tap < z.taps(); tap++) {
                        System.arraycopy(
                                total, tap * lanes, byKernel.floats, tap * z.out(), z.out());
                    }
                    System.arraycopy(total, z.taps() * lanes, byBias.floats, 0, z.out());
                });
    }

    /** From (taps, out) to (out, width, run), each run with zeros up to whole lanes behind. */
    private static void packRows(ImageSizes z, float[] kernel, int lanes, float[] packed, int at) {
        for (int m = 0; m < z.out(); m++) {
            for (int a = 0; a < z.width(); a++) {
                int to = at + (m * z.width() + a) * lanes;
                for (int i = 0; i < lanes; i++) {
                    int tap = a * z.run() + i;
                    packed[to + i] = i < z.run() ? kernel[tap * z.out() + m] : 0f;
                }
            }
        }
    }

    private static ImageSizes check(
            String op, Tensor x, Tensor kernel, Tensor bias, int size, int stride, Tensor out) {
        Check.require(
                kernel.rank() == 4 && kernel.dim(0) == kernel.dim(1) && kernel.dim(0) % 2 == 1,
                "%s: kernel is %s, must be of shape (W, W, K, M) with W odd",
                op,
                kernel);
        ImageSizes z = new ImageSizes(size, kernel.dim(2), kernel.dim(0), kernel.dim(3), stride);
        Check.require(
                stride > 0 && z.pooled() > 0,
                "%s: images of side %d are too small for windows at stride %d",
                op,
                size,
                stride);
        Check.shape(op, "kernel", kernel, kernel.shape());
        Check.shape(op, "x", x, x.rows(), z.inputs());
        Check.vector(op, "bias", bias, z.out());
        Check.shape(op, "out", out, x.rows(), z.outputs());
        return z;
    }
}
