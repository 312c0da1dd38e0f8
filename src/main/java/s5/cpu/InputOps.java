package s5.cpu;

import s5.ops.Tensor;

import java.util.Arrays;
import java.util.List;

/** Embedding, dense layers and matrix products; see {@link s5.ops.Ops}. */
final class InputOps {
    private static final int EMBED_PARTS = 16;
    private static final int EMBED_ROWS = 1_024;
    private static final int EMBED_DOUBLES = 1 << 22;

    private final Recorder r;

    InputOps(Recorder recorder) {
        r = recorder;
    }

    void embed(Tensor tokens, Tensor w, Tensor bias, Tensor out) {
        Check.matrix("embed", "w", w);
        int v = w.rows();
        int h = w.columns();
        Check.integers("embed", "tokens", tokens, tokens.size());
        Check.vector("embed", "bias", bias, h);
        Check.shape("embed", "out", out, tokens.size(), h);
        Buffer index = r.buffer(tokens);
        Buffer table = r.buffer(w);
        Buffer shift = r.buffer(bias);
        Buffer result = r.buffer(out);
        Blocks blocks = Blocks.of(tokens.size(), h);
        r.add(
                "embed",
                List.of(tokens, w, bias),
                List.of(out),
                () ->
                        r.each(
                                blocks,
                                (from, to, _, _) -> {
                                    float[] in = table.floats;
                                    float[] plus = shift.floats;
                                    float[] x = result.floats;
                                    for (int i = from; i < to; i++) {
                                        int at = token(tokens, index.ints[i], i, v) * h;
                                        for (int j = 0; j < h; j++) {
                                            x[i * h + j] = in[at + j] + plus[j];
                                        }
                                    }
                                }));
    }

    private static int token(Tensor tokens, int token, int i, int v) {
        if (token < 0 || token >= v) {
            throw new IllegalArgumentException(
                    tokens + " holds " + token + " at " + i + ", must be in [0, " + v + ")");
        }
        return token;
    }

    void embedAdjoint(Tensor tokens, Tensor dOut, Tensor dW, Tensor dBias) {
        Check.matrix("embedAdjoint", "dW", dW);
        int v = dW.rows();
        int h = dW.columns();
        int n = tokens.size();
        Check.integers("embedAdjoint", "tokens", tokens, n);
        Check.shape("embedAdjoint", "dOut", dOut, n, h);
        Check.vector("embedAdjoint", "dBias", dBias, h);
        Buffer index = r.buffer(tokens);
        Buffer byOut = r.buffer(dOut);
        Buffer byW = r.buffer(dW);
        Buffer byBias = r.buffer(dBias);
        int most = Math.clamp(EMBED_DOUBLES / dW.size(), 1, EMBED_PARTS);
        Blocks parts = new Blocks(n, Math.max(EMBED_ROWS, (n + most - 1) / most));
        r.workspace.needDoubles(Math.multiplyExact(parts.count(), dW.size()));
        Blocks columns = new Blocks(h, 16);
        r.add(
                "embedAdjoint",
                List.of(tokens, dOut),
                List.of(dW, dBias),
                () -> {
                    double[] sum = r.workspace.doubles();
                    r.each(
                            parts,
                            (from, to, part, _) -> {
                                int start = part * v * h;
                                Arrays.fill(sum, start, start + v * h, 0);
                                float[] g = byOut.floats;
                                for (int i = from; i < to; i++) {
                                    int at = start + token(tokens, index.ints[i], i, v) * h;
                                    for (int j = 0; j < h; j++) {
                                        sum[at + j] += g[i * h + j];
                                    }
                                }
                            });
                    r.each(
                            columns,
                            (from, to, _, _) -> {
                                for (int j = from; j < to; j++) {
                                    double all = 0;
                                    for (int t = 0; t < v; t++) {
                                        double one = 0;
                                        for (int part = 0; part < parts.count(); part++) {
                                            one += sum[(part * v + t) * h + j];
                                        }
                                        byW.floats[t * h + j] = (float) one;
                                        all += one;
                                    }
                                    byBias.floats[j] = (float) all;
                                }
                            });
                });
    }

