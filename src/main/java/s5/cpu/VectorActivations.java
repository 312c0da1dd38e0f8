package s5.cpu;

import static jdk.incubator.vector.FloatVector.fromArray;

import static s5.cpu.VectorMath.S;
import static s5.cpu.VectorMath.V;

import jdk.incubator.vector.FloatVector;

import java.util.Arrays;

/** Activations in the Vector API; columns that fill no vector are left to the plain loops. */
final class VectorActivations implements Activations {
    private final Activations rest = new PlainActivations();

    @Override
    public void add(float[] a, float[] b, float[] out, int from, int to) {
        int end = from + S.loopBound(to - from);
        for (int i = from; i < end; i += V) {
            fromArray(S, a, i).add(fromArray(S, b, i)).intoArray(out, i);
        }
        rest.add(a, b, out, end, to);
    }

    @Override
    public void gelu(float[] x, float[] out, int from, int to) {
        int end = from + S.loopBound(to - from);
        for (int i = from; i < end; i += V) {
            VectorMath.gelu(fromArray(S, x, i)).intoArray(out, i);
        }
        rest.gelu(x, out, end, to);
    }

    @Override
    public void geluAdjoint(float[] x, float[] dOut, float[] dX, int from, int to) {
        int end = from + S.loopBound(to - from);
        for (int i = from; i < end; i += V) {
            fromArray(S, dOut, i).mul(VectorMath.geluSlope(fromArray(S, x, i))).intoArray(dX, i);
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
                FloatVector v =
                        fromArray(S, d, j).fma(fromArray(S, u, at + j), fromArray(S, cx, at + j));
                if (y != null) {
                    v.intoArray(y, at + j);
                }
                fromArray(S, mask, m + j).mul(VectorMath.gelu(v)).intoArray(g, at + j);
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
                FloatVector masked = fromArray(S, mask, m + j).mul(fromArray(S, dG, i + j));
                FloatVector slope = VectorMath.geluSlope(fromArray(S, y, i + j));
                FloatVector v = masked.fma(slope, fromArray(S, direct, other + j));
                v.intoArray(dY, i + j);
                fromArray(S, d, j).mul(v).intoArray(dU, i + j);
                v.fma(fromArray(S, u, i + j), fromArray(S, sum, at + j)).intoArray(sum, at + j);
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
                FloatVector e =
                        VectorMath.exp(fromArray(S, z, i + j).add(fromArray(S, zBias, j)).neg());
                FloatVector value = fromArray(S, v, i + j).add(fromArray(S, vBias, j));
                FloatVector gated = fromArray(S, mask, m + j).mul(value).div(e.add(1f));
                fromArray(S, skip, i + j).add(gated).intoArray(out, i + j);
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
                FloatVector e =
                        VectorMath.exp(fromArray(S, z, i + j).add(fromArray(S, zBias, j)).neg());
                FloatVector s = VectorMath.all(1f).div(e.add(1f));
                FloatVector byV = fromArray(S, mask, m + j).mul(fromArray(S, dOut, i + j)).mul(s);
                FloatVector value = fromArray(S, v, i + j).add(fromArray(S, vBias, j));
                FloatVector byZ = byV.mul(value).mul(e.mul(s));
                byV.intoArray(dV, i + j);
                byZ.intoArray(dZ, i + j);
                fromArray(S, sum, at + j).add(byV).intoArray(sum, at + j);
                fromArray(S, sum, at + h + j).add(byZ).intoArray(sum, at + h + j);
            }
        }
        rest.gateAdjoint(v, vBias, z, zBias, mask, length, dOut, dV, dZ, sum, at, h, end, from, to);
    }
}
