package s5.ops;

import java.util.stream.Stream;

/** Cases of batch and layer normalization. */
final class NormCases {
    private NormCases() {}

    /** Rows and features. */
    private static final int[][] SIZES = {
        {1, 1},
        {1, 7},
        {2, 1},
        {3, 2},
        {7, 3},
        {33, 129},
        {129, 33},
        {2, 129},
        {800, 96},
        {1025, 64},
        {5000, 7},
        {5000, 1},
        {3, 1000}
    };

    static Stream<OpCase> all() {
        return Stream.of(SIZES).flatMap(s -> all(s[0], s[1]));
    }

    static Stream<OpCase> all(int n, int h) {
        return Stream.of(
                batchNorm(n, h, 0),
                batchNorm(n, h, 3),
                frozen(n, h),
                batchNormAdjoint(n, h, true),
                batchNormAdjoint(n, h, false),
                layerNorm(n, h, 0),
                layerNorm(n, h, 3),
                layerNormAdjoint(n, h, true),
                layerNormAdjoint(n, h, false));
    }

    /** Activations whose mean is {@code offset} standard deviations from 0. */
    private static Tensor activations(Draft d, int n, int h, int offset) {
        return d.in(Tensor.parameter("x", n, h), () -> d.normal() + offset);
    }

    private static Tensor positive(Draft d, String name, int size) {
        return d.in(Tensor.parameter(name, size), () -> d.uniform(0.2, 2));
    }

    /**
     * Two or three values may chance to be near each other, which leaves few digits of variance.
     */
    private static double slack(int count, int offset) {
        return (1 + offset * offset) * (count < 4 ? 10 : 1);
    }

    static OpCase batchNorm(int n, int h, int offset) {
        return OpCase.of(
                        "batchNorm n=%d H=%d mean=%d".formatted(n, h, offset),
                        n,
                        d -> {
                            Tensor x = activations(d, n, h, offset);
                            Tensor scale = d.in("scale", h);
                            Tensor bias = d.in("bias", h);
                            Tensor runningMean = d.inOut("runningMean", h);
                            Tensor runningVar =
                                    d.inOut(Tensor.state("runningVar", h), () -> d.uniform(0.5, 2));
                            Tensor mean = d.out("mean", h);
                            Tensor rstd = d.out("rstd", h);
                            Tensor y = d.out("y", n, h);
                            return Program.of(
                                    new NormOp.BatchNorm(
                                            x,
                                            null,
                                            scale,
                                            bias,
                                            runningMean,
                                            runningVar,
                                            0.95f,
                                            mean,
                                            rstd,
                                            y));
                        })
                .slack(slack(n, offset));
    }

    private static OpCase frozen(int n, int h) {
        return OpCase.of(
                "batchNormFrozen n=%d H=%d".formatted(n, h),
                1,
                d -> {
                    Tensor x = activations(d, n, h, 1);
                    Tensor scale = d.in("scale", h);
                    Tensor bias = d.in("bias", h);
                    Tensor runningMean = d.in(Tensor.state("runningMean", h), d::normal);
                    Tensor runningVar =
                            d.in(Tensor.state("runningVar", h), () -> d.uniform(0.5, 2));
                    Tensor y = d.out("y", n, h);
                    return Program.of(
                            new NormOp.BatchNormFrozen(x, scale, bias, runningMean, runningVar, y));
                });
    }

    private static OpCase batchNormAdjoint(int n, int h, boolean withResidual) {
        return OpCase.of(
                "batchNormAdjoint n=%d H=%d%s".formatted(n, h, withResidual ? "" : ", no residual"),
                n,
                d -> {
                    Tensor x = activations(d, n, h, 0);
                    Tensor scale = d.in("scale", h);
                    Tensor mean = d.in(Tensor.parameter("mean", h), () -> d.uniform(-0.1, 0.1));
                    Tensor rstd = positive(d, "rstd", h);
                    Tensor dY = d.in("dY", n, h);
                    Tensor residual = withResidual ? d.in("residual", n, h) : null;
                    Tensor dScale = d.out("dScale", h);
                    Tensor dBias = d.out("dBias", h);
                    Tensor dX = d.out("dX", n, h);
                    return Program.of(
                            new NormOp.BatchNormAdjoint(
                                    x, null, scale, mean, rstd, dY, residual, dScale, dBias, dX));
                });
    }

    static OpCase layerNorm(int n, int h, int offset) {
        return OpCase.of(
                        "layerNorm n=%d H=%d mean=%d".formatted(n, h, offset),
                        h,
                        d -> {
                            Tensor x = activations(d, n, h, offset);
                            Tensor scale = d.in("scale", h);
                            Tensor bias = d.in("bias", h);
                            Tensor mean = d.out("mean", n);
                            Tensor rstd = d.out("rstd", n);
                            Tensor y = d.out("y", n, h);
                            return Program.of(new NormOp.LayerNorm(x, scale, bias, mean, rstd, y));
                        })
                .slack(slack(h, offset));
    }

    static OpCase layerNormAdjoint(int n, int h, boolean withResidual) {
        return OpCase.of(
                "layerNormAdjoint n=%d H=%d%s".formatted(n, h, withResidual ? "" : ", no residual"),
                Math.max(n, h),
                d -> {
                    Tensor x = activations(d, n, h, 0);
                    Tensor scale = d.in("scale", h);
                    Tensor mean = d.in(Tensor.parameter("mean", n), () -> d.uniform(-0.1, 0.1));
                    Tensor rstd = positive(d, "rstd", n);
                    Tensor dY = d.in("dY", n, h);
                    Tensor residual = withResidual ? d.in("residual", n, h) : null;
                    Tensor dScale = d.out("dScale", h);
                    Tensor dBias = d.out("dBias", h);
                    Tensor dX = d.out("dX", n, h);
                    return Program.of(
                            new NormOp.LayerNormAdjoint(
                                    x, scale, mean, rstd, dY, residual, dScale, dBias, dX));
                });
    }
}
