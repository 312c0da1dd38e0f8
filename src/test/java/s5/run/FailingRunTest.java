package s5.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import s5.UserError;
import s5.io.Safetensors;
import s5.run.TinyRun.Ended;
import s5.train.Checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What can go wrong around a run: it ends with one line, and its last checkpoint is still good. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "it needs /proc, /dev/full and mount")
class FailingRunTest {
    @TempDir Path folder;
    private TinyRun tiny;

    @BeforeEach
    void makeConfig() throws IOException {
        tiny = new TinyRun(folder);
    }

    private static void assertOneLine(int expected, Ended ended, String... parts) {
        assertEquals(expected, ended.code(), ended.err());
        List<String> said =
                ended.err()
                        .lines()
                        .filter(line -> !line.matches("WARNING: Using inc.*|(?i:listops): .*"))
                        .toList();
        assertEquals(1, said.size(), said::toString);
        for (String part : parts) {
            assertTrue(said.getFirst().contains(part), said::toString);
        }
    }

    /**
     * A run in a process of its own that writes a checkpoint at every step, once it has begun to.
     */
    private Process working(String name) throws Exception {
        Process process =
                tiny.start(name, "train.epochs=100000", "train.checkpoint_steps=1", "resume=true");
        while (!Files.exists(tiny.out(name).resolve("last.safetensors"))) {
            assertTrue(process.isAlive(), () -> tiny.said(name, "err"));
            Thread.sleep(10);
        }
        return process;
    }

    private Ended end(Process process, String name) throws InterruptedException {
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it goes on");
        return new Ended(process.exitValue(), tiny.said(name, "out"), tiny.said(name, "err"));
    }

    @Test
    void aCheckpointThatTheDiskHasNoRoomFor() throws Exception {
        Process process = working("a");
        Path last = tiny.out("a").resolve("last.safetensors");
        String limit = "--fsize=" + Files.size(last) / 2; // the files that grow are shorter by far
        assumeTrue(
                run("prlimit", "--pid", Long.toString(process.pid()), limit) == 0,
                "there is no prlimit");
        assertOneLine(
                1,
                end(process, "a"),
                "last.safetensors: cannot be written (File too large)",
                "resume=true");
        assertFalse(Files.exists(tiny.out("a").resolve("last.safetensors.tmp")));
        Checkpoint.read(tiny.out("a").resolve("last.safetensors"));
    }

