package s5.cpu.norm;

import static jdk.incubator.vector.FloatVector.fromArray;

import static s5.cpu.VectorMath.S;
import static s5.cpu.VectorMath.V;

import jdk.incubator.vector.FloatVector;

import s5.ops.NormOp;

import java.util.Arrays;

/**
 * Normalizations in the Vector API; columns that fill no vector are left to the plain loops.
 *
 * <p>Arrays are taken out of their record before the loops: so much of the Vector API is inlined
 * there that the JIT may refuse to inline a call of ours.
 */
final class VectorNorms implements Norms {
    private final Norms rest = new PlainNorms();

    @Override
    public void columnSums(float[] x, float[] sum, int at, int h, int c, int from, int to) {
        int end = c + S.loopBound(h - c);
        Arrays.fill(sum, at + c, at + end, 0f);
        for (int row = from; row < to; row++) {
            int i = row * h;
            for (int j = c; j < end; j += V) {
                fromArray(S, sum, at + j).add(fromArray(S, x, i + j)).intoArray(sum, at + j);
            }
        }
        rest.columnSums(x, sum, at, h, end, from, to);
    }

    @Override
    public void moments(float[] x, float[] sum, int at, int h, int c, int from, int to) {
        int end = c + S.loopBound(h - c);
        columnSums(x, sum, at, h, c, from, to);
        float factor = 1f / (to - from);
        for (int j = c; j < end; j++) {
            sum[at + j] *= factor;
            sum[at + h + j] = 0f;
            sum[at + 2 * h + j] = 0f;
        }
        for (int row = from; row < to; row++) {
            int i = row * h;
            for (int j = c; j < end; j += V) {
                FloatVector d = fromArray(S, x, i + j).sub(fromArray(S, sum, at + j));
                fromArray(S, sum, at + h + j).add(d).intoArray(sum, at + h + j);
                d.fma(d, fromArray(S, sum, at + 2 * h + j)).intoArray(sum, at + 2 * h + j);
            }
        }
        rest.moments(x, sum, at, h, end, from, to);
    }

    @Override
    public void affine(Affine a, int c, int from, int to) {
        float[] x = a.x();
        float[] mean = a.mean();
        float[] factor = a.factor();
        float[] bias = a.bias();
        float[] y = a.y();
        int h = a.h();
        int end = c + S.loopBound(h - c);
        for (int row = from; row < to; row++) {
            int i = row * h;
            for (int j = c; j < end; j += V) {
                FloatVector d = fromArray(S, x, i + j).sub(fromArray(S, mean, j));
                d.fma(fromArray(S, factor, j), fromArray(S, bias, j)).intoArray(y, i + j);
            }
        }
        rest.affine(a, end, from, to);
    }

    @Override
    public void normSums(NormSums a, int at, int c, int from, int to) {
        float[] x = a.x();
        float[] mean = a.mean();
        float[] rstd = a.rstd();
        float[] dY = a.dY();
        float[] sum = a.sum();
        int h = a.h();
        int end = c + S.loopBound(h - c);
        Arrays.fill(sum, at + c, at + end, 0f);
        Arrays.fill(sum, at + h + c, at + h + end, 0f);
        for (int row = from; row < to; row++) {
            int i = row * h;
            for (int j = c; j < end; j += V) {
                FloatVector xhat =
                        fromArray(S, x, i + j)
                                .sub(fromArray(S, mean, j))
                                .mul(fromArray(S, rstd, j));
                FloatVector byY = fromArray(S, dY, i + j);
                fromArray(S, sum, at + j).add(byY).intoArray(sum, at + j);
                byY.fma(xhat, fromArray(S, sum, at + h + j)).intoArray(sum, at + h + j);
            }
        }
        rest.normSums(a, at, end, from, to);
    }

    @Override
    public void normAdjoint(NormAdjoint a, int c, int from, int to) {
        float[] x = a.x();
        float[] mean = a.mean();
        float[] factor = a.factor();
        float[] shift = a.shift();
        float[] slope = a.slope();
        float[] dY = a.dY();
        float[] residual = a.residual();
        float[] dX = a.dX();
        int h = a.h();
        int end = c + S.loopBound(h - c);
        for (int row = from; row < to; row++) {
            int i = row * h;
            int other = row * a.residualStride();
            for (int j = c; j < end; j += V) {
                FloatVector d = fromArray(S, mean, j).sub(fromArray(S, x, i + j));
                FloatVector v =
                        d.fma(
                                fromArray(S, slope, j),
                                fromArray(S, dY, i + j).sub(fromArray(S, shift, j)));
                fromArray(S, factor, j)
                        .fma(v, fromArray(S, residual, other + j))
                        .intoArray(dX, i + j);
            }
        }
        rest.normAdjoint(a, end, from, to);
    }

