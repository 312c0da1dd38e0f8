package s5.cpu;

import s5.ops.Counters;
import s5.ops.Dropout;
import s5.ops.Tensor;

import java.util.Arrays;
import java.util.List;

/** Non-linearities, gates, dropout and sums; see {@link s5.ops.Ops}. */
final class ActivationOps {
    private final Recorder r;
    private final Activations k;

    ActivationOps(Recorder recorder) {
        r = recorder;
        k = recorder.kernels.activations();
    }

    /** Rows that share a row of the mask; all rows do when there is none. */
    private static int maskLength(String op, Tensor x, Tensor mask) {
        if (mask == null) {
            return Integer.MAX_VALUE;
        }
        Check.shape(op, "mask", mask, mask.rows(), x.columns());
        return Check.length(op, x, mask.rows());
    }

    void dropoutMask(Tensor counters, int site, float rate, Tensor mask) {
        Check.integers("dropoutMask", "counters", counters, Counters.SIZE);
        Check.matrix("dropoutMask", "mask", mask);
        Check.require(rate >= 0 && rate < 1, "dropoutMask: rate %s is not in [0, 1)", rate);
        int h = mask.columns();
        Buffer numbers = r.buffer(counters);
        Buffer out = r.buffer(mask);
        Blocks blocks = Blocks.of(mask.rows(), h);
        r.add(
                "dropoutMask",
                List.of(counters),
                List.of(mask),
                () ->
                        r.each(
                                blocks,
                                (from, to, _, _) -> {
                                    int seed = numbers.ints[Counters.SEED];
                                    int step = numbers.ints[Counters.STEP];
                                    for (int b = from; b < to; b++) {
                                        for (int j = 0; j < h; j++) {
                                            out.floats[b * h + j] =
                                                    Dropout.factor(seed, step, site, b, j, rate);
                                        }
                                    }
                                }));
    }

    void skipGelu(Tensor cx, Tensor d, Tensor u, Tensor mask, Tensor y, Tensor g) {
        Check.matrix("skipGelu", "cx", cx);
        int n = cx.rows();
        int h = cx.columns();
        Check.vector("skipGelu", "d", d, h);
        Check.shape("skipGelu", "u", u, n, h);
        int length = maskLength("skipGelu", cx, mask);
        Check.shapeOrNull("skipGelu", "y", y, n, h);
        Check.shape("skipGelu", "g", g, n, h);
        Buffer in = r.buffer(cx);
        Buffer factor = r.buffer(d);
        Buffer input = r.buffer(u);
        Buffer drop = r.bufferOr(mask, 1f, h);
        Buffer sum = y == null ? new Buffer() : r.buffer(y);
        Buffer out = r.buffer(g);
        Blocks blocks = Blocks.of(n, h);
        r.add(
                "skipGelu",
                Arrays.asList(cx, d, u, mask),
                Arrays.asList(y, g),
                y == cx ? List.of(cx) : List.of(),
                () ->
                        r.each(
                                blocks,
                                (from, to, _, _) ->
                                        k.skipGelu(
                                                in.floats,
                                                factor.floats,
                                                input.floats,
                                                drop.floats,
                                                length,
                                                sum.floats,
                                                out.floats,
                                                h,
                                                0,
                                                from,
                                                to)));
    }

