package s5.infer;

import s5.UserError;
import s5.config.ModelConfig;
import s5.config.ModelConfig.Activation;
import s5.config.ModelConfig.Norm;
import s5.config.ModelConfig.TimeSteps;
import s5.cpu.layer.LayerEnd;
import s5.cpu.norm.FrozenNorm;
import s5.cpu.product.Packed;
import s5.cpu.scan.Recurrence;
import s5.data.Shape;
import s5.ops.Discretizer;
import s5.ops.HeadOp.Pooling;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The weights as a step of a stream wants them, shared by all streams of a model.
 *
 * @param model whose they are
 * @param encoder the input layer
 * @param layers in their order
 * @param end of a layer's width
 * @param timed whether positions have time steps that count
 */
record StepWeights(
        Trained model, Encoding encoder, List<Layer> layers, LayerEnd end, boolean timed) {

    /**
     * The input layer: a product, or rows of a table.
     *
     * @param kernel (inputs, H); null for tokens and images
     * @param table (tokens, H); null unless tokens are read
     * @param bias (H); null for images, whose layer runs as a program
     */
    record Encoding(Packed kernel, float[] table, float[] bias) {}

    /**
     * A layer.
     *
     * @param norm before or behind it
     * @param b (H, 2P)
     * @param c (2P, H)
     * @param recurrence makes the step of one thread
     * @param d (H)
     * @param w1 (H, H), or null; as {@code b1}, (H)
     * @param w2 (H, H), or null; as {@code b2}, (H)
     */
    record Layer(
            FrozenNorm.Weights norm,
            Packed b,
            Packed c,
            Supplier<Recurrence.Step> recurrence,
            float[] d,
            Packed w1,
            float[] b1,
            Packed w2,
            float[] b2) {}

    /**
     * Takes the weights of a model.
     *
     * @throws UserError when it cannot step
     */
    static StepWeights of(Trained model) {
        ModelConfig config = model.config();
        if (config.bidirectional()) {
            throw new UserError(
                    "stream: the model is bidirectional, it looks at a sequence from its end, too;"
                            + " train one with model.bidirectional: false");
        }
        if (model.shape().documents() > 1) {
            throw new UserError(
                    "stream: the model compares two sequences; only models of one can be"
                            + " streamed");
        }
        if (model.forecast() != null) {
            throw new UserError(
                    "stream: the model tells what comes after %,d rows, and looks at all of them at once; predict(Sequence) takes a series so far"
                            .formatted(model.forecast().forecast().context()));
        }
        boolean timed = model.shape().timed() && config.timeSteps() == TimeSteps.USE;
        return new StepWeights(
                model,
                encoding(model),
                IntStream.range(0, config.layers())
                        .mapToObj(i -> layer(model, "encoder/layers_" + i, timed))
                        .toList(),
                new LayerEnd(config.features(), model.vector()),
                timed);
    }

    private static Encoding encoding(Trained model) {
        Shape shape = model.shape();
        if (shape.image() > 0) {
            return new Encoding(null, null, null);
        }
        float[] kernel = model.values("encoder/encoder/kernel");
        float[] bias = model.values("encoder/encoder/bias");
        return shape.tokens()
                ? new Encoding(null, kernel, bias)
                : new Encoding(
                        new Packed(kernel, shape.inputs(), bias.length, model.vector()),
                        null,
                        bias);
    }

    private static Layer layer(Trained model, String name, boolean timed) {
        ModelConfig config = model.config();
        int h = config.features();
        int p = config.localStates();
        boolean vector = model.vector();
        boolean full = config.activation() == Activation.FULL_GLU;
        boolean gated = config.activation() != Activation.GELU;
        String ssm = name + "/seq/";
        return new Layer(
                norm(model, name + "/norm/"),
                new Packed(model.values(ssm + (timed ? "B_matrix" : "B_bar")), h, 2 * p, vector),
                new Packed(model.values(ssm + "C_matrix"), 2 * p, h, vector),
                recurrence(model, ssm, timed),
                model.values(ssm + "D"),
                full ? new Packed(model.values(name + "/out1/kernel"), h, h, vector) : null,
                full ? model.values(name + "/out1/bias") : null,
                gated ? new Packed(model.values(name + "/out2/kernel"), h, h, vector) : null,
                gated ? model.values(name + "/out2/bias") : null);
    }

    private static FrozenNorm.Weights norm(Trained model, String name) {
        float[] scale = model.values(name + "scale");
        float[] bias = model.values(name + "bias");
        return model.config().norm() == Norm.BATCH
                ? FrozenNorm.Weights.batch(
                        scale, bias, model.values(name + "mean"), model.values(name + "var"))
                : FrozenNorm.Weights.layer(scale, bias);
    }

    private static Supplier<Recurrence.Step> recurrence(Trained model, String ssm, boolean timed) {
        if (!timed) {
            Recurrence.Step step =
                    Recurrence.fixed(model.values(ssm + "Lambda_bar"), model.vector());
            return () -> step;
        }
        ModelConfig config = model.config();
        Discretizer how =
                new Discretizer(
                        config.discretization(), config.clipEigs(), (float) model.stepRescale());
        return () ->
                new Recurrence.Timed(
                        model.values(ssm + "Lambda_re"),
                        model.values(ssm + "Lambda_im"),
                        model.values(ssm + "log_step"),
                        how);
    }

    /** H. */
    int features() {
        return model.config().features();
    }

    /** Numbers that the states of one layer have, 2P. */
    int states() {
        return 2 * model.config().localStates();
    }

    /** Whether the features of all positions are added up, rather than the last ones kept. */
    boolean mean() {
        return model.config().pooling() == Pooling.MEAN && !model.shape().each();
    }
}
