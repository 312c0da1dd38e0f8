package s5.model;

import s5.config.ModelConfig;
import s5.data.Shape;
import s5.ops.HeadOp.CrossEntropy;
import s5.ops.HeadOp.PairFeatures;
import s5.ops.HeadOp.PairFeaturesAdjoint;
import s5.ops.HeadOp.Pool;
import s5.ops.HeadOp.PoolAdjoint;
import s5.ops.HeadOp.Pooling;
import s5.ops.LayerOp.Gelu;
import s5.ops.LayerOp.GeluAdjoint;
import s5.ops.Program;
import s5.ops.Tensor;

import java.util.List;
import java.util.stream.Stream;

/** From the last layer's features to prediction and loss. */
sealed interface Head permits Head.Pooled, Head.Each, GaussianHead {

    /** The one that suits the data. */
    static Head of(ModelConfig config, Shape shape) {
        int h = config.features();
        if (shape.regression()) {
            return new GaussianHead(h, shape.targets(), shape.each() ? null : config.pooling());
        }
        if (shape.each()) {
            return new Each(h, shape.classes());
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
        abstract Tensor logits(Program program, Tensor pooled);

        /** From the gradient by the logits to that by the pooled sequences. */
        abstract Tensor backward(Program program, Tensor dLogits);

        @Override
        public void forward(Pass pass, Inputs in, Outputs out, Tensor x) {
            Program program = pass.program();
            Tensor pooled = Tensor.scratch("pooled", pass.sequences(), x.dim(1));
            program.add(new Pool(x, in.lengths(), pooling, pooled));
            Tensor logits = logits(program, pooled);
            dLogits = pass.training() ? Tensor.scratch("dlogits", logits.shape()) : null;
            program.add(
                    new CrossEntropy(
                            logits,
                            in.labels(),
                            pass.training() ? in.weights() : null,
                            in.counters(),
                            0,
                            out.prediction(),
                            out.metrics(),
                            dLogits));
        }

        @Override
        public Tensor backward(Pass pass, Inputs in) {
            Tensor dPooled = backward(pass.program(), dLogits);
            Tensor dX = Tensor.activation("dx", pass.rows(), dPooled.dim(1));
            pass.program().add(new PoolAdjoint(dPooled, in.lengths(), pooling, dX));
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
        Tensor logits(Program program, Tensor pooled) {
            return decoder.forward(program, pooled);
        }

        @Override
        Tensor backward(Program program, Tensor dLogits) {
            return decoder.backward(program, dLogits);
        }
    }

    /** A class of each position: one dense layer. */
    final class Each implements Head {
        private final Dense decoder;
        private Tensor dLogits;

        Each(int features, int classes) {
            decoder = new Dense("decoder", features, classes);
        }

        @Override
        public List<Parameter> parameters() {
            return decoder.parameters();
        }

        @Override
        public void forward(Pass pass, Inputs in, Outputs out, Tensor x) {
            Tensor logits = decoder.forward(pass.program(), x);
            dLogits = pass.training() ? Tensor.scratch("dlogits", logits.shape()) : null;
            pass.program()
                    .add(
                            new CrossEntropy(
                                    logits,
                                    in.labels(),
                                    pass.training() ? in.weights() : null,
                                    in.counters(),
                                    pass.length(),
                                    out.prediction(),
                                    out.metrics(),
                                    dLogits));
        }

        @Override
        public Tensor backward(Pass pass, Inputs in) {
            return decoder.backward(pass.program(), dLogits);
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
        Tensor logits(Program program, Tensor pooled) {
            this.pooled = pooled;
            Tensor pairs = Tensor.scratch("decoder/pairs", pooled.dim(0) / 2, 4 * pooled.dim(1));
            program.add(new PairFeatures(pooled, pairs));
            hidden = layer1.forward(program, pairs);
            Tensor active = Tensor.scratch("decoder/active", hidden.dim(0), hidden.dim(1));
            program.add(new Gelu(hidden, active));
            return layer2.forward(program, active);
        }

        @Override
        Tensor backward(Program program, Tensor dLogits) {
            Tensor dActive = layer2.backward(program, dLogits);
            program.add(new GeluAdjoint(hidden, dActive, dActive));
            Tensor dPairs = layer1.backward(program, dActive);
            Tensor dPooled = Tensor.scratch("decoder/dpooled", pooled.dim(0), pooled.dim(1));
            program.add(new PairFeaturesAdjoint(pooled, dPairs, dPooled));
            return dPooled;
        }
    }
}