    void skipGeluAdjoint(
            Tensor y,
            Tensor d,
            Tensor u,
            Tensor mask,
            Tensor dG,
            Tensor direct,
            Tensor dY,
            Tensor dD,
            Tensor dU) {
        Check.matrix("skipGeluAdjoint", "y", y);
        int n = y.rows();
        int h = y.columns();
        Check.vector("skipGeluAdjoint", "d", d, h);
        Check.shape("skipGeluAdjoint", "u", u, n, h);
        int length = maskLength("skipGeluAdjoint", y, mask);
        Check.shape("skipGeluAdjoint", "dG", dG, n, h);
        Check.shapeOrNull("skipGeluAdjoint", "direct", direct, n, h);
        Check.shape("skipGeluAdjoint", "dY", dY, n, h);
        Check.vector("skipGeluAdjoint", "dD", dD, h);
        Check.shape("skipGeluAdjoint", "dU", dU, n, h);
        Buffer at = r.buffer(y);
        Buffer factor = r.buffer(d);
        Buffer input = r.buffer(u);
        Buffer drop = r.bufferOr(mask, 1f, h);
        Buffer byG = r.buffer(dG);
        Buffer more = r.bufferOr(direct, 0f, h);
        int moreStride = direct == null ? 0 : h;
        Buffer byY = r.buffer(dY);
        Buffer byD = r.buffer(dD);
        Buffer byU = r.buffer(dU);
        Blocks blocks = Blocks.of(n, h);
        r.workspace.needFloats(blocks.count() * h);
        r.add(
                "skipGeluAdjoint",
                Arrays.asList(y, d, u, mask, dG, direct),
                List.of(dY, dD, dU),
                dY == direct || dY == dG ? List.of(dY) : List.of(),
                () -> {
                    r.each(
                            blocks,
                            (from, to, block, _) ->
                                    k.skipGeluAdjoint(
                                            at.floats,
                                            factor.floats,
                                            input.floats,
                                            drop.floats,
                                            length,
                                            byG.floats,
                                            more.floats,
                                            moreStride,
                                            byY.floats,
                                            byU.floats,
                                            r.workspace.floats(),
                                            block * h,
                                            h,
                                            0,
                                            from,
                                            to));
                    r.sumBlocks(blocks.count(), 0, h, h, byD.floats);
                });
    }

    void gate(
            Tensor v, Tensor vBias, Tensor z, Tensor zBias, Tensor mask, Tensor skip, Tensor out) {
        Check.matrix("gate", "v", v);
        int n = v.rows();
        int h = v.columns();
        Check.vectorOrNull("gate", "vBias", vBias, h);
        Check.shape("gate", "z", z, n, h);
        Check.vector("gate", "zBias", zBias, h);
        int length = maskLength("gate", v, mask);
        Check.shape("gate", "skip", skip, n, h);
        Check.shape("gate", "out", out, n, h);
        Buffer value = r.buffer(v);
        Buffer valueBias = r.bufferOr(vBias, 0f, h);
        Buffer gate = r.buffer(z);
        Buffer gateBias = r.buffer(zBias);
        Buffer drop = r.bufferOr(mask, 1f, h);
        Buffer residual = r.buffer(skip);
        Buffer result = r.buffer(out);
        Blocks blocks = Blocks.of(n, h);
        r.add(
                "gate",
                Arrays.asList(v, vBias, z, zBias, mask, skip),
                List.of(out),
                () ->
                        r.each(
                                blocks,
                                (from, to, _, _) ->
                                        k.gate(
                                                value.floats,
                                                valueBias.floats,
                                                gate.floats,
                                                gateBias.floats,
                                                drop.floats,
                                                length,
                                                residual.floats,
                                                result.floats,
                                                h,
                                                0,
                                                from,
                                                to)));
    }

