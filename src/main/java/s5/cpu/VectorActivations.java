package s5.cpu;

import static s5.cpu.VectorMath.S;
import static s5.cpu.VectorMath.V;
import static s5.cpu.VectorMath.load;

import jdk.incubator.vector.FloatVector;

import java.util.Arrays;

/** Activations in the Vector API; columns that fill no vector are left to the plain loops. */
final class VectorActivations implements Activations {
    private final Activations rest = new PlainActivations();

    @Override
    public void add(float[] a, float[] b, float[] out, int from, int to) {
        int end = from + S.loopBound(to - from);
        for (int i = from; i < end; i += V) {
            load(a, i).add(load(b, i)).intoArray(out, i);
        }
        rest.add(a, b, out, end, to);
    }

    @Override
    public void gelu(float[] x, float[] out, int from, int to) {
        int end = from + S.loopBound(to - from);
        for (int i = from; i < end; i += V) {
            VectorMath.gelu(load(x, i)).intoArray(out, i);
        }
        rest.gelu(x, out, end, to);
    }

    @Override
    public void geluAdjoint(float[] x, float[] dOut, float[] dX, int from, int to) {
        int end = from + S.loopBound(to - from);
        for (int i = from; i < end; i += V) {
            load(dOut, i).mul(VectorMath.geluSlope(load(x, i))).intoArray(dX, i);
        }
        rest.geluAdjoint(x, dOut, dX, end, to);
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
        int end = c + S.loopBound(h - c);
        for (int row = from; row < to; row++) {
            int m = row / length * h;
            int at = row * h;
            for (int j = c; j < end; j += V) {
                FloatVector v = load(d, j).fma(load(u, at + j), load(cx, at + j));
                if (y != null) {
                    v.intoArray(y, at + j);
                }
                load(mask, m + j).mul(VectorMath.gelu(v)).intoArray(g, at + j);
            }
        }
        rest.skipGelu(cx, d, u, mask, length, y, g, h, end, from, to);
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
        int end = c + S.loopBound(h - c);
        Arrays.fill(sum, at + c, at + end, 0f);
        for (int row = from; row < to; row++) {
            int m = row / length * h;
            int i = row * h;
            int other = row * directStride;
            for (int j = c; j < end; j += V) {
                FloatVector masked = load(mask, m + j).mul(load(dG, i + j));
                FloatVector slope = VectorMath.geluSlope(load(y, i + j));
                FloatVector v = masked.fma(slope, load(direct, other + j));
                v.intoArray(dY, i + j);
                load(d, j).mul(v).intoArray(dU, i + j);
                v.fma(load(u, i + j), load(sum, at + j)).intoArray(sum, at + j);
            }
        }
        rest.skipGeluAdjoint(
                y, d, u, mask, length, dG, direct, directStride, dY, dU, sum, at, h, end, from, to);
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
        int end = c + S.loopBound(h - c);
        for (int row = from; row < to; row++) {
            int m = row / length * h;
            int i = row * h;
            for (int j = c; j < end; j += V) {
                FloatVector e = VectorMath.exp(load(z, i + j).add(load(zBias, j)).neg());
                FloatVector value = load(v, i + j).add(load(vBias, j));
                FloatVector gated = load(mask, m + j).mul(value).div(e.add(1f));
                load(skip, i + j).add(gated).intoArray(out, i + j);
            }
        }
        rest.gate(v, vBias, z, zBias, mask, length, skip, out, h, end, from, to);
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
        int end = c + S.loopBound(h - c);
        Arrays.fill(sum, at + c, at + end, 0f);
        Arrays.fill(sum, at + h + c, at + h + end, 0f);
        for (int row = from; row < to; row++) {
            int m = row / length * h;
            int i = row * h;
            for (int j = c; j < end; j += V) {
                FloatVector e = VectorMath.exp(load(z, i + j).add(load(zBias, j)).neg());
                FloatVector s = VectorMath.all(1f).div(e.add(1f));
                FloatVector byV = load(mask, m + j).mul(load(dOut, i + j)).mul(s);
                FloatVector value = load(v, i + j).add(load(vBias, j));
                FloatVector byZ = byV.mul(value).mul(e.mul(s));
                byV.intoArray(dV, i + j);
                byZ.intoArray(dZ, i + j);
                load(sum, at + j).add(byV).intoArray(sum, at + j);
                load(sum, at + h + j).add(byZ).intoArray(sum, at + h + j);
            }
        }
        rest.gateAdjoint(v, vBias, z, zBias, mask, length, dOut, dV, dZ, sum, at, h, end, from, to);
    }
}
