package s5.train;

import s5.ops.Backend;
import s5.ops.Op;
import s5.ops.Program;
import s5.ops.Step;
import s5.ops.Tensor;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A step that can be looked into: it is compiled with OUTPUT tensors in place of all SCRATCH ones,
 * so that every intermediate result is still there after it has run, and in place of the OUTPUT
 * ones, which hold what steps before it left. It takes more memory.
 */
final class Trace implements AutoCloseable {
    private final Backend backend;
    private final Program program;
    private final Map<Tensor, Tensor> readable = new HashMap<>();
    private final Step step;

    /** Compiles a program to look into. */
    Trace(Backend backend, Program program) {
        this.backend = backend;
        this.program = program.map(this::readable);
        step = backend.compile("trace", this.program);
    }

    private Tensor readable(Tensor t) {
        return t.role() == Tensor.Role.SCRATCH || t.role() == Tensor.Role.OUTPUT
                ? readable.computeIfAbsent(t, s -> Tensor.output(s.name(), s.shape()))
                : t;
    }

    /**
     * Runs the step, whose inputs have been written, and looks at its operations in their order.
     *
     * @return the first that left a tensor with a value that is no finite number, as {@code NAME
     *     (in OPERATION)}
     */
    Optional<String> firstNotFinite() {
        step.run();
        // Parameters and moments after the rest: they are as the optimizer left them, at the end.
        return first(t -> t.role() == Tensor.Role.OUTPUT)
                .or(() -> first(t -> t.role() != Tensor.Role.INPUT));
    }

    private Optional<String> first(Predicate<Tensor> which) {
        for (Op op : program.ops()) {
            for (Tensor t : op.tensors()) {
                if (which.test(t) && !Finite.all(backend.read(t))) {
                    return Optional.of("%s (in %s)".formatted(t.name(), op.name()));
                }
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        step.close();
    }
}
