package s5.cpu.layer;

import static jdk.incubator.vector.FloatVector.fromArray;

import static s5.cpu.VectorMath.S;
import static s5.cpu.VectorMath.V;

import jdk.incubator.vector.FloatVector;

import s5.cpu.VectorMath;

import java.util.Arrays;

/**
 * Activations in the Vector API; columns that fill no vector are left to the plain loops.
 *
 * <p>Arrays are taken out of their record before the loops: so much of the Vector API is inlined
 * there that the JIT may refuse to inline a call of ours.
 */
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
    public void skipGelu(SkipGelu a, int c, int from, int to) {
        int h = a.h();
        float[] cx = a.cx();
        float[] d = a.d();
        float[] u = a.u();
        float[] mask = a.mask();
        float[] y = a.y();
        float[] g = a.g();
        int end = c + S.loopBound(h - c);
        for (int row = from; row < to; row++) {
            int m = row / a.length() * h;
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
        rest.skipGelu(a, end, from, to);
    }

    @Override
    public void skipGeluAdjoint(SkipGeluAdjoint a, int at, int c, int from, int to) {
        int h = a.h();
        float[] y = a.y();
        float[] u = a.u();
        float[] d = a.d();
        float[] mask = a.mask();
        float[] dG = a.dG();
        float[] direct = a.direct();
        float[] dY = a.dY();
        float[] dU = a.dU();
        float[] sum = a.sum();
        int end = c + S.loopBound(h - c);
        Arrays.fill(sum, at + c, at + end, 0f);
        for (int row = from; row < to; row++) {
            int m = row / a.length() * h;
            int i = row * h;
            int other = row * a.directStride();
            for (int j = c; j < end; j += V) {
                FloatVector masked = fromArray(S, mask, m + j).mul(fromArray(S, dG, i + j));
                FloatVector slope = VectorMath.geluSlope(fromArray(S, y, i + j));
                FloatVector v = masked.fma(slope, fromArray(S, direct, other + j));
                v.intoArray(dY, i + j);
                fromArray(S, d, j).mul(v).intoArray(dU, i + j);
                v.fma(fromArray(S, u, i + j), fromArray(S, sum, at + j)).intoArray(sum, at + j);
            }
        }
        rest.skipGeluAdjoint(a, at, end, from, to);
    }

    @Override
    public void gate(Gated a, float[] skip, float[] out, int c, int from, int to) {
        int h = a.h();
        float[] v = a.v();
        float[] vBias = a.vBias();
        float[] z = a.z();
        float[] zBias = a.zBias();
        float[] mask = a.mask();
        int end = c + S.loopBound(h - c);
        for (int row = from; row < to; row++) {
            int m = row / a.length() * h;
            int i = row * h;
            for (int j = c; j < end; j += V) {
                FloatVector value = fromArray(S, v, i + j).add(fromArray(S, vBias, j));
                FloatVector e =
                        VectorMath.exp(fromArray(S, z, i + j).add(fromArray(S, zBias, j)).neg());
                FloatVector gated = fromArray(S, mask, m + j).mul(value).div(e.add(1f));
                fromArray(S, skip, i + j).add(gated).intoArray(out, i + j);
            }
        }
        rest.gate(a, skip, out, end, from, to);
    }

    @Override
    public void gateAdjoint(GateAdjoint adjoint, int at, int c, int from, int to) {
        Gated a = adjoint.gated();
        float[] dOut = adjoint.dOut();
        float[] dV = adjoint.dV();
        float[] dZ = adjoint.dZ();
        float[] sum = adjoint.sum();
        float[] mask = a.mask();
        float[] v = a.v();
        float[] vBias = a.vBias();
        float[] z = a.z();
        float[] zBias = a.zBias();
        int h = a.h();
        int end = c + S.loopBound(h - c);
        Arrays.fill(sum, at + c, at + end, 0f);
        Arrays.fill(sum, at + h + c, at + h + end, 0f);
        for (int row = from; row < to; row++) {
            int m = row / a.length() * h;
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
        rest.gateAdjoint(adjoint, at, end, from, to);
    }
}
