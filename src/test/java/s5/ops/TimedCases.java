package s5.ops;

import s5.ops.Ops.Discretization;

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
                            return ops -> ops.inputMatrix(b, bMatrix);
                        }),
                OpCase.of(
                        "inputMatrixAdjoint" + size,
                        1,
                        d -> {
                            Tensor dBMatrix = d.in("dBMatrix", h, 2 * p);
                            Tensor dB = d.out("dB", p, h, 2);
                            return ops -> ops.inputMatrixAdjoint(dBMatrix, dB);
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
                        Stream.of(Discretization.values())
                                .flatMap(m ->
                                        Stream.of(Kind.values())
                                                .flatMap(kind ->
                                                        Stream.of(false, true)
                                                                .flatMap(both ->
                                                                        scan(s, m, kind, both)))));
    }

    private static Stream<OpCase> scan(int[] size, Discretization method, Kind kind, boolean both) {
        int n = size[0] * size[1];
        int p = size[2];
        boolean clip = kind == Kind.CLIPPED;
        float rescale = p % 2 == 0 ? 2 : 1;
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
                            Tensor[] t = system(d, p, kind);
                            Tensor dt = steps(d, size[0], size[1], kind);
                            Tensor w = d.in("w", n, 2 * p);
                            Tensor x = d.out("x", n, width);
                            return ops ->
                                    ops.scanTimed(
                                            t[0], t[1], t[2], dt, w, method, clip, rescale, both,
                                            x);
                        });
        OpCase adjoint =
                OpCase.of(
                        "scanTimedAdjoint" + name,
                        2 * n,
                        d -> {
                            Tensor[] t = system(d, p, kind);
                            Tensor dt = steps(d, size[0], size[1], kind);
                            Tensor w = d.in("w", n, 2 * p);
                            Tensor x = d.in("x", n, width);
                            Tensor dX = d.in("dX", n, width);
                            Tensor dW = d.out("dW", n, 2 * p);
                            Tensor dRe = d.out("dLambdaRe", p);
                            Tensor dIm = d.out("dLambdaIm", p);
                            Tensor dLog = d.out("dLogStep", p, 1);
                            return ops ->
                                    ops.scanTimedAdjoint(
                                            t[0], t[1], t[2], dt, w, method, clip, rescale, both, x,
                                            dX, dW, dRe, dIm, dLog);
                        });
        // Single precision knows log Delta to 7 * 2^-24; the phase Im Lambda Delta dt is up to 6,
        // and adds up over the positions that a state remembers.
        return Stream.of(forward.slack(40), adjoint.slack(40));
    }

    /** Lambda, in two parts, and log Delta, with Delta from 0.01 to 0.1. */
    private static Tensor[] system(Draft d, int p, Kind kind) {
        double size = kind == Kind.TINY ? 1e-5 : 1;
        return new Tensor[] {
            d.in(
                    Tensor.parameter("lambdaRe", p),
                    () ->
                            size
                                    * (kind == Kind.CLIPPED
                                            ? d.uniform(-0.5, 0.2)
                                            : d.uniform(-1, -0.1))),
            d.in(Tensor.parameter("lambdaIm", p), () -> size * d.uniform(-10, 10)),
            d.in(Tensor.parameter("logStep", p, 1), () -> d.uniform(Math.log(0.01), Math.log(0.1)))
        };
    }

    private static Tensor steps(Draft d, int batch, int length, Kind kind) {
        return d.in(
                Tensor.input("dt", batch, length),
                () -> kind == Kind.CLIPPED ? d.uniform(0, 3) : 1 + d.index(6));
    }
}
