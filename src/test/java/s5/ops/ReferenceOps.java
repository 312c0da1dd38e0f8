package s5.ops;

import static s5.ops.Matrices.columnMeans;
import static s5.ops.Matrices.columnSums;
import static s5.ops.Matrices.matrix;
import static s5.ops.Matrices.minusRow;
import static s5.ops.Matrices.plus;
import static s5.ops.Matrices.plusRow;
import static s5.ops.Matrices.product;
import static s5.ops.Matrices.times;
import static s5.ops.Matrices.transpose;

import org.ejml.data.DMatrixRMaj;

import s5.ops.Matrices.Formula;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * {@link Ops} in double precision, for {@link ReferenceBackend}: each a few lines written from the
 * text of the interface alone. An operation computes all its results from the old values before it
 * stores the first one, so any tensors may alias.
 */
final class ReferenceOps extends ReferenceTimed {
    ReferenceOps(ReferenceBackend backend, Map<Tensor, double[]> scratch, List<Runnable> calls) {
        super(backend, scratch, calls);
    }

    // ---- input
    // -----------------------------------------------------------------------------------

    @Override
    public void embed(Tensor tokens, Tensor w, Tensor bias, Tensor out) {
        calls.add(() ->
                store(out, plusRow(product(oneHot(tokens, w.rows()), matrixOf(w)), vector(bias))));
    }

    @Override
    public void embedAdjoint(Tensor tokens, Tensor dOut, Tensor dW, Tensor dBias) {
        calls.add(() -> {
            DMatrixRMaj x = oneHot(tokens, dW.rows());
            DMatrixRMaj dy = matrixOf(dOut);
            store(dW, product(transpose(x), dy));
            store(dBias, columnSums(dy));
        });
    }

    private DMatrixRMaj oneHot(Tensor tokens, int classes) {
        int[] token = integers(tokens);
        return matrix(tokens.size(), classes, (i, v) -> token[i] == v ? 1 : 0);
    }

    @Override
    public void dense(Tensor x, Tensor w, Tensor bias, Tensor out) {
        calls.add(() -> store(out, plusRow(product(matrixOf(x), matrixOf(w)), vector(bias))));
    }

    @Override
    public void denseAdjoint(Tensor x, Tensor w, Tensor dOut, Tensor dW, Tensor dBias, Tensor dX) {
        calls.add(() -> {
            DMatrixRMaj xs = matrixOf(x);
            DMatrixRMaj ws = matrixOf(w);
            DMatrixRMaj dy = matrixOf(dOut);
            store(dW, product(transpose(xs), dy));
            store(dBias, columnSums(dy));
            if (dX != null) {
                store(dX, product(dy, transpose(ws)));
            }
        });
    }

    // ---- products
    // --------------------------------------------------------------------------------

    @Override
    public void matmul(
            Tensor a,
            boolean transposeA,
            Tensor b,
            boolean transposeB,
            boolean accumulate,
            Tensor c) {
        calls.add(() -> {
            DMatrixRMaj left = transposeA ? transpose(matrixOf(a)) : matrixOf(a);
            DMatrixRMaj right = transposeB ? transpose(matrixOf(b)) : matrixOf(b);
            DMatrixRMaj ab = product(left, right);
            store(c, accumulate ? plus(matrixOf(c), ab) : ab);
        });
    }

    // ---- normalization
    // ---------------------------------------------------------------------------

    @Override
    public void batchNorm(
            Tensor x,
            Tensor scale,
            Tensor bias,
            Tensor runningMean,
            Tensor runningVar,
            float momentum,
            Tensor mean,
            Tensor rstd,
            Tensor y) {
        calls.add(() -> {
            double[] mu = columnMeans(matrixOf(x));
            DMatrixRMaj deviation = minusRow(matrixOf(x), mu);
            double[] var = columnMeans(times(deviation, deviation));
            double[] r = reciprocalRoots(var, BATCH_NORM_EPSILON);
            store(y, normalized(matrixOf(x), mu, r, vector(scale), vector(bias)));
            store(runningMean, average(momentum, vector(runningMean), mu));
            store(runningVar, average(momentum, vector(runningVar), var));
            store(mean, mu);
            store(rstd, r);
        });
    }

