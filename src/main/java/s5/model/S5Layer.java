package s5.model;

import s5.config.ModelConfig;
import s5.config.ModelConfig.Activation;
import s5.ops.LayerOp.Add;
import s5.ops.LayerOp.Gate;
import s5.ops.LayerOp.GateAdjoint;
import s5.ops.LayerOp.SkipGelu;
import s5.ops.LayerOp.SkipGeluAdjoint;
import s5.ops.Matmul;
import s5.ops.Program;
import s5.ops.Tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * One layer of the stack: normalization, SSM, non-linearity, residual; paper, section 3 and
 * appendix G. Forward and backward stand side by side; {@code forward} remembers the tensors that
 * {@code backward} needs, so they are called in that order while one step is recorded.
 *
 * <pre>
 *   x ─► norm ─► u ─► SSM ─► y = Re(C x) + D u ─► g = drop(gelu(y)) ─► gate ─► + x ─► out        (prenorm)
 *
 *   gate:  full_glu   (W1 g + b1) sigmoid(W2 g + b2)        half_glu2   y sigmoid(W2 g + b2)
 *          half_glu1   g sigmoid(W2 g + b2)                 gelu        g
 * </pre>
 *
 * <p>With {@code mask_states} u is zero in the padding: what the scan from behind meets first adds
 * nothing to its states, so that it begins at the last real position.
 */
final class S5Layer {
    private final String name;
    private final int index;
    private final int h;
    private final Activation activation;
    private final boolean prenorm;
    private final boolean masked;

    final Normalization norm;
    final Ssm ssm;
    final Parameter d;
    private final Parameter w1;
    private final Parameter b1;
    private final Parameter w2;
    private final Parameter b2;

    private Tensor u;
    private Tensor y;
    private Tensor g;
    private Tensor v;
    private Tensor z;
    private Tensor mask1;
    private Tensor mask2;

    S5Layer(int index, ModelConfig config) {
        this.index = index;
        name = "encoder/layers_" + index;
        h = config.features();
        activation = config.activation();
        prenorm = config.prenorm();
        masked = config.masksInput();
        norm = new Normalization(name + "/norm", config);
        ssm = new Ssm(name + "/seq", config);
        d = Parameter.of(name + "/seq/D", h);
        boolean full = activation == Activation.FULL_GLU;
        boolean gated = activation != Activation.GELU;
        w1 = full ? Parameter.of(name + "/out1/kernel", h, h) : null;
        b1 = full ? Parameter.of(name + "/out1/bias", h) : null;
        w2 = gated ? Parameter.of(name + "/out2/kernel", h, h) : null;
        b2 = gated ? Parameter.of(name + "/out2/bias", h) : null;
    }

    List<Parameter> parameters() {
        List<Parameter> all =
                new ArrayList<>(List.of(norm.scale, norm.bias, ssm.lambdaRe, ssm.lambdaIm));
        all.add(ssm.b);
        all.addAll(ssm.c);
        all.add(d);
        all.add(ssm.logStep);
        if (w1 != null) {
            all.addAll(List.of(w1, b1));
        }
        if (w2 != null) {
            all.addAll(List.of(w2, b2));
        }
        return all;
    }

    /** x and the result: (B L, H). */
    Tensor forward(Pass pass, Tensor x) {
        Program program = pass.program();
        u = prenorm ? norm.forward(pass, x) : x;
        if (masked) {
            pass.maskRows(u);
        }
        mask1 = pass.mask(name + "/drop1", 2 * index, h);
        Tensor cx = ssm.forward(pass, u);
        boolean keepY = pass.training() || activation == Activation.HALF_GLU2;
        y = keepY ? cx : null;
        g = scratch(pass, "g");
        program.add(new SkipGelu(cx, d.value(), u, mask1, y, g));
        Tensor out = scratch(pass, "out");
        if (activation == Activation.GELU) {
            program.add(new Add(x, g, out));
        } else {
            mask2 = pass.mask(name + "/drop2", 2 * index + 1, h);
            z = product(pass, "z", g, w2);
            v =
                    switch (activation) {
                        case FULL_GLU -> product(pass, "v", g, w1);
                        case HALF_GLU1 -> g;
                        case HALF_GLU2 -> y;
                        case GELU -> throw new AssertionError();
                    };
            program.add(new Gate(v, b1 == null ? null : b1.value(), z, b2.value(), mask2, x, out));
        }
        return prenorm ? out : norm.forward(pass, out);
    }

    /** Gradient by x from the gradient by the result; writes those of the parameters. */
    Tensor backward(Pass pass, Tensor dOut) {
        Program program = pass.program();
        Tensor dSum = prenorm ? dOut : norm.backward(pass, dOut, null);
        Tensor dG = dSum;
        Tensor direct = null;
        Tensor dY = scratch(pass, "dy");
        if (activation != Activation.GELU) {
            Tensor dV = scratch(pass, "dv");
            Tensor dZ = scratch(pass, "dz");
            program.add(
                    new GateAdjoint(
                            v,
                            b1 == null ? null : b1.value(),
                            z,
                            b2.value(),
                            mask2,
                            dSum,
                            dV,
                            b1 == null ? null : b1.gradient(),
                            dZ,
                            b2.gradient()));
            program.add(new Matmul(g, true, dZ, false, false, w2.gradient()));
            switch (activation) {
                case FULL_GLU -> {
                    program.add(new Matmul(g, true, dV, false, false, w1.gradient()));
                    dG = scratch(pass, "dg");
                    program.add(new Matmul(dV, false, w1.value(), true, false, dG));
                    program.add(new Matmul(dZ, false, w2.value(), true, true, dG));
                }
                case HALF_GLU1 -> {
                    dG = dV;
                    program.add(new Matmul(dZ, false, w2.value(), true, true, dG));
                }
                case HALF_GLU2 -> {
                    dG = scratch(pass, "dg");
                    program.add(new Matmul(dZ, false, w2.value(), true, false, dG));
                    direct = dV;
                }
                case GELU -> throw new AssertionError();
            }
            dY = dG;
        }
        Tensor dU = scratch(pass, "du");
        program.add(new SkipGeluAdjoint(y, d.value(), u, mask1, dG, direct, dY, d.gradient(), dU));
        ssm.backward(pass, dY, dU);
        if (prenorm) {
            if (masked) {
                pass.maskRows(dU);
            }
            return norm.backward(pass, dU, dOut);
        }
        Tensor dX = scratch(pass, "dx");
        program.add(new Add(dU, dSum, dX));
        if (masked) {
            pass.maskRows(dX);
        }
        return dX;
    }

    private Tensor product(Pass pass, String what, Tensor x, Parameter w) {
        Tensor out = scratch(pass, what);
        pass.program().add(new Matmul(x, false, w.value(), false, false, out));
        return out;
    }

    private Tensor scratch(Pass pass, String what) {
        return Tensor.activation(name + "/" + what, pass.rows(), h);
    }
}
