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
import s5.ops.Discretizer;
import s5.ops.Discretizer.Method;
import s5.ops.HeadOp;
import s5.ops.ImageOp;
import s5.ops.InputOp;
import s5.ops.LayerOp;
import s5.ops.LayerOp.Curve;
import s5.ops.Poles;
import s5.ops.Tensor;
import s5.ops.TimedOp;

import java.util.Arrays;
import java.util.stream.Stream;

/** The reference's adjoints of timed scan, images, activations and Gaussian loss. */
class RegressionAdjointTest {
    @TestFactory
    Stream<DynamicTest> append() {
        return triples().map(s -> test(name("append", s), c -> append(c, s[0], s[1], s[2])));
    }

    private static void append(AdjointCheck c, int batch, int length, int k) {
        Tensor x = c.in("x", batch * length, k);
        Tensor column = c.in("column", batch, length);
        Tensor out = out("out", batch * length, k + 1);
        Tensor dOut = c.weights(out);
        Tensor dX = c.gradient(x);
        c.verify(new InputOp.Append(x, column, out), new InputOp.AppendAdjoint(dOut, dX));
    }

    @TestFactory
    Stream<DynamicTest> activate() {
        return pairs().flatMap(s ->
                Stream.of(Curve.values())
                        .map(curve ->
                                test(
                                        name("activate", s, curve),
                                        c -> activate(c, s[0], s[1], curve))));
    }

    private static void activate(AdjointCheck c, int n, int h, Curve curve) {
        // Not so near to RELU's edge that a difference crosses it.
        Tensor x = c.in(() -> (c.index(2) * 2 - 1) * c.uniform(0.1, 2), "x", n, h);
        Tensor y = out("out", n, h);
        Tensor dOut = c.weights(y);
        Tensor dX = c.gradient(x);
        c.verify(
                new LayerOp.Activate(x, curve, y), new LayerOp.ActivateAdjoint(y, curve, dOut, dX));
    }

    /** Few and small images: a difference must not change the winner of any window. */
    @TestFactory
    Stream<DynamicTest> convReluPool() {
        // Images, side, channels in, side of the kernel, channels out, stride.
        int[][] sizes = {
            {1, 2, 1, 1, 1, 1},
            {2, 2, 2, 3, 3, 1},
            {1, 3, 1, 3, 2, 1},
            {1, 4, 3, 3, 1, 1},
            {3, 4, 1, 5, 1, 1},
            {1, 5, 2, 3, 2, 1},
            {2, 7, 1, 5, 1, 3},
            {1, 8, 2, 3, 2, 2}
        };
        return Stream.of(sizes).map(s -> test(name("convReluPool", s), c -> convReluPool(c, s)));
    }

    private static void convReluPool(AdjointCheck c, int[] s) {
        int side = ((s[1] - 1) / s[5] + 1) / 2;
        Tensor x = c.in("x", s[0], s[1] * s[1] * s[2]);
        Tensor kernel = c.in("kernel", s[3], s[3], s[2], s[4]);
        Tensor bias = c.in("bias", s[4]);
        Tensor y = out("out", s[0], side * side * s[4]);
        Tensor winner = out("winner", s[0], side * side * s[4]);
        Tensor dOut = c.weights(y);
        Tensor dX = c.gradient(x);
        Tensor dKernel = c.gradient(kernel);
        Tensor dBias = c.gradient(bias);
        c.verify(
                new ImageOp.ConvReluPool(x, kernel, bias, s[1], s[5], y, winner),
                new ImageOp.ConvReluPoolAdjoint(
                        x, kernel, winner, dOut, s[1], s[5], dKernel, dBias, dX));
    }

    @TestFactory
    Stream<DynamicTest> inputMatrix() {
        return pairs().map(s ->
                test(
                        name("inputMatrix", s),
                        c -> {
                            Tensor b = c.in("b", s[0], s[1], 2);
                            Tensor bMatrix = out("bMatrix", s[1], 2 * s[0]);
                            Tensor dBMatrix = c.weights(bMatrix);
                            Tensor dB = c.gradient(b);
                            c.verify(
                                    new TimedOp.InputMatrix(b, bMatrix),
                                    new TimedOp.InputMatrixAdjoint(dBMatrix, dB));
                        }));
    }

    @TestFactory
    Stream<DynamicTest> scanTimed() {
        return Stream.concat(triples(), Stream.of(new int[] {2, 33, 3}))
                .flatMap(s ->
                        either().flatMap(both ->
                                Stream.of(Method.values())
                                        .flatMap(m ->
                                                Stream.of("usual", "clip", "tiny")
                                                        .map(kind ->
                                                                test(
                                                                        name(
                                                                                "scanTimed",
                                                                                s,
                                                                                both,
                                                                                m,
                                                                                kind),
                                                                        c ->
                                                                                scanTimed(
                                                                                        c, s, both,
                                                                                        m,
                                                                                        kind))))));
    }

