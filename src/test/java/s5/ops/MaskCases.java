package s5.ops;

import java.util.stream.Stream;

/** Cases of what knows of padding: zeros there, statistics without it, time steps that end. */
final class MaskCases {
    private MaskCases() {}

    /** Sequences, length, features. */
    private static final int[][] SIZES = {
        {1, 1, 1},
        {1, 7, 3},
        {2, 1, 7},
        {3, 2, 33},
        {7, 33, 1},
        {33, 3, 129},
        {129, 5, 2},
        {2, 400, 96},
        {1, 1025, 64},
        {1, 5000, 7},
        {5, 1000, 1},
        {3, 1, 1000},
        {3, 129, 300},
        {20001, 2, 4},
        {2, 20001, 5}
    };

    static Stream<OpCase> all() {
        return Stream.of(SIZES)
                .flatMap(s ->
                        Stream.of(
                                maskRows(s[0], s[1], s[2]),
                                closeSteps(s[0], s[1]),
                                batchNorm(s[0], s[1], s[2]),
                                batchNormAdjoint(s[0], s[1], s[2], true),
                                batchNormAdjoint(s[0], s[1], s[2], false)));
    }

    /** The shortest, the longest, and any lengths. */
    static Tensor lengths(Draft d, int batch, int length) {
        int[] lengths = new int[batch];
        for (int b = 0; b < batch; b++) {
            lengths[b] = 1 + d.index(length);
        }
        lengths[batch - 1] = length;
        if (batch > 1) {
            lengths[0] = 1;
        }
        return d.integers("lengths", lengths);
    }

    private static String size(String op, int batch, int length, int h) {
        return "%s masked B=%d L=%d H=%d".formatted(op, batch, length, h);
    }

    private static OpCase maskRows(int batch, int length, int h) {
        return OpCase.of(
                size("maskRows", batch, length, h),
                1,
                d -> {
                    Tensor lengths = lengths(d, batch, length);
                    Tensor x = d.inOut("x", batch * length, h);
                    return Program.of(new LayerOp.MaskRows(x, lengths));
                });
    }

    private static OpCase closeSteps(int batch, int length) {
        return OpCase.of(
                size("closeSteps", batch, length, 1),
                1,
                d -> {
                    Tensor lengths = lengths(d, batch, length);
                    Tensor dt = d.in(Tensor.input("dt", batch, length), () -> d.uniform(0.1, 3));
                    Tensor out = d.out("out", batch, length);
                    return Program.of(new TimedOp.CloseSteps(dt, lengths, out));
                });
    }

    private static OpCase batchNorm(int batch, int length, int h) {
        return OpCase.of(
                        size("batchNorm", batch, length, h),
                        batch * length,
                        d -> {
                            Tensor lengths = lengths(d, batch, length);
                            Tensor x =
                                    d.in(
                                            Tensor.parameter("x", batch * length, h),
                                            () -> d.normal() + 1);
                            Tensor scale = d.in("scale", h);
                            Tensor bias = d.in("bias", h);
                            Tensor runningMean = d.inOut("runningMean", h);
                            Tensor runningVar =
                                    d.inOut(Tensor.state("runningVar", h), () -> d.uniform(0.5, 2));
                            Tensor mean = d.out("mean", h);
                            Tensor rstd = d.out("rstd", h);
                            Tensor y = d.out("y", batch * length, h);
                            return Program.of(
                                    new NormOp.BatchNorm(
                                            x,
                                            lengths,
                                            scale,
                                            bias,
                                            runningMean,
                                            runningVar,
                                            0.95f,
                                            mean,
                                            rstd,
                                            y));
                        })
                .slack(batch * length < 30 ? 20 : 2);
    }

    private static OpCase batchNormAdjoint(int batch, int length, int h, boolean withResidual) {
        int n = batch * length;
        return OpCase.of(
                size("batchNormAdjoint", batch, length, h) + (withResidual ? "" : ", no residual"),
                n,
                d -> {
                    Tensor lengths = lengths(d, batch, length);
                    Tensor x = d.in("x", n, h);
                    Tensor scale = d.in("scale", h);
                    Tensor mean = d.in(Tensor.parameter("mean", h), () -> d.uniform(-0.1, 0.1));
                    Tensor rstd = d.in(Tensor.parameter("rstd", h), () -> d.uniform(0.2, 2));
                    Tensor dY = d.in("dY", n, h);
                    Tensor residual = withResidual ? d.in("residual", n, h) : null;
                    Tensor dScale = d.out("dScale", h);
                    Tensor dBias = d.out("dBias", h);
                    Tensor dX = d.out("dX", n, h);
                    return Program.of(
                            new NormOp.BatchNormAdjoint(
                                    x, lengths, scale, mean, rstd, dY, residual, dScale, dBias,
                                    dX));
                });
    }
}
