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
 * @param labels int32 (B); null in regression
 * @param targets (B L, targets); null in classification
 * @param counters see {@link Counters}
 * @param rates see {@link Rates}
 */
public record Inputs(
        Tensor x,
        Tensor lengths,
        Tensor dt,
        Tensor labels,
        Tensor targets,
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
        return new Inputs(
                shape.tokens()
                        ? Tensor.integers("tokens", positions)
                        : Tensor.input("x", positions, shape.inputs()),
                shape.padded() ? Tensor.integers("lengths", sequences) : null,
                shape.timed() ? Tensor.input("dt", samples, length) : null,
                shape.regression() ? null : Tensor.integers("labels", samples),
                shape.regression() ? Tensor.input("targets", positions, shape.targets()) : null,
                Tensor.integers("counters", Counters.SIZE),
                Tensor.input("rates", Rates.SIZE));
    }

    /**
     * Copies a batch into the tensors; counters and rates are left as they are.
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
