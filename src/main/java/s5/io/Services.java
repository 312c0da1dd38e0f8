package s5.io;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * Finds what {@code META-INF/services} names, wherever this program's classes come from. The class
 * loader of the thread alone will not do: in a service whose libraries are jars within a jar, pools
 * that the JDK has made have one that sees none of them.
 */
public final class Services {
    private Services() {}

    /**
     * {@return what the class's own loader finds, and then what only the thread's does}
     *
     * @param <T> the service
     * @param service its interface
     * @throws ServiceConfigurationError when one cannot be loaded
     */
    public static <T> List<T> find(Class<T> service) {
        List<T> all = new ArrayList<>();
        ServiceLoader.load(service, service.getClassLoader()).forEach(all::add);
        ClassLoader threads = Thread.currentThread().getContextClassLoader();
        if (sees(threads, service)) {
            for (T found : ServiceLoader.load(service, threads)) {
                if (all.stream().noneMatch(known -> known.getClass() == found.getClass())) {
                    all.add(found);
                }
            }
        }
        return all;
    }

    /** Whether a loader has this very class, and not one of the same name from somewhere else. */
    private static boolean sees(ClassLoader loader, Class<?> service) {
        try {
            return loader != null && Class.forName(service.getName(), false, loader) == service;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
