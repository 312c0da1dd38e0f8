package s5.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import s5.run.RunFolder;
import s5.run.TinyRun;
import s5.run.TinyRun.Ended;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Several runs in one process: each as if alone, none twice. */
class SweepTest {
    @TempDir Path folder;

    private static List<String> words(TinyRun tiny, String name, String... more) {
        List<String> words = new ArrayList<>(tiny.words(name, more));
        words.set(0, "sweep");
        return words;
    }

    private static Ended sweep(TinyRun tiny, String name, String... more) {
        Ended ended = TinyRun.s5(words(tiny, name, more).toArray(String[]::new));
        assertEquals(0, ended.code(), ended.out() + ended.err());
        return ended;
    }

    @Test
    void runsAreAsIfAlone() throws IOException {
        TinyRun tiny = new TinyRun(folder);
        String[] settings = {"seed=1..2", "train.ssm_lr=0.001,0.01", "train.epochs=2", "jobs=2"};
        Ended first = sweep(tiny, "s", settings);
        assertTrue(first.out().contains("4 of 4: "), first.out());
        Path one = tiny.out("s").resolve("seed-2_ssm_lr-0.01");
        assertEquals(
                0, tiny.train("alone", "seed=2", "train.ssm_lr=0.01", "train.epochs=2").code());
        TinyRun.assertSame(tiny.out("alone"), one);
        assertTrue(Files.exists(one.resolve("report.html")));

        // The table, from the runs' own files
        Path table = tiny.out("s").resolve("sweep.csv");
        List<String> lines = Files.readAllLines(table);
        assertEquals(5, lines.size());
        List<String> header = List.of(lines.getFirst().split(",", -1));
        assertEquals(
                List.of("run", "seed", "train.ssm_lr", "outcome", "best_epoch"),
                header.subList(0, 5));
        int column = header.indexOf("test_log_loss");
        double[] losses = new double[2];
        for (String line : lines.subList(1, 5)) {
            String[] fields = line.split(",", -1);
            JsonNode result = RunFolder.history(tiny.out("s").resolve(fields[0])).path("result");
            double loss = result.path("test").path("log_loss").asDouble();
            assertEquals(loss, Double.parseDouble(fields[column]));
            if (fields[2].equals("0.01")) {
                losses[Integer.parseInt(fields[1]) - 1] = loss;
            }
        }
        JsonNode group =
                new JsonMapper()
                        .readTree(tiny.out("s").resolve("sweep.json").toFile())
                        .path("groups")
                        .path(1);
        assertEquals("0.01", group.path("settings").path("train.ssm_lr").asText());
        assertEquals(
                (losses[0] + losses[1]) / 2,
                group.path("mean").path("test log_loss").asDouble(),
                1e-12);
        assertEquals(
                Math.abs(losses[0] - losses[1]) / Math.sqrt(2),
                group.path("deviation").path("test log_loss").asDouble(),
                1e-12);
        String page = Files.readString(tiny.out("s").resolve("sweep.html"));
        assertTrue(page.contains("<th>train.ssm_lr</th>"), page);
        assertTrue(page.contains("Validation accuracy"), page);

        // Again: nothing is left. With a seed more: that alone.
        Map<String, Integer> before = sessions(tiny.out("s"));
        Ended again = sweep(tiny, "s", settings);
        assertTrue(again.out().contains("4 of them have ended before"), again.out());
        assertEquals(before, sessions(tiny.out("s")));
        settings[0] = "seed=1..3";
        sweep(tiny, "s", settings);
        Map<String, Integer> more = sessions(tiny.out("s"));
        assertEquals(6, more.size());
        assertTrue(more.values().stream().allMatch(count -> count == 1), more::toString);
        // More epochs at a rate that does not depend on them would go on; these are others.
        Ended other =
                TinyRun.s5(
                        words(tiny, "s", "seed=1,2", "train.ssm_lr=0.001,0.01")
                                .toArray(String[]::new));
        assertEquals(2, other.code(), other.out());
        assertTrue(other.err().contains("train.epochs is 3, not 2"), other.err());
        assertEquals(1, other.err().lines().filter(line -> line.startsWith("s5:")).count());
    }

