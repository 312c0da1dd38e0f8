package s5.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * {@code tornado -jar s5.jar} as a user types it, on the finished jar: also from the jar's own
 * folder, where TornadoVM takes the jar for a module. Runs after packaging; needs the SDK's
 * launcher and a device.
 */
class JarCheck {
    private static final Path JAR = Path.of("target/s5.jar").toAbsolutePath();

    @TempDir Path folder;

    private record Ran(int code, String out) {}

    @BeforeEach
    void checkDevice() {
        Device.open().close();
        assumeTrue(Files.exists(JAR), "no target/s5.jar: this check comes after packaging");
    }

    private Ran tornado(Path directory, String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getenv("TORNADOVM_HOME"), "bin/tornado").toString());
        command.add("-jar");
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Path out = folder.resolve("out");
        Process process = builder.redirectErrorStream(true).redirectOutput(out.toFile()).start();
        assertTrue(process.waitFor(10, TimeUnit.MINUTES), "still running");
        return new Ran(process.exitValue(), Files.readString(out));
    }

    @Test
    void startsAnywhere() throws Exception {
        Ran ran = tornado(folder, JAR.toString(), "devices");
        assertEquals(0, ran.code(), ran.out());
        assertTrue(ran.out().contains("TornadoVM's"), ran.out());
    }

    private static String tiny(Path cache) {
        return """
        data:
          set: listops
          source: generate
          cache_dir: %s
          min_length: 5
          max_length: 30
          length: 30
          max_depth: 3
          max_args: 3
          train_size: 64
          val_size: 20
          test_size: 20
        model: {layers: 1, features: 16, states: 8, blocks: 2, bidirectional: true}
        train: {epochs: 2, batch: 32, ssm_lr: 0.002}
        """
                .formatted(cache);
    }

    /** Training, evaluation and a checkpoint, from the jar's own folder. */
    @Test
    void trainsFromTheFolderOfTheJar() throws Exception {
        Path config = Files.writeString(folder.resolve("tiny.yaml"), tiny(folder.resolve("cache")));
        String device = new TornadoProvider().devices().getFirst().id();
        Ran ran =
                tornado(
                        JAR.getParent(),
                        "s5.jar",
                        config.toString(),
                        "device=" + device,
                        "out=" + folder.resolve("run"));
        assertEquals(0, ran.code(), ran.out());
        assertTrue(ran.out().contains(device + ": "), ran.out());
        assertTrue(ran.out().contains("epoch 2 of 2: train loss"), ran.out());
    }

    @Test
    void aMistakeIsOneLine() throws Exception {
        Ran ran = tornado(folder, JAR.toString(), "nonsense.yaml", "device=opencl:99");
        assertEquals(2, ran.code(), ran.out());
        assertEquals(
                1, ran.out().lines().filter(line -> line.startsWith("s5: ")).count(), ran.out());
    }
}
