package s5.ops.reference;

import static s5.ops.reference.AdjointCheck.either;
import static s5.ops.reference.AdjointCheck.name;
import static s5.ops.reference.AdjointCheck.out;
import static s5.ops.reference.AdjointCheck.pairs;
import static s5.ops.reference.AdjointCheck.test;
import static s5.ops.reference.AdjointCheck.triples;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import s5.ops.Counters;
import s5.ops.HeadOp;
import s5.ops.HeadOp.Pooling;
import s5.ops.InputOp;
import s5.ops.LayerOp;
import s5.ops.Matmul;
import s5.ops.NormOp;
import s5.ops.Tensor;

import java.util.Arrays;
import java.util.stream.Stream;

/** Every adjoint of the reference is the derivative of its forward operation. */
class AdjointTest {
    // ---- input and products
    // ----------------------------------------------------------------------

    @TestFactory
    Stream<DynamicTest> embed() {
        return triples().map(s -> test(name("embed", s), c -> embed(c, s[0], s[1], s[2])));
    }

    private static void embed(AdjointCheck c, int n, int v, int h) {
        int[] ids = new int[n];
        Arrays.setAll(ids, i -> c.index(v));
        Tensor tokens = c.integers("tokens", ids);
        Tensor w = c.in("w", v, h);
        Tensor bias = c.in("bias", h);
        Tensor out = out("out", n, h);
        Tensor dOut = c.weights(out);
        Tensor dW = c.gradient(w);
        Tensor dBias = c.gradient(bias);
        c.verify(
                new InputOp.Embed(tokens, w, bias, out),
                new InputOp.EmbedAdjoint(tokens, dOut, dW, dBias));
    }

    @TestFactory
    Stream<DynamicTest> dense() {
        return triples()
                .flatMap(s ->
                        either().map(dx ->
                                test(name("dense", s, dx), c -> dense(c, s[0], s[1], s[2], dx))));
    }

    private static void dense(AdjointCheck c, int n, int k, int m, boolean withDx) {
        Tensor x = c.in("x", n, k);
        Tensor w = c.in("w", k, m);
        Tensor bias = c.in("bias", m);
        Tensor out = out("out", n, m);
        Tensor dOut = c.weights(out);
        Tensor dW = c.gradient(w);
        Tensor dBias = c.gradient(bias);
        Tensor dX = withDx ? c.gradient(x) : null;
        c.verify(
                new InputOp.Dense(x, w, bias, out),
                new InputOp.DenseAdjoint(x, w, dOut, dW, dBias, dX));
    }

    /** The adjoint of a product is two products, the ways that the model uses them. */
    @TestFactory
    Stream<DynamicTest> matmul() {
        return triples()
                .map(s ->
                        test(
                                name("matmul", s),
                                c -> {
                                    Tensor a = c.in("a", s[0], s[1]);
                                    Tensor b = c.in("b", s[1], s[2]);
                                    Tensor product = out("c", s[0], s[2]);
                                    Tensor d = c.weights(product);
                                    Tensor dA = c.gradient(a);
                                    Tensor dB = c.gradient(b);
                                    c.verify(
                                            new Matmul(a, false, b, false, false, product),
                                            new Matmul(d, false, b, true, false, dA),
                                            new Matmul(a, true, d, false, false, dB));
                                }));
    }

    // ---- normalization
    // ---------------------------------------------------------------------------

    @TestFactory
    Stream<DynamicTest> norms() {
        return pairs().flatMap(s ->
                either().flatMap(batch ->
                        either().map(r ->
                                test(
                                        name("norm", s, batch, r),
                                        c -> norm(c, s[0], s[1], batch, r)))));
    }

