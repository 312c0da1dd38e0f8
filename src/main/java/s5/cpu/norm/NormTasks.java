package s5.cpu.norm;

import s5.cpu.Blocks;
import s5.cpu.Machine;
import s5.cpu.RowTask;
import s5.cpu.norm.Norms.Affine;
import s5.cpu.norm.Norms.LayerNorm;
import s5.cpu.norm.Norms.LayerNormAdjoint;
import s5.cpu.norm.Norms.NormAdjoint;
import s5.cpu.norm.Norms.NormSums;
import s5.ops.NormOp;

/** Batch and layer normalization; see {@link NormOp}. */
public final class NormTasks {
    private static final int COLUMNS = 32;

    private final Machine cpu;
    private final Norms k;

    /**
     * Makes tasks for this machine.
     *
     * @param cpu what they run on
     */
    public NormTasks(Machine cpu) {
        this.cpu = cpu;
        k = Norms.of(cpu.vector());
    }

    /**
     * {@return what carries an operation out}
     *
     * @param op of this family
     */
    public Runnable task(NormOp op) {
        return switch (op) {
            case NormOp.BatchNorm o -> batchNorm(o);
            case NormOp.BatchNormFrozen o -> batchNormFrozen(o).alone(cpu);
            case NormOp.BatchNormAdjoint o -> batchNormAdjoint(o);
            case NormOp.LayerNorm o -> layerNorm(o).alone(cpu);
            case NormOp.LayerNormAdjoint o -> layerNormAdjoint(o).alone(cpu);
        };
    }

    /**
     * {@return what carries an operation out row by row, or null for one that is not of this kind}
     *
     * @param op of this family
     */
    public RowTask rows(NormOp op) {
        return switch (op) {
            case NormOp.BatchNorm _, NormOp.BatchNormAdjoint _ -> null;
            case NormOp.BatchNormFrozen o -> batchNormFrozen(o);
            case NormOp.LayerNorm o -> layerNorm(o);
            case NormOp.LayerNormAdjoint o -> layerNormAdjoint(o);
        };
    }

    /**
     * Writes the sums of some rows of a matrix, a sum for each column.
     *
     * @param x (rows, h), row-major
     * @param sum gets h sums
     * @param at where the first of them goes
     * @param h columns
     * @param from the first row
     * @param to the row behind the last
     */
    public void columnSums(float[] x, float[] sum, int at, int h, int from, int to) {
        k.columnSums(x, sum, at, h, 0, from, to);
    }

    private Runnable batchNorm(NormOp.BatchNorm op) {
        Runnable moments = moments(op).alone(cpu);
        Runnable apply = apply(op).alone(cpu);
        return () -> {
            moments.run();
            apply.run();
        };
    }

    /** The first half of batch normalization: all that it writes but y. */
    RowTask moments(NormOp.BatchNorm op) {
        int h = op.x().columns();
        Blocks blocks = Blocks.of(op.x().rows(), h);
        int at = cpu.workspace().needFloats(Math.multiplyExact(blocks.count(), 3 * h));
        return new RowTask(
                blocks,
                true,
                () -> {
                    float[] x = cpu.floats(op.x());
                    float[] sums = cpu.workspace().floats();
                    return (from, to, block, _) ->
                            k.moments(x, sums, at + block * 3 * h, h, 0, from, to);
                },
                () -> statistics(op, blocks, at));
    }

    /** The second half: y, from what the first wrote. */
    RowTask apply(NormOp.BatchNorm op) {
        int h = op.x().columns();
        return RowTask.of(
                Blocks.of(op.x().rows(), h),
                () -> {
                    float[] rstd = cpu.floats(op.rstd());
                    float[] scale = cpu.floats(op.scale());
                    float[] slope = new float[h];
                    for (int j = 0; j < h; j++) {
                        slope[j] = rstd[j] * scale[j];
                    }
                    Affine out =
                            new Affine(
                                    cpu.floats(op.x()),
                                    cpu.floats(op.mean()),
                                    slope,
                                    cpu.floats(op.bias()),
                                    cpu.floats(op.y()),
                                    h);
                    return (from, to, _, _) -> k.affine(out, 0, from, to);
                });
    }

