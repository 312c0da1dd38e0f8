package s5.model;

import s5.config.ModelConfig;
import s5.ops.Discretizer;
import s5.ops.Matmul;
import s5.ops.Poles;
import s5.ops.Program;
import s5.ops.ScanOp.Discretize;
import s5.ops.ScanOp.DiscretizeAdjoint;
import s5.ops.ScanOp.Readout;
import s5.ops.ScanOp.ReadoutAdjoint;
import s5.ops.ScanOp.Scan;
import s5.ops.ScanOp.ScanAdjoint;
import s5.ops.Tensor;
import s5.ops.TimedOp.InputMatrix;
import s5.ops.TimedOp.InputMatrixAdjoint;
import s5.ops.TimedOp.ScanTimed;
import s5.ops.TimedOp.ScanTimedAdjoint;

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
    private final Discretizer.Method method;

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
        Program program = pass.program();
        x = Tensor.activation(name + "/x", pass.rows(), 2 * p * directions);
        if (pass.dt() == null) {
            scan(pass);
        } else {
            scanTimed(pass);
        }
        cMatrix = Tensor.scratch(name + "/C_matrix", 2 * p * directions, h);
        program.add(new Readout(byDirection(Parameter::value), factor, cMatrix));
        Tensor cx = Tensor.activation(name + "/Cx", pass.rows(), h);
        program.add(new Matmul(x, false, cMatrix, false, false, cx));
        return cx;
    }

    /**
     * @param dCx (B L, H), gradient by the result of {@link #forward}
     * @param dU (B L, H); the gradient by u is added to it
     */
    void backward(Pass pass, Tensor dCx, Tensor dU) {
        Program program = pass.program();
        Tensor dCMatrix = Tensor.scratch(name + "/dC_matrix", 2 * p * directions, h);
        program.add(new Matmul(x, true, dCx, false, false, dCMatrix));
        program.add(new ReadoutAdjoint(dCMatrix, factor, byDirection(Parameter::gradient)));
        Tensor dX = Tensor.activation(name + "/dx", pass.rows(), 2 * p * directions);
        program.add(new Matmul(dCx, false, cMatrix, true, false, dX));
        if (pass.dt() == null) {
            scanBackward(pass, dX, dU);
        } else {
            scanTimedBackward(pass, dX, dU);
        }
    }

    // ---- all positions one step apart

    /** From u to the states x. */
    private void scan(Pass pass) {
        Program program = pass.program();
        lambdaBar = Tensor.scratch(name + "/Lambda_bar", 2 * p);
        bMatrix = Tensor.scratch(name + "/B_bar", h, 2 * p);
        program.add(
                new Discretize(
                        poles(Parameter::value), b.value(), discretizer(pass), lambdaBar, bMatrix));
        program.add(new Scan(lambdaBar, inputs(pass), pass.length(), bidirectional, x));
    }

    /** From the gradient by x to that by u, which is added, and those of the parameters. */
    private void scanBackward(Pass pass, Tensor dX, Tensor dU) {
        Program program = pass.program();
        Tensor dBu = Tensor.activation(name + "/dBu", pass.rows(), 2 * p);
        Tensor dLambdaBar = Tensor.scratch(name + "/dLambda_bar", 2 * p);
        program.add(
                new ScanAdjoint(lambdaBar, x, dX, pass.length(), bidirectional, dBu, dLambdaBar));
        program.add(
                new DiscretizeAdjoint(
                        poles(Parameter::value),
                        b.value(),
                        discretizer(pass),
                        dLambdaBar,
                        inputsBackward(pass, dBu, dU),
                        poles(Parameter::gradient),
                        b.gradient()));
    }

    // ---- positions with time steps of their own

    /** As {@link #scan}; B stays continuous, each position is discretized in the scan. */
    private void scanTimed(Pass pass) {
        bMatrix = Tensor.scratch(name + "/B_matrix", h, 2 * p);
        pass.program().add(new InputMatrix(b.value(), bMatrix));
        pass.program()
                .add(
                        new ScanTimed(
                                poles(Parameter::value),
                                pass.dt(),
                                inputs(pass),
                                discretizer(pass),
                                bidirectional,
                                x));
    }

    /** As {@link #scanBackward}. */
    private void scanTimedBackward(Pass pass, Tensor dX, Tensor dU) {
        Program program = pass.program();
        Tensor dBu = Tensor.activation(name + "/dBu", pass.rows(), 2 * p);
        // The inputs are computed again rather than kept: no more memory than with fixed steps.
        program.add(
                new ScanTimedAdjoint(
                        poles(Parameter::value),
                        pass.dt(),
                        inputs(pass),
                        discretizer(pass),
                        bidirectional,
                        x,
                        dX,
                        dBu,
                        poles(Parameter::gradient)));
        program.add(new InputMatrixAdjoint(inputsBackward(pass, dBu, dU), b.gradient()));
    }

    // ---- B u

    /** What the states get from u, (B L, 2P). */
    private Tensor inputs(Pass pass) {
        Tensor bu = Tensor.activation(name + "/Bu", pass.rows(), 2 * p);
        pass.program().add(new Matmul(u, false, bMatrix, false, false, bu));
        return bu;
    }

    /** Adds the gradient by u to dU; returns that by the matrix. */
    private Tensor inputsBackward(Pass pass, Tensor dBu, Tensor dU) {
        Tensor dBMatrix = Tensor.scratch(name + "/dB_matrix", h, 2 * p);
        pass.program().add(new Matmul(u, true, dBu, false, false, dBMatrix));
        pass.program().add(new Matmul(dBu, false, bMatrix, true, true, dU));
        return dBMatrix;
    }

    /** Lambda and log step, or the gradients by them. */
    private Poles poles(Function<Parameter, Tensor> part) {
        return new Poles(part.apply(lambdaRe), part.apply(lambdaIm), part.apply(logStep));
    }

    private Discretizer discretizer(Pass pass) {
        return new Discretizer(method, clip, pass.stepRescale());
    }

    /** The output matrices, one for each direction; a shared one stands there twice. */
    private List<Tensor> byDirection(Function<Parameter, Tensor> part) {
        return IntStream.range(0, directions)
                .mapToObj(j -> part.apply(c.get(Math.min(j, c.size() - 1))))
                .toList();
    }
}
