package s5.cpu;

import s5.ops.Ops;
import s5.ops.Tensor;

import java.util.Arrays;
import java.util.List;

/** Batch and layer normalization; see {@link s5.ops.Ops}. */
final class NormOps {
    private final Recorder r;
    private final Norms k;

    NormOps(Recorder recorder) {
        r = recorder;
        k = recorder.kernels.norms();
    }

    void batchNorm(
            Tensor x,
            Tensor scale,
            Tensor bias,
            Tensor runningMean,
            Tensor runningVar,
            float momentum,
            Tensor mean,
            Tensor rstd,
            Tensor y) {
        Check.matrix("batchNorm", "x", x);
        int n = x.rows();
        int h = x.columns();
        Check.vector("batchNorm", "scale", scale, h);
        Check.vector("batchNorm", "bias", bias, h);
        Check.vector("batchNorm", "runningMean", runningMean, h);
        Check.vector("batchNorm", "runningVar", runningVar, h);
        Check.vector("batchNorm", "mean", mean, h);
        Check.vector("batchNorm", "rstd", rstd, h);
        Check.shape("batchNorm", "y", y, n, h);
        Buffer in = r.buffer(x);
        Buffer factor = r.buffer(scale);
        Buffer shift = r.buffer(bias);
        Buffer keptMean = r.buffer(runningMean);
        Buffer keptVar = r.buffer(runningVar);
        Buffer mu = r.buffer(mean);
        Buffer rs = r.buffer(rstd);
        Buffer out = r.buffer(y);
        float[] slope = new float[h];
        Blocks blocks = Blocks.of(n, h);
        Blocks columns = new Blocks(h, 32);
        r.workspace.needFloats(Math.multiplyExact(blocks.count(), 3 * h));
        r.add(
                "batchNorm",
                List.of(x, scale, bias, runningMean, runningVar),
                List.of(runningMean, runningVar, mean, rstd, y),
                List.of(runningMean, runningVar),
                () -> {
                    float[] sums = r.workspace.floats();
                    r.each(
                            blocks,
                            (from, to, block, _) ->
                                    k.moments(in.floats, sums, block * 3 * h, h, 0, from, to));
                    r.each(
                            columns,
                            (from, to, _, _) -> {
                                for (int j = from; j < to; j++) {
                                    double m = mean(sums, blocks, h, j);
                                    double var = squares(sums, blocks, h, j, m) / n;
                                    mu.floats[j] = (float) m;
                                    rs.floats[j] =
                                            (float) (1 / Math.sqrt(var + Ops.BATCH_NORM_EPSILON));
                                    slope[j] = rs.floats[j] * factor.floats[j];
                                    keptMean.floats[j] = mix(momentum, keptMean.floats[j], m);
                                    keptVar.floats[j] = mix(momentum, keptVar.floats[j], var);
                                }
                            });
                    r.each(
                            blocks,
                            (from, to, _, _) ->
                                    k.affine(
                                            in.floats,
                                            mu.floats,
                                            slope,
                                            shift.floats,
                                            out.floats,
                                            h,
                                            0,
                                            from,
                                            to));
                });
    }

    /** Mean of column {@code j} from {@link Norms#moments} of the blocks. */
    private static double mean(float[] sums, Blocks blocks, int h, int j) {
        double sum = 0;
        for (int b = 0; b < blocks.count(); b++) {
            int at = b * 3 * h + j;
            sum += (double) (blocks.to(b) - blocks.from(b)) * sums[at] + sums[at + h];
        }
        return sum / blocks.rows();
    }

