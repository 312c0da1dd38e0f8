package s5;

import s5.config.ConfigLoader;

import java.util.ArrayList;
import java.util.Collection;
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

    /**
     * {@return the text of a setting that takes several values}
     *
     * @param key of the setting
     * @param values of it
     * @throws UserError when it takes one, or a value has a comma in it
     */
    static String several(String key, Collection<?> values) {
        List<String> texts = new ArrayList<>();
        for (Object value : values) {
            texts.add(Objects.requireNonNull(value, "value").toString());
        }
        if (!ConfigLoader.isList(key)) {
            throw new UserError("%s: takes one value, not %s".formatted(key, texts));
        }
        if (texts.stream().anyMatch(text -> text.contains(","))) {
            throw new UserError(key + ": is a list of plain values without commas in them");
        }
        return String.join(", ", texts);
    }
}
