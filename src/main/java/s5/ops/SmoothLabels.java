package s5.ops;

/**
 * Spreads a share of every target evenly over the classes, behind a {@link HeadOp.CrossEntropy}
 * that counts the same rows: where that has the loss {@code -w log p[label]} of a row, with w the
 * weight of its label, it becomes {@code -w ((1 - share) log p[label] + share / K sum over all
 * classes of log p)}.
 *
 * @param logProbs (n, K) log-probabilities
 * @param labels int32 (n), in [0, K), or -1 for none
 * @param weights (K) of the classes in the loss; or null for 1
 * @param counters int32, see {@link Counters}: ROWS sequences count, and SLOT is the row of {@code
 *     metrics} to change
 * @param length rows of a sequence; 0 where it has one
 * @param share in (0, 1)
 * @param dLogits (n, K): {@code w share (onehot - 1 / K) / count} is added in rows that count, with
 *     count the number of those with a label
 * @param metrics (slots, 2): the mean loss in row SLOT is changed
 */
public record SmoothLabels(
        Tensor logProbs,
        Tensor labels,
        Tensor weights,
        Tensor counters,
        int length,
        float share,
        @InOut Tensor dLogits,
        @InOut Tensor metrics)
        implements Op {
    /** Checks the shapes. */
    public SmoothLabels {
        String op = "smoothLabels";
        Shapes.matrix(op, "logProbs", logProbs);
        int n = logProbs.rows();
        int classes = logProbs.columns();
        Shapes.require(
                length >= 0 && n % Math.max(1, length) == 0,
                "%s: %s has no whole sequences",
                op,
                logProbs);
        Shapes.integers(op, "labels", labels, n);
        Shapes.vectorOrNull(op, "weights", weights, classes);
        Shapes.integers(op, "counters", counters, Counters.SIZE);
        Shapes.require(share > 0 && share < 1, "%s: share %s", op, share);
        Shapes.shape(op, "dLogits", dLogits, n, classes);
        Shapes.matrix(op, "metrics", metrics);
        Shapes.shape(op, "metrics", metrics, metrics.rows(), 2);
    }
}