    /** From the sums of the blocks to what the operation writes. */
    private void statistics(NormOp.BatchNorm op, Blocks blocks, int at) {
        int h = op.x().columns();
        float[] sums = cpu.workspace().floats();
        float[] mean = cpu.floats(op.mean());
        float[] runningMean = cpu.floats(op.runningMean());
        float[] runningVar = cpu.floats(op.runningVar());
        float[] rstd = cpu.floats(op.rstd());
        cpu.each(
                new Blocks(h, COLUMNS),
                (from, to, _, _) -> {
                    for (int j = from; j < to; j++) {
                        double m = mean(sums, at, blocks, h, j);
                        double var = squares(sums, at, blocks, h, j, m) / blocks.rows();
                        mean[j] = (float) m;
                        rstd[j] = (float) (1 / Math.sqrt(var + NormOp.BATCH_NORM_EPSILON));
                        runningMean[j] = mix(op.momentum(), runningMean[j], m);
                        runningVar[j] = mix(op.momentum(), runningVar[j], var);
                    }
                });
    }

    /** Mean of column {@code j} from {@link Norms#moments} of the blocks. */
    private static double mean(float[] sums, int first, Blocks blocks, int h, int j) {
        double sum = 0;
        for (int b = 0; b < blocks.count(); b++) {
            int at = first + b * 3 * h + j;
            sum += (double) (blocks.to(b) - blocks.from(b)) * sums[at] + sums[at + h];
        }
        return sum / blocks.rows();
    }

    /** Sum of squared differences to {@code mean} in column {@code j}. */
    private static double squares(
            float[] sums, int first, Blocks blocks, int h, int j, double mean) {
        double sum = 0;
        for (int b = 0; b < blocks.count(); b++) {
            int at = first + b * 3 * h + j;
            int rows = blocks.to(b) - blocks.from(b);
            // sum (x - mean)^2 = sum (x - m)^2 + 2 (m - mean) sum (x - m) + rows (m - mean)^2
            double off = sums[at] - mean;
            sum += sums[at + 2 * h] + 2 * off * sums[at + h] + rows * off * off;
        }
        return Math.max(0, sum);
    }

    private static float mix(float momentum, float old, double now) {
        return (float) (momentum * (double) old + (1 - (double) momentum) * now);
    }

    private RowTask batchNormFrozen(NormOp.BatchNormFrozen op) {
        int h = op.x().columns();
        Blocks blocks = Blocks.of(op.x().rows(), h);
        return RowTask.of(blocks, () -> {
            float[] slope = new float[h];
            float[] scale = cpu.floats(op.scale());
            float[] var = cpu.floats(op.runningVar());
            for (int j = 0; j < h; j++) {
                double std = Math.sqrt((double) var[j] + NormOp.BATCH_NORM_EPSILON);
                slope[j] = (float) (scale[j] / std);
            }
            Affine out =
                    new Affine(
                            cpu.floats(op.x()),
                            cpu.floats(op.runningMean()),
                            slope,
                            cpu.floats(op.bias()),
                            cpu.floats(op.y()),
                            h);
            return (from, to, _, _) -> k.affine(out, 0, from, to);
        });
    }

    private Runnable batchNormAdjoint(NormOp.BatchNormAdjoint op) {
        Runnable sums = adjointSums(op).alone(cpu);
        Runnable apply = adjointApply(op).alone(cpu);
        return () -> {
            sums.run();
            apply.run();
        };
    }

