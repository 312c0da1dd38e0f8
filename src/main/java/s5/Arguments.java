package s5;

import java.util.List;
import java.util.Objects;

/** What a program hands over: a null is told by the name of its parameter, before anything else. */
final class Arguments {
    private Arguments() {}

    /**
     * {@return a copy of a list without nulls}
     *
     * @param list that was handed over
     * @param name of the parameter
     */
    static <T> List<T> copy(List<T> list, String name) {
        Objects.requireNonNull(list, name);
        for (int i = 0; i < list.size(); i++) {
            int at = i;
            Objects.requireNonNull(list.get(i), () -> name + "[" + at + "]");
        }
        return List.copyOf(list);
    }
}
