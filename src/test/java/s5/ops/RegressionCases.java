package s5.ops;

import s5.ops.HeadOp.Fit;
import s5.ops.LayerOp.Curve;

import java.util.Arrays;
import java.util.stream.Stream;

/** Cases of the operations at the two ends of the regression model. */
final class RegressionCases {
    private RegressionCases() {}

    static Stream<OpCase> all() {
        return Stream.of(append(), activate(), convolution(), gaussianLoss()).flatMap(c -> c);
    }

    private static Stream<OpCase> append() {
        int[][] sizes = {{1, 1, 1}, {2, 3, 1}, {3, 1, 7}, {7, 33, 2}, {2, 129, 33}, {32, 50, 30}};
        return Stream.of(sizes).flatMap(s -> append(s[0], s[1], s[2]));
    }

    private static Stream<OpCase> append(int batch, int length, int k) {
        int n = batch * length;
        String size = " B=%d L=%d K=%d".formatted(batch, length, k);
        return Stream.of(
                OpCase.of(
                        "append" + size,
                        1,
                        d -> {
                            Tensor x = d.in("x", n, k);
                            Tensor column = d.in("column", batch, length);
                            Tensor out = d.out("out", n, k + 1);
                            return Program.of(new InputOp.Append(x, column, out));
                        }),
                OpCase.of(
                        "appendAdjoint" + size,
                        1,
                        d -> {
                            Tensor dOut = d.in("dOut", n, k + 1);
                            Tensor dX = d.out("dX", n, k);
                            return Program.of(new InputOp.AppendAdjoint(dOut, dX));
                        }));
    }

    private static Stream<OpCase> activate() {
        int[][] sizes = {{1, 1}, {1, 7}, {2, 3}, {3, 33}, {129, 1}, {800, 30}, {1025, 33}};
        return Stream.of(sizes)
                .flatMap(s -> Stream.of(Curve.values()).flatMap(c -> activate(s[0], s[1], c)));
    }

    private static Stream<OpCase> activate(int n, int h, Curve curve) {
        String size = " n=%d H=%d %s".formatted(n, h, curve);
        OpCase forward =
                OpCase.of(
                        "activate" + size,
                        1,
                        d -> {
                            Tensor x = d.in(Tensor.parameter("x", n, h), () -> 3 * d.normal());
                            Tensor out = d.out("out", n, h);
                            return Program.of(new LayerOp.Activate(x, curve, out));
                        });
        Stream<OpCase> adjoints =
                Stream.of("", " in place")
                        .map(place ->
                                OpCase.of(
                                        "activateAdjoint" + size + place,
                                        1,
                                        d -> {
                                            Tensor out = value(d, curve, n, h);
                                            Tensor dX =
                                                    place.isEmpty()
                                                            ? d.out("dX", n, h)
                                                            : d.inOut("dX", n, h);
                                            Tensor dOut = place.isEmpty() ? d.in("dOut", n, h) : dX;
                                            return Program.of(
                                                    new LayerOp.ActivateAdjoint(
                                                            out, curve, dOut, dX));
                                        }));
        return Stream.concat(Stream.of(forward), adjoints);
    }

    /** Values that the curve takes; RELU's are zero half of the time. */
    private static Tensor value(Draft d, Curve curve, int n, int h) {
        return d.in(
                Tensor.parameter("out", n, h),
                () ->
                        curve == Curve.RELU
                                ? Math.max(0, d.normal())
                                : Math.tanh(d.uniform(-1.5, 1.5)));
    }

    // ---- images
    // ----------------------------------------------------------------------------------

    private static Stream<OpCase> convolution() {
        // Images, side, channels in, side of the kernel, channels out, stride.
        int[][] sizes = {
            {1, 2, 1, 1, 1, 1},
            {1, 3, 1, 3, 1, 1},
            {2, 4, 3, 3, 2, 1},
            {3, 7, 2, 5, 7, 1},
            {2, 7, 7, 3, 17, 2},
            {7, 5, 1, 7, 3, 1},
            {1, 9, 33, 1, 33, 3},
            {2, 33, 1, 3, 2, 2},
            {129, 6, 2, 3, 3, 1},
            {600, 3, 1, 3, 1, 1},
            {9, 24, 1, 5, 12, 1},
            {33, 12, 12, 3, 12, 2}
        };
        return Stream.of(sizes)
                .flatMap(s ->
                        Stream.of(true, false)
                                .flatMap(both -> Stream.of(conv(s, both), adj(s, both))));
    }

    private static int side(int[] s) {
        return ((s[1] - 1) / s[5] + 1) / 2;
    }

    private static String name(String op, int[] s) {
        return "%s n=%d S=%d K=%d W=%d M=%d stride=%d"
                .formatted(op, s[0], s[1], s[2], s[3], s[4], s[5]);
    }