    /** The first half of the adjoint: all that it writes but dX. */
    RowTask adjointSums(NormOp.BatchNormAdjoint op) {
        int h = op.x().columns();
        Blocks blocks = Blocks.of(op.x().rows(), h);
        int at = cpu.workspace().needFloats(Math.multiplyExact(blocks.count(), 2 * h));
        return new RowTask(
                blocks,
                true,
                () -> {
                    NormSums sums =
                            new NormSums(
                                    cpu.floats(op.x()),
                                    cpu.floats(op.mean()),
                                    cpu.floats(op.rstd()),
                                    cpu.floats(op.dY()),
                                    cpu.workspace().floats(),
                                    h);
                    return (from, to, block, _) ->
                            k.normSums(sums, at + block * 2 * h, 0, from, to);
                },
                () -> {
                    cpu.sumBlocks(blocks.count(), at, 2 * h, h, cpu.floats(op.dBias()));
                    cpu.sumBlocks(blocks.count(), at + h, 2 * h, h, cpu.floats(op.dScale()));
                });
    }

    /** The second half: dX, from what the first wrote. */
    RowTask adjointApply(NormOp.BatchNormAdjoint op) {
        int n = op.x().rows();
        int h = op.x().columns();
        return RowTask.of(
                Blocks.of(n, h),
                () -> {
                    float[] rstd = cpu.floats(op.rstd());
                    float[] scale = cpu.floats(op.scale());
                    float[] dScale = cpu.floats(op.dScale());
                    float[] dBias = cpu.floats(op.dBias());
                    float[] outer = new float[h];
                    float[] shift = new float[h];
                    float[] slope = new float[h];
                    for (int j = 0; j < h; j++) {
                        outer[j] = scale[j] * rstd[j];
                        shift[j] = dBias[j] / n;
                        slope[j] = dScale[j] / n * rstd[j];
                    }
                    NormAdjoint byX =
                            new NormAdjoint(
                                    cpu.floats(op.x()),
                                    cpu.floats(op.mean()),
                                    outer,
                                    shift,
                                    slope,
                                    cpu.floats(op.dY()),
                                    cpu.floatsOr(op.residual(), new float[h]),
                                    op.residual() == null ? 0 : h,
                                    cpu.floats(op.dX()),
                                    h);
                    return (from, to, _, _) -> k.normAdjoint(byX, 0, from, to);
                });
    }

    private RowTask layerNorm(NormOp.LayerNorm op) {
        int h = op.x().columns();
        Blocks blocks = Blocks.of(op.x().rows(), h);
        return RowTask.of(blocks, () -> {
            LayerNorm arrays =
                    new LayerNorm(
                            cpu.floats(op.x()),
                            cpu.floats(op.scale()),
                            cpu.floats(op.bias()),
                            cpu.floats(op.mean()),
                            cpu.floats(op.rstd()),
                            cpu.floats(op.y()),
                            h);
            return (from, to, _, _) -> k.layerNorm(arrays, from, to);
        });
    }

    private RowTask layerNormAdjoint(NormOp.LayerNormAdjoint op) {
        int h = op.x().columns();
        Blocks blocks = Blocks.of(op.x().rows(), h);
        int at = cpu.workspace().needFloats(Math.multiplyExact(blocks.count(), 2 * h));
        return new RowTask(blocks, true, () -> {
            LayerNormAdjoint arrays =
                    new LayerNormAdjoint(
                            cpu.floats(op.x()),
                            cpu.floats(op.scale()),
                            cpu.floats(op.mean()),
                            cpu.floats(op.rstd()),
                            cpu.floats(op.dY()),
                            cpu.floatsOr(op.residual(), new float[h]),
                            op.residual() == null ? 0 : h,
                            cpu.floats(op.dX()),
                            cpu.workspace().floats(),
                            h);
            return (from, to, block, _) ->
                    k.layerNormAdjoint(arrays, at + block * 2 * h, from, to);
        }, () -> {
            cpu.sumBlocks(blocks.count(), at, 2 * h, h, cpu.floats(op.dScale()));
            cpu.sumBlocks(blocks.count(), at + h, 2 * h, h, cpu.floats(op.dBias()));
        });
    }
}