    private static void norm(AdjointCheck c, int n, int h, boolean batch, boolean withResidual) {
        Tensor x = c.in("x", n, h);
        Tensor scale = c.in("scale", h);
        Tensor bias = c.in("bias", h);
        Tensor runningMean = out("runningMean", h);
        Tensor runningVar = out("runningVar", h);
        Tensor mean = out("mean", batch ? h : n);
        Tensor rstd = out("rstd", batch ? h : n);
        Tensor y = out("y", n, h);
        Tensor dY = c.weights(y);
        Tensor residual = withResidual ? c.weights(x) : null;
        Tensor dScale = c.gradient(scale);
        Tensor dBias = c.gradient(bias);
        Tensor dX = c.gradient(x);
        c.verify(
                batch
                        ? new NormOp.BatchNorm(
                                x, null, scale, bias, runningMean, runningVar, 0.9f, mean, rstd, y)
                        : new NormOp.LayerNorm(x, scale, bias, mean, rstd, y),
                batch
                        ? new NormOp.BatchNormAdjoint(
                                x, null, scale, mean, rstd, dY, residual, dScale, dBias, dX)
                        : new NormOp.LayerNormAdjoint(
                                x, scale, mean, rstd, dY, residual, dScale, dBias, dX));
    }

    // ---- activation
    // ------------------------------------------------------------------------------

    @TestFactory
    Stream<DynamicTest> skipGelu() {
        return triples()
                .flatMap(s ->
                        either().flatMap(masked ->
                                either().map(direct ->
                                        test(
                                                name("skipGelu", s, masked, direct),
                                                c -> skipGelu(c, s, masked, direct)))));
    }

    private static void skipGelu(AdjointCheck c, int[] sizes, boolean masked, boolean withDirect) {
        int batch = sizes[0];
        int n = batch * sizes[1];
        int h = sizes[2];
        Tensor cx = c.in("cx", n, h);
        Tensor d = c.in("d", h);
        Tensor u = c.in("u", n, h);
        Tensor mask = masked ? c.in(() -> c.index(2) * 2, "mask", batch, h) : null;
        Tensor y = out("y", n, h);
        Tensor g = out("g", n, h);
        Tensor dG = c.weights(g);
        Tensor direct = withDirect ? c.weights(y) : null;
        Tensor dY = c.gradient(cx);
        Tensor dD = c.gradient(d);
        Tensor dU = c.gradient(u);
        c.verify(
                new LayerOp.SkipGelu(cx, d, u, mask, y, g),
                new LayerOp.SkipGeluAdjoint(y, d, u, mask, dG, direct, dY, dD, dU));
    }

    @TestFactory
    Stream<DynamicTest> gate() {
        return triples()
                .flatMap(s ->
                        either().flatMap(masked ->
                                either().map(biased ->
                                        test(
                                                name("gate", s, masked, biased),
                                                c -> gate(c, s, masked, biased)))));
    }

    private static void gate(AdjointCheck c, int[] sizes, boolean masked, boolean biased) {
        int batch = sizes[0];
        int n = batch * sizes[1];
        int h = sizes[2];
        Tensor v = c.in("v", n, h);
        Tensor vBias = biased ? c.in("vBias", h) : null;
        Tensor z = c.in("z", n, h);
        Tensor zBias = c.in("zBias", h);
        Tensor mask = masked ? c.in(() -> c.index(2) * 2, "mask", batch, h) : null;
        Tensor skip = c.in("skip", n, h);
        Tensor out = out("out", n, h);
        Tensor dOut = c.weights(out);
        Tensor dV = c.gradient(v);
        Tensor dVBias = biased ? c.gradient(vBias) : null;
        Tensor dZ = c.gradient(z);
        Tensor dZBias = c.gradient(zBias);
        c.gradient(skip, dOut);
        c.verify(
                new LayerOp.Gate(v, vBias, z, zBias, mask, skip, out),
                new LayerOp.GateAdjoint(v, vBias, z, zBias, mask, dOut, dV, dVBias, dZ, dZBias));
    }

    @TestFactory
    Stream<DynamicTest> add() {
        return pairs().map(s ->
                test(
                        name("add", s),
                        c -> {
                            Tensor a = c.in("a", s[0], s[1]);
                            Tensor b = c.in("b", s[0], s[1]);
                            Tensor out = out("out", s[0], s[1]);
                            Tensor dOut = c.weights(out);
                            c.gradient(a, dOut);
                            c.gradient(b, dOut);
                            c.verify(new LayerOp.Add(a, b, out));
                        }));
    }

