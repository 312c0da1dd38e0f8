package s5.cpu;

import java.util.Arrays;
import s5.ops.Ops;

/** Plain loops, which any JVM runs. */
class ScalarKernels implements Kernels {

    @Override
    public String describe() {
        return "plain loops";
    }

    @Override
    public int padded(int n) {
        return n;
    }

    @Override
    public void pack(
            float[] b, int at, int kStride, int nStride, int k, int n, float[] out, int to) {
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < n; j++) {
                out[to + i * n + j] = b[at + i * kStride + j * nStride];
            }
        }
    }

    @Override
    public void gemm(
            float[] a,
            int at,
            int mStride,
            int kStride,
            float[] packed,
            int packedAt,
            int m,
            int n,
            int k,
            float[] c,
            int cAt,
            int cStride,
            boolean accumulate) {
        for (int i = 0; i < m; i++) {
            int row = cAt + i * cStride;
            if (!accumulate) {
                Arrays.fill(c, row, row + n, 0f);
            }
            for (int l = 0; l < k; l++) {
                float factor = a[at + i * mStride + l * kStride];
                int other = packedAt + l * n;
                for (int j = 0; j < n; j++) {
                    c[row + j] = Math.fma(factor, packed[other + j], c[row + j]);
                }
            }
        }
    }

    @Override
    public void add(float[] a, float[] b, float[] out, int from, int to) {
        for (int i = from; i < to; i++) {
            out[i] = a[i] + b[i];
        }
    }

    @Override
    public void gelu(float[] x, float[] out, int from, int to) {
        for (int i = from; i < to; i++) {
            out[i] = Approx.gelu(x[i]);
        }
    }

    @Override
    public void geluAdjoint(float[] x, float[] dOut, float[] dX, int from, int to) {
        for (int i = from; i < to; i++) {
            dX[i] = dOut[i] * Approx.geluSlope(x[i]);
        }
    }

    @Override
    public void skipGelu(
            float[] cx,
            float[] d,
            float[] u,
            float[] mask,
            int length,
            float[] y,
            float[] g,
            int h,
            int c,
            int from,
            int to) {
        for (int row = from; row < to; row++) {
            int m = row / length * h;
            for (int j = c; j < h; j++) {
                int i = row * h + j;
                float v = Math.fma(d[j], u[i], cx[i]);
                if (y != null) {
                    y[i] = v;
                }
                g[i] = mask[m + j] * Approx.gelu(v);
            }
        }
    }

    @Override
    public void skipGeluAdjoint(
            float[] y,
            float[] d,
            float[] u,
            float[] mask,
            int length,
            float[] dG,
            float[] direct,
            int directStride,
            float[] dY,
            float[] dU,
            float[] sum,
            int at,
            int h,
            int c,
            int from,
            int to) {
        Arrays.fill(sum, at + c, at + h, 0f);
        for (int row = from; row < to; row++) {
            int m = row / length * h;
            for (int j = c; j < h; j++) {
                int i = row * h + j;
                float masked = mask[m + j] * dG[i];
                float v =
                        Math.fma(masked, Approx.geluSlope(y[i]), direct[row * directStride + j]);
                dY[i] = v;
                dU[i] = d[j] * v;
                sum[at + j] = Math.fma(v, u[i], sum[at + j]);
            }
        }
    }

    @Override
    public void gate(
            float[] v,
            float[] vBias,
            float[] z,
            float[] zBias,
            float[] mask,
            int length,
            float[] skip,
            float[] out,
            int h,
            int c,
            int from,
            int to) {
        for (int row = from; row < to; row++) {
            int m = row / length * h;
            for (int j = c; j < h; j++) {
                int i = row * h + j;
                float e = Approx.exp(-(z[i] + zBias[j]));
                out[i] = skip[i] + mask[m + j] * (v[i] + vBias[j]) / (1f + e);
            }
        }
    }

    @Override
    public void gateAdjoint(
            float[] v,
            float[] vBias,
            float[] z,
            float[] zBias,
            float[] mask,
            int length,
            float[] dOut,
            float[] dV,
            float[] dZ,
            float[] sum,
            int at,
            int h,
            int c,
            int from,
            int to) {
        Arrays.fill(sum, at + c, at + h, 0f);
        Arrays.fill(sum, at + h + c, at + 2 * h, 0f);
        for (int row = from; row < to; row++) {
            int m = row / length * h;
            for (int j = c; j < h; j++) {
                int i = row * h + j;
                float e = Approx.exp(-(z[i] + zBias[j]));
                float s = 1f / (1f + e);
                float byV = mask[m + j] * dOut[i] * s;
                float byZ = byV * (v[i] + vBias[j]) * (e * s);
                dV[i] = byV;
                dZ[i] = byZ;
                sum[at + j] += byV;
                sum[at + h + j] += byZ;
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
    public void scan(
            float[] lambdaBar,
            float[] bu,
            float[] x,
            int states,
            int width,
            int at,
            int first,
            int rows,
            int step,
            int p,
            int pTo) {
        for (int k = 0, row = first; k < rows; k++, row += step) {
            int in = row * 2 * states;
            int out = row * width + at;
            int before = out - step * width;
            for (int j = p; j < pTo; j++) {
                float re = bu[in + j];
                float im = bu[in + states + j];
                if (k > 0) {
                    float lr = lambdaBar[j];
                    float li = lambdaBar[states + j];
                    float xr = x[before + j];
                    float xi = x[before + states + j];
                    re = Math.fma(lr, xr, Math.fma(-li, xi, re));
                    im = Math.fma(lr, xi, Math.fma(li, xr, im));
                }
                x[out + j] = re;
                x[out + states + j] = im;
            }
        }
    }

    /** Terms of the sum that scanAdjoint takes in float32 before it adds them up in double. */
    static final int SCAN_SUM = 64;

    @Override
    public void scanAdjoint(
            float[] lambdaBar,
            float[] x,
            float[] dX,
            float[] dBu,
            int states,
            int width,
            int at,
            int first,
            int rows,
            int step,
            boolean accumulate,
            float[] own,
            double[] sum,
            int sumAt,
            int p,
            int pTo) {
        for (int j = p; j < pTo; j++) {
            float lr = lambdaBar[j];
            float li = lambdaBar[states + j];
            float gr = 0f;
            float gi = 0f;
            float sumR = 0f;
            float sumI = 0f;
            for (int k = 0, row = first; k < rows; k++, row += step) {
                int in = row * width + at + j;
                float nr = Math.fma(lr, gr, Math.fma(li, gi, dX[in]));
                float ni = Math.fma(lr, gi, Math.fma(-li, gr, dX[in + states]));
                gr = nr;
                gi = ni;
                int out = row * 2 * states + j;
                dBu[out] = accumulate ? dBu[out] + gr : gr;
                dBu[out + states] = accumulate ? dBu[out + states] + gi : gi;
                if (k < rows - 1) {
                    float xr = x[in + step * width];
                    float xi = x[in + step * width + states];
                    sumR = Math.fma(xr, gr, Math.fma(xi, gi, sumR));
                    sumI = Math.fma(xr, gi, Math.fma(-xi, gr, sumI));
                }
                if (k % SCAN_SUM == SCAN_SUM - 1 || k == rows - 1) {
                    sum[sumAt + j] += sumR;
                    sum[sumAt + states + j] += sumI;
                    sumR = 0f;
                    sumI = 0f;
                }
            }
        }
    }
}