    /** Sum of squared differences to {@code mean} in column {@code j}. */
    private static double squares(float[] sums, Blocks blocks, int h, int j, double mean) {
        double sum = 0;
        for (int b = 0; b < blocks.count(); b++) {
            int at = b * 3 * h + j;
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

    void batchNormFrozen(
            Tensor x, Tensor scale, Tensor bias, Tensor runningMean, Tensor runningVar, Tensor y) {
        Check.matrix("batchNormFrozen", "x", x);
        int n = x.rows();
        int h = x.columns();
        Check.vector("batchNormFrozen", "scale", scale, h);
        Check.vector("batchNormFrozen", "bias", bias, h);
        Check.vector("batchNormFrozen", "runningMean", runningMean, h);
        Check.vector("batchNormFrozen", "runningVar", runningVar, h);
        Check.shape("batchNormFrozen", "y", y, n, h);
        Buffer in = r.buffer(x);
        Buffer factor = r.buffer(scale);
        Buffer shift = r.buffer(bias);
        Buffer mean = r.buffer(runningMean);
        Buffer var = r.buffer(runningVar);
        Buffer out = r.buffer(y);
        float[] slope = new float[h];
        Blocks blocks = Blocks.of(n, h);
        r.add(
                "batchNormFrozen",
                List.of(x, scale, bias, runningMean, runningVar),
                List.of(y),
                () -> {
                    for (int j = 0; j < h; j++) {
                        double std = Math.sqrt((double) var.floats[j] + Ops.BATCH_NORM_EPSILON);
                        slope[j] = (float) (factor.floats[j] / std);
                    }
                    r.each(
                            blocks,
                            (from, to, _, _) ->
                                    k.affine(
                                            in.floats,
                                            mean.floats,
                                            slope,
                                            shift.floats,
                                            out.floats,
                                            h,
                                            0,
                                            from,
                                            to));
                });
    }

    void batchNormAdjoint(
            Tensor x,
            Tensor scale,
            Tensor mean,
            Tensor rstd,
            Tensor dY,
            Tensor residual,
            Tensor dScale,
            Tensor dBias,
            Tensor dX) {
        Check.matrix("batchNormAdjoint", "x", x);
        int n = x.rows();
        int h = x.columns();
        checkAdjoint("batchNormAdjoint", h, h, n, scale, mean, rstd, dY, residual, dScale, dBias);
        Check.shape("batchNormAdjoint", "dX", dX, n, h);
        Buffer in = r.buffer(x);
        Buffer factor = r.buffer(scale);
        Buffer mu = r.buffer(mean);
        Buffer rs = r.buffer(rstd);
        Buffer byY = r.buffer(dY);
        Buffer more = r.bufferOr(residual, 0f, h);
        int moreStride = residual == null ? 0 : h;
        Buffer byScale = r.buffer(dScale);
        Buffer byBias = r.buffer(dBias);
        Buffer byX = r.buffer(dX);
        float[] outer = new float[h];
        float[] shift = new float[h];
        float[] slope = new float[h];
        Blocks blocks = Blocks.of(n, h);
        r.workspace.needFloats(Math.multiplyExact(blocks.count(), 2 * h));
        r.add(
                "batchNormAdjoint",
                Arrays.asList(x, scale, mean, rstd, dY, residual),
                List.of(dScale, dBias, dX),
                () -> {
                    float[] sums = r.workspace.floats();
                    r.each(
                            blocks,
                            (from, to, block, _) ->
                                    k.normSums(
                                            in.floats,
                                            mu.floats,
                                            rs.floats,
                                            byY.floats,
                                            sums,
                                            block * 2 * h,
                                            h,
                                            0,
                                            from,
                                            to));
                    r.sumBlocks(blocks.count(), 0, 2 * h, h, byBias.floats);
                    r.sumBlocks(blocks.count(), h, 2 * h, h, byScale.floats);
                    for (int j = 0; j < h; j++) {
                        outer[j] = factor.floats[j] * rs.floats[j];
                        shift[j] = byBias.floats[j] / n;
                        slope[j] = byScale.floats[j] / n * rs.floats[j];
                    }
                    r.each(
                            blocks,
                            (from, to, _, _) ->
                                    k.normAdjoint(
                                            in.floats,
                                            mu.floats,
                                            outer,
                                            shift,
                                            slope,
                                            byY.floats,
                                            more.floats,
                                            moreStride,
                                            byX.floats,
                                            h,
                                            0,
                                            from,
                                            to));
                });
    }

    private static void checkAdjoint(
            String op,
            int h,
            int statistics,
            int n,
            Tensor scale,
            Tensor mean,
            Tensor rstd,
            Tensor dY,
            Tensor residual,
            Tensor dScale,
            Tensor dBias) {
        Check.vector(op, "scale", scale, h);
        Check.vector(op, "mean", mean, statistics);
        Check.vector(op, "rstd", rstd, statistics);
        Check.shape(op, "dY", dY, n, h);
        Check.shapeOrNull(op, "residual", residual, n, h);
        Check.vector(op, "dScale", dScale, h);
        Check.vector(op, "dBias", dBias, h);
    }

    void layerNorm(Tensor x, Tensor scale, Tensor bias, Tensor mean, Tensor rstd, Tensor y) {
        Check.matrix("layerNorm", "x", x);
        int n = x.rows();
        int h = x.columns();
        Check.vector("layerNorm", "scale", scale, h);
        Check.vector("layerNorm", "bias", bias, h);
        Check.vector("layerNorm", "mean", mean, n);
        Check.vector("layerNorm", "rstd", rstd, n);
        Check.shape("layerNorm", "y", y, n, h);
        Buffer in = r.buffer(x);
        Buffer factor = r.buffer(scale);
        Buffer shift = r.buffer(bias);
        Buffer mu = r.buffer(mean);
        Buffer rs = r.buffer(rstd);
        Buffer out = r.buffer(y);
        Blocks blocks = Blocks.of(n, h);
        r.add(
                "layerNorm",
                List.of(x, scale, bias),
                List.of(mean, rstd, y),
                () ->
                        r.each(
                                blocks,
                                (from, to, _, _) ->
                                        k.layerNorm(
                                                in.floats,
                                                factor.floats,
                                                shift.floats,
                                                mu.floats,
                                                rs.floats,
                                                out.floats,
                                                h,
                                                from,
                                                to)));
    }

    void layerNormAdjoint(
            Tensor x,
            Tensor scale,
            Tensor mean,
            Tensor rstd,
            Tensor dY,
            Tensor residual,
            Tensor dScale,
            Tensor dBias,
            Tensor dX) {
        Check.matrix("layerNormAdjoint", "x", x);
        int n = x.rows();
        int h = x.columns();
        checkAdjoint("layerNormAdjoint", h, n, n, scale, mean, rstd, dY, residual, dScale, dBias);
        Check.shape("layerNormAdjoint", "dX", dX, n, h);
        Buffer in = r.buffer(x);
        Buffer factor = r.buffer(scale);
        Buffer mu = r.buffer(mean);
        Buffer rs = r.buffer(rstd);
        Buffer byY = r.buffer(dY);
        Buffer more = r.bufferOr(residual, 0f, h);
        int moreStride = residual == null ? 0 : h;
        Buffer byScale = r.buffer(dScale);
        Buffer byBias = r.buffer(dBias);
        Buffer byX = r.buffer(dX);
        Blocks blocks = Blocks.of(n, h);
        r.workspace.needFloats(Math.multiplyExact(blocks.count(), 2 * h));
        r.add(
                "layerNormAdjoint",
                Arrays.asList(x, scale, mean, rstd, dY, residual),
                List.of(dScale, dBias, dX),
                () -> {
                    float[] sums = r.workspace.floats();
                    r.each(
                            blocks,
                            (from, to, block, _) ->
                                    k.layerNormAdjoint(
                                            in.floats,
                                            factor.floats,
                                            mu.floats,
                                            rs.floats,
                                            byY.floats,
                                            more.floats,
                                            moreStride,
                                            byX.floats,
                                            sums,
                                            block * 2 * h,
                                            h,
                                            from,
                                            to));
                    r.sumBlocks(blocks.count(), 0, 2 * h, h, byScale.floats);
                    r.sumBlocks(blocks.count(), h, 2 * h, h, byBias.floats);
                });
    }
}
