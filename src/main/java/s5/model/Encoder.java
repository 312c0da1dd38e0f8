package s5.model;

import s5.config.ModelConfig;
import s5.config.ModelConfig.TimeSteps;
import s5.data.Shape;
import s5.ops.InputOp.Embed;
import s5.ops.InputOp.EmbedAdjoint;
import s5.ops.Tensor;

import java.util.List;

/** The input layer: what a position holds becomes H features. */
sealed interface Encoder permits Encoder.Linear, Encoder.Embedding, ImageEncoder {

    /** The one that suits the data. */
    static Encoder of(ModelConfig config, Shape shape) {
        if (shape.image() > 0) {
            boolean append = config.timeSteps() == TimeSteps.APPEND;
            return new ImageEncoder(shape.image(), config.features(), append);
        }
        return shape.tokens()
                ? new Embedding(shape.inputs(), config.features())
                : new Linear(shape.inputs(), config.features());
    }

    List<Parameter> parameters();

    /** From the input to (B L, H). */
    Tensor forward(Pass pass, Inputs in);

    /** From the gradient by the result to those of the parameters. */
    void backward(Pass pass, Tensor dOut);

    /** A dense layer on the channels. */
    final class Linear implements Encoder {
        private final Dense dense;

        Linear(int inputs, int features) {
            dense = new Dense("encoder/encoder", inputs, features);
        }

        @Override
        public List<Parameter> parameters() {
            return dense.parameters();
        }

        @Override
        public Tensor forward(Pass pass, Inputs in) {
            return dense.forwardEach(pass.program(), in.x());
        }

        @Override
        public void backward(Pass pass, Tensor dOut) {
            dense.backwardFirst(pass.program(), dOut);
        }
    }

    /** A row of a table for each token: the same as a dense layer on one-hot vectors. */
    final class Embedding implements Encoder {
        private final Parameter kernel;
        private final Parameter bias;
        private Tensor tokens;

        Embedding(int tokens, int features) {
            kernel = Parameter.of("encoder/encoder/kernel", tokens, features);
            bias = Parameter.of("encoder/encoder/bias", features);
        }

        @Override
        public List<Parameter> parameters() {
            return List.of(kernel, bias);
        }

        @Override
        public Tensor forward(Pass pass, Inputs in) {
            tokens = in.x();
            Tensor out = Tensor.activation("encoder/encoder/out", pass.rows(), bias.value().size());
            pass.program().add(new Embed(tokens, kernel.value(), bias.value(), out));
            return out;
        }

        @Override
        public void backward(Pass pass, Tensor dOut) {
            pass.program().add(new EmbedAdjoint(tokens, dOut, kernel.gradient(), bias.gradient()));
        }
    }
}
