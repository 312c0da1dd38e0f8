package s5.tornado;

import static s5.tornado.Recorder.list;

import s5.ops.Tensor;

import java.util.List;

/** Batch and layer normalization. */
final class NormOps {
    private final Recorder recorder;

    NormOps(Recorder recorder) {
        this.recorder = recorder;
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
        String op = "batchNorm";
        int rows = x.rows();
        int columns = x.columns();
        Check.sizes(op, columns, scale, bias, runningMean, runningVar, mean, rstd);
        Check.shape(op, y, rows, columns);
        recorder.whole(x, y);
        recorder.apart(mean, rstd);
        Tensor partial =
                recorder.temporary(
                        "sums", Math.max(1, ColumnPlan.sums(rows, columns).partialSize(2)));
        recorder.add(
                op,
                list(x, scale, bias, runningMean, runningVar),
                list(runningMean, runningVar, mean, rstd, y, partial),
                List.of(runningMean, runningVar),
                t ->
                        t.kernels
                                .norms()
                                .batchNorm(
                                        t.id(),
                                        rows,
                                        columns,
                                        t.array(x),
                                        t.part(scale),
                                        t.part(bias),
                                        t.part(runningMean),
                                        t.part(runningVar),
                                        momentum,
                                        t.array(partial),
                                        t.part(mean),
                                        t.part(rstd),
                                        t.array(y)));
    }

    void batchNormFrozen(
            Tensor x, Tensor scale, Tensor bias, Tensor runningMean, Tensor runningVar, Tensor y) {
        String op = "batchNormFrozen";
        int rows = x.rows();
        int columns = x.columns();
        Check.sizes(op, columns, scale, bias, runningMean, runningVar);
        Check.shape(op, y, rows, columns);
        recorder.whole(x, y);
        recorder.add(
                op,
                list(x, scale, bias, runningMean, runningVar),
                list(y),
                t ->
                        t.kernels
                                .norms()
                                .batchNormFrozen(
                                        t.id(),
                                        rows,
                                        columns,
                                        t.array(x),
                                        t.part(scale),
                                        t.part(bias),
                                        t.part(runningMean),
                                        t.part(runningVar),
                                        t.array(y)));
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
        String op = "batchNormAdjoint";
        int rows = x.rows();
        int columns = x.columns();
        Check.sizes(op, columns, scale, mean, rstd, dScale, dBias);
        Check.sizes(op, x.size(), dY, residual, dX);
        recorder.whole(x, dY, residual, dX);
        Tensor partial = recorder.temporary("sums", ColumnPlan.sums(rows, columns).partialSize(2));
        recorder.add(
                op,
                list(x, scale, mean, rstd, dY, residual),
                list(dScale, dBias, dX, partial),
                t ->
                        t.kernels
                                .norms()
                                .batchNormAdjoint(
                                        t.id(),
                                        rows,
                                        columns,
                                        t.array(x),
                                        t.part(scale),
                                        t.part(mean),
                                        t.part(rstd),
                                        t.array(dY),
                                        residual == null ? null : t.array(residual),
                                        t.array(partial),
                                        t.part(dScale),
                                        t.part(dBias),
                                        t.array(dX)));
    }

    void layerNorm(Tensor x, Tensor scale, Tensor bias, Tensor mean, Tensor rstd, Tensor y) {
        String op = "layerNorm";
        int rows = x.rows();
        int columns = x.columns();
        Check.sizes(op, columns, scale, bias);
        Check.sizes(op, rows, mean, rstd);
        Check.shape(op, y, rows, columns);
        recorder.whole(x, mean, rstd, y);
        recorder.add(
                op,
                list(x, scale, bias),
                list(mean, rstd, y),
                t ->
                        t.kernels
                                .norms()
                                .layerNorm(
                                        t.id(),
                                        rows,
                                        columns,
                                        t.array(x),
                                        t.part(scale),
                                        t.part(bias),
                                        t.array(mean),
                                        t.array(rstd),
                                        t.array(y)));
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
        String op = "layerNormAdjoint";
        int rows = x.rows();
        int columns = x.columns();
        Check.sizes(op, columns, scale, dScale, dBias);
        Check.sizes(op, rows, mean, rstd);
        Check.sizes(op, x.size(), dY, residual, dX);
        recorder.whole(x, mean, rstd, dY, residual, dX);
        Tensor partial = recorder.temporary("sums", RowPlan.adjoint(rows, columns).partialSize(2));
        recorder.add(
                op,
                list(x, scale, mean, rstd, dY, residual),
                list(dScale, dBias, dX, partial),
                t ->
                        t.kernels
                                .norms()
                                .layerNormAdjoint(
                                        t.id(),
                                        rows,
                                        columns,
                                        t.array(x),
                                        t.part(scale),
                                        t.array(mean),
                                        t.array(rstd),
                                        t.array(dY),
                                        residual == null ? null : t.array(residual),
                                        t.array(partial),
                                        t.part(dScale),
                                        t.part(dBias),
                                        t.array(dX)));
    }
}
