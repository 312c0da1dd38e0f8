package s5.ops;

import java.util.stream.Stream;

/** Cases of the operations at a model's input, and of matrix products. */
final class ProductCases {
    private ProductCases() {}

    static Stream<OpCase> all() {
        return Stream.of(embed(), dense(), matmul()).flatMap(cases -> cases);
    }

    private static Stream<OpCase> embed() {
        // Rows, table, features. Many rows for few entries is where an adjoint could lose some.
        int[][] sizes = {
            {1, 1, 1},
            {1, 20, 7},
            {2, 3, 1},
            {3, 2, 33},
            {7, 7, 3},
            {33, 1, 129},
            {129, 33, 2},
            {800, 20, 96},
            {1025, 135, 33},
            {5000, 3, 7},
            {5000, 20, 1},
            {4096, 18, 64}
        };
        return Stream.of(sizes)
                .flatMap(s -> Stream.of(embed(s[0], s[1], s[2]), embedAdjoint(s[0], s[1], s[2])));
    }

    /** Half of the tokens are 0, as padding is. */
    private static Tensor tokens(Draft d, int n, int v) {
        int[] tokens = new int[n];
        for (int i = 0; i < n; i++) {
            tokens[i] = d.index(2) == 0 ? 0 : d.index(v);
        }
        return d.integers("tokens", tokens);
    }

    private static OpCase embed(int n, int v, int h) {
        return OpCase.of(
                "embed n=%d V=%d H=%d".formatted(n, v, h),
                1,
                d -> {
                    Tensor tokens = tokens(d, n, v);
                    Tensor w = d.in("w", v, h);
                    Tensor bias = d.in("bias", h);
                    Tensor out = d.out("out", n, h);
                    return Program.of(new InputOp.Embed(tokens, w, bias, out));
                });
    }

    private static OpCase embedAdjoint(int n, int v, int h) {
        return OpCase.of(
                "embedAdjoint n=%d V=%d H=%d".formatted(n, v, h),
                n,
                d -> {
                    Tensor tokens = tokens(d, n, v);
                    Tensor dOut = d.in("dOut", n, h);
                    Tensor dW = d.out("dW", v, h);
                    Tensor dBias = d.out("dBias", h);
                    return Program.of(new InputOp.EmbedAdjoint(tokens, dOut, dW, dBias));
                });
    }

    private static Stream<OpCase> dense() {
        int[][] sizes = {
            {1, 1, 1},
            {1, 7, 3},
            {2, 3, 33},
            {3, 1, 2},
            {7, 33, 1},
            {33, 2, 7},
            {129, 3, 129},
            {800, 1, 96},
            {50, 96, 10},
            {1025, 3, 64},
            {5000, 1, 7},
            {5000, 3, 1},
            {8, 512, 128}
        };
        return Stream.of(sizes)
                .flatMap(s ->
                        Stream.of(
                                dense(s[0], s[1], s[2]),
                                denseAdjoint(s[0], s[1], s[2], true),
                                denseAdjoint(s[0], s[1], s[2], false)));
    }

    private static OpCase dense(int n, int k, int m) {
        return OpCase.of(
                "dense n=%d K=%d M=%d".formatted(n, k, m),
                k,
                d -> {
                    Tensor x = d.in(Tensor.input("x", n, k), d::normal);
                    Tensor w = d.in("w", k, m);
                    Tensor bias = d.in("bias", m);
                    Tensor out = d.out("out", n, m);
                    return Program.of(new InputOp.Dense(x, w, bias, out));
                });
    }

    private static OpCase denseAdjoint(int n, int k, int m, boolean withDx) {
        return OpCase.of(
                "denseAdjoint n=%d K=%d M=%d%s".formatted(n, k, m, withDx ? "" : ", no dX"),
                Math.max(n, m),
                d -> {
                    Tensor x = d.in(Tensor.input("x", n, k), d::normal);
                    Tensor w = d.in("w", k, m);
                    Tensor dOut = d.in("dOut", n, m);
                    Tensor dW = d.out("dW", k, m);
                    Tensor dBias = d.out("dBias", m);
                    Tensor dX = withDx ? d.out("dX", n, k) : null;
                    return Program.of(new InputOp.DenseAdjoint(x, w, dOut, dW, dBias, dX));
                });
    }

    private static Stream<OpCase> matmul() {
        int[][] sizes = {
            {1, 1, 1},
            {1, 7, 2},
            {2, 3, 1},
            {3, 33, 7},
            {7, 2, 33},
            {33, 129, 3},
            {129, 1, 129},
            {129, 33, 129},
            {64, 64, 64},
            {31, 65, 17},
            {800, 96, 128},
            {800, 128, 96},
            {96, 800, 128},
            {7, 5000, 3},
            {5000, 7, 2},
            {3, 2, 5000}
        };
        return Stream.of(sizes)
                .flatMap(s ->
                        Stream.of(0, 1, 2, 3, 4, 5, 6, 7)
                                .map(o ->
                                        matmul(
                                                s[0],
                                                s[1],
                                                s[2],
                                                (o & 1) != 0,
                                                (o & 2) != 0,
                                                (o & 4) != 0)));
    }

    static OpCase matmul(
            int m, int k, int n, boolean transposeA, boolean transposeB, boolean accumulate) {
        return OpCase.of(
                        "matmul m=%d k=%d n=%d%s%s%s"
                                .formatted(
                                        m,
                                        k,
                                        n,
                                        transposeA ? " a'" : "",
                                        transposeB ? " b'" : "",
                                        accumulate ? " +=" : ""),
                        k,
                        d -> {
                            Tensor a = transposeA ? d.in("a", k, m) : d.in("a", m, k);
                            Tensor b = transposeB ? d.in("b", n, k) : d.in("b", k, n);
                            Tensor c = accumulate ? d.inOut("c", m, n) : d.out("c", m, n);
                            return Program.of(
                                    new Matmul(a, transposeA, b, transposeB, accumulate, c));
                        })
                .product();
    }
}
