package s5.ops.reference;

import static s5.ops.reference.Matrices.columnMeans;
import static s5.ops.reference.Matrices.columnSums;
import static s5.ops.reference.Matrices.matrix;
import static s5.ops.reference.Matrices.minusRow;
import static s5.ops.reference.Matrices.times;
import static s5.ops.reference.Matrices.transpose;

import org.ejml.data.DMatrixRMaj;

import s5.ops.NormOp;
import s5.ops.Tensor;
import s5.ops.reference.Matrices.Formula;

import java.util.Arrays;
import java.util.stream.IntStream;

/** {@link NormOp} in double precision. */
final class ReferenceNorm {
    private final ReferenceMemory memory;

    ReferenceNorm(ReferenceMemory memory) {
        this.memory = memory;
    }

    void run(NormOp op) {
        switch (op) {
            case NormOp.BatchNorm o -> batchNorm(o);
            case NormOp.BatchNormFrozen o -> batchNormFrozen(o);
            case NormOp.BatchNormAdjoint o -> batchNormAdjoint(o);
            case NormOp.BatchNormMoments o -> moments(o);
            case NormOp.BatchNormSquares o -> squares(o);
            case NormOp.BatchNormShared o -> shared(o);
            case NormOp.BatchNormSums o -> sums(o);
            case NormOp.BatchNormSharedAdjoint o -> sharedAdjoint(o);
            case NormOp.LayerNorm o -> layerNorm(o);
            case NormOp.LayerNormAdjoint o -> layerNormAdjoint(o);
        }
    }

    private void batchNorm(NormOp.BatchNorm o) {
        DMatrixRMaj counting = rows(memory.matrixOf(o.x()), memory.real(o.lengths(), o.x()));
        double[] mu = columnMeans(counting);
        DMatrixRMaj deviation = minusRow(counting, mu);
        double[] var = columnMeans(times(deviation, deviation));
        double[] r = reciprocalRoots(var, NormOp.BATCH_NORM_EPSILON);
        memory.store(
                o.y(),
                normalized(
                        memory.matrixOf(o.x()),
                        mu,
                        r,
                        memory.vector(o.scale()),
                        memory.vector(o.bias())));
        memory.store(o.runningMean(), average(o.momentum(), memory.vector(o.runningMean()), mu));
        memory.store(o.runningVar(), average(o.momentum(), memory.vector(o.runningVar()), var));
        memory.store(o.mean(), mu);
        memory.store(o.rstd(), r);
    }

    private void batchNormFrozen(NormOp.BatchNormFrozen o) {
        double[] r = reciprocalRoots(memory.vector(o.runningVar()), NormOp.BATCH_NORM_EPSILON);
        memory.store(
                o.y(),
                normalized(
                        memory.matrixOf(o.x()),
                        memory.vector(o.runningMean()),
                        r,
                        memory.vector(o.scale()),
                        memory.vector(o.bias())));
    }

    private void batchNormAdjoint(NormOp.BatchNormAdjoint o) {
        boolean[] real = memory.real(o.lengths(), o.x());
        DMatrixRMaj dy = memory.matrixOf(o.dY());
        DMatrixRMaj xhat = xhat(o.x(), o.mean(), o.rstd());
        double[] db = columnSums(dy);
        double[] da = columnSums(times(dy, xhat));
        memory.store(o.dX(), byX(o, xhat, da, db, count(real)));
        memory.store(o.dScale(), da);
        memory.store(o.dBias(), db);
    }

    private static int count(boolean[] real) {
        return (int) IntStream.range(0, real.length).filter(i -> real[i]).count();
    }

    private DMatrixRMaj xhat(Tensor x, Tensor mean, Tensor rstd) {
        double[] mu = memory.vector(mean);
        double[] r = memory.vector(rstd);
        DMatrixRMaj xs = memory.matrixOf(x);
        return matrix(x.rows(), x.columns(), (i, j) -> (xs.get(i, j) - mu[j]) * r[j]);
    }

    /** dX, of statistics over {@code count} rows. */
    private DMatrixRMaj byX(
            NormOp.BatchNormAdjoint o, DMatrixRMaj xhat, double[] da, double[] db, double count) {
        boolean[] real = memory.real(o.lengths(), o.x());
        double[] a = memory.vector(o.scale());
        double[] r = memory.vector(o.rstd());
        DMatrixRMaj dy = memory.matrixOf(o.dY());
        Formula dx =
                (i, j) -> {
                    double byStatistics = db[j] / count + xhat.get(i, j) * da[j] / count;
                    return a[j] * r[j] * (dy.get(i, j) - (real[i] ? byStatistics : 0));
                };
        return memory.plusResidual(matrix(o.x().rows(), o.x().columns(), dx), o.residual());
    }

    private void moments(NormOp.BatchNormMoments o) {
        boolean[] real = memory.real(o.lengths(), o.x());
        DMatrixRMaj counting = rows(memory.matrixOf(o.x()), real);
        double[] mu = columnMeans(counting);
        DMatrixRMaj deviation = minusRow(counting, mu);
        double[] var = columnMeans(times(deviation, deviation));
        double[] m = {count(real)};
        memory.store(o.moments(), joined(mu, var, m));
        memory.store(o.total(), joined(Arrays.stream(mu).map(v -> v * m[0]).toArray(), m));
    }

    private static double[] joined(double[]... parts) {
        return Arrays.stream(parts).flatMapToDouble(Arrays::stream).toArray();
    }

