package s5.ops;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** The components of a record of tensors, so that no operation has to list them a third time. */
final class Components {
    private Components() {}

    /**
     * The tensors in some components of a record, in lists and {@link Poles} too, in order; null is
     * left out.
     */
    static List<Tensor> tensors(Record record, Predicate<RecordComponent> which) {
        List<Tensor> all = new ArrayList<>();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            if (which.test(component)) {
                mapped(
                        value(record, component),
                        t -> {
                            all.add(t);
                            return t;
                        });
            }
        }
        return List.copyOf(all);
    }

    private static Object value(Record record, RecordComponent component) {
        try {
            Method accessor = component.getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot take " + record + " apart", e);
        }
    }

    /** A record with other tensors. */
    @SuppressWarnings("unchecked") // a constructor of T makes a T
    static <T extends Record> T map(T record, UnaryOperator<Tensor> replacement) {
        RecordComponent[] components = record.getClass().getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        Object[] values = new Object[components.length];
        try {
            for (int i = 0; i < components.length; i++) {
                types[i] = components[i].getType();
                values[i] = mapped(value(record, components[i]), replacement);
            }
            Constructor<?> constructor = record.getClass().getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return (T) constructor.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot take " + record + " apart", e);
        }
    }

    private static Object mapped(Object value, UnaryOperator<Tensor> replacement) {
        return switch (value) {
            case null -> null;
            case Tensor t -> replacement.apply(t);
            case List<?> list -> list.stream().map(v -> mapped(v, replacement)).toList();
            case Poles poles -> map(poles, replacement);
            default -> value;
        };
    }
}
