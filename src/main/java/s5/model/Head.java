package s5.model;

import s5.config.ModelConfig;
import s5.data.Shape;
import s5.ops.Ops;
import s5.ops.Ops.Pooling;
import s5.ops.Tensor;

import java.util.List;
import java.util.stream.Stream;

/** From the last layer's features to prediction and loss. */
sealed interface Head permits Head.Pooled, GaussianHead {

    /** The one that suits the data. */
    static Head of(ModelConfig config, Shape shape) {
        int h = config.features();
        if (shape.regression()) {
            return new GaussianHead(h, shape.targets());
        }
        return shape.documents() == 2
                ? new Retrieval(h, shape.classes(), config.pooling())
                : new Classification(h, shape.classes(), config.pooling());
    }

    List<Parameter> parameters();

    /**
     * From x (B L, H) to the prediction and the metrics; in training also to what {@link #backward}
     * begins with.
     */
    void forward(Pass pass, Inputs in, Outputs out, Tensor x);

    /** Gradient by x; writes those of the parameters. */
    Tensor backward(Pass pass, Inputs in);

    /** Classes of whole sequences: one vector for each, then logits and their cross entropy. */
    abstract sealed class Pooled implements Head permits Classification, Retrieval {
        private final Pooling pooling;
        private Tensor dLogits;

        Pooled(Pooling pooling) {
            this.pooling = pooling;
        }

        /** From pooled sequences (B documents, H) to logits (B, classes). */
        abstract Tensor logits(Ops ops, Tensor pooled);

        /** From the gradient by the logits to that by the pooled sequences. */
        abstract Tensor backward(Ops ops, Tensor dLogits);

        @Override
        public void forward(Pass pass, Inputs in, Outputs out, Tensor x) {
            Ops ops = pass.ops();
            Tensor pooled = Tensor.scratch("pooled", pass.sequences(), x.dim(1));
            ops.pool(x, in.lengths(), pooling, pooled);
            Tensor logits = logits(ops, pooled);
            dLogits = pass.training() ? Tensor.scratch("dlogits", logits.shape()) : null;
            ops.crossEntropy(
                    logits, in.labels(), in.counters(), out.prediction(), out.metrics(), dLogits);
        }

        @Override
        public Tensor backward(Pass pass, Inputs in) {
            Tensor dPooled = backward(pass.ops(), dLogits);
            Tensor dX = Tensor.scratch("dx", pass.rows(), dPooled.dim(1));
            pass.ops().poolAdjoint(dPooled, in.lengths(), pooling, dX);
            return dX;
        }
    }

    /** One dense layer. */
    final class Classification extends Pooled {
        private final Dense decoder;

        Classification(int features, int classes, Pooling pooling) {
            super(pooling);
            decoder = new Dense("decoder", features, classes);
        }

        @Override
        public List<Parameter> parameters() {
            return decoder.parameters();
        }

        @Override
        Tensor logits(Ops ops, Tensor pooled) {
            return decoder.forward(ops, pooled);
        }

        @Override
        Tensor backward(Ops ops, Tensor dLogits) {
            return decoder.backward(ops, dLogits);
        }
    }

    /** Two documents side by side: {@code [e1, e2, e1 - e2, e1 * e2]}, dense, gelu, dense. */
    final class Retrieval extends Pooled {
        private final Dense layer1;
        private final Dense layer2;
        private Tensor pooled;
        private Tensor hidden;

        Retrieval(int features, int classes, Pooling pooling) {
            super(pooling);
            layer1 = new Dense("decoder/layer1", 4 * features, features);
            layer2 = new Dense("decoder/layer2", features, classes);
        }

        @Override
        public List<Parameter> parameters() {
            return Stream.of(layer1, layer2).flatMap(l -> l.parameters().stream()).toList();
        }

        @Override
        Tensor logits(Ops ops, Tensor pooled) {
            this.pooled = pooled;
            Tensor pairs = Tensor.scratch("decoder/pairs", pooled.dim(0) / 2, 4 * pooled.dim(1));
            ops.pairFeatures(pooled, pairs);
            hidden = layer1.forward(ops, pairs);
            Tensor active = Tensor.scratch("decoder/active", hidden.dim(0), hidden.dim(1));
            ops.gelu(hidden, active);
            return layer2.forward(ops, active);
        }

        @Override
        Tensor backward(Ops ops, Tensor dLogits) {
            Tensor dActive = layer2.backward(ops, dLogits);
            ops.geluAdjoint(hidden, dActive, dActive);
            Tensor dPairs = layer1.backward(ops, dActive);
            Tensor dPooled = Tensor.scratch("decoder/dpooled", pooled.dim(0), pooled.dim(1));
            ops.pairFeaturesAdjoint(pooled, dPairs, dPooled);
            return dPooled;
        }
    }
}
