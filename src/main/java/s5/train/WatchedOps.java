package s5.train;

import s5.ops.Ops;
import s5.ops.Tensor;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

/** Looks over the shoulder of code that records a step. */
final class WatchedOps {
    private WatchedOps() {}

    /**
     * Operations that are noted before they go on to others.
     *
     * @param target where they go; null for nowhere
     * @param replacement of each tensor; itself to leave it
     * @param note gets each operation's name and, in the order of its arguments, its tensors
     */
    static Ops of(
            Ops target, UnaryOperator<Tensor> replacement, BiConsumer<String, List<Tensor>> note) {
        return (Ops)
                Proxy.newProxyInstance(
                        WatchedOps.class.getClassLoader(),
                        new Class<?>[] {Ops.class},
                        (proxy, method, arguments) -> {
                            List<Tensor> tensors = new ArrayList<>();
                            Object[] replaced = new Object[arguments.length];
                            for (int i = 0; i < replaced.length; i++) {
                                replaced[i] = replace(arguments[i], replacement, tensors);
                            }
                            note.accept(method.getName(), tensors);
                            try {
                                return target == null ? null : method.invoke(target, replaced);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    private static Object replace(
            Object argument, UnaryOperator<Tensor> replacement, List<Tensor> tensors) {
        if (argument instanceof Tensor t) {
            Tensor replaced = replacement.apply(t);
            tensors.add(replaced);
            return replaced;
        }
        return argument instanceof List<?> list
                ? list.stream().map(element -> replace(element, replacement, tensors)).toList()
                : argument;
    }
}
