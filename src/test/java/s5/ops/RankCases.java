package s5.ops;

import static s5.ops.OpExamples.counters;
import static s5.ops.OpExamples.ints;
import static s5.ops.OpExamples.pair;
import static s5.ops.OpExamples.t;

import s5.ops.LayerOp.Share;

import java.util.List;
import java.util.stream.Stream;

/**
 * What several processes do together, as one of them does it: the sums over all come from outside,
 * where there are several.
 */
final class RankCases {
    // sizes of the examples
    private static final int B = 2;
    private static final int N = B * 5;
    private static final int H = 3;
    private static final int P = 4;
    private static final int K = 7;

    private RankCases() {}

    /** Sequences, length, features. */
    private static final int[][] SIZES = {
        {1, 1, 1}, {1, 7, 3}, {2, 1, 33}, {3, 11, 7}, {7, 100, 33}, {5, 1000, 129}
    };

    static Stream<OpCase> all() {
        return Stream.concat(
                Stream.of(SIZES).flatMap(s -> norm(s[0], s[1], s[2])),
                Stream.of(
                        dropout(3, 5, 7),
                        sums(),
                        copy(),
                        multiply(),
                        weigh(true, 1),
                        weigh(true, 2),
                        weigh(false, 1),
                        nothingCounts(),
                        keep()));
    }

    private static Stream<OpCase> norm(int batch, int length, int h) {
        return Stream.of(true, false)
                .flatMap(masked ->
                        Stream.of(
                                moments(batch, length, h, masked),
                                adjoint(batch, length, h, masked, true),
                                adjoint(batch, length, h, masked, false)));
    }

    private static String size(String name, int batch, int length, int h, boolean masked) {
        return "%s B=%d L=%d H=%d%s".formatted(name, batch, length, h, masked ? ", masked" : "");
    }

    private static Tensor lengths(Draft d, boolean masked, int batch, int length) {
        if (!masked) {
            return null;
        }
        int[] lengths = new int[batch];
        for (int b = 0; b < batch; b++) {
            lengths[b] = 1 + d.index(length);
        }
        return d.integers("lengths", lengths);
    }

    /**
     * The three parts of a batch normalization, of a batch whose other share is the same as this.
     */
    private static OpCase moments(int batch, int length, int h, boolean masked) {
        int n = batch * length;
        return OpCase.of(
                        size("batchNormShared", batch, length, h, masked),
                        n,
                        d -> {
                            Tensor lengths = lengths(d, masked, batch, length);
                            Tensor x = d.in(Tensor.parameter("x", n, h), () -> d.normal() + 1);
                            Tensor scale = d.in("scale", h);
                            Tensor bias = d.in("bias", h);
                            Tensor runningMean = d.inOut("runningMean", h);
                            Tensor runningVar =
                                    d.inOut(Tensor.state("runningVar", h), () -> d.uniform(0.5, 2));
                            Tensor moments = Tensor.scratch("moments", 2 * h + 1);
                            Tensor total = d.out("total", h + 1);
                            Tensor squares = d.out("squares", h);
                            return Program.of(
                                    new NormOp.BatchNormMoments(x, lengths, moments, total),
                                    new RankOp.Multiply(List.of(total), 2),
                                    new NormOp.BatchNormSquares(moments, total, squares),
                                    new RankOp.Multiply(List.of(squares), 2),
                                    new NormOp.BatchNormShared(
                                            x,
                                            total,
                                            squares,
                                            scale,
                                            bias,
                                            runningMean,
                                            runningVar,
                                            0.95f,
                                            d.out("mean", h),
                                            d.out("rstd", h),
                                            d.out("y", n, h)));
                        })
                .slack(n < 30 ? 40 : 4);
    }

    private static OpCase adjoint(
            int batch, int length, int h, boolean masked, boolean withResidual) {
        int n = batch * length;
        return OpCase.of(
                size("batchNormSharedAdjoint", batch, length, h, masked)
                        + (withResidual ? "" : ", no residual"),
                n,
                d -> {
                    Tensor lengths = lengths(d, masked, batch, length);
                    Tensor x = d.in("x", n, h);
                    Tensor scale = d.in("scale", h);
                    Tensor mean = d.in(Tensor.parameter("mean", h), () -> d.uniform(-0.1, 0.1));
                    Tensor rstd = d.in(Tensor.parameter("rstd", h), () -> d.uniform(0.2, 2));
                    Tensor dY = d.in("dY", n, h);
                    Tensor residual = withResidual ? d.in("residual", n, h) : null;
                    Tensor total = d.in(Tensor.parameter("total", h + 1), () -> 3.0 * n);
                    Tensor dScale = d.out("dScale", h);
                    Tensor dBias = d.out("dBias", h);
                    Tensor dX = d.out("dX", n, h);
                    return Program.of(
                            new NormOp.BatchNormSums(x, mean, rstd, dY, dScale, dBias),
                            new NormOp.BatchNormSharedAdjoint(
                                    x, lengths, scale, mean, rstd, dY, residual, dScale, dBias,
                                    total, dX));
                });
    }

