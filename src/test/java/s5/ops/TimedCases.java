package s5.ops;

import s5.ops.Discretizer.Method;

import java.util.stream.Stream;

/** Cases of the scan with a time step of its own at every position. */
final class TimedCases {
    private TimedCases() {}

    /** Which eigenvalues and time steps. */
    private enum Kind {
        /** Time steps are small whole numbers, as in the pendulum experiment. */
        USUAL,
        /** Real parts on both sides of the limit that clip sets, and any time steps. */
        CLIPPED,
        /** {@code Lambda Delta} around 1e-6, where a difference of exponentials has no digits. */
        TINY
    }

    static Stream<OpCase> all() {
        return Stream.concat(inputMatrix(), scan());
    }

    private static Stream<OpCase> inputMatrix() {
        int[][] sizes = {{1, 1}, {1, 33}, {2, 7}, {3, 2}, {7, 129}, {33, 3}, {8, 30}, {128, 96}};
        return Stream.of(sizes).flatMap(s -> inputMatrix(s[0], s[1]));
    }

    private static Stream<OpCase> inputMatrix(int p, int h) {
        String size = " P=%d H=%d".formatted(p, h);
        return Stream.of(
                OpCase.of(
                        "inputMatrix" + size,
                        1,
                        d -> {
                            Tensor b = d.in("b", p, h, 2);
                            Tensor bMatrix = d.out("bMatrix", h, 2 * p);
                            return Program.of(new TimedOp.InputMatrix(b, bMatrix));
                        }),
                OpCase.of(
                        "inputMatrixAdjoint" + size,
                        1,
                        d -> {
                            Tensor dBMatrix = d.in("dBMatrix", h, 2 * p);
                            Tensor dB = d.out("dB", p, h, 2);
                            return Program.of(new TimedOp.InputMatrixAdjoint(dBMatrix, dB));
                        }));
    }

    private static Stream<OpCase> scan() {
        // Sequences, length, states.
        int[][] sizes = {
            {1, 1, 1},
            {3, 1, 2},
            {1, 2, 3},
            {2, 3, 1},
            {7, 7, 7},
            {2, 31, 3},
            {3, 64, 33},
            {2, 129, 17},
            {33, 50, 8},
            {1, 1000, 7}
        };
        return Stream.of(sizes)
                .flatMap(s ->
                        Stream.of(Method.values())
                                .flatMap(m ->
                                        Stream.of(Kind.values())
                                                .flatMap(kind ->
                                                        Stream.of(false, true)
                                                                .flatMap(both ->
                                                                        scan(s, m, kind, both)))));
    }

    private static Stream<OpCase> scan(int[] size, Method method, Kind kind, boolean both) {
        int n = size[0] * size[1];
        int p = size[2];
        float rescale = p % 2 == 0 ? 2 : 1;
        Discretizer discretizer = new Discretizer(method, kind == Kind.CLIPPED, rescale);
        String name =
                " B=%d L=%d P=%d %s %s x%s%s"
                        .formatted(
                                size[0],
                                size[1],
                                p,
                                method,
                                kind,
                                rescale,
                                both ? " bidirectional" : "");
        int width = both ? 4 * p : 2 * p;
        OpCase forward =
                OpCase.of(
                        "scanTimed" + name,
                        size[1],
                        d -> {
                            Poles poles = poles(d, p, kind);
                            Tensor dt = steps(d, size[0], size[1], kind);
                            Tensor w = d.in("w", n, 2 * p);
                            Tensor x = d.out("x", n, width);
                            return Program.of(
                                    new TimedOp.ScanTimed(poles, dt, w, discretizer, both, x));
                        });
        OpCase adjoint =
                OpCase.of(
                        "scanTimedAdjoint" + name,
                        2 * n,
                        d -> {
                            Poles poles = poles(d, p, kind);
                            Tensor dt = steps(d, size[0], size[1], kind);
                            Tensor w = d.in("w", n, 2 * p);
                            Tensor x = d.in("x", n, width);
                            Tensor dX = d.in("dX", n, width);
                            Tensor dW = d.out("dW", n, 2 * p);
                            Poles dPoles = d.dPoles(p);
                            return Program.of(
                                    new TimedOp.ScanTimedAdjoint(
                                            poles, dt, w, discretizer, both, x, dX, dW, dPoles));
                        });
        // Single precision knows log Delta to 7 * 2^-24; the phase Im Lambda Delta dt is up to 6,
        // and adds up over the positions that a state remembers.
        return Stream.of(forward.slack(40), adjoint.slack(40));
    }

    /** With Delta from 0.01 to 0.1. */
    private static Poles poles(Draft d, int p, Kind kind) {
        double size = kind == Kind.TINY ? 1e-5 : 1;
        return new Poles(
                d.in(
                        Tensor.parameter("lambdaRe", p),
                        () ->
                                size
                                        * (kind == Kind.CLIPPED
                                                ? d.uniform(-0.5, 0.2)
                                                : d.uniform(-1, -0.1))),
                d.in(Tensor.parameter("lambdaIm", p), () -> size * d.uniform(-10, 10)),
                d.in(
                        Tensor.parameter("logStep", p, 1),
                        () -> d.uniform(Math.log(0.01), Math.log(0.1))));
    }

    private static Tensor steps(Draft d, int batch, int length, Kind kind) {
        return d.in(
                Tensor.input("dt", batch, length),
                () -> kind == Kind.CLIPPED ? d.uniform(0, 3) : 1 + d.index(6));
    }
}
