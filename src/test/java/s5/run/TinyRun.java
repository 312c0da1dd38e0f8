package s5.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import s5.Main;
import s5.io.Safetensors;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A training run of seconds, in this process or in one of its own. */
public final class TinyRun {
    private static final String CONFIG =
            """
            seed: 7
            device: cpu
            threads: 1
            data:
              set: listops
              source: generate
              min_length: 4
              max_length: 20
              length: 24
              max_depth: 3
              max_args: 4
              train_size: 96
              val_size: 16
              test_size: 16
            model: {layers: 1, features: 8, states: 8, blocks: 2, dropout: 0.1, bidirectional: true}
            train: {epochs: 3, batch: 8, warmup_epochs: 0.5}
            """;

    private final Path folder;
    private final Path config;

    /** How a command ended. */
    public record Ended(int code, String out, String err) {}

    /**
     * @param folder for the config, the data and the runs
     */
    public TinyRun(Path folder) throws IOException {
        this.folder = folder;
        config = folder.resolve("tiny.yaml");
        Files.writeString(config, CONFIG);
    }

    /** The config. */
    public Path config() {
        return config;
    }

    /** The folder of a run. */
    public Path out(String name) {
        return folder.resolve(name);
    }

    /** The words of a command line. */
    public List<String> words(String name, String... more) {
        List<String> words = new ArrayList<>(List.of("train", config.toString()));
        words.add("out=" + out(name));
        words.add("data.cache_dir=" + folder.resolve("cache"));
        words.addAll(Arrays.asList(more));
        return words;
    }

    /** Trains in this process. */
    public Ended train(String name, String... more) {
        return s5(words(name, more).toArray(String[]::new));
    }

    /** Draws the report of a run again. */
    public Ended report(String name) {
        return s5("report", out(name).toString(), "data.cache_dir=" + folder.resolve("cache"));
    }

    /** Evaluates the model of a file of a run. */
    public Ended eval(String file, String... more) {
        List<String> words = new ArrayList<>(List.of("eval", out(file).toString(), "device=cpu"));
        words.add("data.cache_dir=" + folder.resolve("cache"));
        words.addAll(Arrays.asList(more));
        return s5(words.toArray(String[]::new));
    }

    /** Runs a command in this process. */
    public static Ended s5(String... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(words, new PrintWriter(out), new PrintWriter(err));
        return new Ended(code, out.toString(), err.toString());
    }

    /**
     * Starts to train in a process of its own; what it says goes to the files out and err in {@link
     * #out}'s parent.
     */
    public Process start(String name, String... more) throws IOException {
        return start(
                List.of(
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "--add-modules",
                        "jdk.incubator.vector"),
                name,
                more);
    }

    /** The same with these options for the JVM. */
    public Process start(List<String> options, String name, String... more) throws IOException {
        return start(options, name, words(name, more));
    }

    /** Starts any command line in a process of its own. */
    public Process start(List<String> options, String name, List<String> words) throws IOException {
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(Path.of("/usr/bin/env"))) {
            // A build in the background ignores Ctrl-C, which processes inherit.
            command.addAll(List.of("/usr/bin/env", "--default-signal=INT"));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        String path =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        command.addAll(List.of("-cp", path, "s5.Main"));
        command.addAll(words);
        return new ProcessBuilder(command)
                .redirectOutput(folder.resolve(name + ".out").toFile())
                .redirectError(folder.resolve(name + ".err").toFile())
                .start();
    }

    /** What a process wrote to standard output, or to standard error. */
    public String said(String name, String stream) {
        try {
            return Files.readString(folder.resolve(name + "." + stream));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All rows of the table of numbers, without the columns that tell of time and memory. */
    public static List<String> rows(Path run) throws IOException {
        return cells(run).stream().map(List::toString).toList();
    }

    private static List<List<String>> cells(Path run) throws IOException {
        List<String> lines = Files.readAllLines(run.resolve(Metrics.FILE));
        List<String> header = List.of(lines.getFirst().split(","));
        assertEquals(header.indexOf("steps_per_second") - 1, header.indexOf("gradient_norm"));
        int kept = header.indexOf("steps_per_second");
        return lines.stream().map(line -> List.of(line.split(",", -1)).subList(0, kept)).toList();
    }

    /** Asserts that two runs came to the same: every row, every tensor, bit by bit. */
    public static void assertSame(Path expected, Path actual) throws IOException {
        assertEquals(rows(expected), rows(actual));
        for (String file : List.of("last.safetensors", "best.safetensors")) {
            assertSameTensors(expected.resolve(file), actual.resolve(file));
        }
    }

    /** Asserts that the numbers of two runs are the same but for rounding, relatively. */
    public static void assertClose(Path expected, Path actual, double tolerance)
            throws IOException {
        List<List<String>> a = cells(expected);
        List<List<String>> b = cells(actual);
        assertEquals(a.size(), b.size());
        for (int row = 0; row < a.size(); row++) {
            for (int k = 0; k < a.get(row).size(); k++) {
                String told = a.get(row).get(k);
                String found = b.get(row).get(k);
                if (!told.equals(found)) {
                    double value = Double.parseDouble(told);
                    double bound = tolerance * Math.abs(value);
                    assertEquals(value, Double.parseDouble(found), bound, rows(actual).get(row));
                }
            }
        }
    }

    private static void assertSameTensors(Path expected, Path actual) {
        Map<String, Safetensors.Array> a = new TreeMap<>(Safetensors.read(expected).arrays());
        Map<String, Safetensors.Array> b = new TreeMap<>(Safetensors.read(actual).arrays());
        assertEquals(a.keySet(), b.keySet());
        assertTrue(a.keySet().stream().anyMatch(name -> name.startsWith("v/")), a::toString);
        a.forEach((name, array) ->
                assertArrayEquals(bits(array.values()), bits(b.get(name).values()), name));
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
        return bits;
    }
}
