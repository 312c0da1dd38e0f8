package s5.ops;

import s5.ops.HeadOp.Pooling;

import java.util.stream.Stream;

/** Cases of pooling, pairs and loss. */
final class HeadCases {
    private HeadCases() {}

    static Stream<OpCase> all() {
        return Stream.of(pool(), pairs(), crossEntropy(), weighted()).flatMap(cases -> cases);
    }

    // ---- pooling
    // ---------------------------------------------------------------------------------

    private enum Pool {
        MEAN,
        MASKED_MEAN,
        LAST,
        MASKED_LAST;

        Pooling pooling() {
            return this == LAST || this == MASKED_LAST ? Pooling.LAST : Pooling.MEAN;
        }
    }

    private static Stream<OpCase> pool() {
        int[][] sizes = {
            {1, 1, 1},
            {1, 7, 3},
            {2, 1, 7},
            {3, 2, 33},
            {7, 33, 1},
            {33, 3, 129},
            {2, 400, 96},
            {1, 5000, 7},
            {2, 1025, 2}
        };
        return Stream.of(sizes)
                .flatMap(s ->
                        Stream.of(Pool.values())
                                .flatMap(kind ->
                                        Stream.of(
                                                pool(s[0], s[1], s[2], kind),
                                                poolAdjoint(s[0], s[1], s[2], kind))));
    }

    private static Tensor lengths(Draft d, Pool kind, int batch, int length) {
        if (kind != Pool.MASKED_MEAN && kind != Pool.MASKED_LAST) {
            return null;
        }
        int[] lengths = new int[batch];
        for (int b = 0; b < batch; b++) {
            lengths[b] = b == 1 ? length : 1 + d.index(length);
        }
        return d.integers("lengths", lengths);
    }

    private static OpCase pool(int batch, int length, int h, Pool kind) {
        Pooling pooling = kind.pooling();
        return OpCase.of(
                "pool B=%d L=%d H=%d %s".formatted(batch, length, h, kind),
                length,
                d -> {
                    Tensor x = d.in("x", batch * length, h);
                    Tensor lengths = lengths(d, kind, batch, length);
                    Tensor out = d.out("out", batch, h);
                    return Program.of(new HeadOp.Pool(x, lengths, pooling, out));
                });
    }

    private static OpCase poolAdjoint(int batch, int length, int h, Pool kind) {
        Pooling pooling = kind.pooling();
        return OpCase.of(
                "poolAdjoint B=%d L=%d H=%d %s".formatted(batch, length, h, kind),
                1,
                d -> {
                    Tensor dOut = d.in("dOut", batch, h);
                    Tensor lengths = lengths(d, kind, batch, length);
                    Tensor dX = d.out("dX", batch * length, h);
                    return Program.of(new HeadOp.PoolAdjoint(dOut, lengths, pooling, dX));
                });
    }

    // ---- pairs of documents
    // ----------------------------------------------------------------------

    private static Stream<OpCase> pairs() {
        int[][] sizes = {{1, 1}, {1, 7}, {2, 3}, {3, 33}, {7, 2}, {33, 129}, {32, 128}};
        return Stream.of(sizes)
                .flatMap(s -> Stream.of(pairFeatures(s[0], s[1]), pairFeaturesAdjoint(s[0], s[1])));
    }

    private static OpCase pairFeatures(int batch, int h) {
        return OpCase.of(
                "pairFeatures B=%d H=%d".formatted(batch, h),
                1,
                d -> {
                    Tensor e = d.in("e", 2 * batch, h);
                    Tensor out = d.out("out", batch, 4 * h);
                    return Program.of(new HeadOp.PairFeatures(e, out));
                });
    }

    private static OpCase pairFeaturesAdjoint(int batch, int h) {
        return OpCase.of(
                "pairFeaturesAdjoint B=%d H=%d".formatted(batch, h),
                3,
                d -> {
                    Tensor e = d.in("e", 2 * batch, h);
                    Tensor dOut = d.in("dOut", batch, 4 * h);
                    Tensor dE = d.out("dE", 2 * batch, h);
                    return Program.of(new HeadOp.PairFeaturesAdjoint(e, dOut, dE));
                });
    }

    // ---- loss
    // ------------------------------------------------------------------------------------

    private enum Logits {
        USUAL,
        /** So large that exp overflows unless the largest is taken out first. */
        LARGE,
        /** Few distinct values, so that several classes share the largest. */
        TIES
    }

