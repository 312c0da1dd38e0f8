package s5.cpu.layer;

import s5.cpu.Blocks;
import s5.cpu.Machine;
import s5.cpu.layer.Activations.GateAdjoint;
import s5.cpu.layer.Activations.Gated;
import s5.cpu.layer.Activations.SkipGelu;
import s5.cpu.layer.Activations.SkipGeluAdjoint;
import s5.ops.Counters;
import s5.ops.Dropout;
import s5.ops.LayerOp;
import s5.ops.LayerOp.Curve;
import s5.ops.Tensor;

import java.util.Arrays;

/** Non-linearities, gates, dropout and sums; see {@link LayerOp}. */
public final class LayerTasks {
    private final Machine cpu;
    private final Activations k;

    /**
     * Makes tasks for this machine.
     *
     * @param cpu what they run on
     */
    public LayerTasks(Machine cpu) {
        this.cpu = cpu;
        k = cpu.vector() ? new VectorActivations() : new PlainActivations();
    }

    /**
     * {@return what carries an operation out}
     *
     * @param op of this family
     */
    public Runnable task(LayerOp op) {
        return switch (op) {
            case LayerOp.DropoutMask o -> dropoutMask(o);
            case LayerOp.SkipGelu o -> skipGelu(o);
            case LayerOp.SkipGeluAdjoint o -> skipGeluAdjoint(o);
            case LayerOp.Gate o -> gate(o);
            case LayerOp.GateAdjoint o -> gateAdjoint(o);
            case LayerOp.Add o -> add(o);
            case LayerOp.Gelu o -> gelu(o);
            case LayerOp.GeluAdjoint o -> geluAdjoint(o);
            case LayerOp.Activate o -> activate(o);
            case LayerOp.ActivateAdjoint o -> activateAdjoint(o);
            case LayerOp.MaskRows o -> maskRows(o);
        };
    }

    /** Rows of {@code x} that share a row of the mask; all rows do when there is none. */
    private static int maskLength(Tensor x, Tensor mask) {
        return mask == null ? Integer.MAX_VALUE : x.rows() / mask.rows();
    }

    /** A row of one value, for an absent mask (1) or bias or gradient (0). */
    private static float[] row(int h, float value) {
        float[] row = new float[h];
        Arrays.fill(row, value);
        return row;
    }

    private Runnable dropoutMask(LayerOp.DropoutMask op) {
        int h = op.mask().columns();
        Blocks blocks = Blocks.of(op.mask().rows(), h);
        return () -> {
            int seed = cpu.ints(op.counters())[Counters.SEED];
            int step = cpu.ints(op.counters())[Counters.STEP];
            float[] mask = cpu.floats(op.mask());
            cpu.each(
                    blocks,
                    (from, to, _, _) -> {
                        for (int b = from; b < to; b++) {
                            int place = op.share().place(b);
                            for (int j = 0; j < h; j++) {
                                mask[b * h + j] =
                                        Dropout.factor(seed, step, op.site(), place, j, op.rate());
                            }
                        }
                    });
        };
    }

    private Runnable skipGelu(LayerOp.SkipGelu op) {
        int h = op.cx().columns();
        int length = maskLength(op.cx(), op.mask());
        Blocks blocks = Blocks.of(op.cx().rows(), h);
        return () -> {
            SkipGelu arrays =
                    new SkipGelu(
                            cpu.floats(op.cx()),
                            cpu.floats(op.d()),
                            cpu.floats(op.u()),
                            cpu.floatsOr(op.mask(), row(h, 1f)),
                            length,
                            cpu.floatsOr(op.y(), null),
                            cpu.floats(op.g()),
                            h);
            cpu.each(blocks, (from, to, _, _) -> k.skipGelu(arrays, 0, from, to));
        };
    }

    private Runnable skipGeluAdjoint(LayerOp.SkipGeluAdjoint op) {
        int h = op.y().columns();
        int length = maskLength(op.y(), op.mask());
        Blocks blocks = Blocks.of(op.y().rows(), h);
        cpu.workspace().needFloats(blocks.count() * h);
        return () -> {
            SkipGeluAdjoint arrays =
                    new SkipGeluAdjoint(
                            cpu.floats(op.y()),
                            cpu.floats(op.d()),
                            cpu.floats(op.u()),
                            cpu.floatsOr(op.mask(), row(h, 1f)),
                            length,
                            cpu.floats(op.dG()),
                            cpu.floatsOr(op.direct(), row(h, 0f)),
                            op.direct() == null ? 0 : h,
                            cpu.floats(op.dY()),
                            cpu.floats(op.dU()),
                            cpu.workspace().floats(),
                            h);
            cpu.each(
                    blocks,
                    (from, to, block, _) -> k.skipGeluAdjoint(arrays, block * h, 0, from, to));
            cpu.sumBlocks(blocks.count(), 0, h, h, cpu.floats(op.dD()));
        };
    }

