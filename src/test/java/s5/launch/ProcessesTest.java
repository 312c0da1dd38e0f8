package s5.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import s5.run.TinyRun;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Real processes that share a training, on the CPU, by TCP. */
class ProcessesTest {
    /** Seconds within which a process ends whose peer is lost, or that was asked to. */
    private static final int SOON = 30;

    @TempDir Path folder;
    private TinyRun tiny;

    @BeforeEach
    void makeConfig() throws IOException {
        tiny = new TinyRun(folder);
        assertEquals(0, tiny.train("first", "train.epochs=1").code()); // fills the cache
    }

    private void await(Process process, String name) throws InterruptedException {
        assertTrue(process.waitFor(120, TimeUnit.SECONDS), name);
        assertEquals(0, process.exitValue(), tiny.said(name, "err"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"batch", "layer"})
    void twoLearnWhatOneLearns(String norm) throws IOException, InterruptedException {
        assertEquals(0, tiny.train("one", "model.norm=" + norm).code());
        await(tiny.start("two", "model.norm=" + norm, "processes=2"), "two");
        TinyRun.assertClose(tiny.out("one"), tiny.out("two"), 1e-4);
        assertNotEquals(List.of(), TinyRun.rows(tiny.out("two")));
        await(tiny.start("again", "model.norm=" + norm, "processes=2"), "again");
        TinyRun.assertSame(tiny.out("two"), tiny.out("again"));
    }

    /** Starts both by hand. */
    private List<Process> start(String name, String... more) throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        List<String> common = List.of("ranks=2", "address=127.0.0.1:" + port, "train.epochs=30");
        return IntStream.range(0, 2)
                .mapToObj(rank -> {
                    String[] words =
                            Stream.of(Stream.of(more), common.stream(), Stream.of("rank=" + rank))
                                    .flatMap(s -> s)
                                    .toArray(String[]::new);
                    List<String> line = tiny.words(name, words);
                    try {
                        return tiny.start(
                                List.of(
                                        "-XX:TieredStopAtLevel=1",
                                        "-XX:+UseSerialGC",
                                        "--add-modules",
                                        "jdk.incubator.vector"),
                                name + rank,
                                line);
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                })
                .toList();
    }

    /** Waits until a run has a checkpoint to go on from. */
    private void awaitCheckpoint(String name, List<Process> processes) throws InterruptedException {
        Path file = tiny.out(name).resolve("last.safetensors");
        while (!Files.exists(file)) {
            assertTrue(processes.stream().allMatch(Process::isAlive), tiny.said(name + "0", "err"));
            Thread.sleep(20);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void oneThatIsKilledEndsTheOther(int rank) throws IOException, InterruptedException {
        List<Process> processes = start("run");
        awaitCheckpoint("run", processes);
        processes.get(rank).destroyForcibly();
        Process other = processes.get(1 - rank);
        assertTrue(other.waitFor(SOON, TimeUnit.SECONDS));
        assertNotEquals(0, other.exitValue());
        String said = tiny.said("run" + (1 - rank), "err");
        assertTrue(said.contains("rank " + rank + " "), said);
        assertEquals(1, said.lines().filter(line -> line.contains("rank " + rank)).count(), said);
        assertGoesOnAsIfNothingHadBeen("run");
    }

    /** Both go on from where a run stopped, and come to what they come to without a stop. */
    private void assertGoesOnAsIfNothingHadBeen(String name)
            throws IOException, InterruptedException {
        List<Process> resumed = start(name, "resume=true");
        List<Process> whole = start("whole");
        for (int rank = 0; rank < 2; rank++) {
            await(resumed.get(rank), name + rank);
            await(whole.get(rank), "whole" + rank);
        }
        TinyRun.assertSame(tiny.out("whole"), tiny.out(name));
    }

    @Test
    void oneGoesOnWithWhatTwoHaveBegun() throws IOException, InterruptedException {
        await(tiny.start("few", "processes=2", "train.max_steps=20"), "few");
        assertEquals(0, tiny.train("few", "resume=true").code());
        assertEquals(0, tiny.train("one").code());
        TinyRun.assertClose(tiny.out("one"), tiny.out("few"), 1e-4);
    }

    @Test
    void oneThatIsAskedToEndSavesForAll() throws IOException, InterruptedException {
        List<Process> processes = start("run");
        awaitCheckpoint("run", processes);
        processes.get(1).destroy();
        for (Process process : processes) {
            assertTrue(process.waitFor(SOON, TimeUnit.SECONDS));
        }
        assertGoesOnAsIfNothingHadBeen("run");
    }

    @Test
    void anotherBatchIsToldInALine() throws IOException, InterruptedException {
        List<String> options = List.of("-XX:TieredStopAtLevel=1");
        String address = "address=127.0.0.1:";
        try (ServerSocket free = new ServerSocket(0)) {
            address += free.getLocalPort();
        }
        Process zero = tiny.start(options, "a", tiny.words("a", "rank=0", "ranks=2", address));
        Process one =
                tiny.start(
                        options,
                        "b",
                        tiny.words("a", "rank=1", "ranks=2", address, "train.batch=4"));
        assertTrue(zero.waitFor(120, TimeUnit.SECONDS));
        assertTrue(one.waitFor(SOON, TimeUnit.SECONDS));
        assertNotEquals(0, zero.exitValue());
        String said = tiny.said("b", "err");
        assertTrue(said.contains("start all processes with the same"), said);
    }
}
