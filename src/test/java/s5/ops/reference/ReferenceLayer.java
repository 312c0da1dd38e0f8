package s5.ops.reference;

import static s5.ops.reference.Matrices.columnSums;
import static s5.ops.reference.Matrices.matrix;
import static s5.ops.reference.Matrices.plus;
import static s5.ops.reference.Matrices.plusRow;
import static s5.ops.reference.Matrices.times;

import org.ejml.data.DMatrixRMaj;

import s5.ops.Counters;
import s5.ops.Dropout;
import s5.ops.LayerOp;
import s5.ops.LayerOp.Curve;
import s5.ops.Tensor;
import s5.ops.reference.Matrices.Formula;

import java.util.Arrays;

/** {@link LayerOp} in double precision. */
final class ReferenceLayer {
    private final ReferenceMemory memory;

    ReferenceLayer(ReferenceMemory memory) {
        this.memory = memory;
    }

    void run(LayerOp op) {
        switch (op) {
            case LayerOp.DropoutMask o -> dropoutMask(o);
            case LayerOp.SkipGelu o -> skipGelu(o);
            case LayerOp.SkipGeluAdjoint o -> skipGeluAdjoint(o);
            case LayerOp.Gate o -> gate(o);
            case LayerOp.GateAdjoint o -> gateAdjoint(o);
            case LayerOp.Add o -> add(o);
            case LayerOp.Gelu o -> gelu(o);
            case LayerOp.GeluAdjoint o -> geluAdjoint(o);
            case LayerOp.Activate o -> activate(o);
            case LayerOp.ActivateAdjoint o -> activateAdjoint(o);
            case LayerOp.MaskRows o -> maskRows(o);
        }
    }

    private void dropoutMask(LayerOp.DropoutMask o) {
        int[] c = memory.integers(o.counters());
        Formula factor =
                (b, h) ->
                        Dropout.factor(
                                c[Counters.SEED],
                                c[Counters.STEP],
                                o.site(),
                                b / o.share().samples() * o.share().batch()
                                        + o.share().first()
                                        + b % o.share().samples(),
                                h,
                                o.rate());
        memory.store(o.mask(), matrix(o.mask().rows(), o.mask().columns(), factor));
    }

    private void skipGelu(LayerOp.SkipGelu o) {
        int n = o.u().rows();
        int h = o.u().columns();
        double[] skip = memory.vector(o.d());
        DMatrixRMaj c = memory.matrixOf(o.cx());
        DMatrixRMaj us = memory.matrixOf(o.u());
        DMatrixRMaj m = repeated(o.mask(), n, h);
        DMatrixRMaj ys = matrix(n, h, (i, j) -> c.get(i, j) + skip[j] * us.get(i, j));
        memory.store(o.g(), matrix(n, h, (i, j) -> m.get(i, j) * gelu(ys.get(i, j))));
        if (o.y() != null) {
            memory.store(o.y(), ys);
        }
    }

    private void skipGeluAdjoint(LayerOp.SkipGeluAdjoint o) {
        int n = o.u().rows();
        int h = o.u().columns();
        double[] skip = memory.vector(o.d());
        DMatrixRMaj ys = memory.matrixOf(o.y());
        DMatrixRMaj us = memory.matrixOf(o.u());
        DMatrixRMaj dg = memory.matrixOf(o.dG());
        DMatrixRMaj m = repeated(o.mask(), n, h);
        Formula past = (i, j) -> m.get(i, j) * dg.get(i, j) * geluDerivative(ys.get(i, j));
        DMatrixRMaj dy = memory.plusResidual(matrix(n, h, past), o.direct());
        memory.store(o.dY(), dy);
        memory.store(o.dD(), columnSums(times(dy, us)));
        memory.store(o.dU(), matrix(n, h, (i, j) -> skip[j] * dy.get(i, j)));
    }

    private void gate(LayerOp.Gate o) {
        int n = o.v().rows();
        int h = o.v().columns();
        DMatrixRMaj vs = biased(o.v(), o.vBias());
        DMatrixRMaj zs = biased(o.z(), o.zBias());
        DMatrixRMaj m = repeated(o.mask(), n, h);
        Formula gated = (i, j) -> m.get(i, j) * vs.get(i, j) * sigmoid(zs.get(i, j));
        memory.store(o.out(), plus(memory.matrixOf(o.skip()), matrix(n, h, gated)));
    }

