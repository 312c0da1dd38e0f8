package s5.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import s5.run.TinyRun.Ended;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Folders that somebody else has put something into, on purpose or not. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "names with control characters, mkfifo")
class ForeignFolderTest {
    @TempDir Path folder;
    private TinyRun tiny;

    @BeforeEach
    void makeConfig() throws IOException {
        tiny = new TinyRun(folder);
    }

    private static List<String> names(Path run) throws IOException {
        try (Stream<Path> files = Files.list(run)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    /** Every name that a run or its report writes to. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "run.lock",
                "log.txt",
                "run.json.tmp",
                "config.yaml.tmp",
                "metrics.csv.tmp",
                "last.safetensors.tmp",
                "best.safetensors.tmp",
                "report.html.tmp"
            })
    void aLinkInItIsNotFollowed(String name) throws IOException {
        Path victim = Files.writeString(folder.resolve("victim"), "precious");
        Path run = Files.createDirectory(tiny.out("a"));
        Files.writeString(run.resolve("run.json"), "{}"); // so that it is a run's
        Path link = Files.createSymbolicLink(run.resolve(name), victim);
        Ended ended = tiny.train("a", "train.epochs=1", "resume=true");
        assertEquals("precious", Files.readString(victim));
        assertTrue(Files.isSymbolicLink(link));
        String said = name.equals("report.html.tmp") ? ended.out() : ended.err();
        assertTrue(said.contains(name + " is a symbolic link, which is not followed"), said);
        assertEquals(name.equals("report.html.tmp"), ended.code() == 0, ended.err());
    }

    @Test
    void aLinkInPlaceOfTheTableIsReplaced() throws IOException {
        Path victim = Files.writeString(folder.resolve("victim"), "precious");
        Path run = Files.createDirectory(tiny.out("a"));
        for (String name : List.of("metrics.csv", "run.json", "config.yaml", "best.safetensors")) {
            Files.createSymbolicLink(run.resolve(name), victim);
        }
        Files.delete(run.resolve("best.safetensors")); // or it would go on from there
        assertEquals(0, tiny.train("a", "train.epochs=1", "resume=true").code());
        assertEquals("precious", Files.readString(victim));
        assertFalse(Files.isSymbolicLink(run.resolve("metrics.csv")));
    }

    /** As {@code out=/} was. */
    @Test
    void aRefusedFolderIsLeftAsItWas() throws IOException {
        Path taken = Files.createDirectories(tiny.out("taken/bin"));
        assertEquals(2, tiny.train("taken").code());
        assertEquals(List.of("bin"), names(taken.getParent()));
        assertEquals(0, tiny.train("a", "train.epochs=1").code());
        Files.delete(tiny.out("a/run.lock"));
        List<String> before = names(tiny.out("a"));
        assertEquals(2, tiny.train("a").code());
        assertEquals(before, names(tiny.out("a")));
    }

    /** There is no such data set: the folder was there, what is in it was not. */
    @Test
    void aRunThatDoesNotBeginLeavesAnEmptyFolderEmpty() throws IOException {
        Path run = Files.createDirectory(tiny.out("a"));
        Path yaml =
                Files.writeString(
                        folder.resolve("m.yaml"),
                        "device: cpu\ndata: {set: smnist, root: '%s'}\n".formatted(folder));
        assertEquals(2, TinyRun.s5(yaml.toString(), "out=" + run).code());
        assertEquals(List.of(), names(run));
    }

    @Test
    void whatIsNobodysWorkIsNotInTheWay() throws IOException {
        Path run = Files.createDirectory(tiny.out("a"));
        Files.createDirectory(run.resolve("lost+found"));
        List<String> files = List.of(".gitkeep", ".gitignore", ".DS_Store");
        for (String name : files) {
            Files.createFile(run.resolve(name));
        }
        Ended ended = tiny.train("a", "train.epochs=1");
        assertEquals(0, ended.code(), ended.err());
        assertTrue(names(run).containsAll(files), names(run)::toString);
        assertTrue(names(run).contains("lost+found"));
    }

    /** Nobody can be made to believe that the program said something else. */
    @Test
    void aNameForgesNoLine() throws IOException {
        String forged = "a\nbest epoch 9: test accuracy 100 %\u001b[2K\r\u009b1A\u2028\u202e";
        Ended ended = tiny.train(forged, "train.epochs=1");
        assertEquals(0, ended.code(), ended.err());
        String log = Files.readString(tiny.out(forged).resolve("log.txt"));
        Path csv = Files.writeString(folder.resolve(forged + ".csv"), "x,y\n1,a\n2,b\n");
        assertEquals(2, TinyRun.s5("init", csv.toString(), "out=" + folder + "/i.yaml").code());
        assertFalse(Files.exists(folder.resolve("i.yaml")), "it could not be read");
        String run = tiny.out(forged).toString();
        String page = folder.resolve(forged) + ".html";
        String weights = folder.resolve(forged) + ".npz";
        for (String text :
                List.of(
                        ended.out(),
                        log,
                        tiny.report(forged).out(),
                        TinyRun.s5("export", run + "/best.safetensors", weights).out(),
                        TinyRun.s5("compare", run, folder + "/" + forged + "x", "out=" + page)
                                .out())) {
            assertTrue(text.lines().noneMatch(line -> line.startsWith("best epoch 9")), text);
            assertTrue(
                    text.chars()
                            .noneMatch(c ->
                                    (c != '\n' && c != '\r' && Character.isISOControl(c))
                                            || c == 0x2028
                                            || c == 0x202e),
                    text);
            assertEquals(text.lines().count(), text.split("\n", -1).length - 1, text);
        }
        assertEquals(2, tiny.train(forged).code());
        String err = tiny.train(forged).err();
        assertEquals(1, err.split("\n", -1).length - 1, err);
    }

    /** Rows that cannot be read are of use to who can. */
    @Test
    void aTableIsKeptBeforeRowsAreRemoved() throws IOException {
        assertEquals(0, tiny.train("a", "train.batch=24", "train.epochs=1").code());
        Path table = tiny.out("a/metrics.csv");
        String damaged = Files.readString(table).replaceFirst("\n\\w+,", "\nmine,my,");
        Files.writeString(table, damaged);
        Files.writeString(tiny.out("a/run.json"), "{\"sessions\": [");
        Ended ended = tiny.train("a", "train.batch=24", "train.epochs=1", "resume=true");
        assertEquals(0, ended.code(), ended.err());
        assertTrue(ended.out().contains("1 of its first 5 rows are missing"), ended.out());
        assertTrue(ended.out().contains("kept as metrics.damaged.csv"), ended.out());
        assertEquals(damaged, Files.readString(tiny.out("a/metrics.damaged.csv")));
        assertEquals("{\"sessions\": [", Files.readString(tiny.out("a/run.damaged.json")));
    }

    @Test
    void manyReportsOfARunAtOnce() throws Exception {
        assertEquals(0, tiny.train("a", "train.epochs=1").code());
        String page = Files.readString(tiny.out("a/report.html"));
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<Ended>> all =
                    IntStream.range(0, 12)
                            .mapToObj(i -> threads.submit(() -> tiny.report("a")))
                            .toList();
            for (Future<Ended> one : all) {
                assertEquals(0, one.get().code(), one.get().err());
            }
        }
        assertEquals(page.length(), Files.readString(tiny.out("a/report.html")).length(), 2000);
        assertTrue(names(tiny.out("a")).stream().noneMatch(n -> n.endsWith(".tmp")));
    }

    /** Whoever opens a pipe waits for its writer, for ever. */
    @Test
    void aPipeIsNoFile() throws Exception {
        assertEquals(0, tiny.train("a", "train.epochs=1").code());
        for (String name : List.of("best.safetensors", "metrics.csv", "run.json")) {
            Path file = tiny.out("a").resolve(name);
            byte[] whole = Files.readAllBytes(file);
            Files.delete(file);
            assertEquals(0, new ProcessBuilder("mkfifo", file.toString()).start().waitFor());
            Ended ended =
                    assertTimeoutPreemptively(
                            Duration.ofSeconds(20),
                            () ->
                                    name.endsWith("safetensors")
                                            ? tiny.eval("a/" + name)
                                            : tiny.report("a"));
            if (!name.equals("run.json")) { // without which a report is drawn, too
                assertEquals(2, ended.code(), ended.err());
                assertTrue(ended.err().contains(name + ": cannot be read ("), ended.err());
                assertEquals(1, ended.err().lines().count(), ended.err());
            }
            Files.delete(file);
            Files.write(file, whole);
        }
    }
}
