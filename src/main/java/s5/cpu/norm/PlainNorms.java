package s5.cpu.norm;

import s5.ops.NormOp;

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
    public void affine(Affine a, int c, int from, int to) {
        for (int row = from; row < to; row++) {
            for (int j = c; j < a.h(); j++) {
                int i = row * a.h() + j;
                a.y()[i] = Math.fma(a.x()[i] - a.mean()[j], a.factor()[j], a.bias()[j]);
            }
        }
    }

    @Override
    public void normSums(NormSums a, int at, int c, int from, int to) {
        float[] sum = a.sum();
        int h = a.h();
        Arrays.fill(sum, at + c, at + h, 0f);
        Arrays.fill(sum, at + h + c, at + 2 * h, 0f);
        for (int row = from; row < to; row++) {
            for (int j = c; j < h; j++) {
                int i = row * h + j;
                float xhat = (a.x()[i] - a.mean()[j]) * a.rstd()[j];
                sum[at + j] += a.dY()[i];
                sum[at + h + j] = Math.fma(a.dY()[i], xhat, sum[at + h + j]);
            }
        }
    }

    @Override
    public void normAdjoint(NormAdjoint a, int c, int from, int to) {
        for (int row = from; row < to; row++) {
            for (int j = c; j < a.h(); j++) {
                int i = row * a.h() + j;
                float v = Math.fma(a.mean()[j] - a.x()[i], a.slope()[j], a.dY()[i] - a.shift()[j]);
                a.dX()[i] = Math.fma(a.factor()[j], v, a.residual()[row * a.residualStride() + j]);
            }
        }
    }

    @Override
    public float[] lanes() {
        return new float[0];
    }

    @Override
    public void layerNorm(LayerNorm a, float[] lanes, int from, int to) {
        float[] x = a.x();
        int h = a.h();
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
            float r = (float) (1 / Math.sqrt(squares / h + NormOp.LAYER_NORM_EPSILON));
            a.mean()[row] = mu;
            a.rstd()[row] = r;
            for (int j = 0; j < h; j++) {
                a.y()[at + j] = Math.fma((x[at + j] - mu) * r, a.scale()[j], a.bias()[j]);
            }
        }
    }

    @Override
    public void layerNormAdjoint(LayerNormAdjoint a, int at, int from, int to) {
        float[] x = a.x();
        float[] dY = a.dY();
        float[] sum = a.sum();
        int h = a.h();
        Arrays.fill(sum, at, at + 2 * h, 0f);
        for (int row = from; row < to; row++) {
            float mu = a.mean()[row];
            float r = a.rstd()[row];
            double shift = 0;
            double slope = 0;
            for (int j = 0; j < h; j++) {
                int i = row * h + j;
                float xhat = (x[i] - mu) * r;
                float byXhat = dY[i] * a.scale()[j];
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
                float v = Math.fma(-xhat, meanSlope, Math.fma(dY[i], a.scale()[j], -meanShift));
                a.dX()[i] = Math.fma(r, v, a.residual()[row * a.residualStride() + j]);
            }
        }
    }
}
