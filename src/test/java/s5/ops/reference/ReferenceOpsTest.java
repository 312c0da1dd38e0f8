package s5.ops.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import s5.ops.Discretizer;
import s5.ops.Discretizer.Method;
import s5.ops.HeadOp;
import s5.ops.HeadOp.Pooling;
import s5.ops.InputOp;
import s5.ops.LayerOp;
import s5.ops.Matmul;
import s5.ops.NormOp;
import s5.ops.Op;
import s5.ops.Poles;
import s5.ops.Program;
import s5.ops.Rates;
import s5.ops.ScanOp;
import s5.ops.Step;
import s5.ops.Tensor;
import s5.ops.UpdateOp.Adam;

import java.util.List;

/** Forward operations of the reference on numbers that can be worked out by hand. */
class ReferenceOpsTest {
    private final ReferenceBackend backend = new ReferenceBackend();

    @AfterEach
    void close() {
        backend.close();
    }

    private Tensor in(String name, int[] shape, double... values) {
        Tensor t = Tensor.parameter(name, shape);
        backend.write(t, values);
        return t;
    }

    private static int[] shape(int... sizes) {
        return sizes;
    }

    private Tensor integers(int... values) {
        Tensor t = Tensor.integers("integers", values.length);
        backend.write(t, values);
        return t;
    }

    private void run(Op... ops) {
        try (Step step = backend.compile("test", Program.of(ops))) {
            step.run();
        }
    }

    private void expect(Tensor t, double... values) {
        assertArrayEquals(values, backend.readDouble(t), 1e-7, t::toString);
    }

    @Test
    void embedTakesRowsAndAddsTheBias() {
        Tensor w = in("w", shape(3, 2), 1, 2, 3, 4, 5, 6);
        Tensor bias = in("bias", shape(2), 10, 20);
        Tensor out = Tensor.output("out", 2, 2);
        run(new InputOp.Embed(integers(2, 0), w, bias, out));
        expect(out, 15, 26, 11, 22);
    }

    @Test
    void matmulTransposesAndAccumulates() {
        Tensor a = in("a", shape(2, 2), 1, 2, 3, 4);
        Tensor b = in("b", shape(2, 2), 5, 6, 7, 8);
        Tensor plain = Tensor.output("plain", 2, 2);
        Tensor left = Tensor.output("left", 2, 2);
        Tensor right = Tensor.output("right", 2, 2);
        Tensor sum = in("sum", shape(2, 2), 100, 200, 300, 400);
        run(
                new Matmul(a, false, b, false, false, plain),
                new Matmul(a, true, b, false, false, left),
                new Matmul(a, false, b, true, false, right),
                new Matmul(a, true, b, true, true, sum));
        expect(plain, 19, 22, 43, 50);
        expect(left, 26, 30, 38, 44);
        expect(right, 17, 23, 39, 53);
        expect(sum, 123, 231, 334, 446);
    }

    @Test
    void batchNormHasTheStatisticsOfTheColumns() {
        Tensor x = in("x", shape(2, 1), 1, 5);
        Tensor scale = in("scale", shape(1), 3);
        Tensor bias = in("bias", shape(1), 7);
        Tensor runningMean = in("runningMean", shape(1), 1);
        Tensor runningVar = in("runningVar", shape(1), 2);
        Tensor mean = Tensor.output("mean", 1);
        Tensor rstd = Tensor.output("rstd", 1);
        Tensor y = Tensor.output("y", 2, 1);
        run(
                new NormOp.BatchNorm(
                        x, null, scale, bias, runningMean, runningVar, 0.75f, mean, rstd, y));
        // Mean 3, variance 4.
        double r = 1 / Math.sqrt(4 + 1e-5);
        expect(mean, 3);
        expect(rstd, r);
        expect(y, 7 - 6 * r, 7 + 6 * r);
        expect(runningMean, 1.5);
        expect(runningVar, 2.5);

        Tensor frozen = Tensor.output("frozen", 2, 1);
        run(new NormOp.BatchNormFrozen(x, scale, bias, runningMean, runningVar, frozen));
        double f = 1 / Math.sqrt(2.5 + 1e-5);
        expect(frozen, 7 - 1.5 * f, 7 + 10.5 * f);
    }

    @Test
    void layerNormHasTheStatisticsOfTheRows() {
        Tensor x = in("x", shape(2, 2), 1, 5, -2, 0);
        Tensor scale = in("scale", shape(2), 3, 2);
        Tensor bias = in("bias", shape(2), 7, 0);
        Tensor mean = Tensor.output("mean", 2);
        Tensor rstd = Tensor.output("rstd", 2);
        Tensor y = Tensor.output("y", 2, 2);
        run(new NormOp.LayerNorm(x, scale, bias, mean, rstd, y));
        double r0 = 1 / Math.sqrt(4 + 1e-6);
        double r1 = 1 / Math.sqrt(1 + 1e-6);
        expect(mean, 3, -1);
        expect(rstd, r0, r1);
        expect(y, 7 - 6 * r0, 4 * r0, 7 - 3 * r1, 2 * r1);
    }

