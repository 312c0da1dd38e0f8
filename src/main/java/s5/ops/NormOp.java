package s5.ops;

/** Normalization. See {@link Op} for what the letters mean. */
public sealed interface NormOp extends Op
        permits NormOp.BatchNorm,
                NormOp.BatchNormFrozen,
                NormOp.BatchNormAdjoint,
                NormOp.BatchNormMoments,
                NormOp.BatchNormSquares,
                NormOp.BatchNormShared,
                NormOp.BatchNormSums,
                NormOp.BatchNormSharedAdjoint,
                NormOp.LayerNorm,
                NormOp.LayerNormAdjoint {
    /** Added to the variance in {@link BatchNorm}. */
    float BATCH_NORM_EPSILON = 1e-5f;

    /** Added to the variance in {@link LayerNorm}. */
    float LAYER_NORM_EPSILON = 1e-6f;

    /**
     * Batch normalization in training: statistics over m rows, biased variance. Without lengths
     * these are all n rows, padding included; with them the first {@code lengths[b]} of each
     * sequence, and m is the sum of the lengths. All n rows are normalized.
     *
     * <p>{@code y = (x - mean) * rstd * scale + bias}, {@code rstd = 1 / sqrt(var +
     * BATCH_NORM_EPSILON)}, {@code running = momentum * running + (1 - momentum) * batch value}.
     *
     * @param x (n, H)
     * @param lengths int32 (B), in [1, L]; or null: all rows count
     * @param scale (H)
     * @param bias (H)
     * @param runningMean (H); updated
     * @param runningVar (H), biased; updated
     * @param momentum share of the old running statistics that is kept, in [0, 1)
     * @param mean (H), of this batch; written
     * @param rstd (H), of this batch; written
     * @param y (n, H); written
     */
    record BatchNorm(
            Tensor x,
            Tensor lengths,
            Tensor scale,
            Tensor bias,
            @InOut Tensor runningMean,
            @InOut Tensor runningVar,
            float momentum,
            @Out Tensor mean,
            @Out Tensor rstd,
            @Out Tensor y)
            implements NormOp {
        /** Checks the shapes. */
        public BatchNorm {
            String op = "batchNorm";
            Shapes.matrix(op, "x", x);
            Shapes.lengthsOrNull(op, lengths, x);
            int h = x.columns();
            Shapes.vector(op, "scale", scale, h);
            Shapes.vector(op, "bias", bias, h);
            Shapes.vector(op, "runningMean", runningMean, h);
            Shapes.vector(op, "runningVar", runningVar, h);
            Shapes.vector(op, "mean", mean, h);
            Shapes.vector(op, "rstd", rstd, h);
            Shapes.shape(op, "y", y, x.rows(), h);
        }
    }

    /**
     * Batch normalization in evaluation: with the running statistics.
     *
     * @param x (n, H)
     * @param scale (H)
     * @param bias (H)
     * @param runningMean (H)
     * @param runningVar (H)
     * @param y (n, H); written
     */
    record BatchNormFrozen(
            Tensor x,
            Tensor scale,
            Tensor bias,
            Tensor runningMean,
            Tensor runningVar,
            @Out Tensor y)
            implements NormOp {
        /** Checks the shapes. */
        public BatchNormFrozen {
            String op = "batchNormFrozen";
            Shapes.matrix(op, "x", x);
            int h = x.columns();
            Shapes.vector(op, "scale", scale, h);
            Shapes.vector(op, "bias", bias, h);
            Shapes.vector(op, "runningMean", runningMean, h);
            Shapes.vector(op, "runningVar", runningVar, h);
            Shapes.shape(op, "y", y, x.rows(), h);
        }
    }

    /**
     * With {@code xhat = (x - mean) rstd}: {@code dBias = sum dY, dScale = sum dY xhat} over all
     * rows, {@code dX = residual + scale rstd (dY - dBias / m - xhat dScale / m)}, in rows that do
     * not count {@code dX = residual + scale rstd dY}.
     *
     * @param x (n, H)
     * @param lengths int32 (B), as in {@link BatchNorm}; or null: all rows count, m = n
     * @param scale (H)
     * @param mean (H), from {@link BatchNorm}
     * @param rstd (H), from {@link BatchNorm}
     * @param dY (n, H)
     * @param residual (n, H), added to dX; or null
     * @param dScale (H); written
     * @param dBias (H); written
     * @param dX (n, H); written
     */
    record BatchNormAdjoint(
            Tensor x,
            Tensor lengths,
            Tensor scale,
            Tensor mean,
            Tensor rstd,
            Tensor dY,
            Tensor residual,
            @Out Tensor dScale,
            @Out Tensor dBias,
            @Out Tensor dX)
            implements NormOp {
        /** Checks the shapes. */
        public BatchNormAdjoint {
            String op = "batchNormAdjoint";
            Shapes.matrix(op, "x", x);
            Shapes.lengthsOrNull(op, lengths, x);
            checkAdjoint(op, x, x.columns(), scale, mean, rstd, dY, residual, dScale, dBias, dX);
        }
    }

    /**
     * {@link BatchNorm} over a batch that several processes share, first part: the statistics of
     * the rows here, of which m count. What is to be summed over all processes are sums, then sums
     * of squared distances from the mean of all, so that no large numbers cancel.
     *
     * @param x (n, H)
     * @param lengths int32 (B), as in {@link BatchNorm}; or null: all rows count, m = n
     * @param moments (2 H + 1): means, biased variances, then m; written
     * @param total (H + 1): m times the means, then m; an {@link RankOp.AllReduce} follows; written
     */
    record BatchNormMoments(Tensor x, Tensor lengths, @Out Tensor moments, @Out Tensor total)
            implements NormOp {
        /** Checks the shapes. */
        public BatchNormMoments {
            String op = "batchNormMoments";
            Shapes.matrix(op, "x", x);
            Shapes.lengthsOrNull(op, lengths, x);
            Shapes.vector(op, "moments", moments, 2 * x.columns() + 1);
            Shapes.vector(op, "total", total, x.columns() + 1);
        }
    }

    /**
     * Second part: with the mean of all, {@code mu = total / total[H]}, {@code squares = m (var +
     * (mean - mu)^2)}.
     *
     * @param moments (2 H + 1) from {@link BatchNormMoments}
     * @param total (H + 1), summed over all processes
     * @param squares (H): squared distances from mu; an {@link RankOp.AllReduce} follows; written
     */
    record BatchNormSquares(Tensor moments, Tensor total, @Out Tensor squares) implements NormOp {
        /** Checks the shapes. */
        public BatchNormSquares {
            String op = "batchNormSquares";
            Shapes.present(op, "squares", squares);
            int h = squares.size();
            Shapes.vector(op, "squares", squares, h);
            Shapes.vector(op, "moments", moments, 2 * h + 1);
            Shapes.vector(op, "total", total, h + 1);
        }
    }

    /**
     * Third part: what {@link BatchNorm} does with mean {@code total / total[H]} and variance
     * {@code squares / total[H]}, those of all rows in all processes.
     *
     * @param x (n, H)
     * @param total (H + 1), summed over all processes
     * @param squares (H), summed over all processes
     * @param scale (H)
     * @param bias (H)
     * @param runningMean (H); updated
     * @param runningVar (H), biased; updated
     * @param momentum share of the old running statistics that is kept, in [0, 1)
     * @param mean (H), of the whole batch; written
     * @param rstd (H), of the whole batch; written
     * @param y (n, H); written
     */
    record BatchNormShared(
            Tensor x,
            Tensor total,
            Tensor squares,
            Tensor scale,
            Tensor bias,
            @InOut Tensor runningMean,
            @InOut Tensor runningVar,
            float momentum,
            @Out Tensor mean,
            @Out Tensor rstd,
            @Out Tensor y)
            implements NormOp {
        /** Checks the shapes. */
        public BatchNormShared {
            String op = "batchNormShared";
            Shapes.matrix(op, "x", x);
            int h = x.columns();
            Shapes.vector(op, "total", total, h + 1);
            Shapes.vector(op, "squares", squares, h);
            Shapes.vector(op, "scale", scale, h);
            Shapes.vector(op, "bias", bias, h);
            Shapes.vector(op, "runningMean", runningMean, h);
            Shapes.vector(op, "runningVar", runningVar, h);
            Shapes.vector(op, "mean", mean, h);
            Shapes.vector(op, "rstd", rstd, h);
            Shapes.shape(op, "y", y, x.rows(), h);
        }
    }

    /**
     * Adjoint of the three, first part: dBias and dScale of the rows here, as in {@link
     * BatchNormAdjoint}; an {@link RankOp.AllReduce} of both follows.
     *
     * @param x (n, H)
     * @param mean (H), from {@link BatchNormShared}
     * @param rstd (H), from {@link BatchNormShared}
     * @param dY (n, H)
     * @param dScale (H); written
     * @param dBias (H); written
     */
    record BatchNormSums(
            Tensor x, Tensor mean, Tensor rstd, Tensor dY, @Out Tensor dScale, @Out Tensor dBias)
            implements NormOp {
        /** Checks the shapes. */
        public BatchNormSums {
            String op = "batchNormSums";
            Shapes.matrix(op, "x", x);
            int h = x.columns();
            Shapes.vector(op, "mean", mean, h);
            Shapes.vector(op, "rstd", rstd, h);
            Shapes.shape(op, "dY", dY, x.rows(), h);
            Shapes.vector(op, "dScale", dScale, h);
            Shapes.vector(op, "dBias", dBias, h);
        }
    }

    /**
     * Second part: dX as in {@link BatchNormAdjoint}, with dScale, dBias and {@code m = total[H]}
     * of all processes.
     *
     * @param x (n, H)
     * @param lengths int32 (B), as in {@link BatchNorm}; or null
     * @param scale (H)
     * @param mean (H), from {@link BatchNormShared}
     * @param rstd (H), from {@link BatchNormShared}
     * @param dY (n, H)
     * @param residual (n, H), added to dX; or null
     * @param dScale (H), summed over all processes
     * @param dBias (H), summed over all processes
     * @param total (H + 1), from {@link BatchNormMoments}, summed over all processes
     * @param dX (n, H); written
     */
    record BatchNormSharedAdjoint(
            Tensor x,
            Tensor lengths,
            Tensor scale,
            Tensor mean,
            Tensor rstd,
            Tensor dY,
            Tensor residual,
            Tensor dScale,
            Tensor dBias,
            Tensor total,
            @Out Tensor dX)
            implements NormOp {
        /** Checks the shapes. */
        public BatchNormSharedAdjoint {
            String op = "batchNormSharedAdjoint";
            Shapes.matrix(op, "x", x);
            Shapes.lengthsOrNull(op, lengths, x);
            Shapes.vector(op, "total", total, x.columns() + 1);
            checkAdjoint(op, x, x.columns(), scale, mean, rstd, dY, residual, dScale, dBias, dX);
        }
    }

    /**
     * Layer normalization: each row by its own mean and biased variance over H, then scale and
     * bias; epsilon is LAYER_NORM_EPSILON.
     *
     * @param x (n, H)
     * @param scale (H)
     * @param bias (H)
     * @param mean (n), of each row; written
     * @param rstd (n), of each row; written
     * @param y (n, H); written
     */
    record LayerNorm(
            Tensor x, Tensor scale, Tensor bias, @Out Tensor mean, @Out Tensor rstd, @Out Tensor y)
            implements NormOp {
        /** Checks the shapes. */
        public LayerNorm {
            String op = "layerNorm";
            Shapes.matrix(op, "x", x);
            Shapes.vector(op, "scale", scale, x.columns());
            Shapes.vector(op, "bias", bias, x.columns());
            Shapes.vector(op, "mean", mean, x.rows());
            Shapes.vector(op, "rstd", rstd, x.rows());
            Shapes.shape(op, "y", y, x.rows(), x.columns());
        }
    }

    /**
     * With {@code s = scale dY}: {@code dX = residual + rstd (s - mean(s) - xhat mean(s xhat))},
     * means over the row; dScale and dBias as in {@link BatchNormAdjoint}.
     *
     * @param x (n, H)
     * @param scale (H)
     * @param mean (n), from {@link LayerNorm}
     * @param rstd (n), from {@link LayerNorm}
     * @param dY (n, H)
     * @param residual (n, H), added to dX; or null
     * @param dScale (H); written
     * @param dBias (H); written
     * @param dX (n, H); written
     */
    record LayerNormAdjoint(
            Tensor x,
            Tensor scale,
            Tensor mean,
            Tensor rstd,
            Tensor dY,
            Tensor residual,
            @Out Tensor dScale,
            @Out Tensor dBias,
            @Out Tensor dX)
            implements NormOp {
        /** Checks the shapes. */
        public LayerNormAdjoint {
            String op = "layerNormAdjoint";
            Shapes.matrix(op, "x", x);
            checkAdjoint(op, x, x.rows(), scale, mean, rstd, dY, residual, dScale, dBias, dX);
        }
    }

    /** What the adjoints have in common; mean and rstd have {@code statistics} elements. */
    private static void checkAdjoint(
            String op,
            Tensor x,
            int statistics,
            Tensor scale,
            Tensor mean,
            Tensor rstd,
            Tensor dY,
            Tensor residual,
            Tensor dScale,
            Tensor dBias,
            Tensor dX) {
        int n = x.rows();
        int h = x.columns();
        Shapes.vector(op, "scale", scale, h);
        Shapes.vector(op, "mean", mean, statistics);
        Shapes.vector(op, "rstd", rstd, statistics);
        Shapes.shape(op, "dY", dY, n, h);
        Shapes.shapeOrNull(op, "residual", residual, n, h);
        Shapes.vector(op, "dScale", dScale, h);
        Shapes.vector(op, "dBias", dBias, h);
        Shapes.shape(op, "dX", dX, n, h);
    }
}
