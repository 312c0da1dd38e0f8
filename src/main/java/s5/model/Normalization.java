package s5.model;

import s5.config.ModelConfig;
import s5.config.ModelConfig.Norm;
import s5.ops.NormOp.BatchNorm;
import s5.ops.NormOp.BatchNormAdjoint;
import s5.ops.NormOp.BatchNormFrozen;
import s5.ops.NormOp.LayerNorm;
import s5.ops.NormOp.LayerNormAdjoint;
import s5.ops.Tensor;

import java.util.List;

/** Batch or layer normalization of (B L, H), forward and backward. */
final class Normalization {
    private final String name;
    private final Norm kind;
    private final float momentum;
    private final boolean masked;
    final Parameter scale;
    final Parameter bias;
    final Tensor runningMean;
    final Tensor runningVar;

    private Tensor x;
    private Tensor mean;
    private Tensor rstd;

    Normalization(String name, ModelConfig config) {
        this.name = name;
        kind = config.norm();
        momentum = (float) config.bnMomentum();
        masked = config.maskNorm();
        int features = config.features();
        scale = Parameter.of(name + "/scale", features);
        bias = Parameter.of(name + "/bias", features);
        boolean batch = kind == Norm.BATCH;
        runningMean = batch ? Tensor.state(name + "/mean", features) : null;
        runningVar = batch ? Tensor.state(name + "/var", features) : null;
    }

    /** Running mean and variance; none for layer normalization. */
    List<Tensor> statistics() {
        return kind == Norm.BATCH ? List.of(runningMean, runningVar) : List.of();
    }

    /** x and the result: (B L, H). */
    Tensor forward(Pass pass, Tensor x) {
        this.x = x;
        Tensor y = Tensor.activation(name + "/y", x.dim(0), x.dim(1));
        int statistics = kind == Norm.BATCH ? x.dim(1) : x.dim(0);
        mean = Tensor.scratch(name + "/batch_mean", statistics);
        rstd = Tensor.scratch(name + "/batch_rstd", statistics);
        if (kind == Norm.LAYER) {
            pass.program().add(new LayerNorm(x, scale.value(), bias.value(), mean, rstd, y));
        } else if (pass.training()) {
            pass.program()
                    .add(
                            new BatchNorm(
                                    x,
                                    masked ? pass.lengths() : null,
                                    scale.value(),
                                    bias.value(),
                                    runningMean,
                                    runningVar,
                                    momentum,
                                    mean,
                                    rstd,
                                    y));
        } else {
            pass.program()
                    .add(
                            new BatchNormFrozen(
                                    x, scale.value(), bias.value(), runningMean, runningVar, y));
        }
        return y;
    }

    /**
     * @param residual added to the result, or null
     * @return gradient by x
     */
    Tensor backward(Pass pass, Tensor dY, Tensor residual) {
        Tensor dX = Tensor.activation(name + "/dx", x.dim(0), x.dim(1));
        if (kind == Norm.LAYER) {
            pass.program()
                    .add(
                            new LayerNormAdjoint(
                                    x,
                                    scale.value(),
                                    mean,
                                    rstd,
                                    dY,
                                    residual,
                                    scale.gradient(),
                                    bias.gradient(),
                                    dX));
        } else {
            pass.program()
                    .add(
                            new BatchNormAdjoint(
                                    x,
                                    masked ? pass.lengths() : null,
                                    scale.value(),
                                    mean,
                                    rstd,
                                    dY,
                                    residual,
                                    scale.gradient(),
                                    bias.gradient(),
                                    dX));
        }
        return dX;
    }
}