    private Runnable gate(LayerOp.Gate op) {
        int h = op.v().columns();
        Blocks blocks = Blocks.of(op.v().rows(), h);
        return () -> {
            Gated arrays = gated(op.v(), op.vBias(), op.z(), op.zBias(), op.mask());
            float[] skip = cpu.floats(op.skip());
            float[] out = cpu.floats(op.out());
            cpu.each(blocks, (from, to, _, _) -> k.gate(arrays, skip, out, 0, from, to));
        };
    }

    private Gated gated(Tensor v, Tensor vBias, Tensor z, Tensor zBias, Tensor mask) {
        int h = v.columns();
        return new Gated(
                cpu.floats(v),
                cpu.floatsOr(vBias, row(h, 0f)),
                cpu.floats(z),
                cpu.floats(zBias),
                cpu.floatsOr(mask, row(h, 1f)),
                maskLength(v, mask),
                h);
    }

    private Runnable gateAdjoint(LayerOp.GateAdjoint op) {
        int h = op.v().columns();
        Blocks blocks = Blocks.of(op.v().rows(), h);
        cpu.workspace().needFloats(blocks.count() * 2 * h);
        return () -> {
            GateAdjoint arrays =
                    new GateAdjoint(
                            gated(op.v(), op.vBias(), op.z(), op.zBias(), op.mask()),
                            cpu.floats(op.dOut()),
                            cpu.floats(op.dV()),
                            cpu.floats(op.dZ()),
                            cpu.workspace().floats());
            cpu.each(
                    blocks,
                    (from, to, block, _) -> k.gateAdjoint(arrays, block * 2 * h, 0, from, to));
            if (op.dVBias() != null) {
                cpu.sumBlocks(blocks.count(), 0, 2 * h, h, cpu.floats(op.dVBias()));
            }
            cpu.sumBlocks(blocks.count(), h, 2 * h, h, cpu.floats(op.dZBias()));
        };
    }

    private Runnable add(LayerOp.Add op) {
        Blocks blocks = Blocks.flat(op.a().size());
        return () -> {
            float[] a = cpu.floats(op.a());
            float[] b = cpu.floats(op.b());
            float[] out = cpu.floats(op.out());
            cpu.each(blocks, (from, to, _, _) -> k.add(a, b, out, from, to));
        };
    }

    private Runnable gelu(LayerOp.Gelu op) {
        Blocks blocks = Blocks.flat(op.x().size());
        return () -> {
            float[] x = cpu.floats(op.x());
            float[] out = cpu.floats(op.out());
            cpu.each(blocks, (from, to, _, _) -> k.gelu(x, out, from, to));
        };
    }

    private Runnable geluAdjoint(LayerOp.GeluAdjoint op) {
        Blocks blocks = Blocks.flat(op.x().size());
        return () -> {
            float[] x = cpu.floats(op.x());
            float[] dOut = cpu.floats(op.dOut());
            float[] dX = cpu.floats(op.dX());
            cpu.each(blocks, (from, to, _, _) -> k.geluAdjoint(x, dOut, dX, from, to));
        };
    }

    private Runnable activate(LayerOp.Activate op) {
        Blocks blocks = Blocks.flat(op.x().size());
        return () -> {
            float[] x = cpu.floats(op.x());
            float[] out = cpu.floats(op.out());
            cpu.each(
                    blocks,
                    (from, to, _, _) -> {
                        for (int i = from; i < to; i++) {
                            out[i] = value(op.curve(), x[i]);
                        }
                    });
        };
    }

    private static float value(Curve curve, float x) {
        return switch (curve) {
            case RELU -> Math.max(0f, x);
            case TANH -> (float) Math.tanh(x);
        };
    }

    private Runnable activateAdjoint(LayerOp.ActivateAdjoint op) {
        Blocks blocks = Blocks.flat(op.out().size());
        return () -> {
            float[] out = cpu.floats(op.out());
            float[] dOut = cpu.floats(op.dOut());
            float[] dX = cpu.floats(op.dX());
            cpu.each(
                    blocks,
                    (from, to, _, _) -> {
                        for (int i = from; i < to; i++) {
                            dX[i] = dOut[i] * slope(op.curve(), out[i]);
                        }
                    });
        };
    }

    private static float slope(Curve curve, float value) {
        return switch (curve) {
            case RELU -> value > 0 ? 1 : 0;
            case TANH -> 1 - value * value;
        };
    }

    private Runnable maskRows(LayerOp.MaskRows op) {
        int batch = op.lengths().size();
        int length = op.x().rows() / batch;
        int f = op.x().columns();
        return () -> {
            float[] x = cpu.floats(op.x());
            int[] lengths = cpu.lengths(op.lengths(), length);
            cpu.run(
                    batch,
                    (b, _) -> {
                        int from = (b * length + lengths[b]) * f;
                        Arrays.fill(x, from, (b + 1) * length * f, 0f);
                    });
        };
    }
}
