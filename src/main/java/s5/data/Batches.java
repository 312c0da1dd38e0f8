package s5.data;

import s5.UserError;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Walks through a data set in mini-batches. Training: shuffled anew each epoch, the ragged rest
 * dropped. Evaluation: in order, the ragged last batch kept.
 *
 * <p>The next batch is read on a thread of its own while the caller works on the present one; two
 * {@link Batch}es take turns, so that a batch is valid until the next call of {@link #next}. What
 * is read depends on data set, batch size, seed, epoch and step only. One caller at a time.
 */
public final class Batches {
    private final Dataset data;
    private final int batchSize;
    private final boolean training;
    private final long seed;
    private final int first; // of its samples in each batch
    private final int share; // how many it has of each
    private final int turn; // of all batches it has this one,
    private final int turns; // and every so many-th from there
    private final Batch[] buffers;

    private int[] order; // of the samples in this epoch; null: as they come
    private int step; // of the batch that next() returns
    private FutureTask<Batch> ahead; // that batch, being read; null at the end

    private Batches(
            Dataset data,
            int batchSize,
            boolean training,
            long seed,
            int first,
            int share,
            int turn,
            int turns) {
        this.first = first;
        this.share = share;
        this.turn = turn;
        this.turns = turns;
        this.data = data;
        this.batchSize = batchSize;
        this.training = training;
        this.seed = seed;
        this.buffers = new Batch[] {new Batch(data.shape(), share), new Batch(data.shape(), share)};
    }

    /**
     * Batches to train on. {@link #start} has to be called before the first {@link #next}.
     *
     * @param data to train on
     * @param batchSize B
     * @param seed of the shuffling, of every epoch another one
     * @return full batches only
     * @throws UserError when the set has fewer samples than one batch
     */
    public static Batches training(Dataset data, int batchSize, long seed) {
        return training(data, batchSize, seed, 0, batchSize);
    }

    /**
     * A share of the batches of {@link #training(Dataset, int, long)}: of each the samples from
     * {@code first} on. Only those are read.
     *
     * @param data to train on
     * @param batchSize samples of a whole batch
     * @param seed of the shuffling, the same for all shares
     * @param first place of the share's first sample in every batch
     * @param share samples of a batch that belong to the share
     * @return full batches of {@code share} samples only
     * @throws UserError when the set has fewer samples than one whole batch
     */
    public static Batches training(Dataset data, int batchSize, long seed, int first, int share) {
        if (data.size() < batchSize) {
            throw new UserError(
                    "train.batch: %d is more than the %d samples of the training set, so an epoch would have no step; lower it"
                            .formatted(batchSize, data.size()));
        }
        return new Batches(data, batchSize, true, seed, first, share, 0, 1);
    }

    /**
     * Batches to evaluate on: every sample once, in order. The last batch may hold fewer than B
     * rows; the others in it are cleared ({@code Batch.clear}).
     *
     * @param data to evaluate on
     * @param batchSize B, the most samples in a batch
     * @return batches that together hold every sample
     */
    public static Batches evaluation(Dataset data, int batchSize) {
        return evaluation(data, batchSize, 0, 1);
    }

    /**
     * Some of the batches of {@link #evaluation(Dataset, int)}, which several take turns with. Only
     * those are read.
     *
     * @param data to evaluate on
     * @param batchSize B, the most samples in a batch
     * @param turn the first batch that it has, from 0
     * @param turns the batches from one that it has to the next
     * @return every {@code turns}-th batch
     */
    public static Batches evaluation(Dataset data, int batchSize, int turn, int turns) {
        Batches batches = new Batches(data, batchSize, false, 0, 0, batchSize, turn, turns);
        batches.start(0, 0);
        return batches;
    }

    /**
     * The order of n samples in an epoch: a function of its arguments alone, so that a run can be
     * taken up at any epoch and step. (The official code shuffles by torch's DataLoader instead,
     * whose order depends on all epochs before.)
     */
    static int[] permutation(long seed, int epoch, int n) {
        // SplitMix64 over both, so that neighbouring seeds and epochs have unrelated orders.
        return new TorchRandom(mix(mix(seed) + epoch)).randperm(n);
    }

    private static long mix(long z) {
        z += 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /**
     * {@return the batches of a whole epoch: size / B, rounded down in training and up in
     * evaluation}
     */
    public int steps() {
        return training ? all() : Math.ceilDiv(all() - turn, turns);
    }

    /** {@return the same, those that others have included} */
    public int all() {
        return training
                ? data.size() / batchSize
                : Math.toIntExact(((long) data.size() + batchSize - 1) / batchSize);
    }

    /** {@return the place among all batches of the one that {@link #next} returned last} */
    public int number() {
        return (step - 1) * turns + turn;
    }

    /**
     * Goes to a step of an epoch: the next {@link #next} returns that batch.
     *
     * @param epoch from 0; without meaning in an evaluation
     * @param step from 0 to {@link #steps}, where no batch is left
     */
    public void start(int epoch, int step) {
        if (epoch < 0 || step < 0 || step > steps()) {
            throw new IllegalArgumentException(
                    "epoch %d, step %d of %d".formatted(epoch, step, steps()));
        }
        if (ahead != null) {
            await(ahead); // it may still be writing to a buffer
        }
        this.order = training ? permutation(seed, epoch, data.size()) : null;
        this.step = step;
        this.ahead = readAhead(step);
    }

    /** {@return the next batch, valid until the call after; null at the end of the epoch} */
    public Batch next() {
        if (training && order == null) {
            throw new IllegalStateException("start(epoch, step) comes before next()");
        }
        if (ahead == null) {
            return null;
        }
        Batch batch = await(ahead);
        step++;
        ahead = readAhead(step); // into the other buffer, which the caller is done with
        return batch;
    }

    private FutureTask<Batch> readAhead(int step) {
        if (step >= steps()) {
            return null;
        }
        int[] order = this.order;
        Callable<Batch> reading = () -> fill(buffers[step % 2], step, order);
        FutureTask<Batch> task = new FutureTask<>(reading);
        Thread.ofVirtual().name("s5-batches").start(task); // ends by itself, never keeps the JVM
        return task;
    }

    private Batch fill(Batch batch, int step, int[] order) {
        int from = (step * turns + turn) * batchSize + first;
        int rows = Math.min(share, data.size() - from);
        for (int row = 0; row < rows; row++) {
            data.read(order == null ? from + row : order[from + row], batch, row);
        }
        batch.clear(rows);
        return batch;
    }

    private static Batch await(FutureTask<Batch> task) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true; // the buffer is not ours before the read ends
                }
            }
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw new IllegalStateException(e.getCause());
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