    @Override
    public float[] lanes() {
        return new float[V];
    }

    /** The sum of all lanes, in an order of its own (that of reduceLanes may change). */
    private static double sum(float[] lanes) {
        for (int half = V / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                lanes[i] += lanes[i + half];
            }
        }
        return lanes[0];
    }

    @Override
    public void layerNorm(LayerNorm a, float[] lanes, int from, int to) {
        float[] x = a.x();
        float[] scale = a.scale();
        float[] bias = a.bias();
        float[] mean = a.mean();
        float[] rstd = a.rstd();
        float[] y = a.y();
        int h = a.h();
        int end = S.loopBound(h);
        for (int row = from; row < to; row++) {
            int i = row * h;
            FloatVector all = FloatVector.zero(S);
            for (int j = 0; j < end; j += V) {
                all = all.add(fromArray(S, x, i + j));
            }
            all.intoArray(lanes, 0);
            double sum = sum(lanes);
            for (int j = end; j < h; j++) {
                sum += x[i + j];
            }
            float mu = (float) (sum / h);
            all = FloatVector.zero(S);
            for (int j = 0; j < end; j += V) {
                FloatVector d = fromArray(S, x, i + j).sub(mu);
                all = d.fma(d, all);
            }
            all.intoArray(lanes, 0);
            double squares = sum(lanes);
            for (int j = end; j < h; j++) {
                float d = x[i + j] - mu;
                squares += d * d;
            }
            float r = (float) (1 / Math.sqrt(squares / h + NormOp.LAYER_NORM_EPSILON));
            mean[row] = mu;
            rstd[row] = r;
            for (int j = 0; j < end; j += V) {
                FloatVector xhat = fromArray(S, x, i + j).sub(mu).mul(r);
                xhat.fma(fromArray(S, scale, j), fromArray(S, bias, j)).intoArray(y, i + j);
            }
            for (int j = end; j < h; j++) {
                y[i + j] = Math.fma((x[i + j] - mu) * r, scale[j], bias[j]);
            }
        }
    }

    @Override
    public void layerNormAdjoint(LayerNormAdjoint a, int at, int from, int to) {
        float[] x = a.x();
        float[] scale = a.scale();
        float[] mean = a.mean();
        float[] rstd = a.rstd();
        float[] dY = a.dY();
        float[] residual = a.residual();
        float[] dX = a.dX();
        float[] sum = a.sum();
        int h = a.h();
        int end = S.loopBound(h);
        float[] lanes = lanes();
        Arrays.fill(sum, at, at + 2 * h, 0f);
        for (int row = from; row < to; row++) {
            int i = row * h;
            float mu = mean[row];
            float r = rstd[row];
            FloatVector shifts = FloatVector.zero(S);
            FloatVector slopes = FloatVector.zero(S);
            for (int j = 0; j < end; j += V) {
                FloatVector xhat = fromArray(S, x, i + j).sub(mu).mul(r);
                FloatVector byY = fromArray(S, dY, i + j);
                FloatVector byXhat = byY.mul(fromArray(S, scale, j));
                shifts = shifts.add(byXhat);
                slopes = byXhat.fma(xhat, slopes);
                byY.fma(xhat, fromArray(S, sum, at + j)).intoArray(sum, at + j);
                fromArray(S, sum, at + h + j).add(byY).intoArray(sum, at + h + j);
            }
            shifts.intoArray(lanes, 0);
            double shift = sum(lanes);
            slopes.intoArray(lanes, 0);
            double slope = sum(lanes);
            for (int j = end; j < h; j++) {
                float xhat = (x[i + j] - mu) * r;
                float byXhat = dY[i + j] * scale[j];
                shift += byXhat;
                slope += byXhat * xhat;
                sum[at + j] = Math.fma(dY[i + j], xhat, sum[at + j]);
                sum[at + h + j] += dY[i + j];
            }
            float meanShift = (float) (shift / h);
            float meanSlope = (float) (slope / h);
            int other = row * a.residualStride();
            FloatVector minusShift = FloatVector.broadcast(S, -meanShift);
            for (int j = 0; j < end; j += V) {
                FloatVector xhat = fromArray(S, x, i + j).sub(mu).mul(r);
                FloatVector v = fromArray(S, dY, i + j).fma(fromArray(S, scale, j), minusShift);
                v = xhat.neg().fma(FloatVector.broadcast(S, meanSlope), v);
                v.fma(FloatVector.broadcast(S, r), fromArray(S, residual, other + j))
                        .intoArray(dX, i + j);
            }
            for (int j = end; j < h; j++) {
                float xhat = (x[i + j] - mu) * r;
                float v = Math.fma(-xhat, meanSlope, Math.fma(dY[i + j], scale[j], -meanShift));
                dX[i + j] = Math.fma(r, v, residual[other + j]);
            }
        }
    }
}
