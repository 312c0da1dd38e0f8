package s5.ops;

import java.util.stream.Stream;

/** Cases of dropout, gelu, gate and addition. */
final class ActivationCases {
    private ActivationCases() {}

    /** Sequences, length, features. */
    private static final int[][] SIZES = {
        {1, 1, 1},
        {1, 7, 3},
        {2, 1, 7},
        {3, 2, 33},
        {7, 33, 1},
        {33, 3, 129},
        {129, 2, 2},
        {2, 400, 96},
        {1, 1025, 64},
        {1, 5000, 7},
        {5, 1000, 1}
    };

    static Stream<OpCase> all() {
        return Stream.of(SIZES)
                .flatMap(s ->
                        Stream.of(
                                        dropout(s[0], s[2]),
                                        skipGelu(s[0], s[1], s[2]),
                                        skipGeluAdjoint(s[0], s[1], s[2]),
                                        gate(s[0], s[1], s[2]),
                                        plain(s[0] * s[1], s[2]))
                                .flatMap(cases -> cases));
    }

    private static String size(int batch, int length, int h) {
        return " B=%d L=%d H=%d".formatted(batch, length, h);
    }

    private static Stream<OpCase> dropout(int batch, int h) {
        return Stream.of(0f, 0.1f, 0.5f)
                .map(rate ->
                        OpCase.of(
                                "dropoutMask B=%d H=%d rate=%s".formatted(batch, h, rate),
                                1,
                                d -> {
                                    Tensor counters =
                                            d.counters(
                                                    d.index(100_000),
                                                    d.index(Integer.MAX_VALUE),
                                                    1,
                                                    0);
                                    Tensor mask = d.out("mask", batch, h);
                                    return Program.of(
                                            new LayerOp.DropoutMask(counters, 11, rate, mask));
                                }));
    }

    /** Pre-activations, some of them far out, where tanh is 1. */
    private static Tensor wide(Draft d, String name, int n, int h) {
        return d.in(Tensor.parameter(name, n, h), () -> (d.index(10) == 0 ? 10 : 1.5) * d.normal());
    }

    private static Tensor maskOrNull(Draft d, boolean masked, int batch, int h) {
        return masked ? d.mask(batch, h) : null;
    }

    /** Where skipGelu leaves y. */
    private enum Y {
        OWN,
        SAME_AS_CX,
        NULL
    }

    private static Stream<OpCase> skipGelu(int batch, int length, int h) {
        return Stream.of(Y.values())
                .flatMap(y ->
                        Stream.of(true, false)
                                .map(masked -> skipGelu(batch, length, h, y, masked)));
    }

    private static OpCase skipGelu(int batch, int length, int h, Y kind, boolean masked) {
        int n = batch * length;
        return OpCase.of(
                        "skipGelu%s y %s%s"
                                .formatted(size(batch, length, h), kind, masked ? "" : ", no mask"),
                        1,
                        d -> {
                            Tensor cx =
                                    kind == Y.SAME_AS_CX
                                            ? d.inOut("cx", n, h)
                                            : wide(d, "cx", n, h);
                            Tensor skip = d.in("d", h);
                            Tensor u = d.in("u", n, h);
                            Tensor mask = maskOrNull(d, masked, batch, h);
                            Tensor y =
                                    kind == Y.OWN ? d.out("y", n, h) : kind == Y.NULL ? null : cx;
                            Tensor g = d.out("g", n, h);
                            return Program.of(new LayerOp.SkipGelu(cx, skip, u, mask, y, g));
                        })
                // cx and D u may nearly cancel.
                .slack(2);
    }

    /** Which tensors skipGeluAdjoint has in common. */
    private enum Same {
        NONE,
        DIRECT_AND_DY,
        DG_AND_DY,
        NO_DIRECT
    }

    private static Stream<OpCase> skipGeluAdjoint(int batch, int length, int h) {
        return Stream.of(Same.values())
                .flatMap(same ->
                        Stream.of(true, false)
                                .map(masked -> skipGeluAdjoint(batch, length, h, same, masked)));
    }

