package s5.data;

import s5.UserError;
import s5.io.Services;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The data sets that a config can name: those on the class path, found by {@link Services} (their
 * classes stand in {@code META-INF/services/s5.data.DataSource}), and those that a program has
 * added.
 */
public final class DataSources {
    private static final String OWN = DataSources.class.getPackageName() + ".";
    private static final List<DataSource<?>> ADDED = new CopyOnWriteArrayList<>();

    private static List<DataSource<?>> found; // null until they are looked for

    private DataSources() {}

    /** Those on the class path; looked for once. */
    private static synchronized List<DataSource<?>> found() {
        if (found == null) {
            List<DataSource<?>> all = new ArrayList<>();
            try {
                Services.find(DataSource.class).forEach(all::add);
            } catch (ServiceConfigurationError e) {
                throw new UserError("a data set on the class path: " + e.getMessage(), e);
            }
            // This program's own come first, wherever they stand on the class path.
            all.sort(Comparator.comparing(s -> !s.getClass().getPackageName().startsWith(OWN)));
            found = List.copyOf(all);
        }
        return found;
    }

    /**
     * {@return all of them, this program's own first}
     *
     * @throws UserError when two have the same name, or one cannot be loaded
     */
    public static List<DataSource<?>> all() {
        List<DataSource<?>> all = new ArrayList<>();
        found().forEach(source -> append(all, source));
        ADDED.forEach(source -> append(all, source));
        return all;
    }

    private static void append(List<DataSource<?>> all, DataSource<?> source) {
        if (!source.name().matches("[a-z][a-z0-9_-]*")) {
            throw new UserError(
                    "%s: '%s' is no name of a data set: use small letters, digits, dashes and underscores, a letter first"
                            .formatted(source.getClass().getName(), source.name()));
        }
        for (DataSource<?> other : all) {
            if (other.name().equals(source.name())) {
                throw new UserError(
                        "%s and %s: both are a data set %s; rename one"
                                .formatted(
                                        other.getClass().getName(),
                                        source.getClass().getName(),
                                        source.name()));
            }
        }
        all.add(source);
    }

    /**
     * {@return the one of this name; empty when there is none}
     *
     * @param name in large or small letters
     */
    public static Optional<DataSource<?>> named(String name) {
        for (DataSource<?> source : all()) {
            if (source.name().equalsIgnoreCase(name)) {
                return Optional.of(source);
            }
        }
        return Optional.empty();
    }

    /**
     * Makes a data set known to this program, where it stands in no {@code META-INF/services}.
     *
     * @param source to be found by its name from now on
     * @throws UserError when there is one of its name, or its name is none
     */
    public static void add(DataSource<?> source) {
        append(all(), source);
        ADDED.add(source);
    }

    /**
     * Forgets a set that was added.
     *
     * @param source that {@link #add} was given
     */
    public static void remove(DataSource<?> source) {
        ADDED.remove(source);
    }
}
