package s5.model;

import s5.config.ModelConfig;
import s5.config.ModelConfig.TimeSteps;
import s5.data.Shape;
import s5.ops.HeadOp.Fit;
import s5.ops.Program;
import s5.ops.Tensor;
import s5.ops.TimedOp.CloseSteps;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The whole network: input layer, S5 layers, head. It holds the parameters' tensors and writes
 * forward and backward passes as programs; it computes nothing itself.
 */
public final class Model {
    private final ModelConfig config;
    private final Shape shape;
    private final Encoder encoder;
    private final List<S5Layer> layers;
    private final Head head;

    /**
     * Creates the tensors of a model for data of that shape. Their values are set by {@link
     * Initialization} or a file.
     *
     * @param config settings of the network
     * @param shape of a sample
     */
    public Model(ModelConfig config, Shape shape) {
        this.config = config;
        this.shape = shape;
        encoder = Encoder.of(config, shape);
        layers = IntStream.range(0, config.layers()).mapToObj(i -> new S5Layer(i, config)).toList();
        head = Head.of(config, shape);
    }

    /** {@return the settings of the network} */
    public ModelConfig config() {
        return config;
    }

    /** {@return what a sample looks like} */
    public Shape shape() {
        return shape;
    }

    /** {@return all trained tensors, input layer first, head last} */
    public List<Parameter> parameters() {
        List<Parameter> all = new ArrayList<>(encoder.parameters());
        layers.forEach(layer -> all.addAll(layer.parameters()));
        all.addAll(head.parameters());
        return all;
    }

    /**
     * {@return whether a parameter is one of a head, whatever the head: the official code calls
     * them all decoders}
     *
     * @param name of a tensor
     */
    public static boolean isOfHead(String name) {
        return name.startsWith("decoder");
    }

    /** {@return running means and variances, two for each layer with batch normalization} */
    public List<Tensor> statistics() {
        return layers.stream().flatMap(layer -> layer.norm.statistics().stream()).toList();
    }

    /** {@return how many numbers are trained} */
    public int parameterCount() {
        return parameters().stream().mapToInt(p -> p.value().size()).sum();
    }

    /**
     * One training pass, as {@link #training(Inputs, Outputs, int, int, Fit)}, of a regression
     * whose means learn from the likelihood.
     *
     * @param in input tensors for so many samples of that length
     * @param out output tensors likewise
     * @param samples B
     * @param length L
     * @return the operations, without those of the optimizer
     */
    public Program training(Inputs in, Outputs out, int samples, int length) {
        return training(in, out, samples, length, Fit.NLL);
    }

    /**
     * One training pass: input to loss and the gradients of all parameters; running statistics are
     * updated.
     *
     * @param in input tensors for so many samples of that length
     * @param out output tensors likewise
     * @param samples B
     * @param length L
     * @param fit what the means of a regression learn from
     * @return the operations, without those of the optimizer
     */
    public Program training(Inputs in, Outputs out, int samples, int length, Fit fit) {
        Pass pass = pass(in, samples, length, true, 1, config.dropout(), fit);
        forward(pass, in, out);
        Tensor dX = head.backward(pass, in);
        for (S5Layer layer : layers.reversed()) {
            dX = layer.backward(pass, dX);
        }
        encoder.backward(pass, dX);
        return pass.program();
    }

    /**
     * One evaluation: input to loss, with running statistics and without dropout.
     *
     * @param in input tensors for so many samples of that length
     * @param out output tensors likewise
     * @param samples B
     * @param length L
     * @param stepRescale multiplies every Delta: 2 for input at half the training rate
     * @return the operations, in order
     */
    public Program evaluation(Inputs in, Outputs out, int samples, int length, double stepRescale) {
        Pass pass = pass(in, samples, length, false, stepRescale, 0, Fit.NLL);
        forward(pass, in, out);
        return pass.program();
    }

    /**
     * The two ends of an evaluation of single positions, for whoever steps the layers between them
     * by himself.
     *
     * @param input from the input of one position of each sample to its features
     * @param features OUTPUT (B, H), which {@code input} writes
     * @param output from what the pooling leaves to the prediction
     * @param pooled INPUT (B, H), which {@code output} reads
     */
    public record Ends(Program input, Tensor features, Program output, Tensor pooled) {}

    /**
     * {@return the two ends of the network for {@code samples} samples of one position; the tensors
     * of parameters are those of the whole}
     *
     * @param in input tensors for so many samples of length 1
     * @param out output tensors likewise
     * @param samples B
     */
    public Ends ends(Inputs in, Outputs out, int samples) {
        Pass first = pass(in, samples, 1, false, 1, 0, Fit.NLL);
        Tensor x = encoder.forward(first, in);
        Tensor features = Tensor.output("features", x.shape());
        Pass last = pass(in, samples, 1, false, 1, 0, Fit.NLL);
        Tensor pooled = Tensor.input("pooled", x.shape());
        head.forward(last, in, out, pooled);
        return new Ends(
                first.program().map(t -> t == x ? features : t), features, last.program(), pooled);
    }

    private Pass pass(
            Inputs in,
            int samples,
            int length,
            boolean training,
            double stepRescale,
            double dropout,
            Fit fit) {
        Program program = new Program();
        return new Pass(
                program,
                samples * shape.documents(),
                length,
                training,
                in.lengths(),
                steps(program, in),
                (float) stepRescale,
                (float) dropout,
                fit,
                in.counters());
    }

    /** The time before each position, (B, L), or null. */
    private Tensor steps(Program program, Inputs in) {
        Tensor dt = config.timeSteps() == TimeSteps.USE ? in.dt() : null;
        if (dt == null || in.lengths() == null || !config.maskStates() || !config.bidirectional()) {
            return dt;
        }
        Tensor closed = Tensor.scratch("dt_closed", dt.shape());
        program.add(new CloseSteps(dt, in.lengths(), closed));
        return closed;
    }

    private void forward(Pass pass, Inputs in, Outputs out) {
        Tensor x = encoder.forward(pass, in);
        for (S5Layer layer : layers) {
            x = layer.forward(pass, x);
        }
        head.forward(pass, in, out, x);
    }
}
