package s5.model;

import s5.ops.InputOp;
import s5.ops.Program;
import s5.ops.Tensor;

import java.util.List;

/** A dense layer: {@code x W + bias}, forward and backward. */
final class Dense {
    private final String name;
    private final Parameter kernel;
    private final Parameter bias;
    private Tensor x;

    Dense(String name, int in, int out) {
        this.name = name;
        kernel = Parameter.of(name + "/kernel", in, out);
        bias = Parameter.of(name + "/bias", out);
    }

    List<Parameter> parameters() {
        return List.of(kernel, bias);
    }

    /** x (n, in); the result (n, out). */
    Tensor forward(Program program, Tensor x) {
        return forward(program, x, Tensor.scratch(name + "/out", x.dim(0), bias.value().size()));
    }

    /** As {@link #forward}, for the n positions of a batch. */
    Tensor forwardEach(Program program, Tensor x) {
        return forward(program, x, Tensor.activation(name + "/out", x.dim(0), bias.value().size()));
    }

    private Tensor forward(Program program, Tensor x, Tensor out) {
        this.x = x;
        program.add(new InputOp.Dense(x, kernel.value(), bias.value(), out));
        return out;
    }

    /** The gradient by x; writes those of kernel and bias. */
    Tensor backward(Program program, Tensor dOut) {
        Tensor dX = Tensor.scratch(name + "/dx", x.dim(0), x.dim(1));
        program.add(
                new InputOp.DenseAdjoint(
                        x, kernel.value(), dOut, kernel.gradient(), bias.gradient(), dX));
        return dX;
    }

    /** As {@link #backward}, where x is data, which needs no gradient. */
    void backwardFirst(Program program, Tensor dOut) {
        program.add(
                new InputOp.DenseAdjoint(
                        x, kernel.value(), dOut, kernel.gradient(), bias.gradient(), null));
    }
}
