package s5.ops;

import s5.ops.Discretizer.Method;
import s5.ops.HeadOp.Pooling;
import s5.ops.UpdateOp.Adam;

import java.util.List;
import java.util.stream.Stream;

/**
 * Whole training steps of a small model with one layer, everything between parameters and loss in
 * scratch memory: what shows two tensors that share memory too early, or operations that overtake
 * each other.
 */
final class StepCases {
    private StepCases() {}

    private enum Norm {
        BATCH,
        /** Statistics without the padding, which is zero in what the states get. */
        MASKED_BATCH,
        LAYER;

        boolean batch() {
            return this != LAYER;
        }
    }

    static Stream<OpCase> all() {
        int[][] sizes = {
            {1, 1, 1, 1}, {2, 7, 3, 2}, {3, 33, 7, 3}, {2, 129, 33, 7}, {2, 400, 96, 64}
        };
        return Stream.of(sizes)
                .flatMap(s ->
                        Stream.of(Norm.values())
                                .flatMap(norm ->
                                        Stream.of(true, false)
                                                .map(both ->
                                                        step(s[0], s[1], s[2], s[3], norm, both))));
    }

    private static OpCase step(int batch, int length, int h, int p, Norm norm, boolean both) {
        return OpCase.of(
                        "step B=%d L=%d H=%d P=%d %s%s"
                                .formatted(batch, length, h, p, norm, both ? " bidirectional" : ""),
                        batch * length,
                        d -> new Model(d, batch, length, h, p, norm, both).program())
                .product()
                .slack(50);
    }

    /** The tensors and the operations of the step. */
    private static final class Model {
        private static final int CLASSES = 5;
        private static final int VOCABULARY = 6;
        private static final float RATE = 0.25f;

        private final int batch;
        private final int length;
        private final int n;
        private final int h;
        private final int p;
        private final Norm norm;
        private final boolean both;

        private final Tensor tokens;
        private final Tensor labels;
        private final Tensor lengths;
        private final Tensor counters;
        private final Tensor rates;
        private final Tensor runningMean;
        private final Tensor runningVar;
        private final Tensor metrics;
        private final Draft draft;

        Model(Draft d, int batch, int length, int h, int p, Norm norm, boolean both) {
            this.draft = d;
            this.batch = batch;
            this.length = length;
            this.n = batch * length;
            this.h = h;
            this.p = p;
            this.norm = norm;
            this.both = both;
            tokens = d.integers("tokens", random(n, VOCABULARY, 0));
            labels = d.integers("labels", random(batch, CLASSES, 0));
            lengths = d.integers("lengths", random(batch, length, 1));
            counters = d.counters(5, 1919, batch, 1);
            rates = d.in(Tensor.input("rates", Rates.SIZE), 0.01f, 0.02f, 10f, 1000f, 0, 0, 0);
            runningMean = norm.batch() ? d.inOut("runningMean", h) : null;
            runningVar =
                    norm.batch()
                            ? d.inOut(Tensor.state("runningVar", h), () -> d.uniform(0.5, 2))
                            : null;
            metrics = d.output("metrics", 2, 2);
        }

        private int[] random(int size, int bound, int first) {
            int[] values = new int[size];
            for (int i = 0; i < size; i++) {
                values[i] = first + draft.index(bound);
            }
            return values;
        }

        /** A parameter, its gradient, and its moments; the gradient is a result of the step. */
        private record Trained(Tensor p, Tensor g, Tensor m, Tensor v) {}

        private Trained trained(String name, double low, double high, int... shape) {
            return new Trained(
                    draft.inOut(Tensor.parameter(name, shape), () -> draft.uniform(low, high)),
                    draft.out("d " + name, shape),
                    draft.inOut(Tensor.state("m " + name, shape), () -> 0.1 * draft.normal()),
                    draft.inOut(Tensor.state("v " + name, shape), () -> draft.uniform(0.5, 1)));
        }

        private static Tensor scratch(String name, int... shape) {
            return Tensor.scratch(name, shape);
        }

