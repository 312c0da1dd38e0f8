package s5.ops;

import static s5.ops.OpExamples.counters;
import static s5.ops.OpExamples.ints;
import static s5.ops.OpExamples.pair;
import static s5.ops.OpExamples.t;

import java.util.stream.Stream;

/** {@link OpExamples} of what several processes do together. */
final class RankExamples {
    private static final int B = 2;
    private static final int N = B * 5;
    private static final int H = 3;
    private static final int P = 4;
    private static final int K = 7;

    private RankExamples() {}

    static Stream<Op> all() {
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
