package s5.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import s5.config.ConfigLoader;
import s5.run.TinyRun.Ended;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

class RunFolderTest {
    @TempDir Path folder;
    private TinyRun tiny;

    @BeforeEach
    void makeConfig() throws IOException {
        tiny = new TinyRun(folder);
    }

    private static void assertMistake(Ended ended, String... parts) {
        assertEquals(2, ended.code(), ended.err());
        assertEquals(1, ended.err().lines().count(), ended.err());
        for (String part : parts) {
            assertTrue(ended.err().contains(part), ended.err());
        }
    }

    @Test
    void holdsWhatRan() throws IOException {
        Ended ended = tiny.train("a", "seed=11");
        assertEquals(0, ended.code(), ended.err());
        Path run = tiny.out("a");
        Path config = run.resolve("config.yaml");
        List<String> words = tiny.words("a", "seed=11");
        assertEquals(
                ConfigLoader.load(Path.of(words.get(1)), words.subList(2, words.size())),
                ConfigLoader.load(config, List.of()));
        JsonNode history = new JsonMapper().readTree(run.resolve("run.json").toFile());
        assertEquals(11, history.path("seed").asInt());
        JsonNode session = history.path("sessions").path(0);
        assertEquals("finished", session.path("outcome").asText());
        assertEquals(System.getProperty("java.runtime.version"), session.path("java").asText());
        assertTrue(session.path("device").asText().startsWith("CPU, 1 thread"), session::toString);
        assertEquals(ProcessHandle.current().pid(), session.path("process").asLong());
        assertEquals("seed=11", session.path("command").path(3).asText(), session::toString);
        String log = Files.readString(run.resolve("log.txt"));
        for (String line : ended.out().lines().toList()) {
            assertTrue(log.contains("Z " + line), line);
        }
        assertTrue(
                log.matches("(?s).*steps took .* checkpoints .* besides: \\d+\\.\\d\\d %.*"), log);
        assertEquals(
                List.of(
                        "best.safetensors",
                        "config.yaml",
                        "last.safetensors",
                        "log.txt",
                        "metrics.csv",
                        "report.html",
                        "run.json",
                        "run.lock"),
                names(run));
    }

    /** On a terminal of 100 columns, with as many epochs as there mostly are. */
    @Test
    void anEpochIsALineOfHundredColumns() {
        Ended ended = tiny.train("a", "train.epochs=120", "train.batch=96");
        assertEquals(0, ended.code(), ended.err());
        List<String> lines =
                ended.out().lines().filter(line -> line.startsWith("epoch 120 of")).toList();
        assertEquals(1, lines.size(), ended.out());
        String line = lines.getFirst() + (lines.getFirst().endsWith("best") ? "" : " | best");
        assertTrue(line.length() <= 100, line);
    }

