package s5.ops;

import s5.ops.HeadOp.SmoothLabels;

import java.util.stream.Stream;

/** Cases of {@link SmoothLabels}. */
final class SmoothingCases {
    private SmoothingCases() {}

    static Stream<OpCase> all() {
        // Sequences, rows of each that have a label, classes, sequences that count.
        int[][] sizes = {
            {1, 0, 1, 1},
            {2, 0, 7, 1},
            {3, 0, 10, 3},
            {33, 0, 129, 32},
            {300, 0, 35, 299},
            {1, 1, 2, 1},
            {7, 33, 3, 5},
            {3, 1025, 2, 3}
        };
        return Stream.of(sizes)
                .flatMap(s ->
                        Stream.of(true, false)
                                .map(weighted -> smooth(s[0], s[1], s[2], s[3], weighted)));
    }

    private static OpCase smooth(int batch, int length, int classes, int rows, boolean weighted) {
        int n = batch * Math.max(1, length);
        return OpCase.of(
                "smoothLabels B=%d L=%d K=%d rows=%d%s"
                        .formatted(batch, length, classes, rows, weighted ? ", weighted" : ""),
                Math.max(n, classes),
                d -> {
                    Tensor logProbs =
                            d.in(
                                    Tensor.parameter("logProbs", n, classes),
                                    () -> -Math.abs(2 * d.normal()));
                    int[] labels = new int[n];
                    for (int i = 0; i < n; i++) {
                        boolean none = length > 0 && i > 0 && d.index(3) == 0;
                        labels[i] = none ? -1 : d.index(classes);
                    }
                    Tensor weights =
                            weighted
                                    ? d.in(
                                            Tensor.parameter("weights", classes),
                                            () -> d.uniform(0.2, 3))
                                    : null;
                    return Program.of(
                            new SmoothLabels(
                                    logProbs,
                                    d.integers("labels", labels),
                                    weights,
                                    d.counters(3, 4, rows, 1),
                                    length,
                                    0.125f,
                                    d.inOut("dLogits", n, classes),
                                    d.inOut("metrics", 3, 2)));
                });
    }
}
