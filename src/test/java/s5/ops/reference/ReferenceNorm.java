package s5.ops.reference;

import static s5.ops.reference.Matrices.columnMeans;
import static s5.ops.reference.Matrices.columnSums;
import static s5.ops.reference.Matrices.matrix;
import static s5.ops.reference.Matrices.minusRow;
import static s5.ops.reference.Matrices.times;
import static s5.ops.reference.Matrices.transpose;

import org.ejml.data.DMatrixRMaj;

import s5.ops.NormOp;
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
        double m = 0;
        for (boolean counts : real) {
            m += counts ? 1 : 0;
        }
        double count = m;
        int n = o.x().rows();
        double[] a = memory.vector(o.scale());
        double[] mu = memory.vector(o.mean());
        double[] r = memory.vector(o.rstd());
        DMatrixRMaj xs = memory.matrixOf(o.x());
        DMatrixRMaj dy = memory.matrixOf(o.dY());
        DMatrixRMaj xhat = matrix(n, o.x().columns(), (i, j) -> (xs.get(i, j) - mu[j]) * r[j]);
        double[] db = columnSums(dy);
        double[] da = columnSums(times(dy, xhat));
        Formula dx =
                (i, j) -> {
                    double byStatistics = db[j] / count + xhat.get(i, j) * da[j] / count;
                    return a[j] * r[j] * (dy.get(i, j) - (real[i] ? byStatistics : 0));
                };
        memory.store(o.dX(), memory.plusResidual(matrix(n, o.x().columns(), dx), o.residual()));
        memory.store(o.dScale(), da);
        memory.store(o.dBias(), db);
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
