package s5.ops;

import s5.ops.Discretizer.Method;

import java.util.List;
import java.util.stream.Stream;

/** Cases of discretization, readout and scan. */
final class StateSpaceCases {
    private StateSpaceCases() {}

    static Stream<OpCase> all() {
        return Stream.of(discretize(), readout(), scan()).flatMap(cases -> cases);
    }

    // ---- discretization
    // --------------------------------------------------------------------------

    /** Where the eigenvalues are. */
    private enum Spectrum {
        /** As HiPPO has them: real parts around -1/2, imaginary parts to 40. */
        USUAL,
        /** Real parts on both sides of the limit that clip sets. */
        CLIPPED,
        /**
         * {@code Lambda Delta} from 0 to 1e-2, where a difference of exponentials has no digits
         * left.
         */
        TINY
    }

    private static Stream<OpCase> discretize() {
        int[][] sizes = {
            {1, 1}, {1, 33}, {2, 3}, {3, 2}, {7, 1}, {33, 7}, {129, 33}, {64, 96}, {8, 512}
        };
        return Stream.of(sizes)
                .flatMap(s ->
                        Stream.of(Method.values())
                                .flatMap(m ->
                                        Stream.of(Spectrum.values())
                                                .flatMap(k -> discretize(s[0], s[1], m, k))));
    }

    private static Stream<OpCase> discretize(int p, int h, Method method, Spectrum spectrum) {
        float rescale = h % 2 == 0 ? 2 : 1;
        Discretizer discretizer = new Discretizer(method, spectrum == Spectrum.CLIPPED, rescale);
        String name = "%s P=%d H=%d %s %s x%s".formatted("%s", p, h, method, spectrum, rescale);
        OpCase forward =
                OpCase.of(
                        name.formatted("discretize"),
                        1,
                        d -> {
                            Continuous s = continuous(d, p, h, spectrum);
                            Tensor lambdaBar = d.out("lambdaBar", 2 * p);
                            Tensor bBar = d.out("bBar", h, 2 * p);
                            return Program.of(
                                    new ScanOp.Discretize(
                                            s.poles, s.b, discretizer, lambdaBar, bBar));
                        });
        OpCase adjoint =
                OpCase.of(
                        name.formatted("discretizeAdjoint"),
                        h,
                        d -> {
                            Continuous s = continuous(d, p, h, spectrum);
                            Tensor dLambdaBar = d.in("dLambdaBar", 2 * p);
                            Tensor dBBar = d.in("dBBar", h, 2 * p);
                            Poles dPoles = d.dPoles(p);
                            Tensor dB = d.out("dB", p, h, 2);
                            return Program.of(
                                    new ScanOp.DiscretizeAdjoint(
                                            s.poles,
                                            s.b,
                                            discretizer,
                                            dLambdaBar,
                                            dBBar,
                                            dPoles,
                                            dB));
                        });
        // Single precision knows log Delta to 7 * 2^-24, and the phase Im Lambda Delta is up to 8.
        return Stream.of(forward.slack(8), adjoint.slack(8));
    }

    /** An SSM in continuous time. */
    private record Continuous(Poles poles, Tensor b) {}

    /** With Delta from 0.001 to 0.1. */
    private static Continuous continuous(Draft d, int p, int h, Spectrum spectrum) {
        float[] re = new float[p];
        float[] im = new float[p];
        for (int i = 0; i < p; i++) {
            if (spectrum == Spectrum.TINY) {
                double size = i == 0 ? 0 : Math.pow(10, d.uniform(-6, -1));
                re[i] = (float) (size * d.normal());
                im[i] = (float) (size * d.normal());
            } else {
                re[i] =
                        (float)
                                (spectrum == Spectrum.USUAL
                                        ? d.uniform(-1, -0.1)
                                        : d.uniform(-0.5, 0.5));
                im[i] = (float) d.uniform(-40, 40);
            }
        }
        Poles poles =
                new Poles(
                        d.in(Tensor.parameter("lambdaRe", p), re),
                        d.in(Tensor.parameter("lambdaIm", p), im),
                        d.in(
                                Tensor.parameter("logStep", p, 1),
                                () -> d.uniform(Math.log(0.001), Math.log(0.1))));
        return new Continuous(poles, d.in("b", p, h, 2));
    }

    // ---- readout
    // ---------------------------------------------------------------------------------

    private static Stream<OpCase> readout() {
        int[][] sizes = {{1, 1}, {1, 33}, {2, 7}, {3, 2}, {7, 129}, {33, 3}, {64, 96}, {128, 128}};
        return Stream.of(sizes)
                .flatMap(s ->
                        Stream.of(Readout.values())
                                .flatMap(kind ->
                                        Stream.of(
                                                readout(s[0], s[1], kind),
                                                readoutAdjoint(s[0], s[1], kind))));
    }

    private enum Readout {
        ONE,
        TWO,
        /** One tensor for both directions. */
        SHARED
    }