    private void gateAdjoint(LayerOp.GateAdjoint o) {
        int n = o.v().rows();
        int h = o.v().columns();
        DMatrixRMaj vs = biased(o.v(), o.vBias());
        DMatrixRMaj zs = biased(o.z(), o.zBias());
        DMatrixRMaj masked = times(repeated(o.mask(), n, h), memory.matrixOf(o.dOut()));
        DMatrixRMaj s = matrix(n, h, (i, j) -> sigmoid(zs.get(i, j)));
        DMatrixRMaj dv = times(masked, s);
        DMatrixRMaj slope = matrix(n, h, (i, j) -> s.get(i, j) * (1 - s.get(i, j)));
        DMatrixRMaj dz = times(times(masked, vs), slope);
        memory.store(o.dV(), dv);
        memory.store(o.dZ(), dz);
        memory.store(o.dZBias(), columnSums(dz));
        if (o.dVBias() != null) {
            memory.store(o.dVBias(), columnSums(dv));
        }
    }

    private void add(LayerOp.Add o) {
        memory.store(o.out(), plus(memory.matrixOf(o.a()), memory.matrixOf(o.b())));
    }

    private void gelu(LayerOp.Gelu o) {
        memory.store(
                o.out(), Arrays.stream(memory.vector(o.x())).map(ReferenceLayer::gelu).toArray());
    }

    private void geluAdjoint(LayerOp.GeluAdjoint o) {
        DMatrixRMaj xs = memory.matrixOf(o.x());
        DMatrixRMaj dy = memory.matrixOf(o.dOut());
        Formula dx = (i, j) -> dy.get(i, j) * geluDerivative(xs.get(i, j));
        memory.store(o.dX(), matrix(o.x().rows(), o.x().columns(), dx));
    }

    private void activate(LayerOp.Activate o) {
        memory.store(
                o.out(),
                Arrays.stream(memory.vector(o.x())).map(v -> value(o.curve(), v)).toArray());
    }

    private void activateAdjoint(LayerOp.ActivateAdjoint o) {
        DMatrixRMaj y = memory.matrixOf(o.out());
        DMatrixRMaj d = memory.matrixOf(o.dOut());
        Formula relu = (i, j) -> y.get(i, j) > 0 ? d.get(i, j) : 0;
        Formula tanh = (i, j) -> d.get(i, j) * (1 - y.get(i, j) * y.get(i, j));
        memory.store(
                o.dX(),
                matrix(o.out().rows(), o.out().columns(), o.curve() == Curve.RELU ? relu : tanh));
    }

    private void maskRows(LayerOp.MaskRows o) {
        boolean[] real = memory.real(o.lengths(), o.x());
        DMatrixRMaj xs = memory.matrixOf(o.x());
        Formula masked = (i, j) -> real[i] ? xs.get(i, j) : 0;
        memory.store(o.x(), matrix(o.x().rows(), o.x().columns(), masked));
    }

    /** The mask (B, H) repeated over the positions of each sequence; ones when there is none. */
    private DMatrixRMaj repeated(Tensor mask, int n, int h) {
        if (mask == null) {
            return matrix(n, h, (i, j) -> 1);
        }
        DMatrixRMaj m = memory.matrixOf(mask);
        int length = n / mask.rows();
        return matrix(n, h, (i, j) -> m.get(i / length, j));
    }

    private static final double GELU_A = Math.sqrt(2 / Math.PI);
    private static final double GELU_B = 0.044715;

    private static double gelu(double x) {
        return 0.5 * x * (1 + Math.tanh(GELU_A * (x + GELU_B * x * x * x)));
    }

    private static double geluDerivative(double x) {
        double t = Math.tanh(GELU_A * (x + GELU_B * x * x * x));
        return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * GELU_A * (1 + 3 * GELU_B * x * x);
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** {@code a + bias}, the bias being null or one row. */
    private DMatrixRMaj biased(Tensor a, Tensor bias) {
        return bias == null ? memory.matrixOf(a) : plusRow(memory.matrixOf(a), memory.vector(bias));
    }

    private static double value(Curve curve, double x) {
        return curve == Curve.RELU ? Math.max(0, x) : Math.tanh(x);
    }
}
