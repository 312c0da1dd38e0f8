package s5.ops;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** The components of a record of tensors, so that no operation has to list them a third time. */
final class Components {
    /** A class of records as reflection has it, which is slow to ask. */
    private record Form(RecordComponent[] components, Constructor<?> constructor) {
        static Form of(Class<?> type) {
            RecordComponent[] components = type.getRecordComponents();
            Class<?>[] types = new Class<?>[components.length];
            try {
                for (int i = 0; i < components.length; i++) {
                    types[i] = components[i].getType();
                    components[i].getAccessor().setAccessible(true);
                }
                Constructor<?> constructor = type.getDeclaredConstructor(types);
                constructor.setAccessible(true);
                return new Form(components, constructor);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("cannot take " + type + " apart", e);
            }
        }
    }

    private static final ClassValue<Form> FORMS =
            new ClassValue<>() {
                @Override
                protected Form computeValue(Class<?> type) {
                    return Form.of(type);
                }
            };

    private Components() {}

    /**
     * The tensors in some components of a record, in lists and {@link Poles} too, in order; null is
     * left out.
     */
    static List<Tensor> tensors(Record record, Predicate<RecordComponent> which) {
        List<Tensor> all = new ArrayList<>();
        for (RecordComponent component : FORMS.get(record.getClass()).components) {
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
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot take " + record + " apart", e);
        }
    }

    /** A record with other tensors. */
    @SuppressWarnings("unchecked") // a constructor of T makes a T
    static <T extends Record> T map(T record, UnaryOperator<Tensor> replacement) {
        Form form = FORMS.get(record.getClass());
        Object[] values = new Object[form.components.length];
        try {
            for (int i = 0; i < values.length; i++) {
                values[i] = mapped(value(record, form.components[i]), replacement);
            }
            return (T) form.constructor.newInstance(values);
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
