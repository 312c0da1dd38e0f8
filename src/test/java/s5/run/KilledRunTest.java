package s5.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import s5.run.TinyRun.Ended;
import s5.train.Checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs in processes of their own, killed or stopped at random moments and resumed, against a run
 * left alone. {@code -Ds5.kills=N} kills N times instead of 4.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "it has no signals")
class KilledRunTest {
    private static final int KILLS = Integer.getInteger("s5.kills", 4);

    /** So many that one of them falls into the write of a checkpoint. */
    private static final int MANY = 20;

    @TempDir Path folder;

    /** Every step writes a checkpoint; one kill in three waits until it sees one being written. */
    @Test
    void endsLikeARunLeftAlone() throws Exception {
        endsLikeARunLeftAlone(KILLS);
    }

    @Tag("thorough")
    @Test
    void endsLikeARunLeftAloneHoweverOftenKilled() throws Exception {
        endsLikeARunLeftAlone(MANY);
    }

    /** With what else a run may keep from step to step. */
    @Test
    void endsLikeARunLeftAloneWithItsOptions() throws Exception {
        endsLikeARunLeftAlone(
                Math.max(1, KILLS / 5),
                "train.ema=0.99",
                "train.accumulate=3",
                "train.clip_norm=0.5",
                "train.optimizer=adam");
    }

    private void endsLikeARunLeftAlone(int kills, String... options) throws Exception {
        TinyRun tiny = new TinyRun(folder);
        List<String> words = new ArrayList<>(List.of(options));
        words.add("train.epochs=" + (5 + 2 * kills));
        assertEquals(0, tiny.train("alone", words.toArray(String[]::new)).code());
        words.add("resume=true");
        String[] resumed = words.toArray(String[]::new);
        words.add("train.checkpoint_steps=1");
        String[] saving = words.toArray(String[]::new);
        Random random = new Random(1);
        Path run = tiny.out("killed");
        Path last = run.resolve("last.safetensors");
        Path temporary = run.resolve("last.safetensors.tmp");
        int unfinished = 0;
        for (int kill = 0; kill < kills; kill++) {
            FileTime before = Files.exists(last) ? Files.getLastModifiedTime(last) : null;
            Process process = tiny.start("killed", saving);
            await(
                    process,
                    () -> Files.exists(last) && !Files.getLastModifiedTime(last).equals(before));
            Thread.sleep(random.nextInt(30));
            while (kill % 3 == 0 && process.isAlive() && !Files.exists(temporary)) {
                Thread.onSpinWait();
            }
            process.destroyForcibly();
            assertEquals(128 + 9, process.waitFor(), "it ended before it was killed");
            unfinished += Files.exists(temporary) ? 1 : 0;
            Checkpoint.read(last);
        }
        System.out.printf("%d of %d kills left an unfinished checkpoint%n", unfinished, kills);
        assertTrue(unfinished > 0 || kills < MANY, "no kill fell into the write of a checkpoint");
        Ended end = tiny.train("killed", resumed);
        assertEquals(0, end.code(), end::err);
        TinyRun.assertSame(tiny.out("alone"), run);
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void await(Process process, Condition condition) throws Exception {
        long end = System.nanoTime() + 60_000_000_000L;
        while (!condition.holds()) {
            assertTrue(process.isAlive(), "it ended before it was killed");
            assertTrue(System.nanoTime() < end, "nothing happens in a minute");
            Thread.sleep(5);
        }
    }

    /** Whether a signal was set to be ignored, as nohup does with SIGHUP: the JVM leaves it so. */
    private static boolean ignored(int number) throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return false;
        }
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith("SigIgn:")) {
                long mask = Long.parseUnsignedLong(line.substring(7).strip(), 16);
                return (mask & 1L << (number - 1)) != 0;
            }
        }
        return false;
    }

    /** Signals that come at once, as Ctrl-C while the terminal closes, are one; so is the first. */
    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143", "HUP, 129", "INT HUP, 130 129", "TERM HUP TERM, 143 129"})
    void aSignalFinishesTheStepAndSaves(String signals, String codes) throws Exception {
        String signal = signals.split(" ", -1)[0];
        List<Integer> expected = Stream.of(codes.split(" ", -1)).map(Integer::valueOf).toList();
        for (int code : expected) {
            assumeFalse(ignored(code - 128), code + "'s signal is ignored here, as under nohup");
        }
        TinyRun tiny = new TinyRun(folder);
        Process process = tiny.start(signal, "train.epochs=100000");
        Path table = tiny.out(signal).resolve(Metrics.FILE);
        await(process, () -> Files.exists(table) && Files.size(table) > 1000); // some steps
        String kills =
                "for signal in %s; do kill -$signal %d || exit; sleep 0.02; done"
                        .formatted(signals, process.pid());
        assertEquals(0, new ProcessBuilder("sh", "-c", kills).start().waitFor());
        assertTrue(process.waitFor(30, TimeUnit.SECONDS), "it goes on");
        // the system may hand on signals that come together in another order
        assertTrue(expected.contains(process.exitValue()), () -> tiny.said(signal, "err"));
        assertTrue(tiny.said(signal, "err").contains("s5: finishing the step and saving"));
        assertTrue(tiny.said(signal, "out").contains("resume=true continues it"));
        Path run = tiny.out(signal);
        String history = Files.readString(run.resolve("run.json"));
        assertTrue(history.contains("\"outcome\" : \"stopped by a signal\""), history);
        Checkpoint.read(run.resolve("last.safetensors"));
        String report = Files.readString(run.resolve("report.html"));
        assertTrue(report.contains("This run was stopped by a signal."), report);
        try (Stream<Path> files = Files.list(run)) {
            assertFalse(files.anyMatch(f -> f.toString().endsWith(".tmp")), run::toString);
        }
    }
}
