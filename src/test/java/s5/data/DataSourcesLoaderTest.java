package s5.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Data sets are found on any thread, whatever its class loader sees. */
class DataSourcesLoaderTest {
    /** The program once more, in a class loader of its own, as a server has it. */
    private static URLClassLoader again() throws IOException {
        List<URL> all = new ArrayList<>();
        String path =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        for (String part : path.split(File.pathSeparator, -1)) {
            all.add(Path.of(part).toUri().toURL());
        }
        return new URLClassLoader(all.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    private static void assertFound(ClassLoader ofThread)
            throws IOException, ReflectiveOperationException {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader loader = again()) {
            Thread.currentThread().setContextClassLoader(ofThread);
            Class<?> sources = loader.loadClass(DataSources.class.getName());
            List<?> found = (List<?>) sources.getMethod("all").invoke(null);
            assertEquals(DataSources.all().size(), found.size());
            for (Object source : found) {
                assertSame(loader, source.getClass().getClassLoader());
            }
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    @Test
    void onAThreadThatSeesNothing() throws IOException, ReflectiveOperationException {
        assertFound(ClassLoader.getPlatformClassLoader());
        assertFound(null);
    }

    /** Classes of the same names that are others. */
    @Test
    void onAThreadThatSeesTheProgramElsewhere() throws IOException, ReflectiveOperationException {
        assertFound(DataSourcesLoaderTest.class.getClassLoader());
    }
}
