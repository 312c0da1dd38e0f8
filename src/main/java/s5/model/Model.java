package s5.model;

import s5.config.ModelConfig;
import s5.data.Shape;
import s5.ops.Ops;
import s5.ops.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The whole network: input layer, S5 layers, pooling, head. It holds the parameters' tensors and
 * records forward and backward passes; it computes nothing itself.
 */
public final class Model {
    private final ModelConfig config;
    private final Shape shape;
    private final Parameter kernel;
    private final Parameter bias;
    private final List<S5Layer> layers;
    private final Head head;

    /**
     * Creates the tensors of a model for data of that shape. Their values are set by {@link
     * Initialization} or a file.
     */
    public Model(ModelConfig config, Shape shape) {
        this.config = config;
        this.shape = shape;
        int h = config.features();
        kernel = Parameter.of("encoder/encoder/kernel", shape.inputs(), h);
        bias = Parameter.of("encoder/encoder/bias", h);
        layers = IntStream.range(0, config.layers()).mapToObj(i -> new S5Layer(i, config)).toList();
        head =
                shape.documents() == 2
                        ? new Head.Retrieval(h, shape.classes())
                        : new Head.Classification(h, shape.classes());
    }

    public ModelConfig config() {
        return config;
    }

    public Shape shape() {
        return shape;
    }

    /** All trained tensors, input layer first, head last. */
    public List<Parameter> parameters() {
        List<Parameter> all = new ArrayList<>(List.of(kernel, bias));
        layers.forEach(layer -> all.addAll(layer.parameters()));
        all.addAll(head.parameters());
        return all;
    }

    /** Running means and variances, two for each layer with batch normalization. */
    public List<Tensor> statistics() {
        return layers.stream().flatMap(layer -> layer.norm.statistics().stream()).toList();
    }

    /** How many numbers are trained. */
    public int parameterCount() {
        return parameters().stream().mapToInt(p -> p.value().size()).sum();
    }

    /**
     * Records one training pass: input to loss and the gradients of all parameters; running
     * statistics are updated.
     *
     * @param samples B
     * @param length L
     */
    public void recordTraining(Ops ops, Inputs in, Outputs out, int samples, int length) {
        Pass pass =
                new Pass(
                        ops,
                        samples * shape.documents(),
                        length,
                        true,
                        1,
                        (float) config.dropout(),
                        in.counters());
        Tensor logits = forward(pass, in);
        Tensor dLogits = Tensor.scratch("dlogits", samples, shape.classes());
        ops.crossEntropy(
                logits, in.labels(), in.counters(), out.logProbs(), out.metrics(), dLogits);
        backward(pass, in, dLogits);
    }

    /**
     * Records one evaluation: input to loss, with running statistics and without dropout.
     *
     * @param stepRescale multiplies every Delta: 2 for input at half the training rate
     */
    public void recordEvaluation(
            Ops ops, Inputs in, Outputs out, int samples, int length, double stepRescale) {
        Pass pass =
                new Pass(
                        ops,
                        samples * shape.documents(),
                        length,
                        false,
                        (float) stepRescale,
                        0,
                        in.counters());
        Tensor logits = forward(pass, in);
        ops.crossEntropy(logits, in.labels(), in.counters(), out.logProbs(), out.metrics(), null);
    }

    private Tensor forward(Pass pass, Inputs in) {
        Ops ops = pass.ops();
        Tensor x = Tensor.scratch("encoder/x", pass.rows(), config.features());
        if (shape.tokens()) {
            ops.embed(in.x(), kernel.value(), bias.value(), x);
        } else {
            ops.dense(in.x(), kernel.value(), bias.value(), x);
        }
        for (S5Layer layer : layers) {
            x = layer.forward(pass, x);
        }
        Tensor pooled = Tensor.scratch("pooled", pass.sequences(), config.features());
        ops.pool(x, in.lengths(), config.pooling(), pooled);
        return head.forward(ops, pooled);
    }

    private void backward(Pass pass, Inputs in, Tensor dLogits) {
        Ops ops = pass.ops();
        Tensor dPooled = head.backward(ops, dLogits);
        Tensor dX = Tensor.scratch("dx", pass.rows(), config.features());
        ops.poolAdjoint(dPooled, in.lengths(), config.pooling(), dX);
        for (S5Layer layer : layers.reversed()) {
            dX = layer.backward(pass, dX);
        }
        if (shape.tokens()) {
            ops.embedAdjoint(in.x(), dX, kernel.gradient(), bias.gradient());
        } else {
            ops.denseAdjoint(in.x(), kernel.value(), dX, kernel.gradient(), bias.gradient(), null);
        }
    }
}
