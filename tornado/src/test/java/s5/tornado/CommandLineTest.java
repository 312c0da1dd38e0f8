package s5.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What a user sees where there is no GPU: one line that says why and what to do, and exit code 2.
 */
class CommandLineTest {
    private static final String GOLDEN =
            Path.of("src/test/resources/golden/base.safetensors").toAbsolutePath().toString();

    @TempDir Path folder;

    private record Ran(int code, String out, String err) {
        void assertMistake(String... parts) {
            assertEquals(2, code, out + err);
            List<String> lines = err.lines().filter(l -> l.startsWith("s5: ")).toList();
            assertEquals(1, lines.size(), err);
            for (String part : parts) {
                assertTrue(lines.getFirst().contains(part), err);
            }
        }
    }

    /** Runs s5 in a JVM of its own, with this one's class path. */
    private Ran run(boolean tornado, Map<String, String> environment, String... words)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        if (tornado) {
            command.add("@" + System.getProperty("s5.tornado.options"));
        }
        String path =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        command.addAll(List.of("-cp", path, "s5.Main"));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().putAll(environment);
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        assertTrue(process.waitFor(5, TimeUnit.MINUTES), "still running");
        return new Ran(
                process.exitValue(),
                java.nio.file.Files.readString(out),
                java.nio.file.Files.readString(err));
    }

    @Test
    void aGpuWithoutTornadoVm() throws Exception {
        run(false, Map.of(), "verify", GOLDEN, "device=gpu")
                .assertMistake(
                        "device gpu: this JVM was started without TornadoVM", "tornado -jar");
    }

    @Test
    void aDeviceThatIsNotThere() throws Exception {
        run(true, Map.of(), "verify", GOLDEN, "device=cuda:7")
                .assertMistake("device cuda:7: there is no such device here, only ", "cpu");
    }

    @Test
    void aGpuWithoutDriver() throws Exception {
        run(true, Map.of("OCL_ICD_VENDORS", "/nonexistent"), "verify", GOLDEN, "device=gpu")
                .assertMistake("TornadoVM does not start: ", "driver", "device: cpu");
    }

    /** Nobody asked for the GPU, so the CPU will do; but not without a word. */
    @Test
    void anyDeviceWithoutDriver() throws Exception {
        Ran ran = run(true, Map.of("OCL_ICD_VENDORS", "/nonexistent"), "verify", GOLDEN);
        assertEquals(0, ran.code(), ran.err());
        assertTrue(ran.out().contains("CPU, "), ran.out());
        assertTrue(ran.err().contains("TornadoVM does not start: "), ran.err());
        assertTrue(ran.err().contains("device: auto takes the CPU"), ran.err());
    }

    @Test
    void devices() throws Exception {
        Ran ran = run(true, Map.of(), "devices");
        assertEquals(0, ran.code(), ran.err());
        assertEquals("cpu", ran.out().lines().toList().getLast().split(" ", 2)[0]);
        Ran without = run(true, Map.of("OCL_ICD_VENDORS", "/nonexistent"), "devices");
        assertEquals(0, without.code(), without.err());
        assertTrue(without.out().contains("cores  <- auto"), without.out());
        assertTrue(without.out().contains("TornadoVM does not start: "), without.out());
    }
}
