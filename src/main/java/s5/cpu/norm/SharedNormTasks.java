package s5.cpu.norm;

import s5.cpu.Blocks;
import s5.cpu.Machine;
import s5.cpu.norm.Norms.Affine;
import s5.ops.NormOp;

/** Batch normalization over a batch that several processes share; see {@link NormOp}. */
final class SharedNormTasks {
    private final Machine cpu;
    private final Norms k;
    private final NormTasks tasks;

    /**
     * @param tasks those of a batch that is here as a whole
     */
    SharedNormTasks(Machine cpu, Norms k, NormTasks tasks) {
        this.cpu = cpu;
        this.k = k;
        this.tasks = tasks;
    }

    Runnable moments(NormOp.BatchNormMoments op) {
        int h = op.x().columns();
        Pieces most = Pieces.of(op.x(), op.lengths(), null);
        cpu.workspace().needFloats(Math.multiplyExact(most.count(), 3 * h));
        return () -> {
            float[] x = cpu.floats(op.x());
            float[] moments = cpu.floats(op.moments());
            float[] total = cpu.floats(op.total());
            float[] sums = cpu.workspace().floats();
            Pieces pieces = tasks.pieces(op.x(), op.lengths());
            cpu.run(
                    pieces.count(),
                    (p, _) -> k.moments(x, sums, p * 3 * h, h, 0, pieces.from(p), pieces.to(p)));
            int m = pieces.rows();
            cpu.each(
                    new Blocks(h, NormTasks.COLUMNS),
                    (from, to, _, _) -> {
                        for (int j = from; j < to; j++) {
                            double mean = NormTasks.mean(sums, pieces, h, j);
                            moments[j] = (float) mean;
                            moments[h + j] =
                                    (float) (NormTasks.squares(sums, pieces, h, j, mean) / m);
                            total[j] = (float) (m * mean);
                        }
                    });
            moments[2 * h] = m;
            total[h] = m;
        };
    }

    Runnable squares(NormOp.BatchNormSquares op) {
        int h = op.squares().size();
        return () -> {
            float[] moments = cpu.floats(op.moments());
            float[] total = cpu.floats(op.total());
            float[] squares = cpu.floats(op.squares());
            for (int j = 0; j < h; j++) {
                double off = moments[j] - (double) total[j] / total[h];
                squares[j] = (float) (moments[2 * h] * (moments[h + j] + off * off));
            }
        };
    }

    Runnable shared(NormOp.BatchNormShared op) {
        int h = op.x().columns();
        float[] slope = new float[h];
        Blocks blocks = Blocks.of(op.x().rows(), h);
        return () -> {
            float[] total = cpu.floats(op.total());
            float[] squares = cpu.floats(op.squares());
            float[] scale = cpu.floats(op.scale());
            float[] runningMean = cpu.floats(op.runningMean());
            float[] runningVar = cpu.floats(op.runningVar());
            float[] mean = cpu.floats(op.mean());
            float[] rstd = cpu.floats(op.rstd());
            for (int j = 0; j < h; j++) {
                double m = (double) total[j] / total[h];
                double var = (double) squares[j] / total[h];
                mean[j] = (float) m;
                rstd[j] = (float) (1 / Math.sqrt(var + NormOp.BATCH_NORM_EPSILON));
                slope[j] = rstd[j] * scale[j];
                runningMean[j] = NormTasks.mix(op.momentum(), runningMean[j], m);
                runningVar[j] = NormTasks.mix(op.momentum(), runningVar[j], var);
            }
            float[] x = cpu.floats(op.x());
            Affine out = new Affine(x, mean, slope, cpu.floats(op.bias()), cpu.floats(op.y()), h);
            cpu.each(blocks, (from, to, _, _) -> k.affine(out, 0, from, to));
        };
    }

    Runnable adjoint(NormOp.BatchNormSharedAdjoint op) {
        NormOp.BatchNormAdjoint whole =
                new NormOp.BatchNormAdjoint(
                        op.x(),
                        op.lengths(),
                        op.scale(),
                        op.mean(),
                        op.rstd(),
                        op.dY(),
                        op.residual(),
                        op.dScale(),
                        op.dBias(),
                        op.dX());
        int h = op.x().columns();
        return tasks.byX(whole, () -> cpu.floats(op.total())[h]);
    }
}