    private static OpCase skipGeluAdjoint(int batch, int length, int h, Same same, boolean masked) {
        int n = batch * length;
        return OpCase.of(
                "skipGeluAdjoint%s %s%s"
                        .formatted(size(batch, length, h), same, masked ? "" : ", no mask"),
                n,
                d -> {
                    Tensor y = wide(d, "y", n, h);
                    Tensor skip = d.in("d", h);
                    Tensor u = d.in("u", n, h);
                    Tensor mask = maskOrNull(d, masked, batch, h);
                    Tensor dY =
                            switch (same) {
                                case NONE, NO_DIRECT -> d.out("dY", n, h);
                                case DIRECT_AND_DY, DG_AND_DY -> d.inOut("dY", n, h);
                            };
                    Tensor dG = same == Same.DG_AND_DY ? dY : d.in("dG", n, h);
                    Tensor direct =
                            switch (same) {
                                case NONE, DG_AND_DY -> d.in("direct", n, h);
                                case DIRECT_AND_DY -> dY;
                                case NO_DIRECT -> null;
                            };
                    Tensor dD = d.out("dD", h);
                    Tensor dU = d.out("dU", n, h);
                    return Program.of(
                            new LayerOp.SkipGeluAdjoint(y, skip, u, mask, dG, direct, dY, dD, dU));
                });
    }

    private static Stream<OpCase> gate(int batch, int length, int h) {
        return Stream.of(true, false)
                .flatMap(biased ->
                        Stream.of(true, false)
                                .flatMap(masked ->
                                        Stream.of(
                                                gate(batch, length, h, biased, masked),
                                                gateAdjoint(batch, length, h, biased, masked))));
    }

    private static String options(boolean biased, boolean masked) {
        return (biased ? "" : ", no vBias") + (masked ? "" : ", no mask");
    }

    private static OpCase gate(int batch, int length, int h, boolean biased, boolean masked) {
        int n = batch * length;
        return OpCase.of(
                "gate" + size(batch, length, h) + options(biased, masked),
                1,
                d -> {
                    Tensor v = d.in("v", n, h);
                    Tensor vBias = biased ? d.in("vBias", h) : null;
                    Tensor z = wide(d, "z", n, h);
                    Tensor zBias = d.in("zBias", h);
                    Tensor mask = maskOrNull(d, masked, batch, h);
                    Tensor skip = d.in("skip", n, h);
                    Tensor out = d.out("out", n, h);
                    return Program.of(new LayerOp.Gate(v, vBias, z, zBias, mask, skip, out));
                });
    }

    private static OpCase gateAdjoint(
            int batch, int length, int h, boolean biased, boolean masked) {
        int n = batch * length;
        return OpCase.of(
                "gateAdjoint" + size(batch, length, h) + options(biased, masked),
                n,
                d -> {
                    Tensor v = d.in("v", n, h);
                    Tensor vBias = biased ? d.in("vBias", h) : null;
                    Tensor z = wide(d, "z", n, h);
                    Tensor zBias = d.in("zBias", h);
                    Tensor mask = maskOrNull(d, masked, batch, h);
                    Tensor dOut = d.in("dOut", n, h);
                    Tensor dV = d.out("dV", n, h);
                    Tensor dVBias = biased ? d.out("dVBias", h) : null;
                    Tensor dZ = d.out("dZ", n, h);
                    Tensor dZBias = d.out("dZBias", h);
                    return Program.of(
                            new LayerOp.GateAdjoint(
                                    v, vBias, z, zBias, mask, dOut, dV, dVBias, dZ, dZBias));
                });
    }

    private static Stream<OpCase> plain(int n, int h) {
        String size = " n=%d H=%d".formatted(n, h);
        return Stream.of(
                OpCase.of(
                        "add" + size,
                        1,
                        d -> {
                            Tensor a = d.in("a", n, h);
                            Tensor b = d.in("b", n, h);
                            Tensor out = d.out("out", n, h);
                            return Program.of(new LayerOp.Add(a, b, out));
                        }),
                OpCase.of(
                        "gelu" + size,
                        1,
                        d -> {
                            Tensor x = wide(d, "x", n, h);
                            Tensor out = d.out("out", n, h);
                            return Program.of(new LayerOp.Gelu(x, out));
                        }),
                OpCase.of(
                        "geluAdjoint" + size,
                        1,
                        d -> {
                            Tensor x = wide(d, "x", n, h);
                            Tensor dOut = d.in("dOut", n, h);
                            Tensor dX = d.out("dX", n, h);
                            return Program.of(new LayerOp.GeluAdjoint(x, dOut, dX));
                        }),
                OpCase.of(
                        "geluAdjoint" + size + " in place",
                        1,
                        d -> {
                            Tensor x = wide(d, "x", n, h);
                            Tensor dX = d.inOut("dX", n, h);
                            return Program.of(new LayerOp.GeluAdjoint(x, dX, dX));
                        }));
    }
}