    /** The second share of three, of samples that have two documents each. */
    private static OpCase dropout(int samples, int ranks, int h) {
        return OpCase.of(
                "dropoutMask of a share",
                1,
                d -> {
                    Tensor counters = d.counters(12, 345, 1, 0);
                    Share share = new Share(samples, samples, ranks * samples);
                    Tensor mask = d.out("mask", 2 * samples, h);
                    return Program.of(new LayerOp.DropoutMask(counters, 11, 0.5f, share, mask));
                });
    }

    private static OpCase sums() {
        return OpCase.of(
                "allReduce of one process",
                1,
                d -> Program.of(new RankOp.AllReduce(d.inOut("a", 3, 7), d.inOut("b", 33))));
    }

    private static OpCase copy() {
        return OpCase.of(
                "copy",
                1,
                d -> {
                    Tensor x = d.in(Tensor.input("x", 5), d::normal);
                    return Program.of(new RankOp.Copy(x, d.out("y", 5)));
                });
    }

    private static OpCase multiply() {
        return OpCase.of(
                "multiply",
                1,
                d ->
                        Program.of(
                                new RankOp.Multiply(
                                        List.of(d.inOut("a", 3, 7), d.inOut("b", 33)), 0.25f)));
    }

    private static OpCase weigh(boolean counted, int gradients) {
        return OpCase.of(
                "weighLoss of %d gradients%s".formatted(gradients, counted ? ", counted" : ""),
                1,
                d -> {
                    Tensor own = counted ? d.in(Tensor.input("own", 1), 21) : null;
                    Tensor all = counted ? d.in(Tensor.parameter("all", 1), 129) : null;
                    return weighed(d, own, all, gradients);
                });
    }

    private static OpCase nothingCounts() {
        return OpCase.of(
                "weighLoss where nothing counts",
                1,
                d ->
                        weighed(
                                d,
                                d.in(Tensor.input("own", 1), 0),
                                d.in(Tensor.parameter("all", 1), 0),
                                1));
    }

    private static Program weighed(Draft d, Tensor own, Tensor all, int gradients) {
        Tensor counters = d.counters(3, 4, 2, 1);
        Tensor metrics = d.in("metrics", 3, 2);
        Tensor first = d.inOut("dMean", 7, 3);
        List<Tensor> changed =
                gradients == 1 ? List.of(first) : List.of(first, d.inOut("dZ", 7, 3));
        return Program.of(
                new RankOp.WeighLoss(own, all, 3, counters, metrics, changed, d.out("sums", 2)));
    }

    private static OpCase keep() {
        return OpCase.of(
                "keepMetrics",
                1,
                d -> {
                    Tensor counters = d.counters(3, 4, 2, 2);
                    Tensor sums = d.in("sums", 2);
                    return Program.of(
                            new RankOp.KeepMetrics(sums, counters, d.output("metrics", 4, 2)));
                });
    }

    /** {@link OpExamples} of them. */
    static Stream<Op> examples() {
        Tensor x = t("x", N, H);
        Tensor y = t("y", N, H);
        Tensor scale = t("scale", H);
        Tensor bias = t("bias", H);
        Tensor dY = t("dY", N, H);
        Tensor mean = t("mean", H);
        Tensor rstd = t("rstd", H);
        Tensor dScale = t("dScale", H);
        Tensor dBias = t("dBias", H);
        Tensor lengths = ints("lengths", B);
        return Stream.of(
                new NormOp.BatchNormMoments(x, lengths, t("moments", 2 * H + 1), t("total", H + 1)),
                new NormOp.BatchNormSquares(
                        t("moments", 2 * H + 1), t("total", H + 1), t("squares", H)),
                new NormOp.BatchNormShared(
                        x,
                        t("total", H + 1),
                        t("squares", H),
                        scale,
                        bias,
                        t("runningMean", H),
                        t("runningVar", H),
                        0.5f,
                        mean,
                        rstd,
                        y),
                new NormOp.BatchNormSums(x, mean, rstd, dY, dScale, dBias),
                new NormOp.BatchNormSharedAdjoint(
                        x,
                        lengths,
                        scale,
                        mean,
                        rstd,
                        dY,
                        t("residual", N, H),
                        dScale,
                        dBias,
                        t("total", H + 1),
                        t("dX", N, H)),
                new RankOp.AllReduce(t("a", P), t("b", H)),
                new RankOp.Copy(t("x", P), t("y", P)),
                new RankOp.Multiply(pair("x", P), 0.5f),
                new RankOp.WeighLoss(
                        t("own", 1),
                        t("all", 1),
                        3,
                        counters(),
                        t("metrics", 3, 2),
                        pair("g", B, K),
                        t("sums", 2)),
                new RankOp.KeepMetrics(t("sums", 2), counters(), Tensor.output("metrics", 3, 2)));
    }
}
