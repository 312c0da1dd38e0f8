package s5.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.io.Safetensors;
import s5.run.TinyRun.Ended;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a run leaves, read by Python's own libraries. {@code -Ds5.python=FILE} names a Python that
 * has them.
 */
class PythonReadersTest {
    private static final String PYTHON = System.getProperty("s5.python", "python3");

    @TempDir Path folder;

    /** Runs a script; what it prints is JSON. Skipped where Python lacks the module. */
    private JsonNode python(String module, String script, Path argument) throws Exception {
        assumeTrue(
                run("import " + module, Path.of("")) == 0,
                PYTHON + " has no " + module + " (pip install " + module + ")");
        assertEquals(0, run(script, argument), () -> read("err"));
        return new JsonMapper().readTree(read("out"));
    }

    private int run(String script, Path argument) throws Exception {
        try {
            Process process =
                    new ProcessBuilder(PYTHON, "-c", script, argument.toString())
                            .redirectOutput(folder.resolve("out").toFile())
                            .redirectError(folder.resolve("err").toFile())
                            .start();
            assertTrue(process.waitFor(120, TimeUnit.SECONDS), "Python goes on");
            return process.exitValue();
        } catch (IOException e) {
            return -1; // there is no Python
        }
    }

    private String read(String file) {
        try {
            return Files.readString(folder.resolve(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void safetensorsOpensCheckpoints() throws Exception {
        TinyRun tiny = new TinyRun(folder);
        assertEquals(0, tiny.train("a", "train.epochs=1").code());
        Path file = tiny.out("a").resolve("last.safetensors");
        JsonNode found =
                python(
                        "safetensors.numpy",
                        """
                        import json, sys
                        from safetensors import safe_open
                        with safe_open(sys.argv[1], framework="numpy") as f:
                            tensors = {k: f.get_tensor(k) for k in f.keys()}
                            metadata = f.metadata()
                        print(json.dumps({"metadata": metadata, "tensors": {
                            k: {"shape": list(t.shape), "values": t.astype("float64").ravel().tolist()}
                            for k, t in tensors.items()}}))
                        """,
                        file);
        Safetensors expected = Safetensors.read(file);
        assertEquals(expected.arrays().size(), found.path("tensors").size());
        assertEquals(
                expected.metadata().get("config"), found.path("metadata").path("config").asText());
        expected.arrays()
                .forEach((name, array) -> {
                    JsonNode tensor = found.path("tensors").path(name);
                    assertArrayEquals(
                            array.shape(),
                            new JsonMapper().convertValue(tensor.path("shape"), int[].class),
                            name);
                    assertArrayEquals(
                            array.values(),
                            new JsonMapper().convertValue(tensor.path("values"), float[].class),
                            name);
                });
    }

    /** A run that was killed and did some steps twice: one curve, each step once. */
    @Test
    void tensorBoardReadsEvents() throws Exception {
        TinyRun tiny = new TinyRun(folder);
        Path run = tiny.out("a");
        Path table = run.resolve(Metrics.FILE);
        Process process = tiny.start("a", "train.epochs=12", "train.checkpoint_steps=17");
        while (!Files.exists(table) || Files.readAllLines(table).size() < 30) {
            assertTrue(process.isAlive(), () -> tiny.said("a", "err"));
            Thread.sleep(5);
        }
        process.destroyForcibly().waitFor();
        Ended rest = tiny.train("a", "train.epochs=12", "resume=true");
        assertEquals(0, rest.code(), rest.err());
        JsonNode found =
                python(
                        "tensorboard",
                        """
                        import json, sys
                        from tensorboard.backend.event_processing import event_accumulator as ea
                        events = ea.EventAccumulator(sys.argv[1], size_guidance={"scalars": 0})
                        events.Reload()
                        print(json.dumps({tag: [[e.step, e.value] for e in events.Scalars(tag)]
                                          for tag in events.Tags()["scalars"]}))
                        """,
                        run);
        List<String> lines = Files.readAllLines(table);
        List<String> header = List.of(lines.getFirst().split(","));
        int cells = 0;
        for (String line : lines.subList(1, lines.size())) {
            String[] fields = line.split(",", -1);
            for (int column = 3; column < fields.length; column++) {
                if (!fields[column].isEmpty()) {
                    cells++;
                    assertPoint(
                            found.path(fields[0] + "/" + header.get(column)),
                            Long.parseLong(fields[2]),
                            Float.parseFloat(fields[column]));
                }
            }
        }
        int points = 0;
        for (JsonNode curve : found) {
            points += curve.size();
        }
        assertEquals(cells, points);
    }

    private static void assertPoint(JsonNode curve, long step, float value) {
        for (JsonNode point : curve) {
            if (point.path(0).asLong() == step) {
                assertEquals(value, (float) point.path(1).asDouble());
                return;
            }
        }
        throw new AssertionError("no point at step " + step);
    }
}
