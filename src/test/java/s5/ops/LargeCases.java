package s5.ops;

import s5.ops.Discretizer.Method;

import java.util.stream.Stream;

/**
 * Sizes that take many work groups of a GPU, tiles of a scan and splits of a sum. Errors are
 * bounded by what was seen of short sums: here they are to stay there, however long the sum.
 */
final class LargeCases {
    private LargeCases() {}

    static Stream<OpCase> all() {
        return Stream.of(products(), norms(), scans(), timed()).flatMap(cases -> cases);
    }

    private static OpCase bounded(OpCase c, double error) {
        return c.slack(error / c.slack(1).tolerance());
    }

    private static OpCase atMost(OpCase c, double error) {
        return c.tolerance() <= error ? c : bounded(c, error);
    }

    private static Stream<OpCase> products() {
        // m, n, k; the number of a case picks what is transposed and added to.
        int[][] sizes = {
            {64, 64, 16}, {1000, 96, 33}, {12, 20, 5000}, {96, 65, 3001}, {17, 300, 40}
        };
        Stream.Builder<OpCase> cases = Stream.builder();
        for (int i = 0; i < sizes.length; i++) {
            int[] s = sizes[i];
            for (int o : new int[] {i + 2, (5 * i + 5) % 8}) {
                cases.add(
                        ProductCases.matmul(
                                s[0], s[2], s[1], (o & 1) != 0, (o & 2) != 0, (o & 4) != 0));
            }
        }
        return cases.build();
    }

    private static Stream<OpCase> norms() {
        int[][] sizes = {{63, 15}, {257, 300}, {129, 512}, {40001, 4}};
        return Stream.concat(
                Stream.of(sizes).flatMap(s -> NormCases.all(s[0], s[1])).map(c -> atMost(c, 6e-5)),
                Stream.of(
                        NormCases.layerNorm(33, 700, 0),
                        NormCases.layerNormAdjoint(20, 700, true),
                        atMost(NormCases.layerNormAdjoint(200003, 8, false), 6e-5),
                        // Where E[x^2] - E[x]^2 in single precision has no digit left.
                        atMost(NormCases.batchNorm(3000, 17, 4000), 1.5e-3),
                        atMost(NormCases.layerNorm(50, 100, 4000), 1.5e-3)));
    }

    // ---- scans
    // -----------------------------------------------------------------------------------

    private static Stream<OpCase> scans() {
        // Sequences, length, states, directions.
        int[][] sizes = {
            {2, 1000, 15, 2},
            {2, 784, 64, 1},
            {1, 2049, 96, 2},
            {64, 130, 4, 2},
            {2, 513, 192, 2},
            {1, 100, 512, 1},
            {1, 16384, 16, 2}
        };
        return Stream.of(sizes).flatMap(s -> Stream.of(scan(s), scanAdjoint(s)));
    }

    /** An S5 layer's: some states forget within a few positions, some hardly ever. */
    private static Tensor lambdaBar(Draft d, int states) {
        float[] values = new float[2 * states];
        for (int p = 0; p < states; p++) {
            double step = Math.exp(d.uniform(Math.log(1e-3), Math.log(1e-1)));
            double size = Math.exp(-0.5 * step);
            double angle = Math.PI * p * step;
            values[p] = (float) (size * Math.cos(angle));
            values[states + p] = (float) (size * Math.sin(angle));
        }
        return d.in(Tensor.parameter("lambdaBar", 2 * states), values);
    }

    private static String name(String op, int[] s) {
        return "%s B=%d L=%d P=%d%s"
                .formatted(op, s[0], s[1], s[2], s[3] == 2 ? " bidirectional" : "");
    }

    private static OpCase scan(int[] s) {
        int n = s[0] * s[1];
        int width = 2 * s[2];
        return bounded(
                OpCase.of(
                        name("scan of a layer", s),
                        s[1],
                        d -> {
                            Tensor lambdaBar = lambdaBar(d, s[2]);
                            Tensor bu = d.in("bu", n, width);
                            Tensor x = d.out("x", n, width * s[3]);
                            return Program.of(new ScanOp.Scan(lambdaBar, bu, s[1], s[3] == 2, x));
                        }),
                1e-5);
    }

