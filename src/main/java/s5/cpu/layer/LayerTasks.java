package s5.cpu.layer;

import s5.cpu.Blocks;
import s5.cpu.Machine;
import s5.cpu.RowTask;
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
            case LayerOp.SkipGelu o -> skipGelu(o).alone(cpu);
            case LayerOp.SkipGeluAdjoint o -> skipGeluAdjoint(o).alone(cpu);
            case LayerOp.Gate o -> gate(o).alone(cpu);
            case LayerOp.GateAdjoint o -> gateAdjoint(o).alone(cpu);
            case LayerOp.Add o -> add(o);
            case LayerOp.Gelu o -> gelu(o);
            case LayerOp.GeluAdjoint o -> geluAdjoint(o);
            case LayerOp.Activate o -> activate(o);
            case LayerOp.ActivateAdjoint o -> activateAdjoint(o);
        };
    }

    /**
     * {@return what carries an operation out row by row, or null for one that is not of this kind}
     *
     * @param op of this family
     */
    public RowTask rows(LayerOp op) {
        return switch (op) {
            case LayerOp.SkipGelu o -> skipGelu(o);
            case LayerOp.SkipGeluAdjoint o -> skipGeluAdjoint(o);
            case LayerOp.Gate o -> gate(o);
            case LayerOp.GateAdjoint o -> gateAdjoint(o);
            default -> null;
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
                            for (int j = 0; j < h; j++) {
                                mask[b * h + j] =
                                        Dropout.factor(seed, step, op.site(), b, j, op.rate());
                            }
                        }
                    });
        };
    }

    private RowTask skipGelu(LayerOp.SkipGelu op) {
        int h = op.cx().columns();
        int length = maskLength(op.cx(), op.mask());
        Blocks blocks = Blocks.of(op.cx().rows(), h);
        return RowTask.of(blocks, () -> {
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
            return (from, to, _, _) -> k.skipGelu(arrays, 0, from, to);
        });
    }

    private RowTask skipGeluAdjoint(LayerOp.SkipGeluAdjoint op) {
        int h = op.y().columns();
        int length = maskLength(op.y(), op.mask());
        Blocks blocks = Blocks.of(op.y().rows(), h);
        int sums = cpu.workspace().needFloats(blocks.count() * h);
        return new RowTask(blocks, true, () -> {
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
            return (from, to, block, _) ->
                    k.skipGeluAdjoint(arrays, sums + block * h, 0, from, to);
        }, () -> cpu.sumBlocks(blocks.count(), sums, h, h, cpu.floats(op.dD())));
    }

    private RowTask gate(LayerOp.Gate op) {
        int h = op.v().columns();
        Blocks blocks = Blocks.of(op.v().rows(), h);
        return RowTask.of(blocks, () -> {
            Gated arrays = gated(op.v(), op.vBias(), op.z(), op.zBias(), op.mask());
            float[] skip = cpu.floats(op.skip());
            float[] out = cpu.floats(op.out());
            return (from, to, _, _) -> k.gate(arrays, skip, out, 0, from, to);
        });
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

    private RowTask gateAdjoint(LayerOp.GateAdjoint op) {
        int h = op.v().columns();
        Blocks blocks = Blocks.of(op.v().rows(), h);
        int sums = cpu.workspace().needFloats(blocks.count() * 2 * h);
        return new RowTask(blocks, true, () -> {
            GateAdjoint arrays =
                    new GateAdjoint(
                            gated(op.v(), op.vBias(), op.z(), op.zBias(), op.mask()),
                            cpu.floats(op.dOut()),
                            cpu.floats(op.dV()),
                            cpu.floats(op.dZ()),
                            cpu.workspace().floats());
            return (from, to, block, _) ->
                    k.gateAdjoint(arrays, sums + block * 2 * h, 0, from, to);
        }, () -> {
            if (op.dVBias() != null) {
                cpu.sumBlocks(blocks.count(), sums, 2 * h, h, cpu.floats(op.dVBias()));
            }
            cpu.sumBlocks(blocks.count(), sums + h, 2 * h, h, cpu.floats(op.dZBias()));
        });
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
}
