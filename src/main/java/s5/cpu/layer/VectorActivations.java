package s5.cpu.layer;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import static s5.cpu.VectorMath.S;
import static s5.cpu.VectorMath.V;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

import s5.cpu.Approx;
import s5.cpu.VectorMath;

import java.util.Arrays;

/**
 * Activations in the Vector API; columns that fill no vector are left to the plain loops.
 *
 * <p>Arrays are taken out of their record before the loops: so much of the Vector API is inlined
 * there that the JIT may refuse to inline a call of ours. What a step of a stream runs (add,
 * skipGelu, gate) gives no vector to a call and takes none from one, though the exponential stands
 * there twice then: a vector that crosses a call that is not inlined becomes an object, and whether
 * one is inlined depends on all that the JVM has run before.
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
                // VectorMath.gelu, written out; see above.
                FloatVector cubic =
                        v.mul(v).fma(broadcast(S, Approx.GELU_B), broadcast(S, Approx.GELU_A));
                FloatVector x = v.mul(cubic).neg();
                x = x.blend(Approx.EXP_LOW, x.compare(LT, Approx.EXP_LOW));
                x = x.blend(Approx.EXP_HIGH, x.compare(GT, Approx.EXP_HIGH));
                FloatVector t = x.fma(broadcast(S, Approx.LOG2_E), broadcast(S, Approx.ROUND));
                FloatVector n = t.sub(Approx.ROUND);
                FloatVector r = n.fma(broadcast(S, -Approx.LN2_HIGH), x);
                r = n.fma(broadcast(S, -Approx.LN2_LOW), r);
                FloatVector p = r.fma(broadcast(S, Approx.E4), broadcast(S, Approx.E3));
                p = p.fma(r, broadcast(S, Approx.E2));
                p = p.fma(r, broadcast(S, Approx.E1));
                p = p.fma(r, broadcast(S, Approx.E0));
                p = p.fma(r, broadcast(S, 1f));
                p = p.fma(r, broadcast(S, 1f));
                IntVector bits = p.reinterpretAsInts();
                FloatVector e =
                        bits.add(t.reinterpretAsInts().lanewise(LSHL, 23)).reinterpretAsFloats();
                fromArray(S, mask, m + j).mul(v.div(e.add(1f))).intoArray(g, at + j);
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
                // VectorMath.exp, written out; see above.
                FloatVector x = fromArray(S, z, i + j).add(fromArray(S, zBias, j)).neg();
                x = x.blend(Approx.EXP_LOW, x.compare(LT, Approx.EXP_LOW));
                x = x.blend(Approx.EXP_HIGH, x.compare(GT, Approx.EXP_HIGH));
                FloatVector t = x.fma(broadcast(S, Approx.LOG2_E), broadcast(S, Approx.ROUND));
                FloatVector n = t.sub(Approx.ROUND);
                FloatVector r = n.fma(broadcast(S, -Approx.LN2_HIGH), x);
                r = n.fma(broadcast(S, -Approx.LN2_LOW), r);
                FloatVector p = r.fma(broadcast(S, Approx.E4), broadcast(S, Approx.E3));
                p = p.fma(r, broadcast(S, Approx.E2));
                p = p.fma(r, broadcast(S, Approx.E1));
                p = p.fma(r, broadcast(S, Approx.E0));
                p = p.fma(r, broadcast(S, 1f));
                p = p.fma(r, broadcast(S, 1f));
                IntVector bits = p.reinterpretAsInts();
                FloatVector e =
                        bits.add(t.reinterpretAsInts().lanewise(LSHL, 23)).reinterpretAsFloats();
                FloatVector value = fromArray(S, v, i + j).add(fromArray(S, vBias, j));
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