    void dense(Tensor x, Tensor w, Tensor bias, Tensor out) {
        Check.matrix("dense", "x", x);
        Check.matrix("dense", "w", w);
        int n = x.rows();
        int m = w.columns();
        Check.shape("dense", "w", w, x.columns(), m);
        Check.vector("dense", "bias", bias, m);
        Check.shape("dense", "out", out, n, m);
        Gemm product = new Gemm(r, n, m, w.rows(), w.rows(), 1, m, 1);
        Buffer in = r.buffer(x);
        Buffer weights = r.buffer(w);
        Buffer shift = r.buffer(bias);
        Buffer result = r.buffer(out);
        r.add(
                "dense",
                List.of(x, w, bias),
                List.of(out),
                () -> product.run(in.floats, weights.floats, shift.floats, false, result.floats));
    }

    void denseAdjoint(Tensor x, Tensor w, Tensor dOut, Tensor dW, Tensor dBias, Tensor dX) {
        Check.matrix("denseAdjoint", "x", x);
        Check.matrix("denseAdjoint", "w", w);
        int n = x.rows();
        int k = x.columns();
        int m = w.columns();
        Check.shape("denseAdjoint", "w", w, k, m);
        Check.shape("denseAdjoint", "dOut", dOut, n, m);
        Check.shape("denseAdjoint", "dW", dW, k, m);
        Check.vector("denseAdjoint", "dBias", dBias, m);
        Check.shapeOrNull("denseAdjoint", "dX", dX, n, k);
        Gemm weightGradient = new Gemm(r, k, m, n, 1, k, m, 1);
        Gemm inputGradient = dX == null ? null : new Gemm(r, n, k, m, m, 1, 1, m);
        Buffer in = r.buffer(x);
        Buffer weights = r.buffer(w);
        Buffer byOut = r.buffer(dOut);
        Buffer byW = r.buffer(dW);
        Buffer byBias = r.buffer(dBias);
        Buffer byX = dX == null ? null : r.buffer(dX);
        Blocks blocks = Blocks.of(n, m);
        r.workspace.needFloats(blocks.count() * m);
        r.add(
                "denseAdjoint",
                List.of(x, w, dOut),
                Arrays.asList(dW, dBias, dX),
                () -> {
                    weightGradient.run(in.floats, byOut.floats, null, false, byW.floats);
                    float[] sum = r.workspace.floats();
                    r.each(
                            blocks,
                            (from, to, block, _) ->
                                    r.kernels
                                            .norms()
                                            .columnSums(
                                                    byOut.floats, sum, block * m, m, 0, from, to));
                    r.sumBlocks(blocks.count(), 0, m, m, byBias.floats);
                    if (inputGradient != null) {
                        inputGradient.run(byOut.floats, weights.floats, null, false, byX.floats);
                    }
                });
    }

    void matmul(Tensor a, boolean transposeA, Tensor b, boolean transposeB, boolean add, Tensor c) {
        Check.matrix("matmul", "a", a);
        Check.matrix("matmul", "b", b);
        int m = transposeA ? a.columns() : a.rows();
        int k = transposeA ? a.rows() : a.columns();
        int n = transposeB ? b.rows() : b.columns();
        Check.shape("matmul", "b", b, transposeB ? n : k, transposeB ? k : n);
        Check.shape("matmul", "c", c, m, n);
        Gemm product =
                new Gemm(
                        r,
                        m,
                        n,
                        k,
                        transposeA ? 1 : k,
                        transposeA ? m : 1,
                        transposeB ? 1 : n,
                        transposeB ? k : 1);
        Buffer left = r.buffer(a);
        Buffer right = r.buffer(b);
        Buffer out = r.buffer(c);
        r.add(
                "matmul",
                add ? List.of(a, b, c) : List.of(a, b),
                List.of(c),
                add && c != a && c != b ? List.of(c) : List.of(),
                () -> product.run(left.floats, right.floats, null, add, out.floats));
    }
}
