package s5.model;

import s5.config.ModelConfig;
import s5.ops.Ops;
import s5.ops.Tensor;

import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The linear state space model of one layer, up to {@code Re(C x)}: discretization, {@code B u},
 * the scan over time and {@code C x}; paper, section 2 and 3. The feedthrough {@code D u} is fused
 * with what follows, see {@link S5Layer}.
 */
final class Ssm {
    private final String name;
    private final int h;
    private final int p;
    private final int directions;
    private final boolean bidirectional;
    private final boolean clip;
    private final float factor;
    private final Ops.Discretization method;

    final Parameter lambdaRe;
    final Parameter lambdaIm;
    final Parameter logStep;
    final Parameter b;
    final List<Parameter> c;

    private Tensor u;
    private Tensor x;
    private Tensor lambdaBar;
    private Tensor bMatrix;
    private Tensor cMatrix;

    Ssm(String name, ModelConfig config) {
        this.name = name;
        h = config.features();
        p = config.localStates();
        directions = config.directions();
        bidirectional = config.bidirectional();
        clip = config.clipEigs();
        factor = config.conjSym() ? 2 : 1;
        method = config.discretization();
        lambdaRe = Parameter.of(name + "/Lambda_re", p);
        lambdaIm = Parameter.of(name + "/Lambda_im", p);
        logStep = Parameter.of(name + "/log_step", p, 1);
        b = Parameter.of(name + "/B", p, h, 2);
        c =
                Initialization.cNames(config).stream()
                        .map(n ->
                                Parameter.of(name + "/" + n, h, Initialization.cColumns(config), 2))
                        .toList();
    }

    /**
     * @param u (B L, H)
     * @return real part of C x, twice that under conjugate symmetry: (B L, H)
     */
    Tensor forward(Pass pass, Tensor u) {
        this.u = u;
        Ops ops = pass.ops();
        x = Tensor.scratch(name + "/x", pass.rows(), 2 * p * directions);
        if (pass.dt() == null) {
            scan(pass);
        } else {
            scanTimed(pass);
        }
        cMatrix = Tensor.scratch(name + "/C_matrix", 2 * p * directions, h);
        ops.readout(byDirection(Parameter::value), factor, cMatrix);
        Tensor cx = Tensor.scratch(name + "/Cx", pass.rows(), h);
        ops.matmul(x, false, cMatrix, false, false, cx);
        return cx;
    }

    /**
     * @param dCx (B L, H), gradient by the result of {@link #forward}
     * @param dU (B L, H); the gradient by u is added to it
     */
    void backward(Pass pass, Tensor dCx, Tensor dU) {
        Ops ops = pass.ops();
        Tensor dCMatrix = Tensor.scratch(name + "/dC_matrix", 2 * p * directions, h);
        ops.matmul(x, true, dCx, false, false, dCMatrix);
        ops.readoutAdjoint(dCMatrix, factor, byDirection(Parameter::gradient));
        Tensor dX = Tensor.scratch(name + "/dx", pass.rows(), 2 * p * directions);
        ops.matmul(dCx, false, cMatrix, true, false, dX);
        if (pass.dt() == null) {
            scanBackward(pass, dX, dU);
        } else {
            scanTimedBackward(pass, dX, dU);
        }
    }

    // ---- all positions one step apart

    /** From u to the states x. */
    private void scan(Pass pass) {
        Ops ops = pass.ops();
        lambdaBar = Tensor.scratch(name + "/Lambda_bar", 2 * p);
        bMatrix = Tensor.scratch(name + "/B_bar", h, 2 * p);
        ops.discretize(
                lambdaRe.value(),
                lambdaIm.value(),
                logStep.value(),
                b.value(),
                method,
                clip,
                pass.stepRescale(),
                lambdaBar,
                bMatrix);
        ops.scan(lambdaBar, inputs(pass), pass.length(), bidirectional, x);
    }

    /** From the gradient by x to that by u, which is added, and those of the parameters. */
    private void scanBackward(Pass pass, Tensor dX, Tensor dU) {
        Ops ops = pass.ops();
        Tensor dBu = Tensor.scratch(name + "/dBu", pass.rows(), 2 * p);
        Tensor dLambdaBar = Tensor.scratch(name + "/dLambda_bar", 2 * p);
        ops.scanAdjoint(lambdaBar, x, dX, pass.length(), bidirectional, dBu, dLambdaBar);
        ops.discretizeAdjoint(
                lambdaRe.value(),
                lambdaIm.value(),
                logStep.value(),
                b.value(),
                method,
                clip,
                pass.stepRescale(),
                dLambdaBar,
                inputsBackward(pass, dBu, dU),
                lambdaRe.gradient(),
                lambdaIm.gradient(),
                logStep.gradient(),
                b.gradient());
    }

    // ---- positions with time steps of their own

    /** As {@link #scan}; B stays continuous, each position is discretized in the scan. */
    private void scanTimed(Pass pass) {
        bMatrix = Tensor.scratch(name + "/B_matrix", h, 2 * p);
        pass.ops().inputMatrix(b.value(), bMatrix);
        pass.ops()
                .scanTimed(
                        lambdaRe.value(),
                        lambdaIm.value(),
                        logStep.value(),
                        pass.dt(),
                        inputs(pass),
                        method,
                        clip,
                        pass.stepRescale(),
                        bidirectional,
                        x);
    }

    /** As {@link #scanBackward}. */
    private void scanTimedBackward(Pass pass, Tensor dX, Tensor dU) {
        Ops ops = pass.ops();
        Tensor dBu = Tensor.scratch(name + "/dBu", pass.rows(), 2 * p);
        // The inputs are computed again rather than kept: no more memory than with fixed steps.
        ops.scanTimedAdjoint(
                lambdaRe.value(),
                lambdaIm.value(),
                logStep.value(),
                pass.dt(),
                inputs(pass),
                method,
                clip,
                pass.stepRescale(),
                bidirectional,
                x,
                dX,
                dBu,
                lambdaRe.gradient(),
                lambdaIm.gradient(),
                logStep.gradient());
        ops.inputMatrixAdjoint(inputsBackward(pass, dBu, dU), b.gradient());
    }

    // ---- B u

    /** What the states get from u, (B L, 2P). */
    private Tensor inputs(Pass pass) {
        Tensor bu = Tensor.scratch(name + "/Bu", pass.rows(), 2 * p);
        pass.ops().matmul(u, false, bMatrix, false, false, bu);
        return bu;
    }

    /** Adds the gradient by u to dU; returns that by the matrix. */
    private Tensor inputsBackward(Pass pass, Tensor dBu, Tensor dU) {
        Tensor dBMatrix = Tensor.scratch(name + "/dB_matrix", h, 2 * p);
        pass.ops().matmul(u, true, dBu, false, false, dBMatrix);
        pass.ops().matmul(dBu, false, bMatrix, true, true, dU);
        return dBMatrix;
    }

    /** The output matrices, one for each direction; a shared one stands there twice. */
    private List<Tensor> byDirection(Function<Parameter, Tensor> part) {
        return IntStream.range(0, directions)
                .mapToObj(j -> part.apply(c.get(Math.min(j, c.size() - 1))))
                .toList();
    }
}
