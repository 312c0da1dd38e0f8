package s5.train;

import s5.ops.Backend;
import s5.ops.Ops;
import s5.ops.Step;
import s5.ops.Tensor;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A step that can be looked into: it is recorded with OUTPUT tensors in place of all SCRATCH ones,
 * so that every intermediate result is still there after it has run. It takes more memory.
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
        step = backend.record("trace", ops -> program.accept(watched(ops)));
    }

    private Ops watched(Ops ops) {
        return (Ops)
                Proxy.newProxyInstance(
                        Trace.class.getClassLoader(),
                        new Class<?>[] {Ops.class},
                        (proxy, method, arguments) -> {
                            List<Tensor> tensors = new ArrayList<>();
                            Object[] mine = new Object[arguments.length];
                            for (int i = 0; i < mine.length; i++) {
                                mine[i] = replaced(arguments[i], tensors);
                            }
                            calls.add(new Call(method.getName(), tensors));
                            try {
                                return method.invoke(ops, mine);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    private Object replaced(Object argument, List<Tensor> tensors) {
        if (argument instanceof Tensor t) {
            Tensor mine =
                    t.role() == Tensor.Role.SCRATCH
                            ? readable.computeIfAbsent(t, s -> Tensor.output(s.name(), s.shape()))
                            : t;
            tensors.add(mine);
            return mine;
        }
        return argument instanceof List<?> list
                ? list.stream().map(element -> replaced(element, tensors)).toList()
                : argument;
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
