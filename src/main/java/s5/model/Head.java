package s5.model;

import s5.ops.Ops;
import s5.ops.Tensor;

import java.util.List;

/** From pooled sequences to logits. */
sealed interface Head {

    List<Parameter> parameters();

    /** From (B documents, H) to logits (B, classes). */
    Tensor forward(Ops ops, Tensor pooled);

    /** From the gradient by the logits to that by the pooled sequences. */
    Tensor backward(Ops ops, Tensor dLogits);

    /** A dense layer of its own. */
    final class Dense {
        final Parameter kernel;
        final Parameter bias;
        private final String name;
        private Tensor x;

        Dense(String name, int in, int out) {
            this.name = name;
            kernel = Parameter.of(name + "/kernel", in, out);
            bias = Parameter.of(name + "/bias", out);
        }

        Tensor forward(Ops ops, Tensor x) {
            this.x = x;
            Tensor out = Tensor.scratch(name + "/out", x.dim(0), bias.value().size());
            ops.dense(x, kernel.value(), bias.value(), out);
            return out;
        }

        Tensor backward(Ops ops, Tensor dOut) {
            Tensor dX = Tensor.scratch(name + "/dx", x.dim(0), x.dim(1));
            ops.denseAdjoint(x, kernel.value(), dOut, kernel.gradient(), bias.gradient(), dX);
            return dX;
        }
    }

    /** One dense layer. */
    final class Classification implements Head {
        private final Dense decoder;

        Classification(int features, int classes) {
            decoder = new Dense("decoder", features, classes);
        }

        @Override
        public List<Parameter> parameters() {
            return List.of(decoder.kernel, decoder.bias);
        }

        @Override
        public Tensor forward(Ops ops, Tensor pooled) {
            return decoder.forward(ops, pooled);
        }

        @Override
        public Tensor backward(Ops ops, Tensor dLogits) {
            return decoder.backward(ops, dLogits);
        }
    }

    /** Two documents side by side: {@code [e1, e2, e1 - e2, e1 * e2]}, dense, gelu, dense. */
    final class Retrieval implements Head {
        private final Dense layer1;
        private final Dense layer2;
        private Tensor pooled;
        private Tensor hidden;

        Retrieval(int features, int classes) {
            layer1 = new Dense("decoder/layer1", 4 * features, features);
            layer2 = new Dense("decoder/layer2", features, classes);
        }

        @Override
        public List<Parameter> parameters() {
            return List.of(layer1.kernel, layer1.bias, layer2.kernel, layer2.bias);
        }

        @Override
        public Tensor forward(Ops ops, Tensor pooled) {
            this.pooled = pooled;
            Tensor pairs = Tensor.scratch("decoder/pairs", pooled.dim(0) / 2, 4 * pooled.dim(1));
            ops.pairFeatures(pooled, pairs);
            hidden = layer1.forward(ops, pairs);
            Tensor active = Tensor.scratch("decoder/active", hidden.dim(0), hidden.dim(1));
            ops.gelu(hidden, active);
            return layer2.forward(ops, active);
        }

        @Override
        public Tensor backward(Ops ops, Tensor dLogits) {
            Tensor dActive = layer2.backward(ops, dLogits);
            ops.geluAdjoint(hidden, dActive, dActive);
            Tensor dPairs = layer1.backward(ops, dActive);
            Tensor dPooled = Tensor.scratch("decoder/dpooled", pooled.dim(0), pooled.dim(1));
            ops.pairFeaturesAdjoint(pooled, dPairs, dPooled);
            return dPooled;
        }
    }
}