    private static OpCase scanAdjoint(int[] s) {
        int n = s[0] * s[1];
        int width = 2 * s[2];
        return bounded(
                OpCase.of(
                        name("scanAdjoint of a layer", s),
                        s[1],
                        d -> {
                            Tensor lambdaBar = lambdaBar(d, s[2]);
                            Tensor x = d.in("x", n, width * s[3]);
                            Tensor dX = d.in("dX", n, width * s[3]);
                            Tensor dBu = d.out("dBu", n, width);
                            Tensor dLambdaBar = d.out("dLambdaBar", width);
                            return Program.of(
                                    new ScanOp.ScanAdjoint(
                                            lambdaBar, x, dX, s[1], s[3] == 2, dBu, dLambdaBar));
                        }),
                1e-5);
    }

    // ---- scans with time steps of their own
    // ------------------------------------------------------

    private static Stream<OpCase> timed() {
        int[][] sizes = {
            {1, 20000, 8, 2}, {2, 700, 100, 2}, {1, 600, 97, 1}, {1, 70000, 1, 1}, {3, 257, 3, 2}
        };
        return Stream.of(sizes)
                .flatMap(s ->
                        Stream.of(Method.values())
                                .flatMap(m -> Stream.of(timed(s, m), timedAdjoint(s, m))));
    }

    private static Poles poles(Draft d, int states) {
        return new Poles(
                d.in(Tensor.parameter("lambdaRe", states), () -> -0.5 + 0.05 * d.normal()),
                d.in(Tensor.parameter("lambdaIm", states), () -> -2 + d.normal()),
                d.in(Tensor.parameter("logStep", states, 1), () -> -4 + 0.5 * d.normal()));
    }

    private static Tensor steps(Draft d, int[] s) {
        return d.in(Tensor.input("dt", s[0], s[1]), () -> Math.abs(2 + 0.5 * d.normal()));
    }

    private static OpCase timed(int[] s, Method method) {
        int n = s[0] * s[1];
        int width = 2 * s[2];
        return bounded(
                OpCase.of(
                        name("scanTimed of any steps", s) + " " + method,
                        s[1],
                        d -> {
                            Poles poles = poles(d, s[2]);
                            Tensor dt = steps(d, s);
                            Tensor w = d.in("w", n, width);
                            Tensor x = d.out("x", n, width * s[3]);
                            return Program.of(
                                    new TimedOp.ScanTimed(
                                            poles,
                                            dt,
                                            w,
                                            new Discretizer(method, false, 1),
                                            s[3] == 2,
                                            x));
                        }),
                2e-5);
    }

    private static OpCase timedAdjoint(int[] s, Method method) {
        int n = s[0] * s[1];
        int width = 2 * s[2];
        return bounded(
                OpCase.of(
                        name("scanTimedAdjoint of any steps", s) + " " + method,
                        s[1],
                        d -> {
                            Poles poles = poles(d, s[2]);
                            Tensor dt = steps(d, s);
                            Tensor w = d.in("w", n, width);
                            Tensor x = d.in("x", n, width * s[3]);
                            Tensor dX = d.in("dX", n, width * s[3]);
                            Tensor dW = d.out("dW", n, width);
                            // two of the gradients in one array, one in another
                            Poles dPoles =
                                    new Poles(
                                            d.output("dLambdaRe", s[2]),
                                            d.out("dLambdaIm", s[2]),
                                            d.out("dLogStep", s[2], 1));
                            return Program.of(
                                    new TimedOp.ScanTimedAdjoint(
                                            poles,
                                            dt,
                                            w,
                                            new Discretizer(method, false, 1),
                                            s[3] == 2,
                                            x,
                                            dX,
                                            dW,
                                            dPoles));
                        }),
                2e-5);
    }
}