    @Test
    void aDiskThatFillsUp() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=160k", "tmpfs", disk.toString()) == 0,
                "only root can mount a small disk");
        try {
            Ended ended = tiny.train("disk/a", "train.epochs=40");
            assertOneLine(1, ended, "cannot be written (No space left on device)", "resume=true");
            Checkpoint.read(tiny.out("disk/a/last.safetensors"));
            assertEquals(0, run("mount", "-o", "remount,size=8m", disk.toString()));
            Ended rest = tiny.train("disk/a", "train.epochs=40", "resume=true");
            assertEquals(0, rest.code(), rest.err());
            assertTrue(rest.out().contains("resumed from"), rest.out());
            assertEquals(0, tiny.train("alone", "train.epochs=40").code());
            TinyRun.assertSame(tiny.out("alone"), tiny.out("disk/a"));
        } finally {
            run("umount", disk.toString());
        }
    }

    private static int run(String... command) throws Exception {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    @Test
    void aFolderThatIsMoved() throws Exception {
        Process process = working("a");
        Files.move(tiny.out("a"), tiny.out("b"));
        assertOneLine(1, end(process, "a"), "a: was moved or deleted while the run wrote to it");
        assertFalse(Files.exists(tiny.out("a")), "it does not come back");
        Checkpoint.read(tiny.out("b").resolve("last.safetensors"));
    }

    @Test
    void aFolderThatIsDeleted() throws Exception {
        Process process = working("a");
        while (Files.exists(tiny.out("a"))) {
            run("rm", "-rf", tiny.out("a").toString()); // fails when a file is made meanwhile
        }
        assertOneLine(1, end(process, "a"), "a: was moved or deleted while the run wrote to it");
        assertFalse(Files.exists(tiny.out("a")), "it does not come back");
    }

    @Test
    void aFolderThatCannotBeMade() {
        Ended ended = TinyRun.s5(tiny.words("x", "out=/proc/s5-run").toArray(String[]::new));
        assertOneLine(2, ended, "/proc/s5-run: cannot be used as the run's folder", "out=DIR");
    }

    @Test
    void aModelThatTheMemoryHasNoRoomFor() throws Exception {
        List<String> small =
                List.of("-Xmx64m", "-XX:+UseSerialGC", "--add-modules", "jdk.incubator.vector");
        Ended ended = end(tiny.start(small, "a", "model.features=4096"), "a");
        assertOneLine(2, ended, "out of memory", "lower train.batch", "s5 info", "-Xmx");
        assertFalse(Files.exists(tiny.out("a")));
    }

    @Test
    void aFolderThatIsReadOnly() throws Exception {
        Path run = Files.createDirectory(tiny.out("a"));
        boolean root = System.getProperty("user.name").equals("root"); // who may write anywhere
        assumeTrue(
                root
                        ? run("mount", "-t", "tmpfs", "-o", "ro", "tmpfs", run.toString()) == 0
                        : run.toFile().setWritable(false),
                "no folder can be made read-only");
        try {
            assertOneLine(2, tiny.train("a"), "a: cannot be used as the run's folder", "out=DIR");
        } finally {
            if (root) {
                run("umount", run.toString());
            }
        }
    }

    @Test
    void aCheckpointThatIsCutShort() throws IOException {
        assertEquals(0, tiny.train("a").code());
        Path last = tiny.out("a").resolve("last.safetensors");
        byte[] whole = Files.readAllBytes(last);
        for (int length = 0; length < whole.length; length += 397) {
            Files.write(last, Arrays.copyOf(whole, length));
            UserError e = assertThrows(UserError.class, () -> Checkpoint.read(last));
            assertTrue(e.getMessage().startsWith(last + ": not a whole"), e.getMessage());
            assertEquals(1, e.getMessage().lines().count());
        }
        assertOneLine(2, tiny.train("a", "resume=true"), "last.safetensors: not a whole");
        Checkpoint.read(tiny.out("a").resolve("best.safetensors"));
    }

    /** One byte in 37, all of which count but the blanks that pad the header. */
    @Test
    void aCheckpointWithFlippedBits() throws IOException {
        assertEquals(0, tiny.train("a").code());
        Path last = tiny.out("a").resolve("last.safetensors");
        byte[] whole = Files.readAllBytes(last);
        Safetensors content = Safetensors.read(last);
        Path flipped = folder.resolve("flipped.safetensors");
        int refused = 0;
        for (int i = 0; i < whole.length; i += 37) {
            byte[] bytes = whole.clone();
            bytes[i] ^= (byte) (1 << (i % 8));
            Files.write(flipped, bytes);
            try {
                Checkpoint.read(flipped);
                assertEquals(content.metadata(), Safetensors.read(flipped).metadata());
            } catch (UserError e) {
                assertTrue(e.getMessage().startsWith(flipped + ": "), e.getMessage());
                assertEquals(1, e.getMessage().lines().count());
                refused++;
            }
        }
        assertTrue(refused > whole.length / 37 - 3, refused + " of " + whole.length / 37);
    }

    @Test
    void aDamagedCheckpointLeavesTheBestOne() throws IOException {
        assertEquals(0, tiny.train("a").code());
        Path last = tiny.out("a").resolve("last.safetensors");
        byte[] bytes = Files.readAllBytes(last);
        bytes[bytes.length - 5] ^= 4;
        Files.write(last, bytes);
        assertOneLine(
                2,
                tiny.train("a", "resume=true"),
                "last.safetensors: is damaged: its checksum is",
                "move it away to go on from best.safetensors");
        Files.delete(last);
        Ended ended = tiny.train("a", "resume=true");
        assertEquals(0, ended.code(), ended.err());
        assertTrue(ended.out().contains("resumed from " + tiny.out("a/best.safetensors")));
        assertEquals(0, tiny.train("alone").code());
        TinyRun.assertSame(tiny.out("alone"), tiny.out("a"));
    }

    /** Nothing replaces the best model: no word of how to get rid of it. */
    @Test
    void aDamagedBestCheckpointIsNotToBeRemoved() throws IOException {
        assertEquals(0, tiny.train("a").code());
        Path best = tiny.out("a").resolve("best.safetensors");
        byte[] bytes = Files.readAllBytes(best);
        bytes[bytes.length - 5] ^= 4;
        Files.write(best, bytes);
        UserError e = assertThrows(UserError.class, () -> Checkpoint.read(best));
        assertTrue(e.getMessage().endsWith(" as it says"), e.getMessage());
    }

    /** The rows that are whole stay, and it is said that others are not there. */
    @ParameterizedTest
    @ValueSource(strings = {"removed", "cut", "bytes", "row", "order"})
    void aTableOfNumbersThatIsDamaged(String how) throws IOException {
        assertEquals(0, tiny.train("alone", "train.batch=24").code());
        assertEquals(0, tiny.train("a", "train.batch=24").code());
        Files.delete(tiny.out("a/last.safetensors")); // so that it goes on after the first epoch
        Path table = tiny.out("a").resolve(Metrics.FILE);
        List<String> lines = new ArrayList<>(Files.readAllLines(table));
        List<String> expected = new ArrayList<>(TinyRun.rows(tiny.out("alone")));
        switch (how) {
            case "removed" -> {
                Files.delete(table);
                expected.subList(1, 6).clear(); // four steps and an epoch
            }
            case "cut" -> {
                String start = String.join("\n", lines.subList(0, 4));
                Files.writeString(table, start.substring(0, start.length() - 40));
                expected.subList(3, 6).clear();
            }
            case "bytes" -> {
                byte[] bytes = Files.readAllBytes(table);
                bytes[lines.getFirst().length() + 12] = (byte) 0xff; // in the first row
                Files.write(table, bytes);
                expected.remove(1);
            }
            case "row" -> {
                lines.set(3, lines.get(3).replaceFirst("\\d", "x"));
                Files.write(table, lines);
                expected.remove(3);
            }
            default -> {
                lines.remove(3); // the row of the next epoch's first step moves up
                Files.write(table, lines);
                expected.remove(3);
            }
        }
        Ended ended = tiny.train("a", "train.batch=24", "resume=true");
        assertEquals(0, ended.code(), ended.err());
        assertEquals(expected, TinyRun.rows(tiny.out("a")));
        assertTrue(ended.out().contains("of its first 5 rows are missing or damaged"), ended.out());
    }

    @Test
    void aReportOfATableThatIsDamaged() throws IOException {
        assertEquals(0, tiny.train("a").code());
        Path table = tiny.out("a").resolve(Metrics.FILE);
        byte[] bytes = Files.readAllBytes(table);
        bytes[bytes.length - 3] = (byte) 0xff;
        Files.write(table, bytes);
        assertOneLine(2, tiny.report("a"), "metrics.csv: row 16 is damaged");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"sessions\": 5}", "{\"sessions\": [5]}", "[", "[]", ""})
    void aHistoryThatIsDamaged(String json) throws IOException {
        assertEquals(0, tiny.train("a").code());
        Files.writeString(tiny.out("a").resolve("run.json"), json);
        Ended ended = tiny.train("a", "resume=true");
        assertEquals(0, ended.code(), ended.err());
        String history = Files.readString(tiny.out("a").resolve("run.json"));
        assertTrue(history.contains("\"outcome\" : \"finished\""), history);
    }

    @Test
    void aConfigThatIsGone() throws IOException {
        assertEquals(0, tiny.train("a").code());
        Path config = tiny.out("a").resolve("config.yaml");
        String text = Files.readString(config);
        Files.delete(config);
        assertEquals(0, tiny.train("a", "resume=true").code());
        assertEquals(text, Files.readString(config));
    }

    @Test
    void aReportThatCannotBeWritten() throws IOException {
        Path report = tiny.out("a").resolve("report.html");
        assertEquals(0, tiny.train("a", "train.epochs=1").code());
        Files.delete(report);
        Files.createDirectory(report);
        Ended ended = tiny.train("a", "train.epochs=1", "resume=true");
        assertEquals(0, ended.code(), ended.err());
        String out = ended.out();
        assertTrue(out.contains("no report: " + report + ": cannot be written"), out);
        assertFalse(out.contains("resume=true"), out); // the run has come to its end
    }

    /** The step before the one whose loss is no number: its own loss is one, its gradient not. */
    @Test
    void aGradientThatIsNoNumber() throws IOException {
        assertOneLine(
                1,
                tiny.train("a", "train.ssm_lr=5"),
                "epoch 1, step 3: the loss is NaN",
                "first to go bad: encoder/layers_0/dv (in gateAdjoint) in step 2");
    }

    @Test
    void aLossThatIsNoNumber() throws IOException {
        Ended ended =
                tiny.train("a", "train.ssm_lr=1e4", "train.checkpoint_steps=1", "train.batch=16");
        assertOneLine(
                1,
                ended,
                "epoch 1, step 2: the loss is NaN",
                "learning rates 3.33e+03 for the state space, 3.33e+03 else",
                "encoder/layers_0/seq/Lambda_bar (in discretize) in step 2",
                "the last checkpoint is of epoch 1, step 1",
                "model.clip_eigs");
        Checkpoint.read(tiny.out("a").resolve("last.safetensors"));
        String history = Files.readString(tiny.out("a").resolve("run.json"));
        assertTrue(history.contains("failed: epoch 1, step 2: the loss is NaN"), history);
    }
}
