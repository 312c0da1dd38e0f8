package s5.cpu.input;

import s5.cpu.Blocks;
import s5.cpu.Machine;
import s5.cpu.input.Convolutions.Gradient;
import s5.ops.ImageOp;

import java.util.Arrays;

/** Convolution with ReLU and pooling; see {@link ImageOp}. */
public final class ImageTasks {
    /** Terms of a weight's gradient that are summed in float32. */
    private static final int TERMS = 512;

    private static final int MOST_IMAGES = 64;

    private final Machine cpu;
    private final Convolutions k;

    /**
     * Makes tasks for this machine.
     *
     * @param cpu what they run on
     */
    public ImageTasks(Machine cpu) {
        this.cpu = cpu;
        k = cpu.vector() ? new VectorConvolutions() : new PlainConvolutions();
    }

    /**
     * {@return what carries an operation out}
     *
     * @param op of this family
     */
    public Runnable task(ImageOp op) {
        return switch (op) {
            case ImageOp.ConvReluPool o -> convReluPool(o);
            case ImageOp.ConvReluPoolAdjoint o -> convReluPoolAdjoint(o);
        };
    }

    /** Images a task takes. */
    private static Blocks blocks(ImageSizes z, int images) {
        return new Blocks(images, Math.clamp(TERMS / z.windows(), 1, MOST_IMAGES));
    }

    private Runnable convReluPool(ImageOp.ConvReluPool op) {
        ImageSizes z = ImageSizes.of(op.kernel(), op.size(), op.stride());
        int lanes = k.padded(z.out());
        cpu.workspace().needFloats((z.taps() + 1) * lanes);
        cpu.workspace().needOwnFloats(z.framed());
        return () -> {
            float[] x = cpu.floats(op.x());
            float[] kernel = cpu.floats(op.kernel());
            float[] out = cpu.floats(op.out());
            float[] winner = cpu.floatsOr(op.winner(), null);
            float[] packed = cpu.workspace().floats();
            Arrays.fill(packed, 0, (z.taps() + 1) * lanes, 0f);
            for (int tap = 0; tap < z.taps(); tap++) {
                System.arraycopy(kernel, tap * z.out(), packed, tap * lanes, z.out());
            }
            System.arraycopy(cpu.floats(op.bias()), 0, packed, z.taps() * lanes, z.out());
            cpu.each(
                    blocks(z, op.x().rows()),
                    (from, to, _, worker) -> {
                        float[] framed = cpu.workspace().floats(worker);
                        Arrays.fill(framed, 0, z.framed(), 0f);
                        for (int i = from; i < to; i++) {
                            z.frame(x, i * z.inputs(), framed);
                            k.forward(z, framed, packed, out, winner, i * z.outputs());
                        }
                    });
        };
    }

    private Runnable convReluPoolAdjoint(ImageOp.ConvReluPoolAdjoint op) {
        ImageSizes z = ImageSizes.of(op.kernel(), op.size(), op.stride());
        Blocks blocks = blocks(z, op.x().rows());
        int lanes = k.padded(z.out());
        int sums = (z.taps() + 1) * lanes;
        int run = k.padded(z.run());
        int packedAt = Math.multiplyExact(blocks.count(), sums);
        cpu.workspace().needFloats(Math.addExact(packedAt, z.out() * z.width() * run));
        cpu.workspace().needOwnFloats(2 * z.framed() + run);
        float[] total = new float[sums];
        return () -> {
            float[] x = cpu.floats(op.x());
            float[] winner = cpu.floats(op.winner());
            float[] dOut = cpu.floats(op.dOut());
            float[] dX = cpu.floatsOr(op.dX(), null);
            float[] shared = cpu.workspace().floats();
            packRows(z, cpu.floats(op.kernel()), run, shared, packedAt);
            cpu.each(
                    blocks,
                    (from, to, block, worker) -> {
                        float[] framed = cpu.workspace().floats(worker);
                        Arrays.fill(framed, 0, z.framed(), 0f);
                        Arrays.fill(shared, block * sums, (block + 1) * sums, 0f);
                        for (int i = from; i < to; i++) {
                            Gradient gradient = new Gradient(winner, dOut, i * z.outputs());
                            z.frame(x, i * z.inputs(), framed);
                            k.byWeights(z, framed, gradient, shared, block * sums);
                            if (dX != null) {
                                Arrays.fill(framed, z.framed(), 2 * z.framed() + run, 0f);
                                k.byImage(z, shared, packedAt, gradient, framed, z.framed());
                                z.unframe(framed, z.framed(), dX, i * z.inputs());
                            }
                        }
                    });
            cpu.sumBlocks(blocks.count(), 0, sums, sums, total);
            float[] dKernel = cpu.floats(op.dKernel());
            for (int tap = 0; tap < z.taps(); tap++) {
                System.arraycopy(total, tap * lanes, dKernel, tap * z.out(), z.out());
            }
            System.arraycopy(total, z.taps() * lanes, cpu.floats(op.dBias()), 0, z.out());
        };
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
}
