package s5.config;

import s5.data.DataSource;
import s5.data.DataSources;

import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The settings that a record holds, by their full names, in the order of its components. A
 * component that is a record itself is a section; one of the type Record stands for keys of the
 * same section that depend on the data set, one that is {@link Inlined} for keys of the same
 * section; every other one has a {@link Key}.
 */
public final class Schema {
    /**
     * One setting.
     *
     * @param path its full name, such as {@code model.dt_min}
     * @param section the section's name and a dot, or nothing at the top
     * @param type of its value: int, long, double, boolean, String, an enum or DataSource
     * @param key what is said of it
     */
    public record Setting(String path, String section, Class<?> type, Key key) {
        /** The name without its section. */
        String name() {
            return path.substring(section.length());
        }

        /** Whether it says where the data are. */
        boolean isPlaceOfData() {
            return key.place() && path.startsWith(DATA);
        }

        /** {@return in words, what values there are} */
        public String values() {
            if (!choices(type).isEmpty()) {
                return String.join(", ", spellings(type));
            } else if (type == boolean.class) {
                return "true, false";
            } else if (type == double.class) {
                return "number";
            } else {
                return type == String.class ? "text" : "whole number";
            }
        }
    }

    /** The section of data sets. */
    static final String DATA = "data.";

    /** The setting that names one. */
    static final String SET = DATA + "set";

    private final Map<String, Setting> settings = new LinkedHashMap<>();
    private final Set<String> sections = new LinkedHashSet<>();
    private final List<DataSource<?>> sets; // whose own keys are among the settings

    private Schema(List<DataSource<?>> sets) {
        this.sets = sets;
    }

    /**
     * {@return the settings of a record, such as {@link Config} or the options of a command}
     *
     * @param type whose components have a {@link Key} each
     */
    public static Schema of(Class<? extends Record> type) {
        return of(type, List.of());
    }

    /** Those of a {@link Config} with this data set. */
    static Schema of(DataSource<?> set) {
        return of(Config.class, List.of(set));
    }

    /** Those that a {@link Config} has with one data set or another. */
    static Schema ofAllSets() {
        return of(Config.class, DataSources.all());
    }

    /** The data set's own ones. */
    static Schema own(DataSource<?> set) {
        Schema schema = new Schema(List.of(set));
        schema.add(set.settings(), DATA);
        return schema;
    }

    private static Schema of(Class<? extends Record> type, List<DataSource<?>> sets) {
        Schema schema = new Schema(sets);
        schema.add(type, "");
        return schema;
    }

    private void add(Class<?> type, String section) {
        for (RecordComponent component : type.getRecordComponents()) {
            String path = section + snakeCase(component.getName());
            if (component.getType() == Record.class) {
                sets.forEach(set -> add(set.settings(), section));
            } else if (component.isAnnotationPresent(Inlined.class)) {
                add(component.getType(), section);
            } else if (component.getType().isRecord()) {
                sections.add(path);
                add(component.getType(), path + ".");
            } else {
                Key key = component.getAnnotation(Key.class);
                if (key == null) {
                    throw new IllegalStateException(path + " has no @Key");
                }
                settings.putIfAbsent(path, new Setting(path, section, component.getType(), key));
            }
        }
    }

    /** {@code cInit} becomes {@code c_init}. */
    static String snakeCase(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
    }

    /**
     * How YAML spells a value; a constant of an enum in small letters, unless its toString says
     * otherwise.
     */
    static String spelling(Object value) {
        if (value instanceof DataSource<?> set) {
            return set.name();
        }
        String text = value.toString();
        boolean plain = value instanceof Enum<?> constant && text.equals(constant.name());
        return plain ? text.toLowerCase(Locale.ROOT) : text;
    }

    static List<String> spellings(Class<?> type) {
        return choices(type).stream().map(Schema::spelling).toList();
    }

    /** All values of an enum, or all data sets; empty for other types. */
    static List<?> choices(Class<?> type) {
        if (type == DataSource.class) {
            return DataSources.all();
        }
        return type.isEnum() ? List.of(type.getEnumConstants()) : List.of();
    }

