package s5.ops;

/**
 * From the features of the last layer to prediction and loss. See {@link Op} for what the letters
 * mean.
 */
public sealed interface HeadOp extends Op
        permits HeadOp.Pool,
                HeadOp.PoolAdjoint,
                HeadOp.PairFeatures,
                HeadOp.PairFeaturesAdjoint,
                HeadOp.CrossEntropy,
                HeadOp.SmoothLabels,
                HeadOp.GaussianLoss {
    /** Least variance in {@link GaussianLoss}. */
    float LEAST_VARIANCE = 1e-6f;

    /** What the mean of {@link GaussianLoss} learns from. */
    enum Fit {
        /** The likelihood, as the variance does: where it is large, errors weigh less. */
        NLL,
        /** Half the sum of the squared errors. */
        MSE,
        /** The sum of the errors' sizes. */
        MAE
    }

    /** How a sequence becomes one vector. */
    enum Pooling {
        /** Mean over time; over the first {@code lengths[b]} positions when lengths are given. */
        MEAN,
        /** The last position; position {@code lengths[b] - 1} when lengths are given. */
        LAST
    }

    /**
     * One vector for each sequence.
     *
     * @param x (B L, H)
     * @param lengths int32 (B), in [1, L]; or null
     * @param pooling which positions count
     * @param out (B, H); written
     */
    record Pool(Tensor x, Tensor lengths, Pooling pooling, @Out Tensor out) implements HeadOp {
        /** Checks the shapes. */
        public Pool {
            String op = "pool";
            Shapes.matrix(op, "x", x);
            Shapes.present(op, "out", out);
            Shapes.shape(op, "x", x, x.rows(), out.columns());
            checkPool(op, x, lengths, out);
        }
    }

    /**
     * Gradient of {@link Pool}; zero where a position does not count.
     *
     * @param dOut (B, H)
     * @param lengths int32 (B), in [1, L]; or null
     * @param pooling as in {@link Pool}
     * @param dX (B L, H); written
     */
    record PoolAdjoint(Tensor dOut, Tensor lengths, Pooling pooling, @Out Tensor dX)
            implements HeadOp {
        /** Checks the shapes. */
        public PoolAdjoint {
            String op = "poolAdjoint";
            Shapes.matrix(op, "dX", dX);
            Shapes.present(op, "dOut", dOut);
            Shapes.shape(op, "dX", dX, dX.rows(), dOut.columns());
            checkPool(op, dX, lengths, dOut);
        }
    }

    /**
     * What the retrieval head sees of two documents: {@code [e1, e2, e1 - e2, e1 * e2]}.
     *
     * @param e (2B, H): all first documents, then all second ones
     * @param out (B, 4H); written
     */
    record PairFeatures(Tensor e, @Out Tensor out) implements HeadOp {
        /** Checks the shapes. */
        public PairFeatures {
            String op = "pairFeatures";
            int batch = pairs(op, e);
            Shapes.shape(op, "out", out, batch, 4 * e.columns());
        }
    }

    /**
     * Gradient of {@link PairFeatures}.
     *
     * @param e (2B, H): all first documents, then all second ones
     * @param dOut (B, 4H)
     * @param dE (2B, H); written
     */
    record PairFeaturesAdjoint(Tensor e, Tensor dOut, @Out Tensor dE) implements HeadOp {
        /** Checks the shapes. */
        public PairFeaturesAdjoint {
            String op = "pairFeaturesAdjoint";
            int batch = pairs(op, e);
            Shapes.shape(op, "dOut", dOut, batch, 4 * e.columns());
            Shapes.shape(op, "dE", dE, 2 * batch, e.columns());
        }
    }

    /**
     * Log-softmax, mean negative log-likelihood over the rows that count, and the share of them
     * that is right (the first largest wins). Those of the first {@code counters[ROWS]} sequences
     * count; where each position has a label, those of them that have one.
     *
     * @param logits (n, K)
     * @param labels int32 (n), in [0, K); where each position has a label -1 for none
     * @param weights (K) of the classes in the loss: the negative log-likelihood of a row is
     *     multiplied by its label's; or null for 1
     * @param counters int32, see {@link Counters}: ROWS, and SLOT, the row of {@code metrics} to
     *     write
     * @param length L, the rows of a sequence, where each position has a label; 0 where a sequence
     *     has one row and one label
     * @param logProbs (n, K); written, every row
     * @param metrics OUTPUT (slots, 2): row SLOT becomes (mean loss, ROWS times the share that is
     *     right), 0 where nothing counts; other rows keep what earlier runs wrote
     * @param dLogits (n, K): {@code weight (softmax - onehot) / count}, zero in rows that do not
     *     count; or null
     */
    record CrossEntropy(
            Tensor logits,
            Tensor labels,
            Tensor weights,
            Tensor counters,
            int length,
            @Out Tensor logProbs,
            @Out Tensor metrics,
            @Out Tensor dLogits)
            implements HeadOp {
        /** Checks the shapes. */
        public CrossEntropy {
            String op = "crossEntropy";
            checkRows(op, "logits", logits, labels, weights, counters, length);
            int batch = logits.rows();
            int classes = logits.columns();
            Shapes.shape(op, "logProbs", logProbs, batch, classes);
            Shapes.matrix(op, "metrics", metrics);
            Shapes.shape(op, "metrics", metrics, metrics.rows(), 2);
            Shapes.shapeOrNull(op, "dLogits", dLogits, batch, classes);
        }

        /**
         * The loss of sequences with a label each, all classes of the same weight.
         *
         * @param logits (B, K)
         * @param labels int32 (B), in [0, K)
         * @param counters int32
         * @param logProbs (B, K); written
         * @param metrics OUTPUT (slots, 2); row SLOT is written
         * @param dLogits (B, K); written; or null
         */
        public CrossEntropy(
                Tensor logits,
                Tensor labels,
                Tensor counters,
                Tensor logProbs,
                Tensor metrics,
                Tensor dLogits) {
            this(logits, labels, null, counters, 0, logProbs, metrics, dLogits);
        }
    }

    /**
     * Spreads a share of every target evenly over the classes, behind a {@link CrossEntropy} that
     * counts the same rows: where that has the loss {@code -w log p[label]} of a row, with w the
     * weight of its label, it becomes {@code -w ((1 - share) log p[label] + share / K sum over all
     * classes of log p)}.
     *
     * @param logProbs (n, K) log-probabilities
     * @param labels int32 (n), in [0, K), or -1 for none
     * @param weights (K) of the classes in the loss; or null for 1
     * @param counters int32, see {@link Counters}: ROWS sequences count, and SLOT is the row of
     *     {@code metrics} to change
     * @param length rows of a sequence; 0 where it has one
     * @param share in (0, 1)
     * @param dLogits (n, K): {@code w share (onehot - 1 / K) / count} is added in rows that count,
     *     with count the number of those with a label
     * @param metrics (slots, 2): the mean loss in row SLOT is changed
     */
    record SmoothLabels(
            Tensor logProbs,
            Tensor labels,
            Tensor weights,
            Tensor counters,
            int length,
            float share,
            @InOut Tensor dLogits,
            @InOut Tensor metrics)
            implements HeadOp {
        /** Checks the shapes. */
        public SmoothLabels {
            String op = "smoothLabels";
            checkRows(op, "logProbs", logProbs, labels, weights, counters, length);
            Shapes.require(share > 0 && share < 1, "%s: share %s", op, share);
            Shapes.shape(op, "dLogits", dLogits, logProbs.rows(), logProbs.columns());
            Shapes.matrix(op, "metrics", metrics);
            Shapes.shape(op, "metrics", metrics, metrics.rows(), 2);
        }
    }

    /**
     * Mean negative log-likelihood of targets under normal distributions, one for each position and
     * component, over the positions of the first {@code counters[ROWS]} sequences that are their
     * own. The variance is {@code v = exp(z) for z < 0, else z + 1}, and at least LEAST_VARIANCE in
     * the loss: {@code 1/2 sum over components of log v + (mean - target)^2 / v + log 2 pi},
     * averaged over the positions that count.
     *
     * @param mean (B L, K): what is predicted
     * @param z (B L, K): the variance, before it is made positive
     * @param target (B L, K): what was to be predicted
     * @param lengths int32 (B), in [1, L]: how many positions of a sequence count; null for all
     * @param counters int32, see {@link Counters}: ROWS, and SLOT, the row of {@code metrics} to
     *     write
     * @param length L
     * @param fit what dMean is the gradient of, averaged as the loss is
     * @param prediction (B L, 2K): means, then variances (not limited); written, every row
     * @param metrics OUTPUT (slots, 2): row SLOT becomes (mean loss, minus ROWS times the squared
     *     error averaged over the positions that count and components: larger is better, as with
     *     the share that is right), other rows keep what earlier runs wrote
     * @param dMean (B L, K): gradient of the loss, or what {@code fit} puts in its place, zero in
     *     rows that do not count; or null
     * @param dZ (B L, K), zero also where the variance is limited; null when dMean is
     */
    record GaussianLoss(
            Tensor mean,
            Tensor z,
            Tensor target,
            Tensor lengths,
            Tensor counters,
            int length,
            Fit fit,
            @Out Tensor prediction,
            @Out Tensor metrics,
            @Out Tensor dMean,
            @Out Tensor dZ)
            implements HeadOp {
        /** Checks the shapes, and that of dMean and dZ both are there or none. */
        public GaussianLoss {
            String op = "gaussianLoss";
            Shapes.matrix(op, "mean", mean);
            int n = mean.rows();
            int k = mean.columns();
            Shapes.require(
                    length > 0 && n % length == 0, "%s: %s has no whole sequences", op, mean);
            Shapes.shape(op, "z", z, n, k);
            Shapes.shape(op, "target", target, n, k);
            if (lengths != null) {
                Shapes.integers(op, "lengths", lengths, n / length);
            }
            Shapes.integers(op, "counters", counters, Counters.SIZE);
            Shapes.present(op, "fit", fit);
            Shapes.shape(op, "prediction", prediction, n, 2 * k);
            Shapes.matrix(op, "metrics", metrics);
            Shapes.shape(op, "metrics", metrics, metrics.rows(), 2);
            Shapes.require(
                    (dMean == null) == (dZ == null), "%s: one gradient without the other", op);
            Shapes.shapeOrNull(op, "dMean", dMean, n, k);
            Shapes.shapeOrNull(op, "dZ", dZ, n, k);
        }

        /**
         * The loss of sequences of which all positions count.
         *
         * @param mean (B L, K)
         * @param z (B L, K)
         * @param target (B L, K)
         * @param counters int32
         * @param length L
         * @param prediction (B L, 2K); written
         * @param metrics OUTPUT (slots, 2); row SLOT is written
         * @param dMean (B L, K); written; or null
         * @param dZ (B L, K); written; null when dMean is
         */
        public GaussianLoss(
                Tensor mean,
                Tensor z,
                Tensor target,
                Tensor counters,
                int length,
                Tensor prediction,
                Tensor metrics,
                Tensor dMean,
                Tensor dZ) {
            this(mean, z, target, null, counters, length, Fit.NLL, prediction, metrics, dMean, dZ);
        }
    }

    private static void checkPool(String op, Tensor x, Tensor lengths, Tensor out) {
        Shapes.matrix(op, "out", out);
        Shapes.sequences(op, x, out.rows());
        if (lengths != null) {
            Shapes.integers(op, "lengths", lengths, out.rows());
        }
    }

    /** The number of pairs. */
    private static int pairs(String op, Tensor e) {
        Shapes.matrix(op, "e", e);
        Shapes.require(e.rows() % 2 == 0, "%s: %s has no even number of rows", op, e);
        return e.rows() / 2;
    }

    /** Demands rows of scores (n, K) with what tells which of them count, and how much. */
    private static void checkRows(
            String op,
            String name,
            Tensor rows,
            Tensor labels,
            Tensor weights,
            Tensor counters,
            int length) {
        Shapes.matrix(op, name, rows);
        Shapes.require(
                length >= 0 && rows.rows() % Math.max(1, length) == 0,
                "%s: %s has no whole sequences",
                op,
                rows);
        Shapes.integers(op, "labels", labels, rows.rows());
        Shapes.vectorOrNull(op, "weights", weights, rows.columns());
        Shapes.integers(op, "counters", counters, Counters.SIZE);
    }
}