    /** Lambda Delta of -ln 2 + i pi / 2 takes a half and turns by a quarter. */
    @Test
    void zeroOrderHold() {
        double ln2 = Math.log(2);
        Tensor re = in("re", shape(1), -ln2);
        Tensor im = in("im", shape(1), Math.PI / 2);
        Tensor logStep = in("logStep", shape(1, 1), Math.log(0.5));
        Tensor b = in("b", shape(1, 2, 2), 1, 0, 0, 2);
        Tensor lambdaBar = Tensor.output("lambdaBar", 2);
        Tensor bBar = Tensor.output("bBar", 2, 2);
        run(
                new ScanOp.Discretize(
                        new Poles(re, im, logStep),
                        b,
                        new Discretizer(Method.ZOH, false, 2),
                        lambdaBar,
                        bBar));
        expect(lambdaBar, 0, 0.5);
        // (-1 + i / 2) / (-ln 2 + i pi / 2), times 1 and times 2i.
        double size = ln2 * ln2 + Math.PI * Math.PI / 4;
        double real = (ln2 + Math.PI / 4) / size;
        double imaginary = (-ln2 / 2 + Math.PI / 2) / size;
        expect(bBar, real, imaginary, -2 * imaginary, 2 * real);
    }

    @Test
    void zeroOrderHoldOfNoEigenvalueIntegrates() {
        Tensor re = in("re", shape(1), 0);
        Tensor im = in("im", shape(1), 0);
        Tensor logStep = in("logStep", shape(1, 1), Math.log(0.25));
        Tensor b = in("b", shape(1, 1, 2), 3, 4);
        Tensor lambdaBar = Tensor.output("lambdaBar", 2);
        Tensor bBar = Tensor.output("bBar", 1, 2);
        run(
                new ScanOp.Discretize(
                        new Poles(re, im, logStep),
                        b,
                        new Discretizer(Method.ZOH, false, 1),
                        lambdaBar,
                        bBar));
        expect(lambdaBar, 1, 0);
        expect(bBar, 0.75, 1);
    }

    @Test
    void bilinearAndClip() {
        Tensor re = in("re", shape(2), -1, 9);
        Tensor im = in("im", shape(2), 0, 0);
        Tensor logStep = in("logStep", shape(2, 1), 0, 0);
        Tensor b = in("b", shape(2, 1, 2), 3, 0, 1, 1);
        Tensor lambdaBar = Tensor.output("lambdaBar", 4);
        Tensor bBar = Tensor.output("bBar", 1, 4);
        run(
                new ScanOp.Discretize(
                        new Poles(re, im, logStep),
                        b,
                        new Discretizer(Method.BILINEAR, true, 1),
                        lambdaBar,
                        bBar));
        // (1 - 1/2) / (1 + 1/2); and with the eigenvalue -1e-4 in place of 9.
        double clipped = 1 / (1 + 0.5e-4);
        expect(lambdaBar, 1 / 3.0, (1 - 0.5e-4) * clipped, 0, 0);
        expect(bBar, 2, clipped, 0, clipped);
    }

    @Test
    void readoutPutsRealPartsBeforeNegatedImaginaryOnes() {
        Tensor c1 = in("c1", shape(1, 2, 2), 1, 2, 3, 4);
        Tensor c2 = in("c2", shape(1, 2, 2), 5, 6, 7, 8);
        Tensor both = in("both", shape(1, 4, 2), 1, 2, 3, 4, 5, 6, 7, 8);
        Tensor one = Tensor.output("one", 4, 1);
        Tensor two = Tensor.output("two", 8, 1);
        Tensor shared = Tensor.output("shared", 8, 1);
        run(
                new ScanOp.Readout(List.of(c1), 2, one),
                new ScanOp.Readout(List.of(c1, c2), 1, two),
                new ScanOp.Readout(List.of(both, both), 1, shared));
        expect(one, 2, 6, -4, -8);
        expect(two, 1, 3, -2, -4, 5, 7, -6, -8);
        expect(shared, 1, 3, -2, -4, 5, 7, -6, -8);
    }

    /** Lambda-bar = i / 2: every step halves and turns by a quarter. */
    @Test
    void scanRunsFromBothEndsOfEachSequence() {
        Tensor lambdaBar = in("lambdaBar", shape(2), 0, 0.5);
        Tensor bu = in("bu", shape(6, 2), 4, 0, 0, 0, 8, 0, 0, 4, 0, 0, 0, 0);
        Tensor x = Tensor.output("x", 6, 4);
        run(new ScanOp.Scan(lambdaBar, bu, 3, true, x));
        expect(
                x,
                new double[] {
                    4, 0, 2, 0, //
                    0, 2, 0, 4, //
                    7, 0, 8, 0, //
                    0, 4, 0, 4, //
                    -2, 0, 0, 0, //
                    0, -1, 0, 0
                });
    }