    private static OpCase readout(int p, int h, Readout kind) {
        int directions = kind == Readout.ONE ? 1 : 2;
        float factor = p % 2 == 0 ? 2 : 1;
        return OpCase.of(
                "readout P=%d H=%d %s".formatted(p, h, kind),
                1,
                d -> {
                    Tensor c1 = d.in("c1", h, kind == Readout.SHARED ? 2 * p : p, 2);
                    Tensor c2 = kind == Readout.TWO ? d.in("c2", h, p, 2) : c1;
                    Tensor cMatrix = d.out("cMatrix", 2 * p * directions, h);
                    List<Tensor> c = kind == Readout.ONE ? List.of(c1) : List.of(c1, c2);
                    return Program.of(new ScanOp.Readout(c, factor, cMatrix));
                });
    }

    private static OpCase readoutAdjoint(int p, int h, Readout kind) {
        int directions = kind == Readout.ONE ? 1 : 2;
        float factor = p % 2 == 0 ? 2 : 1;
        return OpCase.of(
                "readoutAdjoint P=%d H=%d %s".formatted(p, h, kind),
                1,
                d -> {
                    Tensor dCMatrix = d.in("dCMatrix", 2 * p * directions, h);
                    Tensor dC1 = d.out("dC1", h, kind == Readout.SHARED ? 2 * p : p, 2);
                    Tensor dC2 = kind == Readout.TWO ? d.out("dC2", h, p, 2) : dC1;
                    List<Tensor> dC = kind == Readout.ONE ? List.of(dC1) : List.of(dC1, dC2);
                    return Program.of(new ScanOp.ReadoutAdjoint(dCMatrix, factor, dC));
                });
    }

    // ---- scan
    // ------------------------------------------------------------------------------------

    private static Stream<OpCase> scan() {
        // Sequences, length, states: odd sizes, lengths around powers of two, many rows, a real
        // layer.
        int[][] sizes = {
            {1, 1, 1},
            {3, 1, 2},
            {1, 2, 3},
            {2, 3, 1},
            {7, 7, 7},
            {1, 33, 2},
            {2, 31, 3},
            {2, 32, 3},
            {3, 63, 1},
            {3, 64, 33},
            {2, 65, 7},
            {1, 127, 2},
            {1, 128, 3},
            {2, 129, 129},
            {1, 255, 3},
            {2, 257, 1},
            {2, 400, 64},
            {1, 1000, 7},
            {3, 1023, 2},
            {1, 2049, 5},
            {1, 5000, 2},
            {33, 150, 1}
        };
        return Stream.of(sizes)
                .flatMap(s ->
                        Stream.of(false, true)
                                .flatMap(both ->
                                        Stream.of(
                                                scan(s[0], s[1], s[2], both),
                                                scanAdjoint(s[0], s[1], s[2], both))));
    }

    /** Eigenvalues of absolute value from 0.5 to 0.9999, and every fifth a little above 1. */
    private static Tensor lambdaBar(Draft d, int p) {
        float[] values = new float[2 * p];
        for (int i = 0; i < p; i++) {
            double size = i % 5 == 4 ? 1.0002 : 1 - Math.pow(10, d.uniform(-4, -0.3));
            double angle = d.uniform(-Math.PI, Math.PI);
            values[i] = (float) (size * Math.cos(angle));
            values[p + i] = (float) (size * Math.sin(angle));
        }
        return d.in(Tensor.parameter("lambdaBar", 2 * p), values);
    }

    private static String name(String op, int batch, int length, int p, boolean both) {
        return "%s B=%d L=%d P=%d%s".formatted(op, batch, length, p, both ? " bidirectional" : "");
    }

    /**
     * What a chunked scan does to Lambda_bar: its power over a chunk has the rounding errors of as
     * many products, all in one direction. So the error may grow with the length and not its root.
     */
    private static double slack(int length) {
        return 1 + Math.sqrt(length) / 2;
    }

    private static OpCase scan(int batch, int length, int p, boolean both) {
        return OpCase.of(
                        name("scan", batch, length, p, both),
                        length,
                        d -> {
                            Tensor lambdaBar = lambdaBar(d, p);
                            Tensor bu = d.in("bu", batch * length, 2 * p);
                            Tensor x = d.out("x", batch * length, both ? 4 * p : 2 * p);
                            return Program.of(new ScanOp.Scan(lambdaBar, bu, length, both, x));
                        })
                .slack(slack(length));
    }

    private static OpCase scanAdjoint(int batch, int length, int p, boolean both) {
        int d2 = both ? 4 * p : 2 * p;
        return OpCase.of(
                        name("scanAdjoint", batch, length, p, both),
                        2 * batch * length,
                        d -> {
                            Tensor lambdaBar = lambdaBar(d, p);
                            Tensor x = d.in("x", batch * length, d2);
                            Tensor dX = d.in("dX", batch * length, d2);
                            Tensor dBu = d.out("dBu", batch * length, 2 * p);
                            Tensor dLambdaBar = d.out("dLambdaBar", 2 * p);
                            return Program.of(
                                    new ScanOp.ScanAdjoint(
                                            lambdaBar, x, dX, length, both, dBu, dLambdaBar));
                        })
                .slack(slack(length));
    }
}