    /** How many sessions each run had. */
    private static Map<String, Integer> sessions(Path sweep) throws IOException {
        Map<String, Integer> sessions = new TreeMap<>();
        try (var folders = Files.list(sweep)) {
            folders.filter(Files::isDirectory)
                    .forEach(run ->
                            sessions.put(
                                    run.getFileName().toString(),
                                    RunFolder.history(run).path("sessions").size()));
        }
        return sessions;
    }

    @Test
    void commandsCanBeStartedOneByOne() throws IOException {
        TinyRun tiny = new TinyRun(folder);
        String[] settings = {"seed=1,2", "train.epochs=1", "print=true"};
        List<String> lines = sweep(tiny, "p", settings).out().lines().toList();
        assertEquals(2, lines.size());
        List<String> first = new ArrayList<>(Arrays.asList(lines.getFirst().split(" ", -1)));
        assertEquals("bin/s5", first.removeFirst());
        Ended ended = TinyRun.s5(first.toArray(String[]::new));
        assertEquals(0, ended.code(), ended.err());
        assertEquals(lines.subList(1, 2), sweep(tiny, "p", settings).out().lines().toList());
    }

    /** One that fails is told, and the others are done. */
    @Test
    void aRunThatFailsDoesNotEndTheOthers() throws IOException {
        TinyRun tiny = new TinyRun(folder);
        Ended ended =
                TinyRun.s5(
                        words(tiny, "f", "train.ssm_lr=1e30,0.001", "train.epochs=1")
                                .toArray(String[]::new));
        assertEquals(1, ended.code(), ended.out() + ended.err());
        assertTrue(ended.out().contains("1 of 2: ssm_lr-1e30: failed: "), ended.out());
        assertTrue(ended.out().contains("2 of 2: ssm_lr-0.001: best epoch 1"), ended.out());
        String csv = Files.readString(tiny.out("f").resolve("sweep.csv"));
        assertTrue(csv.contains("ssm_lr-1e30,1e30,\"failed: epoch 1"), csv);
    }

    /** What had ended when it was killed is not done again; what went on goes on. */
    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "it has no signals")
    void killedItRedoesNothing() throws Exception {
        TinyRun tiny = new TinyRun(folder);
        String[] settings = {"seed=1..4", "train.epochs=2", "train.checkpoint_steps=1"};
        Process process =
                tiny.start(
                        List.of("-XX:TieredStopAtLevel=1", "--add-modules", "jdk.incubator.vector"),
                        "k",
                        words(tiny, "k", settings));
        long end = System.nanoTime() + 120_000_000_000L;
        Path third = tiny.out("k").resolve("seed-3").resolve("last.safetensors");
        while (!Files.exists(third)) {
            assertTrue(process.isAlive(), () -> tiny.said("k", "err"));
            assertTrue(System.nanoTime() < end, "nothing happens in two minutes");
            Thread.sleep(2);
        }
        process.destroyForcibly();
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        Map<String, Integer> before = sessions(tiny.out("k"));
        Ended ended = sweep(tiny, "k", settings);
        Map<String, Integer> after = sessions(tiny.out("k"));
        for (String run : List.of("seed-1", "seed-2")) {
            assertEquals(1, before.get(run));
            assertEquals(1, after.get(run), "it was done again");
        }
        assertTrue(ended.out().contains("of them have ended before"), ended.out());
        assertEquals(4, after.size());
        for (String run : after.keySet()) {
            assertTrue(Outcome.of(tiny.out("k").resolve(run)).finished(), run);
        }
        assertFalse(ended.out().contains("seed-1: "), ended.out());
        assertEquals(0, tiny.train("alone", "seed=3", "train.epochs=2").code());
        TinyRun.assertSame(tiny.out("alone"), tiny.out("k").resolve("seed-3"));
    }
}
