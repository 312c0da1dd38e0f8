package s5.tornado.rank;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.File;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The NVIDIA GPUs that this process may use, without touching one. */
public final class Gpus {
    private static final String VISIBLE = "CUDA_VISIBLE_DEVICES";

    private Gpus() {}

    /** {@return what {@code CUDA_VISIBLE_DEVICES} has for each: a number, or a name} */
    public static List<String> visible() {
        String listed = System.getenv(VISIBLE);
        if (listed != null) {
            return Arrays.stream(listed.split(",", -1))
                    .map(String::strip)
                    .takeWhile(gpu -> !gpu.isEmpty() && !gpu.startsWith("-"))
                    .toList();
        }
        return IntStream.range(0, count()).mapToObj(Integer::toString).toList();
    }

    /** As the driver's management library counts; without it, as its files do. */
    private static int count() {
        Optional<Native> library = Native.find("libnvidia-ml.so.1");
        if (library.isEmpty()) {
            String[] files = new File("/proc/driver/nvidia/gpus").list();
            return files == null ? 0 : files.length;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(JAVA_INT);
            boolean told =
                    library.get().function("nvmlInit_v2", JAVA_INT).call() == 0
                            && library.get()
                                            .function("nvmlDeviceGetCount_v2", JAVA_INT, ADDRESS)
                                            .call(count)
                                    == 0;
            return told ? count.get(JAVA_INT, 0) : 0;
        }
    }

    /**
     * Has CUDA see one GPU alone, before it starts: the variable is set in this process's own
     * environment, where Java's copy does not show it.
     *
     * @param gpu one of {@link #visible}
     */
    @SuppressWarnings("restricted") // the launcher lets us
    public static void only(String gpu) {
        Linker linker = Linker.nativeLinker();
        try (Arena arena = Arena.ofConfined()) {
            Object status =
                    linker.downcallHandle(
                                    linker.defaultLookup().find("setenv").orElseThrow(),
                                    FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT))
                            .invokeWithArguments(
                                    arena.allocateFrom(VISIBLE), arena.allocateFrom(gpu), 1);
            if ((int) status != 0) {
                throw new IllegalStateException("setenv: " + status);
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
