package s5.train.rule;

import s5.UserError;
import s5.collective.Collective;
import s5.model.Outputs;
import s5.ops.HeadOp;
import s5.ops.LayerOp;
import s5.ops.NormOp;
import s5.ops.Op;
import s5.ops.Program.Rewrite;
import s5.ops.RankOp;
import s5.ops.RankOp.AllReduce;
import s5.ops.Tensor;
import s5.ops.UpdateOp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes of a training step one for a share of the batch, with the same result in every process as
 * the step on the whole batch: the loss is weighed as a part of the whole batch's, gradients are
 * summed over all processes before anything is done with them, and so are batch normalization's
 * sums, or else its running statistics averaged. Dropout masks are those of the whole batch.
 *
 * @param ranks number of processes, more than one
 * @param share which samples of the batch this one has
 * @param gradients of all parameters
 * @param answers INPUT (1): how many answers of this share count; null where that is the same in
 *     all shares
 * @param syncBatchNorm whether batch normalization is over the whole batch
 */
public record DataParallel(
        int ranks,
        LayerOp.Share share,
        List<Tensor> gradients,
        Tensor answers,
        boolean syncBatchNorm)
        implements Rewrite {
    /**
     * Elements from which on gradients that are ready are summed in the midst of the backward pass;
     * fewer wait for more, because a sum takes its time however small it is.
     */
    private static final long BLOCK = 1 << 20;

    /** Keeps a copy. */
    public DataParallel {
        gradients = List.copyOf(gradients);
    }

    /**
     * {@return which samples of every batch a process has}
     *
     * @param ranks that share it
     * @param batch its size
     * @throws UserError when they cannot share it evenly
     */
    public static LayerOp.Share share(Collective ranks, int batch) {
        int size = ranks.size();
        if (batch % size != 0) {
            int less = batch / size * size;
            throw new UserError(
                    "train.batch: %d processes cannot share %d samples evenly; take %s%d"
                            .formatted(size, batch, less == 0 ? "" : less + " or ", less + size));
        }
        return new LayerOp.Share(batch / size, ranks.rank() * (batch / size), batch);
    }

    @Override
    public List<Op> apply(List<Op> ops) {
        return new Work(ops).done();
    }

    /** A program on its way. */
    private final class Work {
        final List<Op> ops;
        final List<Op> out = new ArrayList<>();
        final Map<Tensor, Integer> lastWrite = new HashMap<>(); // of each gradient
        final Map<Tensor, Tensor> totals = new HashMap<>(); // of a batch normalization, by its mean
        final Set<Tensor> ready = new LinkedHashSet<>(); // gradients that are not summed yet
        final List<Tensor> running = new ArrayList<>(); // statistics to be averaged
        final Tensor shareMetrics = Tensor.output("share metrics", Outputs.SLOTS, 2);
        final Tensor sums = Tensor.scratch("metric sums", 2);
        int loss = -1; // the last operation that has to do with it
        int end; // of the backward pass
        Tensor metrics; // of the whole batch
        Tensor counters;

        Work(List<Op> ops) {
            this.ops = ops;
            end = ops.size();
            for (int i = ops.size() - 1; i >= 0; i--) {
                if (ops.get(i) instanceof UpdateOp) {
                    end = i;
                }
            }
            for (int i = 0; i < end; i++) {
                Op op = ops.get(i);
                if (op instanceof HeadOp.CrossEntropy
                        || op instanceof HeadOp.SmoothLabels
                        || op instanceof HeadOp.GaussianLoss) {
                    loss = i;
                }
                for (Tensor t : op.writes()) {
                    lastWrite.put(t, i);
                }
            }
        }

        List<Op> done() {
            for (int i = 0; i < end; i++) {
                add(ops.get(i));
                if (i == loss) {
                    weighLoss();
                }
                for (Tensor t : ops.get(i).writes()) {
                    if (gradients.contains(t) && lastWrite.getOrDefault(t, -1) == i) {
                        ready.add(t);
                    }
                }
                if (ready.stream().mapToLong(Tensor::size).sum() >= BLOCK) {
                    reduce();
                }
            }
            reduce();
            out.add(new RankOp.KeepMetrics(sums, counters, metrics));
            out.addAll(ops.subList(end, ops.size()));
            return out;
        }

        private void reduce() {
            if (!ready.isEmpty()) {
                out.add(new AllReduce(List.copyOf(ready)));
                ready.clear();
            }
        }

        private void add(Op op) {
            switch (op) {
                case LayerOp.DropoutMask o ->
                        out.add(
                                new LayerOp.DropoutMask(
                                        o.counters(), o.site(), o.rate(), share(o), o.mask()));
                case HeadOp.CrossEntropy o -> addLoss(o, o.metrics(), o.counters());
                case HeadOp.SmoothLabels o -> addLoss(o, o.metrics(), o.counters());
                case HeadOp.GaussianLoss o -> addLoss(o, o.metrics(), o.counters());
                case NormOp.BatchNorm o when syncBatchNorm -> batchNorm(o);
                case NormOp.BatchNorm o -> {
                    out.add(o);
                    List<Tensor> statistics = List.of(o.runningMean(), o.runningVar());
                    running.addAll(statistics);
                    out.add(new RankOp.Multiply(statistics, 1f / ranks));
                }
                case NormOp.BatchNormAdjoint o when syncBatchNorm -> batchNormAdjoint(o);
                default -> out.add(op);
            }
        }

        /** Which sequences of the whole batch a mask is for: there may be several in a sample. */
        private LayerOp.Share share(LayerOp.DropoutMask op) {
            if (op.mask().rows() % share.samples() != 0) {
                throw new IllegalArgumentException(op + " is not for " + share);
            }
            return share;
        }

        private void addLoss(Op op, Tensor whole, Tensor counters) {
            this.counters = counters;
            metrics = whole;
            out.add(op.map(t -> t == whole ? shareMetrics : t));
        }

        private void weighLoss() {
            Tensor all = null;
            if (answers != null) {
                all = Tensor.scratch("answers of all", 1);
                out.add(new RankOp.Copy(answers, all));
                out.add(new AllReduce(all));
            }
            List<Tensor> byHead =
                    switch (ops.get(loss)) {
                        case HeadOp.CrossEntropy o -> List.of(o.dLogits());
                        case HeadOp.SmoothLabels o -> List.of(o.dLogits());
                        case HeadOp.GaussianLoss o -> List.of(o.dMean(), o.dZ());
                        default -> throw new AssertionError();
                    };
            out.add(
                    new RankOp.WeighLoss(
                            answers, all, ranks, counters, shareMetrics, byHead, sums));
            ready.add(sums);
            ready.addAll(running);
        }

        private void batchNorm(NormOp.BatchNorm o) {
            int h = o.x().columns();
            Tensor moments = Tensor.scratch(o.mean().name() + "/moments", 2 * h + 1);
            Tensor total = Tensor.scratch(o.mean().name() + "/total", h + 1);
            Tensor squares = Tensor.scratch(o.mean().name() + "/squares", h);
            totals.put(o.mean(), total);
            out.add(new NormOp.BatchNormMoments(o.x(), o.lengths(), moments, total));
            out.add(new AllReduce(total));
            out.add(new NormOp.BatchNormSquares(moments, total, squares));
            out.add(new AllReduce(squares));
            out.add(
                    new NormOp.BatchNormShared(
                            o.x(),
                            total,
                            squares,
                            o.scale(),
                            o.bias(),
                            o.runningMean(),
                            o.runningVar(),
                            o.momentum(),
                            o.mean(),
                            o.rstd(),
                            o.y()));
        }

        private void batchNormAdjoint(NormOp.BatchNormAdjoint o) {
            out.add(
                    new NormOp.BatchNormSums(
                            o.x(), o.mean(), o.rstd(), o.dY(), o.dScale(), o.dBias()));
            out.add(new AllReduce(o.dScale(), o.dBias()));
            out.add(
                    new NormOp.BatchNormSharedAdjoint(
                            o.x(),
                            o.lengths(),
                            o.scale(),
                            o.mean(),
                            o.rstd(),
                            o.dY(),
                            o.residual(),
                            o.dScale(),
                            o.dBias(),
                            totals.get(o.mean()),
                            o.dX()));
            // they are summed: not to be ready again
            lastWrite.remove(o.dScale());
            lastWrite.remove(o.dBias());
        }
    }
}