    /** The record that a component of the type Record holds. */
    Class<? extends Record> own() {
        return sets.getFirst().settings();
    }

    /** {@return all settings in order} */
    public Collection<Setting> settings() {
        return settings.values();
    }

    Optional<Setting> setting(String path) {
        return Optional.ofNullable(settings.get(path));
    }

    boolean isSection(String path) {
        return sections.contains(path);
    }

    /**
     * Whether the others leave a setting a meaning; see {@link Key#when}.
     *
     * @param text gives a setting's value as YAML has it
     */
    boolean meaningful(Setting setting, Function<Setting, String> text) {
        String when = setting.key().when();
        if (when.isEmpty()) {
            return true;
        }
        Setting other = condition(setting);
        String value = text.apply(other).toLowerCase(Locale.ROOT);
        List<String> allowed = List.of(when.substring(when.indexOf('=') + 1).split("\\|"));
        return allowed.contains(value) && meaningful(other, text);
    }

    /** The setting that {@link Key#when} of this one names. */
    Setting condition(Setting setting) {
        String when = setting.key().when();
        return settings.get(setting.section() + when.substring(0, when.indexOf('=')));
    }

    /** The values that a record holds, by the settings' full names. */
    Map<String, Object> values(Record config) {
        Map<String, Object> values = new LinkedHashMap<>();
        collect(config, "", values);
        return values;
    }

    private void collect(Record config, String section, Map<String, Object> values) {
        for (RecordComponent component : config.getClass().getRecordComponents()) {
            String path = section + snakeCase(component.getName());
            Object value;
            try {
                component.getAccessor().setAccessible(true); // a set's record need not be public
                value = component.getAccessor().invoke(config);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
            if (component.getType() == Record.class
                    || component.isAnnotationPresent(Inlined.class)) {
                collect((Record) value, section, values);
            } else if (value instanceof Record part) {
                collect(part, path + ".", values);
            } else {
                values.put(path, value);
            }
        }
    }

    /** What to say of a name that is no setting. */
    String unknown(String path) {
        String section = path.contains(".") ? path.substring(0, path.lastIndexOf('.') + 1) : "";
        String name = path.substring(section.length());
        return "no such key" + meant(path, section, name);
    }

    /**
     * The setting that a name stands for: by its path, the official flag, or the right name in the
     * wrong section.
     */
    Optional<String> named(String path) {
        if (setting(path).isPresent()) {
            return Optional.of(path);
        }
        String name = path.substring(path.lastIndexOf('.') + 1);
        return settings.values().stream()
                .filter(s ->
                        s.key().official().equalsIgnoreCase(name)
                                || s.name().equalsIgnoreCase(name))
                .map(Setting::path)
                .findFirst();
    }

    private String meant(String path, String section, String name) {
        Optional<String> named = named(path);
        if (named.isPresent()) {
            return "; did you mean " + named.get() + "?";
        }
        Map<String, String> here = new LinkedHashMap<>(); // names in this section, and their paths
        Map<String, String> anywhere = new LinkedHashMap<>();
        for (Setting s : settings.values()) {
            anywhere.putIfAbsent(s.name(), s.path());
            if (s.section().equals(section)) {
                here.put(s.name(), s.path());
            }
        }
        if (section.isEmpty()) {
            sections.forEach(top -> here.put(top, top));
        }
        for (Map<String, String> names : List.of(here, anywhere)) {
            Optional<String> near = Messages.nearest(name, names.keySet());
            if (near.isPresent()) {
                return "; did you mean " + names.get(near.get()) + "?";
            }
        }
        if (here.isEmpty() && !sections.isEmpty()) {
            return "; the sections are " + String.join(", ", sections);
        }
        String valid = String.join(", ", (here.isEmpty() ? anywhere : here).keySet());
        return section.isEmpty() || here.isEmpty()
                ? "; there are " + valid
                : "; " + path.substring(0, section.length() - 1) + " has " + valid;
    }
}