    @TestFactory
    Stream<DynamicTest> gelu() {
        return pairs().map(s ->
                test(
                        name("gelu", s),
                        c -> {
                            Tensor x = c.in(() -> 2 * c.normal(), "x", s[0], s[1]);
                            Tensor out = out("out", s[0], s[1]);
                            Tensor dOut = c.weights(out);
                            Tensor dX = c.gradient(x);
                            c.verify(
                                    new LayerOp.Gelu(x, out), new LayerOp.GeluAdjoint(x, dOut, dX));
                        }));
    }

    // ---- head
    // ------------------------------------------------------------------------------------

    @TestFactory
    Stream<DynamicTest> pool() {
        return triples()
                .flatMap(s ->
                        Stream.of("mean", "masked mean", "last", "masked last")
                                .map(kind -> test(name("pool", s, kind), c -> pool(c, s, kind))));
    }

    private static void pool(AdjointCheck c, int[] sizes, String kind) {
        int batch = sizes[0];
        int length = sizes[1];
        Tensor x = c.in("x", batch * length, sizes[2]);
        int[] counts = new int[batch];
        Arrays.setAll(counts, i -> 1 + c.index(length));
        Tensor lengths = kind.startsWith("masked") ? c.integers("lengths", counts) : null;
        Pooling pooling = kind.endsWith("last") ? Pooling.LAST : Pooling.MEAN;
        Tensor out = out("out", batch, sizes[2]);
        Tensor dOut = c.weights(out);
        Tensor dX = c.gradient(x);
        c.verify(
                new HeadOp.Pool(x, lengths, pooling, out),
                new HeadOp.PoolAdjoint(dOut, lengths, pooling, dX));
    }

    @TestFactory
    Stream<DynamicTest> pairFeatures() {
        return pairs().map(s ->
                test(
                        name("pairFeatures", s),
                        c -> {
                            Tensor e = c.in("e", 2 * s[0], s[1]);
                            Tensor out = out("out", s[0], 4 * s[1]);
                            Tensor dOut = c.weights(out);
                            Tensor dE = c.gradient(e);
                            c.verify(
                                    new HeadOp.PairFeatures(e, out),
                                    new HeadOp.PairFeaturesAdjoint(e, dOut, dE));
                        }));
    }

    @TestFactory
    Stream<DynamicTest> crossEntropy() {
        return triples()
                .filter(s -> s[2] <= s[0])
                .map(s -> test(name("crossEntropy", s), c -> crossEntropy(c, s[0], s[1], s[2])));
    }

    /** Sequences with a label at each position, or none there; classes weigh differently. */
    @TestFactory
    Stream<DynamicTest> crossEntropyOfPositions() {
        return triples()
                .map(s ->
                        test(
                                name("positions", s),
                                c -> crossEntropy(c, s[0] + 1, s[1], s[2], s[0])));
    }

    private static void crossEntropy(AdjointCheck c, int batch, int classes, int rows) {
        crossEntropy(c, batch, 0, classes, rows);
    }

    private static void crossEntropy(AdjointCheck c, int batch, int length, int classes, int rows) {
        int n = batch * Math.max(1, length);
        Tensor logits = c.in("logits", n, classes);
        int[] labels = new int[n];
        Arrays.setAll(labels, i -> length > 0 && i > 0 && c.index(3) == 0 ? -1 : c.index(classes));
        Tensor label = c.integers("labels", labels);
        Tensor weights =
                length == 0 ? null : c.in(() -> c.uniform(0.1, 3), "classWeights", classes);
        int[] values = new int[Counters.SIZE];
        values[Counters.ROWS] = rows;
        values[Counters.SLOT] = 1;
        Tensor counters = c.integers("counters", values);
        Tensor logProbs = out("logProbs", n, classes);
        Tensor metrics = Tensor.output("metrics", 3, 2);
        c.weights(metrics, 2); // the mean loss in row 1
        Tensor dLogits = c.gradient(logits);
        c.verify(
                new HeadOp.CrossEntropy(
                        logits, label, weights, counters, length, logProbs, metrics, dLogits));
    }
}