    private static OpCase conv(int[] s, boolean withWinner) {
        return OpCase.of(
                name("convReluPool", s) + (withWinner ? "" : ", no winner"),
                s[3] * s[3] * s[2],
                d -> {
                    Tensor x = d.in("x", s[0], s[1] * s[1] * s[2]);
                    Tensor kernel = d.in("kernel", s[3], s[3], s[2], s[4]);
                    Tensor bias = d.in("bias", s[4]);
                    int outputs = side(s) * side(s) * s[4];
                    Tensor out = d.out("out", s[0], outputs);
                    Tensor winner = withWinner ? d.out("winner", s[0], outputs) : null;
                    return Program.of(
                            new ImageOp.ConvReluPool(x, kernel, bias, s[1], s[5], out, winner));
                });
    }

    private static OpCase adj(int[] s, boolean withDx) {
        return OpCase.of(
                name("convReluPoolAdjoint", s) + (withDx ? "" : ", no dX"),
                s[0] * side(s) * side(s),
                d -> {
                    Tensor x = d.in("x", s[0], s[1] * s[1] * s[2]);
                    Tensor kernel = d.in("kernel", s[3], s[3], s[2], s[4]);
                    Tensor bias = Tensor.parameter("dBias", s[4]);
                    int outputs = side(s) * side(s) * s[4];
                    Tensor winner =
                            d.in(Tensor.parameter("winner", s[0], outputs), () -> d.index(5) - 1);
                    Tensor dOut = d.in("dOut", s[0], outputs);
                    Tensor dKernel = d.out("dKernel", kernel.shape());
                    Tensor dBias = d.out("dBias", bias.shape());
                    Tensor dX = withDx ? d.out("dX", x.shape()) : null;
                    return Program.of(
                            new ImageOp.ConvReluPoolAdjoint(
                                    x, kernel, winner, dOut, s[1], s[5], dKernel, dBias, dX));
                });
    }

    // ---- loss
    // ------------------------------------------------------------------------------------

    private static Stream<OpCase> gaussianLoss() {
        // Sequences, length, components, sequences that count.
        int[][] sizes = {
            {1, 1, 1, 1},
            {2, 1, 3, 1},
            {3, 7, 2, 2},
            {7, 2, 7, 7},
            {33, 3, 1, 32},
            {50, 50, 2, 49},
            {2, 1025, 2, 2}
        };
        Stream<OpCase> plain =
                Stream.of(sizes)
                        .flatMap(s ->
                                Stream.of(true, false)
                                        .map(with -> gaussianLoss(s, false, Fit.NLL, with)));
        Stream<OpCase> other =
                Stream.of(sizes)
                        .flatMap(s ->
                                Stream.of(Fit.values())
                                        .flatMap(fit ->
                                                Stream.of(true, false)
                                                        .filter(with -> with || fit != Fit.NLL)
                                                        .map(with ->
                                                                gaussianLoss(s, with, fit, true))));
        return Stream.concat(plain, other);
    }

    private static OpCase gaussianLoss(
            int[] s, boolean withLengths, Fit fit, boolean withGradient) {
        int batch = s[0];
        int length = s[1];
        int k = s[2];
        int rows = s[3];
        int n = batch * length;
        return OpCase.of(
                        "gaussianLoss B=%d L=%d K=%d rows=%d %s%s%s"
                                .formatted(
                                        batch,
                                        length,
                                        k,
                                        rows,
                                        fit,
                                        withLengths ? ", lengths" : "",
                                        withGradient ? "" : ", no gradient"),
                        n * k,
                        d -> {
                            Tensor mean = d.in("mean", n, k);
                            // On both sides of 0, and now and then below the least variance.
                            Tensor z =
                                    d.in(
                                            Tensor.parameter("z", n, k),
                                            () -> d.index(20) == 0 ? -20 : d.uniform(-3, 3));
                            Tensor target = d.in(Tensor.input("target", n, k), d::normal);
                            int[] own = new int[batch];
                            Arrays.setAll(own, b -> b == 1 ? length : 1 + d.index(length));
                            Tensor lengths = withLengths ? d.integers("lengths", own) : null;
                            Tensor counters = d.counters(3, 4, rows, 1);
                            Tensor prediction = d.out("prediction", n, 2 * k);
                            Tensor metrics = d.output("metrics", 3, 2);
                            Tensor dMean = withGradient ? d.out("dMean", n, k) : null;
                            Tensor dZ = withGradient ? d.out("dZ", n, k) : null;
                            return Program.of(
                                    new HeadOp.GaussianLoss(
                                            mean,
                                            z,
                                            target,
                                            lengths,
                                            counters,
                                            length,
                                            fit,
                                            prediction,
                                            metrics,
                                            dMean,
                                            dZ));
                        })
                // (mean - target)^2 / v, with v = exp(z), loses digits thrice.
                .slack(4);
    }
}
