package s5.cpu.layer;

import s5.cpu.Approx;

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
    public void skipGelu(SkipGelu a, int c, int from, int to) {
        for (int row = from; row < to; row++) {
            int m = row / a.length() * a.h();
            for (int j = c; j < a.h(); j++) {
                int i = row * a.h() + j;
                float v = Math.fma(a.d()[j], a.u()[i], a.cx()[i]);
                if (a.y() != null) {
                    a.y()[i] = v;
                }
                a.g()[i] = a.mask()[m + j] * Approx.gelu(v);
            }
        }
    }

    @Override
    public void skipGeluAdjoint(SkipGeluAdjoint a, int at, int c, int from, int to) {
        float[] sum = a.sum();
        Arrays.fill(sum, at + c, at + a.h(), 0f);
        for (int row = from; row < to; row++) {
            int m = row / a.length() * a.h();
            int other = row * a.directStride();
            for (int j = c; j < a.h(); j++) {
                int i = row * a.h() + j;
                float masked = a.mask()[m + j] * a.dG()[i];
                float v = Math.fma(masked, Approx.geluSlope(a.y()[i]), a.direct()[other + j]);
                a.dY()[i] = v;
                a.dU()[i] = a.d()[j] * v;
                sum[at + j] = Math.fma(v, a.u()[i], sum[at + j]);
            }
        }
    }

    @Override
    public void gate(Gated a, float[] skip, float[] out, int c, int from, int to) {
        for (int row = from; row < to; row++) {
            int m = row / a.length() * a.h();
            for (int j = c; j < a.h(); j++) {
                int i = row * a.h() + j;
                float e = Approx.exp(-(a.z()[i] + a.zBias()[j]));
                out[i] = skip[i] + a.mask()[m + j] * (a.v()[i] + a.vBias()[j]) / (1f + e);
            }
        }
    }

    @Override
    public void gateAdjoint(GateAdjoint adjoint, int at, int c, int from, int to) {
        Gated a = adjoint.gated();
        int h = a.h();
        float[] sum = adjoint.sum();
        Arrays.fill(sum, at + c, at + h, 0f);
        Arrays.fill(sum, at + h + c, at + 2 * h, 0f);
        for (int row = from; row < to; row++) {
            int m = row / a.length() * h;
            for (int j = c; j < h; j++) {
                int i = row * h + j;
                float e = Approx.exp(-(a.z()[i] + a.zBias()[j]));
                float s = 1f / (1f + e);
                float byV = a.mask()[m + j] * adjoint.dOut()[i] * s;
                float byZ = byV * (a.v()[i] + a.vBias()[j]) * (e * s);
                adjoint.dV()[i] = byV;
                adjoint.dZ()[i] = byZ;
                sum[at + j] += byV;
                sum[at + h + j] += byZ;
            }
        }
    }
}
