package s5.ops;

import java.util.List;

/**
 * What the processes of a training do together, each of which has its share of every batch: sums
 * over all of them, and the loss of a share as a part of the whole batch's loss. See {@link Op} for
 * what the letters mean.
 */
public sealed interface RankOp extends Op
        permits RankOp.AllReduce,
                RankOp.Copy,
                RankOp.Multiply,
                RankOp.WeighLoss,
                RankOp.KeepMetrics {

    /**
     * Puts the sum over all processes into each tensor. All processes get the same bits, and the
     * same ones again from the same values. Where there is one process, nothing happens.
     *
     * @param tensors float32, the same shapes in the same order in every process; updated
     */
    record AllReduce(@InOut List<Tensor> tensors) implements RankOp {
        /** Checks that there are some. */
        public AllReduce {
            String op = "allReduce";
            tensors = Shapes.present(op, "tensors", tensors);
            Shapes.require(!tensors.isEmpty(), "%s: nothing to sum", op);
            for (Tensor t : tensors) {
                Shapes.vector(op, "tensor", t, t.size());
            }
        }

        /**
         * The sum of some tensors.
         *
         * @param tensors float32
         */
        public AllReduce(Tensor... tensors) {
            this(List.of(tensors));
        }
    }

    /**
     * {@code y = x}, for what an {@link AllReduce} is to change.
     *
     * @param x float32
     * @param y as many elements; written
     */
    record Copy(Tensor x, @Out Tensor y) implements RankOp {
        /** Checks the sizes. */
        public Copy {
            Shapes.present("copy", "x", x);
            Shapes.vector("copy", "x", x, x.size());
            Shapes.vector("copy", "y", y, x.size());
        }
    }

    /**
     * {@code x *= factor}.
     *
     * @param tensors x, each; updated
     * @param factor such as one by the number of processes
     */
    record Multiply(@InOut List<Tensor> tensors, float factor) implements RankOp {
        /** Checks the types. */
        public Multiply {
            tensors = Shapes.present("multiply", "tensors", tensors);
            for (Tensor t : tensors) {
                Shapes.vector("multiply", "tensor", t, t.size());
            }
        }
    }

    /**
     * Turns the mean loss over a share of a batch, and its gradients, into that share's part of the
     * mean over the whole batch: with {@code f = own / all}, or {@code 1 / ranks} where all shares
     * count the same, {@code gradient *= f}, {@code sums = (f loss, ranks f right)}. Where nothing
     * in the whole batch counts f is 0.
     *
     * @param own INPUT (1): how many answers of this share count; null where all count the same
     * @param all (1): how many of the whole batch count; null where {@code own} is
     * @param ranks number of processes
     * @param counters int32, see {@link Counters}: SLOT, the row of {@code metrics} to take
     * @param metrics (slots, 2): in that row the mean loss and ROWS times the share that is right,
     *     as {@link HeadOp.CrossEntropy} and {@link HeadOp.GaussianLoss} leave them
     * @param gradients by what the head tells; updated
     * @param sums (2): what the share adds to the whole batch's metrics; written
     */
    record WeighLoss(
            Tensor own,
            Tensor all,
            int ranks,
            Tensor counters,
            Tensor metrics,
            @InOut List<Tensor> gradients,
            @Out Tensor sums)
            implements RankOp {
        /** Checks the shapes. */
        public WeighLoss {
            String op = "weighLoss";
            Shapes.require((own == null) == (all == null), "%s: one count without the other", op);
            Shapes.vectorOrNull(op, "own", own, 1);
            Shapes.vectorOrNull(op, "all", all, 1);
            Shapes.require(ranks > 0, "%s: %d ranks", op, ranks);
            Shapes.integers(op, "counters", counters, Counters.SIZE);
            Shapes.matrix(op, "metrics", metrics);
            Shapes.shape(op, "metrics", metrics, metrics.rows(), 2);
            gradients = Shapes.present(op, "gradients", gradients);
            for (Tensor t : gradients) {
                Shapes.vector(op, "gradient", t, t.size());
            }
            Shapes.vector(op, "sums", sums, 2);
        }
    }

    /**
     * Writes the metrics of a whole batch down: {@code metrics[SLOT] = sums}.
     *
     * @param sums (2): mean loss and the batch's size times the share that is right
     * @param counters int32, see {@link Counters}: SLOT
     * @param metrics OUTPUT (slots, 2): row SLOT is written, other rows keep what earlier runs
     *     wrote
     */
    record KeepMetrics(Tensor sums, Tensor counters, @Out Tensor metrics) implements RankOp {
        /** Checks the shapes. */
        public KeepMetrics {
            String op = "keepMetrics";
            Shapes.vector(op, "sums", sums, 2);
            Shapes.integers(op, "counters", counters, Counters.SIZE);
            Shapes.matrix(op, "metrics", metrics);
            Shapes.shape(op, "metrics", metrics, metrics.rows(), 2);
        }
    }
}
