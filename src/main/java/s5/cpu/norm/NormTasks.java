package s5.cpu.norm;

import s5.cpu.Blocks;
import s5.cpu.Machine;
import s5.cpu.norm.Norms.Affine;
import s5.cpu.norm.Norms.LayerNorm;
import s5.cpu.norm.Norms.LayerNormAdjoint;
import s5.cpu.norm.Norms.NormAdjoint;
import s5.cpu.norm.Norms.NormSums;
import s5.ops.NormOp;
import s5.ops.Tensor;

import java.util.function.DoubleSupplier;

/** Batch and layer normalization; see {@link NormOp}. */
public final class NormTasks {
    static final int COLUMNS = 32;

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
            case NormOp.BatchNormFrozen o -> batchNormFrozen(o);
            case NormOp.BatchNormAdjoint o -> batchNormAdjoint(o);
            case NormOp.BatchNormMoments o -> shared().moments(o);
            case NormOp.BatchNormSquares o -> shared().squares(o);
            case NormOp.BatchNormShared o -> shared().shared(o);
            case NormOp.BatchNormSums o ->
                    sums(o.x(), o.mean(), o.rstd(), o.dY(), o.dScale(), o.dBias());
            case NormOp.BatchNormSharedAdjoint o -> shared().adjoint(o);
            case NormOp.LayerNorm o -> layerNorm(o);
            case NormOp.LayerNormAdjoint o -> layerNormAdjoint(o);
        };
    }

    private SharedNormTasks shared() {
        return new SharedNormTasks(cpu, k, this);
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
        int h = op.x().columns();
        float[] slope = new float[h];
        Blocks blocks = Blocks.of(op.x().rows(), h);
        Pieces most = Pieces.of(op.x(), op.lengths(), null);
        cpu.workspace().needFloats(Math.multiplyExact(most.count(), 3 * h));
        return () -> {
            float[] x = cpu.floats(op.x());
            float[] mean = cpu.floats(op.mean());
            float[] sums = cpu.workspace().floats();
            Pieces pieces = pieces(op.x(), op.lengths());
            cpu.run(
                    pieces.count(),
                    (p, _) -> k.moments(x, sums, p * 3 * h, h, 0, pieces.from(p), pieces.to(p)));
            statistics(op, pieces, sums, mean, slope);
            Affine out = new Affine(x, mean, slope, cpu.floats(op.bias()), cpu.floats(op.y()), h);
            cpu.each(blocks, (from, to, _, _) -> k.affine(out, 0, from, to));
        };
    }

    Pieces pieces(Tensor x, Tensor lengths) {
        return Pieces.of(
                x,
                lengths,
                lengths == null ? null : cpu.lengths(lengths, x.rows() / lengths.size()));
    }

    /** From the sums of the pieces to what the operation writes, and the factor of each column. */
    private void statistics(
            NormOp.BatchNorm op, Pieces pieces, float[] sums, float[] mean, float[] slope) {
        int h = slope.length;
        float[] scale = cpu.floats(op.scale());
        float[] runningMean = cpu.floats(op.runningMean());
        float[] runningVar = cpu.floats(op.runningVar());
        float[] rstd = cpu.floats(op.rstd());
        cpu.each(
                new Blocks(h, COLUMNS),
                (from, to, _, _) -> {
                    for (int j = from; j < to; j++) {
                        double m = mean(sums, pieces, h, j);
                        double var = squares(sums, pieces, h, j, m) / pieces.rows();
                        mean[j] = (float) m;
                        rstd[j] = (float) (1 / Math.sqrt(var + NormOp.BATCH_NORM_EPSILON));
                        slope[j] = rstd[j] * scale[j];
                        runningMean[j] = mix(op.momentum(), runningMean[j], m);
                        runningVar[j] = mix(op.momentum(), runningVar[j], var);
                    }
                });
    }

    /** Mean of column {@code j} from {@link Norms#moments} of the pieces. */
    static double mean(float[] sums, Pieces pieces, int h, int j) {
        double sum = 0;
        for (int p = 0; p < pieces.count(); p++) {
            int at = p * 3 * h + j;
            sum += (double) (pieces.to(p) - pieces.from(p)) * sums[at] + sums[at + h];
        }
        return sum / pieces.rows();
    }

    /** Sum of squared differences to {@code mean} in column {@code j}. */
    static double squares(float[] sums, Pieces pieces, int h, int j, double mean) {
        double sum = 0;
        for (int p = 0; p < pieces.count(); p++) {
            int at = p * 3 * h + j;
            int rows = pieces.to(p) - pieces.from(p);
            // sum (x - mean)^2 = sum (x - m)^2 + 2 (m - mean) sum (x - m) + rows (m - mean)^2
            double off = sums[at] - mean;
            sum += sums[at + 2 * h] + 2 * off * sums[at + h] + rows * off * off;
        }
        return Math.max(0, sum);
    }

    static float mix(float momentum, float old, double now) {
        return (float) (momentum * (double) old + (1 - (double) momentum) * now);
    }

    private Runnable batchNormFrozen(NormOp.BatchNormFrozen op) {
        int h = op.x().columns();
        float[] slope = new float[h];
        Blocks blocks = Blocks.of(op.x().rows(), h);
        return () -> {
            float[] scale = cpu.floats(op.scale());
            float[] var = cpu.floats(op.runningVar());
            frozenFactors(scale, var, slope);
            Affine out =
                    new Affine(
                            cpu.floats(op.x()),
                            cpu.floats(op.runningMean()),
                            slope,
                            cpu.floats(op.bias()),
                            cpu.floats(op.y()),
                            h);
            cpu.each(blocks, (from, to, _, _) -> k.affine(out, 0, from, to));
        };
    }

    /** By what each feature is multiplied outside of training. */
    static void frozenFactors(float[] scale, float[] var, float[] factor) {
        for (int j = 0; j < factor.length; j++) {
            double std = Math.sqrt((double) var[j] + NormOp.BATCH_NORM_EPSILON);
            factor[j] = (float) (scale[j] / std);
        }
    }

    private Runnable batchNormAdjoint(NormOp.BatchNormAdjoint op) {
        Runnable sums = sums(op.x(), op.mean(), op.rstd(), op.dY(), op.dScale(), op.dBias());
        Runnable byX = byX(op, () -> pieces(op.x(), op.lengths()).rows());
        return () -> {
            sums.run();
            byX.run();
        };
    }

    /** Writes dBias and dScale of a {@link NormOp.BatchNormAdjoint}. */
    private Runnable sums(
            Tensor x, Tensor mean, Tensor rstd, Tensor dY, Tensor dScale, Tensor dBias) {
        int h = x.columns();
        Blocks blocks = Blocks.of(x.rows(), h);
        cpu.workspace().needFloats(Math.multiplyExact(blocks.count(), 2 * h));
        return () -> {
            NormSums sums =
                    new NormSums(
                            cpu.floats(x),
                            cpu.floats(mean),
                            cpu.floats(rstd),
                            cpu.floats(dY),
                            cpu.workspace().floats(),
                            h);
            cpu.each(blocks, (from, to, block, _) -> k.normSums(sums, block * 2 * h, 0, from, to));
            cpu.sumBlocks(blocks.count(), 0, 2 * h, h, cpu.floats(dBias));
            cpu.sumBlocks(blocks.count(), h, 2 * h, h, cpu.floats(dScale));
        };
    }

    /**
     * Writes dX of a {@link NormOp.BatchNormAdjoint} from dBias and dScale.
     *
     * @param rows m, asked for when it runs
     */
    Runnable byX(NormOp.BatchNormAdjoint op, DoubleSupplier rows) {
        int h = op.x().columns();
        float[] outer = new float[h];
        float[] shift = new float[h];
        float[] slope = new float[h];
        float[] none = new float[h];
        Blocks blocks = Blocks.of(op.x().rows(), h);
        return () -> {
            float[] x = cpu.floats(op.x());
            float[] mean = cpu.floats(op.mean());
            float[] rstd = cpu.floats(op.rstd());
            float[] dY = cpu.floats(op.dY());
            float[] scale = cpu.floats(op.scale());
            float[] dScale = cpu.floats(op.dScale());
            float[] dBias = cpu.floats(op.dBias());
            float n = (float) rows.getAsDouble();
            for (int j = 0; j < h; j++) {
                outer[j] = scale[j] * rstd[j];
                shift[j] = dBias[j] / n;
                slope[j] = dScale[j] / n * rstd[j];
            }
            NormAdjoint byX =
                    new NormAdjoint(
                            x,
                            mean,
                            outer,
                            shift,
                            slope,
                            dY,
                            cpu.floatsOr(op.residual(), new float[h]),
                            op.residual() == null ? 0 : h,
                            cpu.floats(op.dX()),
                            h);
            NormAdjoint padding =
                    new NormAdjoint(
                            x,
                            mean,
                            outer,
                            none,
                            none,
                            dY,
                            byX.residual(),
                            byX.residualStride(),
                            byX.dX(),
                            h);
            cpu.each(blocks, (from, to, _, _) -> normAdjoint(op, byX, padding, from, to));
        };
    }

    /** Rows that count, and padding, whose gradient does not depend on the statistics. */
    private void normAdjoint(
            NormOp.BatchNormAdjoint op, NormAdjoint rows, NormAdjoint padding, int from, int to) {
        if (op.lengths() == null) {
            k.normAdjoint(rows, 0, from, to);
            return;
        }
        int[] lengths = cpu.ints(op.lengths());
        int length = op.x().rows() / op.lengths().size();
        int row = from;
        while (row < to) {
            int start = row / length * length;
            int end = start + lengths[row / length];
            int next = Math.min(to, row < end ? end : start + length);
            k.normAdjoint(row < end ? rows : padding, 0, row, next);
            row = next;
        }
    }

    private Runnable layerNorm(NormOp.LayerNorm op) {
        int h = op.x().columns();
        Blocks blocks = Blocks.of(op.x().rows(), h);
        return () -> {
            LayerNorm arrays =
                    new LayerNorm(
                            cpu.floats(op.x()),
                            cpu.floats(op.scale()),
                            cpu.floats(op.bias()),
                            cpu.floats(op.mean()),
                            cpu.floats(op.rstd()),
                            cpu.floats(op.y()),
                            h);
            cpu.each(blocks, (from, to, _, _) -> k.layerNorm(arrays, k.lanes(), from, to));
        };
    }

    private Runnable layerNormAdjoint(NormOp.LayerNormAdjoint op) {
        int h = op.x().columns();
        Blocks blocks = Blocks.of(op.x().rows(), h);
        cpu.workspace().needFloats(Math.multiplyExact(blocks.count(), 2 * h));
        return () -> {
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
            cpu.each(
                    blocks,
                    (from, to, block, _) -> k.layerNormAdjoint(arrays, block * 2 * h, from, to));
            cpu.sumBlocks(blocks.count(), 0, 2 * h, h, cpu.floats(op.dScale()));
            cpu.sumBlocks(blocks.count(), h, 2 * h, h, cpu.floats(op.dBias()));
        };
    }
}
