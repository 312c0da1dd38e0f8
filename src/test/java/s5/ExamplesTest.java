package s5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The programs in examples/ and in the pages run as they stand there. */
class ExamplesTest {
    private static final Path TRAIN = Path.of("examples/own-csv/TrainOnCsv.java");
    private static final Path STREAM = Path.of("examples/streaming/StreamSensor.java");

    @TempDir Path folder;

    /** What a program has that uses the library: our classes, Jackson and slf4j-api. */
    private static String thin() {
        String all =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> jars =
                List.of(all.split(File.pathSeparator)).stream()
                        .filter(part ->
                                Files.isDirectory(Path.of(part))
                                        || part.matches(".*(jackson-|snakeyaml-|slf4j-api-).*jar"))
                        .toList();
        assertTrue(
                jars.stream().filter(part -> part.endsWith(".jar")).count() <= 6, jars::toString);
        return String.join(File.pathSeparator, jars);
    }

    private List<String> run(Path program, Path input, String... words)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile(folder, "out", ".txt");
        Path err = Files.createTempFile(folder, "err", ".txt");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--add-modules", "jdk.incubator.vector", "-cp"));
        command.add(thin());
        command.add(program.toString());
        command.addAll(List.of(words));
        Process process =
                new ProcessBuilder(command)
                        .redirectInput(input.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
        assertEquals(0, process.waitFor(), Files.readString(err));
        return Files.readAllLines(out);
    }

    @Test
    void trainOnCsvThenStream() throws IOException, InterruptedException {
        Path csv = Path.of("examples/own-csv/waves.csv");
        Path run = folder.resolve("run");
        List<String> said = run(TRAIN, csv, csv.toString(), run.toString());
        assertTrue(said.getLast().matches("fast with [01]\\.\\d\\d"), said::toString);
        String[] last = Files.readAllLines(csv).getLast().split(",");
        List<String> values = List.of(last).subList(1, last.length);
        Path sensor = Files.write(folder.resolve("sensor.txt"), values);
        List<String> streamed = run(STREAM, sensor, run + "/best.safetensors");
        assertEquals(values.size(), streamed.size());
        assertEquals(values.size() + ": " + said.getLast(), streamed.getLast());
    }

    /** What only a table in a file needs is told by its name. */
    @Test
    void tablesWithoutTheirLibrary() throws IOException, InterruptedException {
        Path source = folder.resolve("Train.java");
        Files.writeString(
                source,
                """
                class Train {
                    public static void main(String[] args) {
                        try {
                            s5.Training.of(java.nio.file.Path.of(args[0]))
                                    .set("out", args[1])
                                    .set("data.cache_dir", args[1] + "-cache")
                                    .run();
                        } catch (s5.UserError e) {
                            System.out.println(e.getMessage());
                        }
                    }
                }
                """);
        String out = folder.resolve("none").toString();
        List<String> said = run(source, source, "configs/quickstart.yaml", out);
        assertTrue(
                said.getLast()
                        .contains(
                                "gestures.csv: tables are read with the library"
                                        + " de.siegmar:fastcsv"),
                said::toString);
    }

    /** The pages show what is compiled and run above. */
    @Test
    void thePagesShowThem() throws IOException {
        for (Path program : List.of(TRAIN, STREAM)) {
            String text = Files.readString(program);
            assertTrue(text.lines().count() <= 25, program + " has 25 lines at most");
            for (String page : List.of("README.md", "docs/embedding.md")) {
                assertTrue(
                        Files.readString(Path.of(page)).contains("```java\n" + text + "```"),
                        page + " has no longer " + program);
            }
        }
    }

    /** Every other whole program of the page compiles and runs. */
    @Test
    void theFirstProgramOfThePage() throws IOException, InterruptedException {
        String page = Files.readString(Path.of("docs/embedding.md"));
        Matcher program =
                Pattern.compile("```java\n(import[^`]*?class Classify \\{[^`]*)```").matcher(page);
        assertTrue(program.find(), "Classify stands in the page");
        Path source = Files.writeString(folder.resolve("Classify.java"), program.group(1));
        List<Example> moves = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            double[] xy = {i % 2, 0.1 * i, 0.5, 2 - i % 2};
            moves.add(Example.ofClass(Sequence.ofValues(xy, 2), i % 2 == 0 ? "left" : "right"));
        }
        Path out = folder.resolve("moves");
        Training.of(moves)
                .folder(out)
                .set("device", "cpu")
                .set("model.layers", 1)
                .set("model.features", 4)
                .set("model.states", 4)
                .set("model.blocks", 1)
                .set("train.epochs", 1)
                .set("train.batch", 4)
                .run()
                .close();
        String best = out.resolve("best.safetensors").toString();
        List<String> said = run(source, source, best, "0,0.2,0.5,2");
        assertTrue(said.getLast().matches("(left|right) with 0\\.\\d+"), said::toString);
    }
}