    /** gelu(1) in its tanh form, which differs from the exact 0.8413447 in the fourth digit. */
    private static final double GELU_1 = 0.8411919906;

    @Test
    void skipGelu() {
        Tensor cx = in("cx", shape(2, 1), 0, -2);
        Tensor d = in("d", shape(1), 0.5);
        Tensor u = in("u", shape(2, 1), 2, 2);
        Tensor mask = in("mask", shape(1, 1), 2);
        Tensor y = Tensor.output("y", 2, 1);
        Tensor g = Tensor.output("g", 2, 1);
        run(new LayerOp.SkipGelu(cx, d, u, mask, y, g));
        expect(y, 1, -1);
        expect(g, 2 * GELU_1, 2 * (GELU_1 - 1));
    }

    @Test
    void gate() {
        Tensor v = in("v", shape(1, 2), 1, 2);
        Tensor vBias = in("vBias", shape(2), 2, 1);
        Tensor z = in("z", shape(1, 2), 0, Math.log(3));
        Tensor zBias = in("zBias", shape(2), Math.log(2), 0);
        Tensor mask = in("mask", shape(1, 2), 1, 2);
        Tensor skip = in("skip", shape(1, 2), 10, 20);
        Tensor out = Tensor.output("out", 1, 2);
        run(new LayerOp.Gate(v, vBias, z, zBias, mask, skip, out));
        // sigmoid(ln 2) = 2/3, sigmoid(ln 3) = 3/4.
        expect(out, 12, 24.5);
    }

    @Test
    void poolTakesMeansOrTheLast() {
        Tensor x = in("x", shape(4, 1), 1, 3, 5, 9);
        Tensor mean = Tensor.output("mean", 2, 1);
        Tensor masked = Tensor.output("masked", 2, 1);
        Tensor last = Tensor.output("last", 2, 1);
        Tensor lengths = integers(2, 1);
        run(
                new HeadOp.Pool(x, null, Pooling.MEAN, mean),
                new HeadOp.Pool(x, lengths, Pooling.MEAN, masked),
                new HeadOp.Pool(x, null, Pooling.LAST, last));
        expect(mean, 2, 7);
        expect(masked, 2, 5);
        expect(last, 3, 9);
    }

    @Test
    void pairFeatures() {
        Tensor e = in("e", shape(2, 2), 1, 2, 3, 5);
        Tensor out = Tensor.output("out", 1, 8);
        run(new HeadOp.PairFeatures(e, out));
        expect(out, 1, 2, 3, 5, -2, -3, 3, 10);
    }

    /** The first row is right by a tie, the second wrong, the third does not count. */
    @Test
    void crossEntropy() {
        double ln3 = Math.log(3);
        double ln4 = Math.log(4);
        Tensor logits = in("logits", shape(3, 2), 5, 5, ln3, 0, 0, ln3);
        Tensor logProbs = Tensor.output("logProbs", 3, 2);
        Tensor metrics = Tensor.output("metrics", 2, 2);
        Tensor dLogits = Tensor.output("dLogits", 3, 2);
        Tensor labels = Tensor.integers("labels", 3);
        backend.write(labels, new int[] {0, 1, 1});
        Tensor counters = integers(0, 0, 2, 1);
        run(new HeadOp.CrossEntropy(logits, labels, counters, logProbs, metrics, dLogits));
        double half = -Math.log(2);
        expect(logProbs, half, half, ln3 - ln4, -ln4, -ln4, ln3 - ln4);
        expect(metrics, 0, 0, (Math.log(2) + ln4) / 2, 1);
        expect(dLogits, -0.25, 0.25, 0.375, -0.375, 0, 0);
    }

    /** The first step of Adam moves by the learning rate, whatever the gradient. */
    @Test
    void adam() {
        Tensor p = in("p", shape(2), 1, -2);
        Tensor g = in("g", shape(2), 4, -0.01);
        Tensor m = in("m", shape(2), 0, 0);
        Tensor v = in("v", shape(2), 0, 0);
        Tensor rates = in("rates", shape(7), 0.5, 0.1, 1 / (1 - 0.9), 1 / (1 - 0.999), 0, 0, 0);
        run(new Adam(List.of(p), List.of(g), List.of(m), List.of(v), rates, Rates.REGULAR, 0.25f));
        expect(m, 0.4, -0.001);
        expect(v, 0.016, 1e-7);
        double second = 1 / (1 + 1e-6); // epsilon beside a gradient of 0.01
        expect(p, 1 - 0.1 * (1 + 0.25), -2 - 0.1 * (-second - 0.5));
    }
}