    private static Stream<OpCase> crossEntropy() {
        // Sequences, classes, sequences that count.
        int[][] sizes = {
            {1, 1, 1},
            {1, 2, 1},
            {2, 7, 1},
            {3, 10, 3},
            {7, 3, 5},
            {33, 129, 32},
            {50, 10, 50},
            {129, 2, 100},
            {300, 35, 299},
            {5000, 2, 4999}
        };
        return Stream.of(sizes)
                .flatMap(s ->
                        Stream.of(Logits.values())
                                .flatMap(k ->
                                        Stream.of(true, false)
                                                .map(with ->
                                                        crossEntropy(s[0], s[1], s[2], k, with))));
    }

    private static OpCase crossEntropy(
            int batch, int classes, int rows, Logits kind, boolean withGradient) {
        return OpCase.of(
                        "crossEntropy B=%d K=%d rows=%d %s%s"
                                .formatted(
                                        batch,
                                        classes,
                                        rows,
                                        kind,
                                        withGradient ? "" : ", no gradient"),
                        Math.max(batch, classes),
                        d -> {
                            Tensor logits =
                                    d.in(
                                            Tensor.parameter("logits", batch, classes),
                                            () ->
                                                    switch (kind) {
                                                        case USUAL -> 2 * d.normal();
                                                        case LARGE -> 100 * d.normal();
                                                        case TIES -> d.index(3);
                                                    });
                            int[] labels = new int[batch];
                            for (int b = 0; b < batch; b++) {
                                labels[b] = d.index(classes);
                            }
                            Tensor label = d.integers("labels", labels);
                            Tensor counters = d.counters(3, 4, rows, 1);
                            Tensor logProbs = d.out("logProbs", batch, classes);
                            Tensor metrics = d.output("metrics", 3, 2);
                            Tensor dLogits = withGradient ? d.out("dLogits", batch, classes) : null;
                            return Program.of(
                                    new HeadOp.CrossEntropy(
                                            logits, label, counters, logProbs, metrics, dLogits));
                        })
                // The difference of two logits of 100 is known to 100 * 2^-24.
                .slack(kind == Logits.LARGE ? 20 : 1);
    }

    /** Weights of the classes, labels of positions, and both. */
    private static Stream<OpCase> weighted() {
        // Sequences, length or 0, classes, sequences that count.
        int[][] sizes = {
            {1, 1, 2, 1},
            {3, 0, 10, 2},
            {300, 0, 35, 299},
            {2, 7, 3, 1},
            {7, 33, 5, 7},
            {5, 129, 2, 3},
            {3, 1025, 4, 3}
        };
        return Stream.of(sizes)
                .flatMap(s ->
                        Stream.of(true, false)
                                .flatMap(with ->
                                        Stream.of(true, false)
                                                .map(gradient -> weighted(s, with, gradient))))
                .filter(c -> c != null);
    }

    private static OpCase weighted(int[] s, boolean withWeights, boolean withGradient) {
        int n = s[0] * Math.max(1, s[1]);
        int k = s[2];
        if (s[1] == 0 && !withWeights) {
            return null; // see crossEntropy
        }
        return OpCase.of(
                "crossEntropy B=%d L=%d K=%d rows=%d%s%s"
                        .formatted(
                                s[0],
                                s[1],
                                k,
                                s[3],
                                withWeights ? ", weights" : "",
                                withGradient ? "" : ", no gradient"),
                Math.max(n, k),
                d -> {
                    Tensor logits = d.in("logits", n, k);
                    int[] labels = new int[n];
                    for (int i = 0; i < n; i++) {
                        // one in five has none, and all of the first sequence but its first
                        boolean none = s[1] > 0 && (d.index(5) == 0 || (i > 0 && i < s[1]));
                        labels[i] = none ? -1 : d.index(k);
                    }
                    Tensor label = d.integers("labels", labels);
                    Tensor weights =
                            withWeights
                                    ? d.in(Tensor.input("weights", k), () -> d.uniform(0, 3))
                                    : null;
                    Tensor counters = d.counters(3, 4, s[3], 1);
                    Tensor logProbs = d.out("logProbs", n, k);
                    Tensor metrics = d.output("metrics", 3, 2);
                    Tensor dLogits = withGradient ? d.out("dLogits", n, k) : null;
                    return Program.of(
                            new HeadOp.CrossEntropy(
                                    logits, label, weights, counters, s[1], logProbs, metrics,
                                    dLogits));
                });
    }
}
