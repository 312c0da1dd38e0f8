package s5.model;

import s5.ops.HeadOp.GaussianLoss;
import s5.ops.HeadOp.Pool;
import s5.ops.HeadOp.PoolAdjoint;
import s5.ops.HeadOp.Pooling;
import s5.ops.LayerOp.Activate;
import s5.ops.LayerOp.ActivateAdjoint;
import s5.ops.LayerOp.Add;
import s5.ops.LayerOp.Curve;
import s5.ops.Program;
import s5.ops.Tensor;

import java.util.List;
import java.util.stream.Stream;

/**
 * Regression: a normal distribution of the targets of a whole sequence or at every position, its
 * mean and variance each by a network of its own (dense 30, tanh, dense). The variance is {@code
 * elu + 1} of what its network says; see {@link GaussianLoss}.
 */
final class GaussianHead implements Head {
    private static final int HIDDEN = 30;

    private final Pooling pooling;
    private final Decoder mean;
    private final Decoder variance;
    private Tensor dMean;
    private Tensor dZ;

    /**
     * @param pooling what a whole sequence is told by; null where each position has targets
     */
    GaussianHead(int features, int targets, Pooling pooling) {
        this.pooling = pooling;
        mean = new Decoder("decoder_mu", features, targets);
        variance = new Decoder("decoder_lvar", features, targets);
    }

    @Override
    public List<Parameter> parameters() {
        return Stream.of(mean, variance).flatMap(d -> d.parameters().stream()).toList();
    }

    @Override
    public void forward(Pass pass, Inputs in, Outputs out, Tensor x) {
        Program program = pass.program();
        Tensor features = x;
        if (pooling != null) {
            features = Tensor.scratch("pooled", pass.sequences(), x.dim(1));
            program.add(new Pool(x, in.lengths(), pooling, features));
        }
        Tensor mu = mean.forward(program, features);
        Tensor z = variance.forward(program, features);
        dMean = pass.training() ? Tensor.scratch("dmean", mu.shape()) : null;
        dZ = pass.training() ? Tensor.scratch("dz", z.shape()) : null;
        program.add(
                new GaussianLoss(
                        mu,
                        z,
                        in.targets(),
                        pooling == null ? in.lengths() : null,
                        in.counters(),
                        pooling == null ? pass.length() : 1,
                        pass.fit(),
                        out.prediction(),
                        out.metrics(),
                        dMean,
                        dZ));
    }

    @Override
    public Tensor backward(Pass pass, Inputs in) {
        Tensor byMean = mean.backward(pass.program(), dMean);
        Tensor byZ = variance.backward(pass.program(), dZ);
        if (pooling == null) {
            Tensor dX = Tensor.scratch("dx", byMean.shape());
            pass.program().add(new Add(byMean, byZ, dX));
            return dX;
        }
        Tensor dPooled = Tensor.scratch("dpooled", byMean.shape());
        pass.program().add(new Add(byMean, byZ, dPooled));
        Tensor dX = Tensor.activation("dx", pass.rows(), byMean.dim(1));
        pass.program().add(new PoolAdjoint(dPooled, in.lengths(), pooling, dX));
        return dX;
    }

    /** Dense, tanh, dense. */
    private static final class Decoder {
        private final String name;
        private final Dense layer0;
        private final Dense layer1;
        private Tensor active;

        Decoder(String name, int features, int targets) {
            this.name = name;
            layer0 = new Dense(name + "/layers_0", features, HIDDEN);
            layer1 = new Dense(name + "/layers_1", HIDDEN, targets);
        }

        List<Parameter> parameters() {
            return Stream.of(layer0, layer1).flatMap(l -> l.parameters().stream()).toList();
        }

        Tensor forward(Program program, Tensor x) {
            Tensor hidden = layer0.forward(program, x);
            active = Tensor.scratch(name + "/active", hidden.shape());
            program.add(new Activate(hidden, Curve.TANH, active));
            return layer1.forward(program, active);
        }

        Tensor backward(Program program, Tensor dOut) {
            Tensor dActive = layer1.backward(program, dOut);
            program.add(new ActivateAdjoint(active, Curve.TANH, dActive, dActive));
            return layer0.backward(program, dActive);
        }
    }
}