    @Override
    public void batchNormFrozen(
            Tensor x, Tensor scale, Tensor bias, Tensor runningMean, Tensor runningVar, Tensor y) {
        calls.add(() -> {
            double[] r = reciprocalRoots(vector(runningVar), BATCH_NORM_EPSILON);
            store(y, normalized(matrixOf(x), vector(runningMean), r, vector(scale), vector(bias)));
        });
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

    @Override
    public void batchNormAdjoint(
            Tensor x,
            Tensor scale,
            Tensor mean,
            Tensor rstd,
            Tensor dY,
            Tensor residual,
            Tensor dScale,
            Tensor dBias,
            Tensor dX) {
        calls.add(() -> {
            int n = x.rows();
            double[] a = vector(scale);
            double[] mu = vector(mean);
            double[] r = vector(rstd);
            DMatrixRMaj xs = matrixOf(x);
            DMatrixRMaj dy = matrixOf(dY);
            DMatrixRMaj xhat = matrix(n, x.columns(), (i, j) -> (xs.get(i, j) - mu[j]) * r[j]);
            double[] db = columnSums(dy);
            double[] da = columnSums(times(dy, xhat));
            Formula dx =
                    (i, j) -> a[j] * r[j] * (dy.get(i, j) - db[j] / n - xhat.get(i, j) * da[j] / n);
            store(dX, plusResidual(residual, matrix(n, x.columns(), dx)));
            store(dScale, da);
            store(dBias, db);
        });
    }

    private DMatrixRMaj plusResidual(Tensor residual, DMatrixRMaj a) {
        return residual == null ? a : plus(a, matrixOf(residual));
    }

    @Override
    public void layerNorm(Tensor x, Tensor scale, Tensor bias, Tensor mean, Tensor rstd, Tensor y) {
        calls.add(() -> {
            // The columns of x' are the rows of x.
            double[] mu = columnMeans(transpose(matrixOf(x)));
            DMatrixRMaj deviation = minusRow(transpose(matrixOf(x)), mu);
            double[] r =
                    reciprocalRoots(columnMeans(times(deviation, deviation)), LAYER_NORM_EPSILON);
            double[] a = vector(scale);
            double[] b = vector(bias);
            store(
                    y,
                    matrix(
                            x.rows(),
                            x.columns(),
                            (i, j) -> deviation.get(j, i) * r[i] * a[j] + b[j]));
            store(mean, mu);
            store(rstd, r);
        });
    }

    @Override
    public void layerNormAdjoint(
            Tensor x,
            Tensor scale,
            Tensor mean,
            Tensor rstd,
            Tensor dY,
            Tensor residual,
            Tensor dScale,
            Tensor dBias,
            Tensor dX) {
        calls.add(() -> {
            int n = x.rows();
            int h = x.columns();
            double[] a = vector(scale);
            double[] mu = vector(mean);
            double[] r = vector(rstd);
            DMatrixRMaj xs = matrixOf(x);
            DMatrixRMaj dy = matrixOf(dY);
            DMatrixRMaj xhat = matrix(n, h, (i, j) -> (xs.get(i, j) - mu[i]) * r[i]);
            DMatrixRMaj dxhat = matrix(n, h, (i, j) -> dy.get(i, j) * a[j]);
            double[] m1 = columnMeans(transpose(dxhat));
            double[] m2 = columnMeans(transpose(times(dxhat, xhat)));
            Formula dx = (i, j) -> r[i] * (dxhat.get(i, j) - m1[i] - xhat.get(i, j) * m2[i]);
            store(dX, plusResidual(residual, matrix(n, h, dx)));
            store(dScale, columnSums(times(dy, xhat)));
            store(dBias, columnSums(dy));
        });
    }

    // ---- activation
    // ------------------------------------------------------------------------------

    @Override
    public void dropoutMask(Tensor counters, int site, float rate, Tensor mask) {
        calls.add(() -> {
            int[] c = integers(counters);
            Formula factor =
                    (b, h) -> Dropout.factor(c[Counters.SEED], c[Counters.STEP], site, b, h, rate);
            store(mask, matrix(mask.rows(), mask.columns(), factor));
        });
    }

    /** The mask (B, H) repeated over the positions of each sequence; ones when there is none. */
    private DMatrixRMaj repeated(Tensor mask, int n, int h) {
        if (mask == null) {
            return matrix(n, h, (i, j) -> 1);
        }
        DMatrixRMaj m = matrixOf(mask);
        check(n % mask.rows() == 0, mask + " does not divide " + n + " rows");
        int length = n / mask.rows();
        return matrix(n, h, (i, j) -> m.get(i / length, j));
    }

    private static final double GELU_A = Math.sqrt(2 / Math.PI);
    private static final double GELU_B = 0.044715;

    private static double gelu(double x) {
        return 0.5 * x * (1 + Math.tanh(GELU_A * (x + GELU_B * x * x * x)));
    }

    private static double geluDerivative(double x) {
        double t = Math.tanh(GELU_A * (x + GELU_B * x * x * x));
        return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * GELU_A * (1 + 3 * GELU_B * x * x);
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    @Override
    public void skipGelu(Tensor cx, Tensor d, Tensor u, Tensor mask, Tensor y, Tensor g) {
        calls.add(() -> {
            int n = u.rows();
            int h = u.columns();
            double[] skip = vector(d);
            DMatrixRMaj c = matrixOf(cx);
            DMatrixRMaj us = matrixOf(u);
            DMatrixRMaj m = repeated(mask, n, h);
            DMatrixRMaj ys = matrix(n, h, (i, j) -> c.get(i, j) + skip[j] * us.get(i, j));
            store(g, matrix(n, h, (i, j) -> m.get(i, j) * gelu(ys.get(i, j))));
            if (y != null) {
                store(y, ys);
            }
        });
    }

    @Override
    public void skipGeluAdjoint(
            Tensor y,
            Tensor d,
            Tensor u,
            Tensor mask,
            Tensor dG,
            Tensor direct,
            Tensor dY,
            Tensor dD,
            Tensor dU) {
        calls.add(() -> {
            int n = u.rows();
            int h = u.columns();
            double[] skip = vector(d);
            DMatrixRMaj ys = matrixOf(y);
            DMatrixRMaj us = matrixOf(u);
            DMatrixRMaj dg = matrixOf(dG);
            DMatrixRMaj m = repeated(mask, n, h);
            Formula past = (i, j) -> m.get(i, j) * dg.get(i, j) * geluDerivative(ys.get(i, j));
            DMatrixRMaj dy = plusResidual(direct, matrix(n, h, past));
            store(dY, dy);
            store(dD, columnSums(times(dy, us)));
            store(dU, matrix(n, h, (i, j) -> skip[j] * dy.get(i, j)));
        });
    }

    /** {@code a + bias}, the bias being null or one row. */
    private DMatrixRMaj biased(Tensor a, Tensor bias) {
        return bias == null ? matrixOf(a) : plusRow(matrixOf(a), vector(bias));
    }

    @Override
    public void gate(
            Tensor v, Tensor vBias, Tensor z, Tensor zBias, Tensor mask, Tensor skip, Tensor out) {
        calls.add(() -> {
            int n = v.rows();
            int h = v.columns();
            DMatrixRMaj vs = biased(v, vBias);
            DMatrixRMaj zs = biased(z, zBias);
            DMatrixRMaj m = repeated(mask, n, h);
            Formula gated = (i, j) -> m.get(i, j) * vs.get(i, j) * sigmoid(zs.get(i, j));
            store(out, plus(matrixOf(skip), matrix(n, h, gated)));
        });
    }

    @Override
    public void gateAdjoint(
            Tensor v,
            Tensor vBias,
            Tensor z,
            Tensor zBias,
            Tensor mask,
            Tensor dOut,
            Tensor dV,
            Tensor dVBias,
            Tensor dZ,
            Tensor dZBias) {
        calls.add(() -> {
            int n = v.rows();
            int h = v.columns();
            DMatrixRMaj vs = biased(v, vBias);
            DMatrixRMaj zs = biased(z, zBias);
            DMatrixRMaj masked = times(repeated(mask, n, h), matrixOf(dOut));
            DMatrixRMaj s = matrix(n, h, (i, j) -> sigmoid(zs.get(i, j)));
            DMatrixRMaj dv = times(masked, s);
            DMatrixRMaj slope = matrix(n, h, (i, j) -> s.get(i, j) * (1 - s.get(i, j)));
            DMatrixRMaj dz = times(times(masked, vs), slope);
            store(dV, dv);
            store(dZ, dz);
            store(dZBias, columnSums(dz));
            if (dVBias != null) {
                store(dVBias, columnSums(dv));
            }
        });
    }

    @Override
    public void add(Tensor a, Tensor b, Tensor out) {
        calls.add(() -> store(out, plus(matrixOf(a), matrixOf(b))));
    }

    @Override
    public void gelu(Tensor x, Tensor out) {
        calls.add(() -> store(out, Arrays.stream(vector(x)).map(ReferenceOps::gelu).toArray()));
    }

    @Override
    public void geluAdjoint(Tensor x, Tensor dOut, Tensor dX) {
        calls.add(() -> {
            DMatrixRMaj xs = matrixOf(x);
            DMatrixRMaj dy = matrixOf(dOut);
            Formula dx = (i, j) -> dy.get(i, j) * geluDerivative(xs.get(i, j));
            store(dX, matrix(x.rows(), x.columns(), dx));
        });
    }
}
