package s5.train;

import s5.ops.Backend;
import s5.ops.Ops;
import s5.ops.Step;
import s5.ops.Tensor;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A step that can be looked into: it is recorded with OUTPUT tensors in place of all SCRATCH ones,
 * so that every intermediate result is still there after it has run, and in place of the OUTPUT
 * ones, which hold what steps before it left. It takes more memory.
 */
final class Trace implements AutoCloseable {
    /** One operation and the tensors that it was called with. */
    private record Call(String name, List<Tensor> tensors) {}

    private final Backend backend;
    private final List<Call> calls = new ArrayList<>();
    private final Map<Tensor, Tensor> readable = new HashMap<>();
    private final Step step;

    /** Records a step. */
    Trace(Backend backend, Consumer<Ops> program) {
        this.backend = backend;
        step =
                backend.record(
                        "trace",
                        ops ->
                                program.accept(
                                        WatchedOps.of(
                                                ops,
                                                this::readable,
                                                (name, tensors) ->
                                                        calls.add(new Call(name, tensors)))));
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
        for (Call call : calls) {
            for (Tensor t : call.tensors()) {
                if (which.test(t) && !Checkpoint.finite(backend.read(t))) {
                    return Optional.of("%s (in %s)".formatted(t.name(), call.name()));
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