    void gateAdjoint(
            Tensor v,
            Tensor vBias,
            Tensor z,
            Tensor zBias,
            Tensor mask,
            Tensor dOut,
            Tensor dV,
            Tensor dVBias,
            Tensor dZ,
            Tensor dZBias) {
        Check.matrix("gateAdjoint", "v", v);
        int n = v.rows();
        int h = v.columns();
        Check.vectorOrNull("gateAdjoint", "vBias", vBias, h);
        Check.shape("gateAdjoint", "z", z, n, h);
        Check.vector("gateAdjoint", "zBias", zBias, h);
        int length = maskLength("gateAdjoint", v, mask);
        Check.shape("gateAdjoint", "dOut", dOut, n, h);
        Check.shape("gateAdjoint", "dV", dV, n, h);
        Check.vectorOrNull("gateAdjoint", "dVBias", dVBias, h);
        Check.require(
                (vBias == null) == (dVBias == null), "gateAdjoint: one of vBias, dVBias is null");
        Check.shape("gateAdjoint", "dZ", dZ, n, h);
        Check.vector("gateAdjoint", "dZBias", dZBias, h);
        Buffer value = r.buffer(v);
        Buffer valueBias = r.bufferOr(vBias, 0f, h);
        Buffer gate = r.buffer(z);
        Buffer gateBias = r.buffer(zBias);
        Buffer drop = r.bufferOr(mask, 1f, h);
        Buffer byOut = r.buffer(dOut);
        Buffer byV = r.buffer(dV);
        Buffer byVBias = r.bufferOr(dVBias, 0f, h);
        Buffer byZ = r.buffer(dZ);
        Buffer byZBias = r.buffer(dZBias);
        Blocks blocks = Blocks.of(n, h);
        r.workspace.needFloats(blocks.count() * 2 * h);
        r.add(
                "gateAdjoint",
                Arrays.asList(v, vBias, z, zBias, mask, dOut),
                Arrays.asList(dV, dVBias, dZ, dZBias),
                () -> {
                    r.each(
                            blocks,
                            (from, to, block, _) ->
                                    k.gateAdjoint(
                                            value.floats,
                                            valueBias.floats,
                                            gate.floats,
                                            gateBias.floats,
                                            drop.floats,
                                            length,
                                            byOut.floats,
                                            byV.floats,
                                            byZ.floats,
                                            r.workspace.floats(),
                                            block * 2 * h,
                                            h,
                                            0,
                                            from,
                                            to));
                    r.sumBlocks(blocks.count(), 0, 2 * h, h, byVBias.floats);
                    r.sumBlocks(blocks.count(), h, 2 * h, h, byZBias.floats);
                });
    }

    void add(Tensor a, Tensor b, Tensor out) {
        Check.shape("add", "b", b, a.shape());
        Check.shape("add", "out", out, a.shape());
        Check.shape("add", "a", a, b.shape());
        Buffer one = r.buffer(a);
        Buffer other = r.buffer(b);
        Buffer sum = r.buffer(out);
        Blocks blocks = Blocks.flat(a.size());
        r.add(
                "add",
                List.of(a, b),
                List.of(out),
                () ->
                        r.each(
                                blocks,
                                (from, to, _, _) ->
                                        k.add(one.floats, other.floats, sum.floats, from, to)));
    }

    void gelu(Tensor x, Tensor out) {
        Check.shape("gelu", "out", out, x.shape());
        Check.shape("gelu", "x", x, out.shape());
        Buffer in = r.buffer(x);
        Buffer result = r.buffer(out);
        Blocks blocks = Blocks.flat(x.size());
        r.add(
                "gelu",
                List.of(x),
                List.of(out),
                () ->
                        r.each(
                                blocks,
                                (from, to, _, _) -> k.gelu(in.floats, result.floats, from, to)));
    }

    void geluAdjoint(Tensor x, Tensor dOut, Tensor dX) {
        Check.shape("geluAdjoint", "dOut", dOut, x.shape());
        Check.shape("geluAdjoint", "dX", dX, x.shape());
        Check.shape("geluAdjoint", "x", x, dX.shape());
        Buffer in = r.buffer(x);
        Buffer byOut = r.buffer(dOut);
        Buffer byX = r.buffer(dX);
        Blocks blocks = Blocks.flat(x.size());
        r.add(
                "geluAdjoint",
                List.of(x, dOut),
                List.of(dX),
                dX == dOut ? List.of(dX) : List.of(),
                () ->
                        r.each(
                                blocks,
                                (from, to, _, _) ->
                                        k.geluAdjoint(
                                                in.floats, byOut.floats, byX.floats, from, to)));
    }
}
