package s5;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import s5.io.Safetensors;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The commands as a user runs them, on small things. */
class CommandsTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    @TempDir Path folder;

    private record Ran(int code, String out, String err) {
        static Ran of(Object... words) {
            StringWriter out = new StringWriter();
            StringWriter err = new StringWriter();
            String[] args =
                    java.util.Arrays.stream(words).map(Object::toString).toArray(String[]::new);
            int code = Main.run(args, new PrintWriter(out), new PrintWriter(err));
            return new Ran(code, out.toString(), err.toString());
        }

        void assertMistake(String... parts) {
            assertEquals(2, code, err);
            assertEquals(1, err.lines().count(), err);
            for (String part : parts) {
                assertTrue(err.contains(part), err);
            }
        }
    }

    private Path config() throws IOException {
        return Files.writeString(
                folder.resolve("tiny.yaml"),
                """
                data:
                  set: listops
                  source: generate
                  cache_dir: %s
                  min_length: 5
                  max_length: 30
                  length: 30
                  max_depth: 3
                  max_args: 3
                  train_size: 320
                  val_size: 50
                  test_size: 50
                model: {layers: 2, features: 16, states: 8, blocks: 2, bidirectional: true, dropout: 0.1}
                train: {epochs: 2, batch: 32, ssm_lr: 0.002}
                """
                        .formatted(folder.resolve("cache")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model.features=65536",
                "model.features=65536 model.states=65536 model.blocks=1",
                "train.eval_batch=1000000 model.features=4096",
                "train.batch=320 data.length=16777216",
                "train.eval_batch=1000000 data.length=16777216"
            })
    void whatIsTooLargeIsAMistake(String settings) throws IOException {
        List<Object> words = new ArrayList<>(List.of("info", config()));
        words.addAll(List.of(settings.split(" ")));
        Ran.of(words.toArray()).assertMistake("than an array can hold", "lower train.batch");
    }

    /** More than the heap, though every array is possible. */
    @Test
    void whatTheMemoryDoesNotHoldIsAMistake() throws Exception {
        Path model = Files.writeString(folder.resolve("tiny.yaml"), "data: {set: listops}");
        Ran ran = inAProcess("-Xmx200m", "info " + model + " time=true model.features=4096");
        assertEquals(2, ran.code(), ran.err());
        String last = ran.err().lines().toList().getLast(); // one before it is about the kernels
        assertTrue(
                last.startsWith("s5: out of memory (Java heap space), of which the JVM may take"),
                ran.err());
        assertTrue(last.contains("; lower train.batch or the model's sizes, "), last);
        assertTrue(ran.err().lines().count() <= 2, ran.err());
    }

    private static Ran inAProcess(String options, String shell) throws Exception {
        String java =
                Path.of(System.getProperty("java.home"), "bin", "java")
                        + " -XX:TieredStopAtLevel=1 "
                        + options
                        + " -cp "
                        + System.getProperty(
                                "surefire.test.class.path", System.getProperty("java.class.path"))
                        + " s5.Main ";
        Process process =
                new ProcessBuilder("bash", "-c", "set -o pipefail; " + java + shell).start();
        String err = new String(process.getErrorStream().readAllBytes(), UTF_8);
        return new Ran(process.waitFor(), "", err);
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "it needs /dev/full")
    void anAnswerThatIsLostIsAFailure() throws Exception {
        Ran full = inAProcess("", "keys >/dev/full");
        assertEquals(1, full.code(), full.err());
        assertEquals(
                "s5: standard output: cannot be written (No space left on device)\n", full.err());
        Ran enough = inAProcess("", "keys | head -1");
        assertEquals(0, enough.code(), enough.err());
        assertEquals("", enough.err());
    }

    @Test
    void trainsAndEvaluatesAlikeOnAnyNumberOfThreads() throws IOException {
        Path config = config();
        Ran one = Ran.of(config, "threads=1", "device=cpu", "out=" + folder.resolve("one"));
        assertEquals(0, one.code(), one.err());
        assertTrue(one.out().contains("epoch 2 of 2: train loss"), one.out());
        Ran three =
                Ran.of(
                        "train",
                        config,
                        "threads=3",
                        "device=cpu",
                        "out=" + folder.resolve("three"));
        assertEquals(0, three.code(), three.err());
        Safetensors a = Safetensors.read(folder.resolve("one/last.safetensors"));
        Safetensors b = Safetensors.read(folder.resolve("three/last.safetensors"));
        assertEquals(a.arrays().keySet(), b.arrays().keySet());
        a.arrays()
                .forEach((name, array) ->
                        assertArrayEquals(array.values(), b.get(name).values(), name));

        Matcher trained = Pattern.compile("test accuracy ([0-9.]+) %").matcher(one.out());
        assertTrue(trained.find(), one.out());
        Ran eval =
                Ran.of(
                        "eval",
                        folder.resolve("one/best.safetensors"),
                        "device=cpu",
                        "data.cache_dir=" + folder.resolve("cache"));
        assertEquals(0, eval.code(), eval.err());
        assertTrue(eval.out().contains("accuracy " + trained.group(1) + " %"), eval.out());
        assertTrue(eval.out().contains("50 samples"), eval.out());
    }

    @Test
    void refusesFilesThatAreNoCheckpoint() throws IOException {
        Ran.of("eval", GOLDEN.resolve("base.safetensors"))
                .assertMistake("base.safetensors", "not a checkpoint");
        Ran.of("eval", folder.resolve("none.safetensors"))
                .assertMistake("none.safetensors", "no such file");
        Path cut = folder.resolve("cut.safetensors");
        byte[] whole = Files.readAllBytes(GOLDEN.resolve("base.safetensors"));
        Files.write(cut, java.util.Arrays.copyOf(whole, whole.length - 100));
        Ran.of("eval", cut).assertMistake("cut.safetensors", "bytes");
    }

    @Test
    void verifiesOfficialNumbers() throws IOException {
        Files.copy(GOLDEN.resolve("base.safetensors"), folder.resolve("base.safetensors"));
        Files.copy(GOLDEN.resolve("init.safetensors"), folder.resolve("init.safetensors"));
        Ran ran = Ran.of("verify", folder, "device=cpu");
        assertEquals(0, ran.code(), ran.out() + ran.err());
        assertEquals(
                2,
                Pattern.compile("  ok$", Pattern.MULTILINE).matcher(ran.out()).results().count());
    }

    @Test
    void verifyFailsWhenANumberIsOff() throws IOException {
        Safetensors golden = Safetensors.read(GOLDEN.resolve("base.safetensors"));
        Map<String, Safetensors.Array> arrays = new LinkedHashMap<>(golden.arrays());
        arrays.get("g/encoder/layers_1/seq/log_step").values()[2] *= 1.01f;
        new Safetensors(golden.metadata(), arrays).write(folder.resolve("off.safetensors"));
        Ran ran = Ran.of("verify", folder, "device=cpu");
        assertEquals(1, ran.code(), ran.err());
        assertTrue(ran.out().contains("FAILED"), ran.out());
        assertTrue(ran.out().contains("encoder/layers_1/seq/log_step"), ran.out());
    }

    @Test
    void verifyNamesWhatIsDamaged() throws IOException {
        Ran.of("verify", folder).assertMistake(folder.toString(), "no .safetensors files");
        Ran.of("verify", folder.resolve("nothing")).assertMistake("no such file or folder");
        Ran.of("verify", GOLDEN, "devise=cpu").assertMistake("devise", "device");
        Safetensors golden = Safetensors.read(GOLDEN.resolve("base.safetensors"));
        Map<String, Safetensors.Array> arrays = new LinkedHashMap<>(golden.arrays());
        arrays.remove("p0/decoder/kernel");
        Path damaged = folder.resolve("damaged.safetensors");
        new Safetensors(golden.metadata(), arrays).write(damaged);
        Ran.of("verify", damaged, "device=cpu")
                .assertMistake("damaged.safetensors", "'p0/decoder/kernel' is missing");
        arrays.put("p0/decoder/kernel", new Safetensors.Array(new int[] {5, 8}, new float[40]));
        new Safetensors(golden.metadata(), arrays).write(damaged);
        Ran.of("verify", damaged, "device=cpu").assertMistake("[5, 8], expected [8, 5]");
        arrays.put("in/y0", new Safetensors.Array(new int[] {4}, new float[] {0, 1, 2, 99}));
        arrays.put("p0/decoder/kernel", golden.get("p0/decoder/kernel"));
        new Safetensors(golden.metadata(), arrays).write(damaged);
        Ran.of("verify", damaged, "device=cpu").assertMistake("in/y0", "99");
        Map<String, String> settings =
                Map.of(
                        "config",
                        golden.metadata()
                                .get("config")
                                .replace("\"d_model\": 8", "\"d_model\": 0"));
        new Safetensors(settings, golden.arrays()).write(damaged);
        Ran.of("verify", damaged, "device=cpu").assertMistake("d_model");
    }

    @Test
    void benchesASmallConfig() throws IOException {
        Path json = folder.resolve("bench.json");
        Ran ran = Ran.of("bench", config(), "steps=3", "warmup=1", "device=cpu", "json=" + json);
        assertEquals(0, ran.code(), ran.err());
        JsonNode row = new JsonMapper().readTree(json.toFile()).path("experiments").path(0);
        assertEquals("tiny", row.path("name").asText());
        double least = row.path("train").path("min_ms").asDouble();
        double median = row.path("train").path("median_ms").asDouble();
        assertTrue(0 < least && least <= median, row.toString());
        assertTrue(row.path("train").path("ms_by_operation").has("scanAdjoint"), row.toString());
        assertFalse(row.path("eval").path("ms_by_operation").has("scanAdjoint"), row.toString());
        Ran.of("bench", config(), "steps=0").assertMistake("steps");
        Ran nowhere = Ran.of("bench", config(), "device=cpu", "json=" + json + "/b.json");
        nowhere.assertMistake(json + "/b.json: cannot be written, there is no such folder");
        assertEquals("", nowhere.out()); // before anything is timed
        Ran.of("bench").assertMistake("bench");
        Ran.of("bench", "compare", json).assertMistake("bench compare takes two files");
        Ran.of("bench", "compare", json, json, "steps=3").assertMistake("no settings");
        Ran same = Ran.of("bench", "compare", json, json);
        assertTrue(same.out().contains("1.00"), same.out());
    }

    @Test
    void sayWhichDeviceIsMissing() throws IOException {
        Ran.of(config(), "device=cuda:7", "out=" + folder.resolve("a/b"))
                .assertMistake("cuda:7", "TornadoVM");
        assertEquals(List.of("tiny.yaml"), names()); // no data set made in vain either
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aRunThatCannotBeginLeavesNothing() throws IOException {
        String out = "out=" + folder.resolve("a/b");
        Path mnist = Files.writeString(folder.resolve("m.yaml"), "data: {set: smnist}");
        Ran.of(mnist, "device=cpu", "data.root=" + folder.resolve("no"), out)
                .assertMistake("there is no folder", "s5 download mnist");
        write("train", 20);
        write("t10k", 20);
        Ran.of(mnist, "device=cpu", "data.root=" + folder, out)
                .assertMistake("train.batch: 64 is more than the 18 samples of the training set");
        assertFalse(Files.exists(folder.resolve("a")));
        Path there = Files.createDirectory(folder.resolve("there"));
        Ran.of(mnist, "device=cpu", "data.root=" + folder, "out=" + there).assertMistake("batch");
        assertTrue(Files.exists(there)); // which the user made
    }

    /** The test set stands in for it in training, and must not be taken for one here. */
    @Test
    void noValidationSetToEvaluateOn() throws IOException {
        write("train", 20);
        write("t10k", 20);
        Path out = folder.resolve("run");
        Path mnist =
                Files.writeString(
                        folder.resolve("m.yaml"),
                        """
                        data: {set: smnist, root: %s, validation: 0}
                        model: {layers: 1, features: 4, states: 4, blocks: 1}
                        train: {epochs: 1, batch: 10}
                        """
                                .formatted(folder));
        Ran run = Ran.of(mnist, "device=cpu", "out=" + out);
        assertEquals(0, run.code(), run.err());
        Path best = out.resolve("best.safetensors");
        Ran.of("eval", best, "device=cpu") // what a checkpoint says of places is not believed
                .assertMistake("data.root", "had data.root=" + folder + ", which is not taken");
        Ran.of("eval", best, "device=cpu", "split=validation", "data.root=" + folder)
                .assertMistake("split: there is no validation set", "use test or train");
        assertEquals(
                0, Ran.of("eval", best, "device=cpu", "split=test", "data.root=" + folder).code());
    }

    private void write(String part, int count) throws IOException {
        ByteBuffer images = ByteBuffer.allocate(16 + 784 * count);
        images.putInt(0x803).putInt(count).putInt(28).putInt(28);
        Files.write(folder.resolve(part + "-images-idx3-ubyte"), images.array());
        ByteBuffer labels = ByteBuffer.allocate(8 + count).putInt(0x801).putInt(count);
        Files.write(folder.resolve(part + "-labels-idx1-ubyte"), labels.array());
    }

    @Test
    void settingsThatAreTooLargeForArrays() throws IOException {
        String out = "out=" + folder.resolve("run");
        Path config = config();
        for (String command : List.of("train", "info", "bench")) {
            for (String word : List.of("model.features=65536", "train.eval_batch=1000000")) {
                Object length = word.startsWith("train") ? "data.length=16777216" : "seed=1";
                List<Object> words = new ArrayList<>(List.of(command, config, word, length));
                words.addAll(List.of("device=cpu", out));
                Ran.of(words.toArray())
                        .assertMistake("settings are too large", "than an array can hold", "lower");
            }
        }
        assertEquals(List.of("tiny.yaml"), names());
    }

    @Test
    void aFolderIsNoCheckpoint() {
        for (String command : List.of("eval", "predict")) {
            Object[] words =
                    command.equals("eval")
                            ? new Object[] {command, folder}
                            : new Object[] {command, folder, "x.csv"};
            Ran.of(words).assertMistake("is a folder", folder.resolve("best.safetensors") + "");
        }
    }

    @Test
    void infoCountsParameters() {
        Ran ran = Ran.of("info", "configs/listops.yaml");
        assertEquals(0, ran.code(), ran.err());
        assertTrue(ran.out().contains("188,490 parameters"), ran.out());
    }
}