    private static void scanTimed(
            AdjointCheck c, int[] s, boolean both, Method method, String kind) {
        int n = s[0] * s[1];
        int p = s[2];
        double reach = kind.equals("tiny") ? 1e-5 : 1;
        // On both sides of the limit, but not so near that a difference crosses it.
        Tensor re =
                c.in(
                        () ->
                                kind.equals("clip")
                                        ? (c.index(2) * 2 - 1) * c.uniform(0.1, 1)
                                        : -reach * c.uniform(0.1, 1),
                        "lambdaRe",
                        p);
        Tensor im = c.in(() -> reach * c.uniform(-10, 10), "lambdaIm", p);
        Tensor logStep = c.in(() -> c.uniform(Math.log(0.01), Math.log(0.1)), "logStep", p, 1);
        Tensor dt = c.in(() -> c.uniform(0, 3), "dt", s[0], s[1]);
        Tensor w = c.in("w", n, 2 * p);
        Tensor x = out("x", n, both ? 4 * p : 2 * p);
        Tensor dX = c.weights(x);
        Tensor dW = c.gradient(w);
        Poles poles = new Poles(re, im, logStep);
        Poles dPoles = c.gradient(poles);
        Discretizer discretizer =
                new Discretizer(method, kind.equals("clip"), p % 2 == 0 ? 2 : 0.5f);
        c.verify(
                new TimedOp.ScanTimed(poles, dt, w, discretizer, both, x),
                new TimedOp.ScanTimedAdjoint(poles, dt, w, discretizer, both, x, dX, dW, dPoles));
    }

    @TestFactory
    Stream<DynamicTest> gaussianLoss() {
        return triples()
                .flatMap(s ->
                        Stream.of(1, s[0])
                                .distinct()
                                .flatMap(rows ->
                                        either().map(limited ->
                                                test(
                                                        name("gaussianLoss", s, rows, limited),
                                                        c ->
                                                                gaussianLoss(
                                                                        c,
                                                                        s,
                                                                        rows,
                                                                        limited,
                                                                        s[2] % 2 == 1)))));
    }

    private static void gaussianLoss(
            AdjointCheck c, int[] s, int rows, boolean limited, boolean withLengths) {
        int n = s[0] * s[1];
        int k = s[2];
        // With the least variance, errors that leave the loss its digits.
        double size = limited ? 1e-3 : 1;
        Tensor mean = c.in(() -> size * c.normal(), "mean", n, k);
        // Not so near to 0 and the least variance that a difference crosses them.
        Tensor z =
                c.in(
                        () ->
                                switch (c.index(limited ? 3 : 2)) {
                                    case 0 -> c.uniform(-3, -0.1);
                                    case 1 -> c.uniform(0.1, 3);
                                    default -> -20;
                                },
                        "z",
                        n,
                        k);
        Tensor target = c.in(() -> size * c.normal(), "target", n, k);
        int[] values = new int[Counters.SIZE];
        values[Counters.ROWS] = rows;
        values[Counters.SLOT] = 1;
        Tensor counters = c.integers("counters", values);
        Tensor prediction = out("prediction", n, 2 * k);
        Tensor metrics = Tensor.output("metrics", 3, 2);
        c.weights(metrics, 2); // the mean loss in row 1
        Tensor dMean = c.gradient(mean);
        Tensor dZ = c.gradient(z);
        int[] own = new int[s[0]];
        Arrays.setAll(own, b -> 1 + c.index(s[1]));
        Tensor lengths = withLengths ? c.integers("lengths", own) : null;
        c.verify(
                new HeadOp.GaussianLoss(
                        mean,
                        z,
                        target,
                        lengths,
                        counters,
                        s[1],
                        HeadOp.Fit.NLL,
                        prediction,
                        metrics,
                        dMean,
                        dZ));
    }

    /**
     * The mean learns from the squared error: the other number of the metrics, but for a factor.
     */
    @TestFactory
    Stream<DynamicTest> squaredError() {
        return triples().map(s -> test(name("squaredError", s), c -> squaredError(c, s)));
    }

    private static void squaredError(AdjointCheck c, int[] s) {
        int n = s[0] * s[1];
        Tensor mean = c.in("mean", n, s[2]);
        Tensor z = c.in("z", n, s[2]);
        Tensor target = c.in("target", n, s[2]);
        int[] values = new int[Counters.SIZE];
        values[Counters.ROWS] = s[0];
        values[Counters.SLOT] = 1;
        Tensor counters = c.integers("counters", values);
        Tensor metrics = Tensor.output("metrics", 3, 2);
        // minus the squared error, averaged over components: half of their sum is learned from
        c.weights(metrics, 3, -s[2] / 2.0 / s[0]);
        Tensor dMean = c.gradient(mean);
        c.verify(
                new HeadOp.GaussianLoss(
                        mean,
                        z,
                        target,
                        null,
                        counters,
                        s[1],
                        HeadOp.Fit.MSE,
                        out("prediction", n, 2 * s[2]),
                        metrics,
                        dMean,
                        out("dZ", n, s[2])));
    }
}
