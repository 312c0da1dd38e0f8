package s5.model;

import s5.data.Batch;
import s5.data.Shape;
import s5.ops.Backend;
import s5.ops.Counters;
import s5.ops.Rates;
import s5.ops.Tensor;

/**
 * The INPUT tensors of a step, for B samples of length L.
 *
 * @param x (B documents L, inputs), or int32 tokens (B documents L)
 * @param lengths int32 (B documents), or null when all positions count
 * @param dt (B, L): the time before each position, or null when all are one step apart
 * @param labels int32 (B), or (B L) where each position has one; null in regression
 * @param targets (B, targets), or (B L, targets) where each position has some; null in
 *     classification
 * @param weights (classes): how much each counts in the loss; null where all count the same
 * @param answers (1): how many answers count, where the samples are a share of a batch and other
 *     shares have other numbers of them; else null
 * @param counters see {@link Counters}
 * @param rates see {@link Rates}
 */
public record Inputs(
        Tensor x,
        Tensor lengths,
        Tensor dt,
        Tensor labels,
        Tensor targets,
        Tensor weights,
        Tensor answers,
        Tensor counters,
        Tensor rates) {

    /**
     * Tensors for {@code samples} samples of {@code length} positions.
     *
     * @param shape of a sample
     * @param samples B
     * @param length L
     * @return new tensors; those that such samples do without are null
     */
    public static Inputs of(Shape shape, int samples, int length) {
        int sequences = samples * shape.documents();
        int positions = Tensor.positions(sequences, length);
        int answers = shape.each() ? positions : samples;
        return new Inputs(
                shape.tokens()
                        ? Tensor.integers("tokens", positions)
                        : Tensor.input("x", positions, shape.inputs()),
                shape.padded() ? Tensor.integers("lengths", sequences) : null,
                shape.timed() ? Tensor.input("dt", samples, length) : null,
                shape.regression() ? null : Tensor.integers("labels", answers),
                shape.regression() ? Tensor.input("targets", answers, shape.targets()) : null,
                null,
                null,
                Tensor.integers("counters", Counters.SIZE),
                Tensor.input("rates", Rates.SIZE));
    }

    /**
     * {@return the same tensors, and one for the weights of classes in the loss}
     *
     * @param classes how many there are
     */
    public Inputs weighted(int classes) {
        Tensor weights = Tensor.input("class_weights", classes);
        return new Inputs(x, lengths, dt, labels, targets, weights, answers, counters, rates);
    }

    /**
     * {@return the same tensors, and one for the number of answers where it differs between shares
     * of a batch}
     *
     * @param shape of a sample
     */
    public Inputs shared(Shape shape) {
        Tensor count = shape.counted() ? Tensor.input("answers", 1) : null;
        return new Inputs(x, lengths, dt, labels, targets, weights, count, counters, rates);
    }

    /**
     * Copies a batch into the tensors; weights, counters and rates are left as they are.
     *
     * @param backend that holds the tensors
     * @param batch of at most B samples
     */
    public void write(Backend backend, Batch batch) {
        if (batch.tokens != null) {
            backend.write(x, batch.tokens);
        } else {
            backend.write(x, batch.x);
        }
        if (lengths != null) {
            backend.write(lengths, batch.lengths);
        }
        if (dt != null) {
            backend.write(dt, batch.dt);
        }
        if (labels != null) {
            backend.write(labels, batch.labels);
        } else {
            backend.write(targets, batch.targets);
        }
    }
}
