package s5.config;

import s5.UserError;
import s5.data.DataSource;
import s5.data.DataSources;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Makes a record of the values given. Types are strict: nothing is rounded, and text is never taken
 * for a number or a truth value.
 */
final class Binder {
    private final Schema schema;
    private final Map<String, Given> given;
    private final Map<String, String> derived;
    private final String source;

    /**
     * @param given by full name, all of them in the schema or keys of another data set than the
     *     schema's
     * @param derived values of keys that are left out and have no fixed default
     * @param source what to call the place of keys that are left out
     */
    Binder(Schema schema, Map<String, Given> given, Map<String, String> derived, String source) {
        this.schema = schema;
        this.given = given;
        this.derived = derived;
        this.source = source;
    }

    <T extends Record> T bind(Class<T> type) {
        try {
            // What is given is looked at before what is missing, and each value by itself first.
            given.keySet().forEach(path -> schema.setting(path).ifPresent(this::value));
            given.keySet().forEach(this::rejectMeaningless);
            return type.cast(make(type, ""));
        } catch (UserError e) {
            // Messages of value() and of the constructors start with the key; its place is known
            // here.
            String key = e.getMessage().substring(0, Math.max(0, e.getMessage().indexOf(": ")));
            throw new UserError(place(key) + ": " + e.getMessage(), e);
        }
    }

    private Object make(Class<?> type, String section) {
        RecordComponent[] components = type.getRecordComponents();
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            String path = section + Schema.snakeCase(components[i].getName());
            if (components[i].getType() == Record.class) {
                values[i] = make(schema.own(), section);
            } else if (components[i].isAnnotationPresent(Inlined.class)) {
                values[i] = make(components[i].getType(), section);
            } else {
                values[i] =
                        schema.isSection(path)
                                ? make(components[i].getType(), path + ".")
                                : value(schema.setting(path).orElseThrow());
            }
        }
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true); // a command's options need not be public
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof UserError mistake) {
                throw mistake;
            }
            throw new IllegalStateException(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private Object value(Schema.Setting setting) {
        String path = setting.path();
        Given value = given.get(path);
        if (value == null) {
            String unset = derived.getOrDefault(path, setting.key().unset());
            if (unset.isEmpty()) {
                throw wrong(path, "is missing; give it one of: " + setting.values());
            }
            value = new Given(source, Given.Kind.ANY, unset);
        }
        if (value.kind() == Given.Kind.NOTHING) {
            throw wrong(path, "has no value; give one or leave the key out");
        }
        Class<?> type = setting.type();
        if (type == int.class) {
            return (int) whole(path, value, Integer.MAX_VALUE);
        } else if (type == long.class) {
            return whole(path, value, Long.MAX_VALUE);
        } else if (type == double.class) {
            return decimal(path, value);
        } else if (type == boolean.class) {
            return truth(path, value);
        } else if (!Schema.choices(type).isEmpty()) {
            return constant(path, value, type);
        } else {
            return text(path, value);
        }
    }

    private static long whole(String path, Given value, long max) {
        if (value.kind() == Given.Kind.TEXT
                || !value.text().matches("[-+]?(0|[1-9][0-9_]*)")
                || value.text().length() > 100) {
            throw wrong(path, "must be a whole number in plain digits, not " + shown(value));
        }
        BigInteger number = new BigInteger(value.text().replaceAll("[_+]", ""));
        if (number.abs().compareTo(BigInteger.valueOf(max)) > 0) {
            throw wrong(path, "is too large: %s; at most %d".formatted(shown(value), max));
        }
        return number.longValueExact();
    }

    private static double decimal(String path, Given value) {
        String text = value.text().replace("_", "");
        boolean number = text.matches("[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?");
        if (value.kind() == Given.Kind.TEXT || !number) {
            throw wrong(path, "must be a number, not " + shown(value));
        }
        double result = Double.parseDouble(text);
        if (Double.isInfinite(result)) {
            throw wrong(path, "is too large: " + shown(value));
        }
        return result;
    }

    private static boolean truth(String path, Given value) {
        return switch (value.kind() == Given.Kind.TEXT
                ? ""
                : value.text().toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw wrong(path, "must be true or false, not " + shown(value));
        };
    }

    private static Object constant(String path, Given value, Class<?> type) {
        List<String> names = Schema.spellings(type);
        for (Object constant : Schema.choices(type)) {
            if (Schema.spelling(constant).equalsIgnoreCase(value.text())) {
                return constant;
            }
        }
        String hint = Messages.didYouMean(value.text(), names);
        if (hint.isEmpty() && type == DataSource.class) {
            hint = "; one of your own has to be on the class path";
        }
        throw wrong(
                path,
                "must be one of %s, not %s%s"
                        .formatted(String.join(", ", names), shown(value), hint));
    }

    private static String text(String path, Given value) {
        if (value.kind() != Given.Kind.TEXT && value.kind() != Given.Kind.ANY) {
            throw wrong(
                    path,
                    "must be text, and YAML takes %s for something else; put it in quotes"
                            .formatted(value.text()));
        }
        return value.text();
    }

    private static String shown(Given value) {
        return switch (value.kind()) {
            case TEXT -> "the text " + Messages.quoted(value.text());
            case ANY -> Messages.quoted(value.text());
            default -> Messages.shown(value.text());
        };
    }

    /** A key that is given although another setting leaves it without a meaning. */
    private void rejectMeaningless(String path) {
        if (schema.setting(path).isEmpty()) {
            rejectForeign(path);
            return;
        }
        Schema.Setting setting = schema.setting(path).orElseThrow();
        if (!schema.meaningful(setting, this::effective)) {
            Schema.Setting other = schema.condition(setting);
            throw wrong(
                    path,
                    "is for %s only, and %s is %s here; leave it out"
                            .formatted(
                                    setting.section() + setting.key().when().replace("|", " or "),
                                    other.path(),
                                    Messages.shown(effective(other))));
        }
    }

    /** A key of another data set. */
    private void rejectForeign(String path) {
        if (!given.containsKey(Schema.SET)) {
            return; // which is said when it is missed
        }
        List<String> sets =
                DataSources.all().stream()
                        .filter(set -> Schema.own(set).setting(path).isPresent())
                        .map(DataSource::name)
                        .toList();
        throw wrong(
                path,
                sets.isEmpty()
                        ? schema.unknown(path)
                        : "is for data.set=%s only, and data.set is %s here; leave it out"
                                .formatted(
                                        String.join(" or ", sets),
                                        Messages.shown(given.get(Schema.SET).text())));
    }

    private String effective(Schema.Setting setting) {
        Given value = given.get(setting.path());
        return value == null ? setting.key().unset() : value.text();
    }

    private String place(String key) {
        Given value = given.get(key);
        return value == null ? source : value.place();
    }

    private static UserError wrong(String path, String what) {
        return new UserError(path + ": " + what);
    }
}
