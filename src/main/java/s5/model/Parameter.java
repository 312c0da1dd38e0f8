package s5.model;

import s5.ops.Tensor;

/**
 * A trained tensor with its gradient. The names are those of the official code, {@code
 * encoder/layers_0/seq/Lambda_re} and so on.
 *
 * @param value PARAMETER
 * @param gradient OUTPUT of the same shape
 */
public record Parameter(Tensor value, Tensor gradient) {

    static Parameter of(String name, int... shape) {
        return new Parameter(Tensor.parameter(name, shape), Tensor.output("d " + name, shape));
    }

    /** {@return the name in the official code} */
    public String name() {
        return value.name();
    }

    /** {@return the last part of the name, which decides the optimizer group} */
    public String leaf() {
        return name().substring(name().lastIndexOf('/') + 1);
    }
}