    @Test
    void numbersLookAlikeEverywhere() throws IOException {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.GERMANY);
        try {
            Ended ended = tiny.train("a", "train.epochs=1");
            assertTrue(ended.out().matches("(?s).*train loss \\d\\.\\d{4},.*"), ended.out());
        } finally {
            Locale.setDefault(before);
        }
    }

    /** All but the event file, whose name holds the time. */
    private static List<String> names(Path run) throws IOException {
        try (Stream<Path> files = Files.list(run)) {
            return files.map(f -> f.getFileName().toString())
                    .filter(name -> !name.startsWith("events.out.tfevents."))
                    .sorted()
                    .toList();
        }
    }

    /** 4 steps an epoch, a row for each; the rows of the epochs have the means. */
    @Test
    void theTableHasEveryEpochAndStep() throws IOException {
        assertEquals(0, tiny.train("a", "train.batch=24").code());
        List<String> lines = Files.readAllLines(tiny.out("a").resolve(Metrics.FILE));
        assertEquals(1 + 3 * (4 + 1), lines.size());
        List<String> header = List.of(lines.getFirst().split(","));
        int loss = header.indexOf("train_loss");
        int accuracy = header.indexOf("train_accuracy");
        List<double[]> steps = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] fields = line.split(",", -1);
            assertEquals(header.size(), fields.length, line);
            double[] means = {
                Double.parseDouble(fields[loss]), Double.parseDouble(fields[accuracy])
            };
            if (fields[0].equals("step")) {
                steps.add(means);
                assertTrue(Double.parseDouble(fields[header.indexOf("gradient_norm")]) > 0, line);
                continue;
            }
            assertEquals("epoch", fields[0]);
            assertEquals(
                    steps.stream().mapToDouble(s -> s[0]).average().orElseThrow(), means[0], 1e-6);
            assertEquals(
                    steps.stream().mapToDouble(s -> s[1]).average().orElseThrow(), means[1], 1e-6);
            assertFalse(fields[header.indexOf("validation_loss")].isEmpty(), line);
            assertTrue(Double.parseDouble(fields[header.indexOf("memory_mb")]) > 10, line);
            steps.clear();
        }
        // the official schedule: the first update at the full rate, then the warm-up from its start
        assertEquals("0.001", lines.get(1).split(",", -1)[header.indexOf("lr")]);
        assertEquals(
                .001 / 2,
                Double.parseDouble(lines.get(2).split(",", -1)[header.indexOf("ssm_lr")]),
                1e-9);
    }

    /** 12 and 24 steps an epoch: four rows and one for the epoch. */
    @ParameterizedTest
    @CsvSource({"8", "4"})
    void theTableOfLongerEpochsIsThinned(int batch) throws IOException {
        assertEquals(0, tiny.train("a", "train.batch=" + batch, "train.epochs=1").code());
        assertEquals(1 + 4 + 1, TinyRun.rows(tiny.out("a")).size());
    }

    @Test
    void aRunIsNotOverwritten() throws IOException {
        assertEquals(0, tiny.train("a").code());
        List<String> rows = TinyRun.rows(tiny.out("a"));
        assertMistake(tiny.train("a"), "holds a run already (finished)", "resume=true", "out=DIR");
        Ended again = tiny.train("a", "resume=true");
        assertEquals(0, again.code(), again.err());
        assertTrue(again.out().contains("nothing is left to do"), again.out());
        assertEquals(rows, TinyRun.rows(tiny.out("a")));
    }

    @Test
    void oneProcessAtATime() throws Exception {
        Process first = tiny.start("a", "train.epochs=100000");
        Path table = tiny.out("a").resolve(Metrics.FILE);
        while (!Files.exists(table)) {
            assertTrue(first.isAlive(), () -> tiny.said("a", "err"));
            Thread.sleep(10);
        }
        for (String resume : List.of("resume=true", "resume=false")) {
            assertMistake(
                    tiny.train("a", resume),
                    "a run is going on there (process " + first.pid() + ")",
                    "out=DIR");
        }
        Files.write(tiny.out("a").resolve("run.lock"), new byte[0]); // as in its first moment
        assertMistake(tiny.train("a"), "a run is going on there (process just begun)");
        first.destroyForcibly().waitFor();
        assertMistake(tiny.train("a"), "holds a run already (killed)");
    }

    @Test
    void oneRunAtATimeInThisProcess() {
        Console console = Console.plain(new java.io.PrintWriter(java.io.Writer.nullWriter()));
        List<String> words = tiny.words("a");
        var config = ConfigLoader.load(Path.of(words.get(1)), words.subList(2, words.size()));
        RunFolder open = RunFolder.open(config, false, console);
        assertMistake(tiny.train("a"), "this one");
        open.close();
        assertEquals(0, tiny.train("a", "train.epochs=1").code());
    }

    @Test
    void resumeWithNothingThereBegins() {
        Ended ended = tiny.train("a", "resume=true", "train.epochs=1");
        assertEquals(0, ended.code(), ended.err());
        assertTrue(ended.out().contains("no checkpoint to go on from"), ended.out());
    }

    @ParameterizedTest
    @CsvSource({
        "train.epochs=4, train.epochs is 4, 3",
        "model.features=16, model.features is 16, 8",
        "data.max_depth=4, data.max_depth is 4, 3",
        "seed=8, seed is 8, 7",
        "train.opt_config=BandCdecay, train.opt_config is BandCdecay, standard"
    })
    void goesOnWithItsOwnSettingsOnly(String word, String here, String there) throws IOException {
        assertEquals(0, tiny.train("a").code());
        Path history = tiny.out("a").resolve("run.json");
        String before = Files.readString(history);
        assertMistake(
                tiny.train("a", "resume=true", word),
                "last.safetensors: is of another run: " + here + ", not " + there);
        assertEquals(before, Files.readString(history), "what was refused is no session");
    }

    @Test
    void goesOnElsewhere() {
        assertEquals(0, tiny.train("a").code());
        Ended ended =
                tiny.train(
                        "a",
                        "resume=true",
                        "name=b",
                        "threads=2",
                        "train.checkpoint_minutes=1",
                        "data.root=" + folder);
        assertEquals(0, ended.code(), ended.err());
    }

    /** A kill may come while the very first files of a run are written. */
    @ParameterizedTest
    @CsvSource({"run.json.tmp", "run.json"})
    void goesOnAfterAKillAtItsStart(String left) throws IOException {
        Files.createDirectories(tiny.out("a"));
        for (String name : List.of("run.lock", "log.txt", left)) {
            Files.createFile(tiny.out("a").resolve(name));
        }
        Ended ended = tiny.train("a", "resume=true", "train.epochs=1");
        assertEquals(0, ended.code(), ended.err());
        assertTrue(names(tiny.out("a")).contains("config.yaml"));
    }

    /** What makes a folder that of a run is written before anything else. */
    @Test
    void aRunThatCannotBeginLeavesNoOtherFiles() throws IOException {
        Files.createDirectories(tiny.out("a/run.json.tmp/full")); // so that it cannot be written
        tiny.train("a");
        Files.delete(tiny.out("a/run.json.tmp/full"));
        assertEquals(List.of("log.txt", "run.json.tmp", "run.lock"), names(tiny.out("a")));
    }

    @Test
    void theFolderHasToBeOne() throws IOException {
        Files.createFile(tiny.out("file"));
        assertMistake(tiny.train("file"), "file: is a file, not a folder", "out=DIR");
        Files.createDirectories(tiny.out("taken"));
        Files.createFile(tiny.out("taken").resolve("thesis.tex"));
        assertMistake(tiny.train("taken"), "holds other files but no run");
        assertEquals(List.of("thesis.tex"), names(tiny.out("taken")));
    }
}