        Program program() {
            Trained table = trained("table", -1, 1, VOCABULARY, h);
            // Not trained: batch normalization leaves its gradient a sum of terms that cancel.
            Tensor tableBias = draft.in("tableBias", h);
            Trained scale = trained("scale", 0.5, 1.5, h);
            Trained bias = trained("bias", -0.5, 0.5, h);
            Trained re = trained("lambdaRe", -2, 0.2, p);
            Trained im = trained("lambdaIm", -4, 4, p);
            Trained logStep = trained("logStep", Math.log(0.001), Math.log(0.1), p, 1);
            Trained b = trained("b", -1, 1, p, h, 2);
            Trained c1 = trained("c1", -0.5, 0.5, h, p, 2);
            Trained c2 = both ? trained("c2", -0.5, 0.5, h, p, 2) : null;
            Trained skip = trained("d", -1, 1, h);
            Trained w = trained("w", -0.3, 0.3, h, h);
            Trained wBias = trained("wBias", -0.5, 0.5, h);
            Trained head = trained("head", -0.1, 0.1, h, CLASSES);
            Trained headBias = trained("headBias", -0.5, 0.5, CLASSES);
            List<Tensor> cs = both ? List.of(c1.p, c2.p) : List.of(c1.p);
            List<Tensor> dCs = both ? List.of(c1.g, c2.g) : List.of(c1.g);
            int states = both ? 4 * p : 2 * p;

            Discretizer zoh = new Discretizer(Method.ZOH, true, 1);
            Program ops = new Program();

            // Forward.
            Tensor masked = norm == Norm.MASKED_BATCH ? lengths : null;
            Tensor x = scratch("x", n, h);
            Tensor mean = scratch("mean", norm.batch() ? h : n);
            Tensor rstd = scratch("rstd", norm.batch() ? h : n);
            Tensor u = scratch("u", n, h);
            ops.add(new InputOp.Embed(tokens, table.p, tableBias, x));
            if (norm.batch()) {
                ops.add(
                        new NormOp.BatchNorm(
                                x,
                                masked,
                                scale.p,
                                bias.p,
                                runningMean,
                                runningVar,
                                0.9f,
                                mean,
                                rstd,
                                u));
            } else {
                ops.add(new NormOp.LayerNorm(x, scale.p, bias.p, mean, rstd, u));
            }
            if (masked != null) {
                ops.add(new LayerOp.MaskRows(u, masked));
            }
            Tensor lambdaBar = scratch("lambdaBar", 2 * p);
            Tensor bBar = scratch("bBar", h, 2 * p);
            Tensor cMatrix = scratch("cMatrix", states, h);
            ops.add(
                    new ScanOp.Discretize(
                            new Poles(re.p, im.p, logStep.p), b.p, zoh, lambdaBar, bBar));
            ops.add(new ScanOp.Readout(cs, 2, cMatrix));
            Tensor bu = scratch("bu", n, 2 * p);
            Tensor s = scratch("s", n, states);
            Tensor y = scratch("y", n, h);
            ops.add(new Matmul(u, false, bBar, false, false, bu));
            ops.add(new ScanOp.Scan(lambdaBar, bu, length, both, s));
            ops.add(new Matmul(s, false, cMatrix, false, false, y));
            Tensor mask1 = scratch("mask1", batch, h);
            Tensor mask2 = scratch("mask2", batch, h);
            ops.add(new LayerOp.DropoutMask(counters, 0, RATE, mask1));
            ops.add(new LayerOp.DropoutMask(counters, 1, RATE, mask2));
            Tensor g = scratch("g", n, h);
            Tensor z = scratch("z", n, h);
            Tensor out = scratch("out", n, h);
            ops.add(new LayerOp.SkipGelu(y, skip.p, u, mask1, y, g));
            ops.add(new Matmul(g, false, w.p, false, false, z));
            ops.add(new LayerOp.Gate(g, null, z, wBias.p, mask2, x, out));
            Tensor pooled = scratch("pooled", batch, h);
            Tensor logits = scratch("logits", batch, CLASSES);
            Tensor logProbs = scratch("logProbs", batch, CLASSES);
            Tensor dLogits = scratch("dLogits", batch, CLASSES);
            ops.add(new HeadOp.Pool(out, lengths, Pooling.MEAN, pooled));
            ops.add(new InputOp.Dense(pooled, head.p, headBias.p, logits));
            ops.add(new HeadOp.CrossEntropy(logits, labels, counters, logProbs, metrics, dLogits));

            // Backward.
            Tensor dPooled = scratch("dPooled", batch, h);
            Tensor dOut = scratch("dOut", n, h);
            ops.add(new InputOp.DenseAdjoint(pooled, head.p, dLogits, head.g, headBias.g, dPooled));
            ops.add(new HeadOp.PoolAdjoint(dPooled, lengths, Pooling.MEAN, dOut));
            Tensor dG = scratch("dG", n, h);
            Tensor dZ = scratch("dZ", n, h);
            ops.add(
                    new LayerOp.GateAdjoint(
                            g, null, z, wBias.p, mask2, dOut, dG, null, dZ, wBias.g));
            ops.add(new Matmul(g, true, dZ, false, false, w.g));
            ops.add(new Matmul(dZ, false, w.p, true, true, dG));
            Tensor dU = scratch("dU", n, h);
            ops.add(new LayerOp.SkipGeluAdjoint(y, skip.p, u, mask1, dG, null, dG, skip.g, dU));
            Tensor dS = scratch("dS", n, states);
            Tensor dCMatrix = scratch("dCMatrix", states, h);
            ops.add(new Matmul(s, true, dG, false, false, dCMatrix));
            ops.add(new Matmul(dG, false, cMatrix, true, false, dS));
            ops.add(new ScanOp.ReadoutAdjoint(dCMatrix, 2, dCs));
            Tensor dBu = scratch("dBu", n, 2 * p);
            Tensor dLambdaBar = scratch("dLambdaBar", 2 * p);
            Tensor dBBar = scratch("dBBar", h, 2 * p);
            ops.add(new ScanOp.ScanAdjoint(lambdaBar, s, dS, length, both, dBu, dLambdaBar));
            ops.add(new Matmul(u, true, dBu, false, false, dBBar));
            ops.add(new Matmul(dBu, false, bBar, true, true, dU));
            ops.add(
                    new ScanOp.DiscretizeAdjoint(
                            new Poles(re.p, im.p, logStep.p),
                            b.p,
                            zoh,
                            dLambdaBar,
                            dBBar,
                            new Poles(re.g, im.g, logStep.g),
                            b.g));
            Tensor dX = scratch("dX", n, h);
            if (masked != null) {
                ops.add(new LayerOp.MaskRows(dU, masked));
            }
            if (norm.batch()) {
                ops.add(
                        new NormOp.BatchNormAdjoint(
                                x, masked, scale.p, mean, rstd, dU, dOut, scale.g, bias.g, dX));
            } else {
                ops.add(
                        new NormOp.LayerNormAdjoint(
                                x, scale.p, mean, rstd, dU, dOut, scale.g, bias.g, dX));
            }
            ops.add(new InputOp.EmbedAdjoint(tokens, dX, table.g, scratch("d tableBias", h)));

            // Update.
            adam(ops, Rates.SSM, 0, re, im, logStep, b);
            adam(ops, Rates.REGULAR, 0.05f, c1, skip, w, wBias, head, headBias, scale, bias);
            adam(ops, Rates.REGULAR, 0.05f, table);
            if (both) {
                adam(ops, Rates.REGULAR, 0, c2);
            }
            return ops;
        }

        private void adam(Program ops, int rate, float decay, Trained... group) {
            ops.add(
                    new Adam(
                            Stream.of(group).map(Trained::p).toList(),
                            Stream.of(group).map(Trained::g).toList(),
                            Stream.of(group).map(Trained::m).toList(),
                            Stream.of(group).map(Trained::v).toList(),
                            rates,
                            rate,
                            decay));
        }
    }
}
