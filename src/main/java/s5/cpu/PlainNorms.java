package s5.cpu;

import s5.ops.Ops;

import java.util.Arrays;

/** Norms in plain loops, which any JVM runs. */
final class PlainNorms implements Norms {
    @Override
    public void columnSums(float[] x, float[] sum, int at, int h, int c, int from, int to) {
        Arrays.fill(sum, at + c, at + h, 0f);
        for (int row = from; row < to; row++) {
            for (int j = c; j < h; j++) {
                sum[at + j] += x[row * h + j];
            }
        }
    }

    @Override
    public void moments(float[] x, float[] sum, int at, int h, int c, int from, int to) {
        columnSums(x, sum, at, h, c, from, to);
        for (int j = c; j < h; j++) {
            sum[at + j] *= 1f / (to - from);
            sum[at + h + j] = 0f;
            sum[at + 2 * h + j] = 0f;
        }
        for (int row = from; row < to; row++) {
            for (int j = c; j < h; j++) {
                float d = x[row * h + j] - sum[at + j];
                sum[at + h + j] += d;
                sum[at + 2 * h + j] = Math.fma(d, d, sum[at + 2 * h + j]);
            }
        }
    }

    @Override
    public void affine(
            float[] x,
            float[] mean,
            float[] factor,
            float[] bias,
            float[] y,
            int h,
            int c,
            int from,
            int to) {
        for (int row = from; row < to; row++) {
            for (int j = c; j < h; j++) {
                int i = row * h + j;
                y[i] = Math.fma(x[i] - mean[j], factor[j], bias[j]);
            }
        }
    }

    @Override
    public void normSums(
            float[] x,
            float[] mean,
            float[] rstd,
            float[] dY,
            float[] sum,
            int at,
            int h,
            int c,
            int from,
            int to) {
        Arrays.fill(sum, at + c, at + h, 0f);
        Arrays.fill(sum, at + h + c, at + 2 * h, 0f);
        for (int row = from; row < to; row++) {
            for (int j = c; j < h; j++) {
                int i = row * h + j;
                float xhat = (x[i] - mean[j]) * rstd[j];
                sum[at + j] += dY[i];
                sum[at + h + j] = Math.fma(dY[i], xhat, sum[at + h + j]);
            }
        }
    }

    @Override
    public void normAdjoint(
            float[] x,
            float[] mean,
            float[] factor,
            float[] shift,
            float[] slope,
            float[] dY,
            float[] residual,
            int residualStride,
            float[] dX,
            int h,
            int c,
            int from,
            int to) {
        for (int row = from; row < to; row++) {
            for (int j = c; j < h; j++) {
                int i = row * h + j;
                float v = Math.fma(mean[j] - x[i], slope[j], dY[i] - shift[j]);
                dX[i] = Math.fma(factor[j], v, residual[row * residualStride + j]);
            }
        }
    }

    @Override
    public void layerNorm(
            float[] x,
            float[] scale,
            float[] bias,
            float[] mean,
            float[] rstd,
            float[] y,
            int h,
            int from,
            int to) {
        for (int row = from; row < to; row++) {
            int at = row * h;
            double sum = 0;
            for (int j = 0; j < h; j++) {
                sum += x[at + j];
            }
            float mu = (float) (sum / h);
            double squares = 0;
            for (int j = 0; j < h; j++) {
                float d = x[at + j] - mu;
                squares += d * d;
            }
            float r = (float) (1 / Math.sqrt(squares / h + Ops.LAYER_NORM_EPSILON));
            mean[row] = mu;
            rstd[row] = r;
            for (int j = 0; j < h; j++) {
                y[at + j] = Math.fma((x[at + j] - mu) * r, scale[j], bias[j]);
            }
        }
    }

    @Override
    public void layerNormAdjoint(
            float[] x,
            float[] scale,
            float[] mean,
            float[] rstd,
            float[] dY,
            float[] residual,
            int residualStride,
            float[] dX,
            float[] sum,
            int at,
            int h,
            int from,
            int to) {
        Arrays.fill(sum, at, at + 2 * h, 0f);
        for (int row = from; row < to; row++) {
            float mu = mean[row];
            float r = rstd[row];
            double shift = 0;
            double slope = 0;
            for (int j = 0; j < h; j++) {
                int i = row * h + j;
                float xhat = (x[i] - mu) * r;
                float byXhat = dY[i] * scale[j];
                shift += byXhat;
                slope += byXhat * xhat;
                sum[at + j] = Math.fma(dY[i], xhat, sum[at + j]);
                sum[at + h + j] += dY[i];
            }
            float meanShift = (float) (shift / h);
            float meanSlope = (float) (slope / h);
            for (int j = 0; j < h; j++) {
                int i = row * h + j;
                float xhat = (x[i] - mu) * r;
                float v = Math.fma(-xhat, meanSlope, Math.fma(dY[i], scale[j], -meanShift));
                dX[i] = Math.fma(r, v, residual[row * residualStride + j]);
            }
        }
    }
}