    private void squares(NormOp.BatchNormSquares o) {
        int h = o.squares().size();
        double[] own = memory.vector(o.moments());
        double[] total = memory.vector(o.total());
        memory.store(
                o.squares(),
                matrix(
                        1,
                        h,
                        (i, j) ->
                                own[2 * h]
                                        * (own[h + j]
                                                + Math.pow(own[j] - total[j] / total[h], 2))));
    }

    private void shared(NormOp.BatchNormShared o) {
        int h = o.x().columns();
        double[] total = memory.vector(o.total());
        double[] squares = memory.vector(o.squares());
        double[] mu = matrix(1, h, (i, j) -> total[j] / total[h]).getData();
        double[] var = matrix(1, h, (i, j) -> squares[j] / total[h]).getData();
        double[] r = reciprocalRoots(var, NormOp.BATCH_NORM_EPSILON);
        double[] a = memory.vector(o.scale());
        double[] b = memory.vector(o.bias());
        memory.store(o.y(), normalized(memory.matrixOf(o.x()), mu, r, a, b));
        memory.store(o.runningMean(), average(o.momentum(), memory.vector(o.runningMean()), mu));
        memory.store(o.runningVar(), average(o.momentum(), memory.vector(o.runningVar()), var));
        memory.store(o.mean(), mu);
        memory.store(o.rstd(), r);
    }

    private void sums(NormOp.BatchNormSums o) {
        DMatrixRMaj dy = memory.matrixOf(o.dY());
        memory.store(o.dScale(), columnSums(times(dy, xhat(o.x(), o.mean(), o.rstd()))));
        memory.store(o.dBias(), columnSums(dy));
    }

    private void sharedAdjoint(NormOp.BatchNormSharedAdjoint o) {
        NormOp.BatchNormAdjoint alone =
                new NormOp.BatchNormAdjoint(
                        o.x(),
                        o.lengths(),
                        o.scale(),
                        o.mean(),
                        o.rstd(),
                        o.dY(),
                        o.residual(),
                        o.dScale(),
                        o.dBias(),
                        o.dX());
        double[] total = memory.vector(o.total());
        memory.store(
                o.dX(),
                byX(
                        alone,
                        xhat(o.x(), o.mean(), o.rstd()),
                        memory.vector(o.dScale()),
                        memory.vector(o.dBias()),
                        total[o.x().columns()]));
    }

    private void layerNorm(NormOp.LayerNorm o) {
        // The columns of x' are the rows of x.
        double[] mu = columnMeans(transpose(memory.matrixOf(o.x())));
        DMatrixRMaj deviation = minusRow(transpose(memory.matrixOf(o.x())), mu);
        double[] r =
                reciprocalRoots(
                        columnMeans(times(deviation, deviation)), NormOp.LAYER_NORM_EPSILON);
        double[] a = memory.vector(o.scale());
        double[] b = memory.vector(o.bias());
        memory.store(
                o.y(),
                matrix(
                        o.x().rows(),
                        o.x().columns(),
                        (i, j) -> deviation.get(j, i) * r[i] * a[j] + b[j]));
        memory.store(o.mean(), mu);
        memory.store(o.rstd(), r);
    }

    private void layerNormAdjoint(NormOp.LayerNormAdjoint o) {
        int n = o.x().rows();
        int h = o.x().columns();
        double[] a = memory.vector(o.scale());
        double[] mu = memory.vector(o.mean());
        double[] r = memory.vector(o.rstd());
        DMatrixRMaj xs = memory.matrixOf(o.x());
        DMatrixRMaj dy = memory.matrixOf(o.dY());
        DMatrixRMaj xhat = matrix(n, h, (i, j) -> (xs.get(i, j) - mu[i]) * r[i]);
        DMatrixRMaj dxhat = matrix(n, h, (i, j) -> dy.get(i, j) * a[j]);
        double[] m1 = columnMeans(transpose(dxhat));
        double[] m2 = columnMeans(transpose(times(dxhat, xhat)));
        Formula dx = (i, j) -> r[i] * (dxhat.get(i, j) - m1[i] - xhat.get(i, j) * m2[i]);
        memory.store(o.dX(), memory.plusResidual(matrix(n, h, dx), o.residual()));
        memory.store(o.dScale(), columnSums(times(dy, xhat)));
        memory.store(o.dBias(), columnSums(dy));
    }

    /** The rows of x that count. */
    private static DMatrixRMaj rows(DMatrixRMaj x, boolean[] real) {
        int[] which = IntStream.range(0, real.length).filter(i -> real[i]).toArray();
        return matrix(which.length, x.getNumCols(), (i, j) -> x.get(which[i], j));
    }

    private static double[] reciprocalRoots(double[] var, double epsilon) {
        return Arrays.stream(var).map(v -> 1 / Math.sqrt(v + epsilon)).toArray();
    }

    private static DMatrixRMaj normalized(
            DMatrixRMaj x, double[] mu, double[] r, double[] a, double[] b) {
        return matrix(
                x.getNumRows(),
                x.getNumCols(),
                (i, j) -> (x.get(i, j) - mu[j]) * r[j] * a[j] + b[j]);
    }

    private static double[] average(double momentum, double[] old, double[] now) {
        return matrix(1, old.length, (i, j) -> momentum * old[j] + (1 - momentum) * now[j])
                .getData();
    }
}
