package s5.cpu;

import java.util.Arrays;

/** Activations in plain loops, which any JVM runs. */
final class PlainActivations implements Activations {
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
                float v = Math.fma(masked, Approx.geluSlope(y[i]), direct[row * directStride + j]);
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
}
