package s5.model;

import s5.data.Shape;
import s5.ops.Counters;
import s5.ops.Rates;
import s5.ops.Tensor;

/**
 * The INPUT tensors of a step, for B samples of length L.
 *
 * @param x (B documents L, inputs), or int32 tokens (B documents L)
 * @param lengths int32 (B documents), or null when all positions count
 * @param labels int32 (B)
 * @param counters see {@link Counters}
 * @param rates see {@link Rates}
 */
public record Inputs(Tensor x, Tensor lengths, Tensor labels, Tensor counters, Tensor rates) {

    /** Tensors for {@code samples} samples of {@code length} positions. */
    public static Inputs of(Shape shape, int samples, int length) {
        int sequences = samples * shape.documents();
        return new Inputs(
                shape.tokens()
                        ? Tensor.integers("tokens", sequences * length)
                        : Tensor.input("x", sequences * length, shape.inputs()),
                shape.padded() ? Tensor.integers("lengths", sequences) : null,
                Tensor.integers("labels", samples),
                Tensor.integers("counters", Counters.SIZE),
                Tensor.input("rates", Rates.SIZE));
    }
}
