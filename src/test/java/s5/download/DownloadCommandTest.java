package s5.download;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import s5.Main;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code s5 download} and the scripts around it. */
class DownloadCommandTest {
    @TempDir Path root;

    private record Ended(int code, String out, String err) {}

    private static Ended s5(String... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(words, new PrintWriter(out), new PrintWriter(err));
        return new Ended(code, out.toString(), err.toString());
    }

    @Test
    void getsAndUnpacks() throws IOException {
        byte[] archive =
                DownloaderTest.tarGz(
                        new TreeMap<>(
                                Map.of(
                                        "a/tsv_data/new_aan_pairs.train.tsv", "1",
                                        "a/tsv_data/new_aan_pairs.eval.tsv", "2",
                                        "a/tsv_data/new_aan_pairs.test.tsv", "3")));
        try (TestServer server = new TestServer(TestServer.proper(archive, "\"1\""))) {
            Ended ended =
                    s5(
                            "download",
                            "aan",
                            "data.root=" + root.resolve("data"),
                            "base_url=" + server.uri("/x"));
            assertEquals(0, ended.code(), ended.err());
            assertEquals("", ended.err());
            assertEquals(List.of("/x/lra_release.gz - -"), server.requests);
            assertEquals("2", Files.readString(root.resolve("data/aan/new_aan_pairs.eval.tsv")));
            assertTrue(ended.out().contains("not verified"), ended.out());
        }
    }

    @Test
    void aFailureIsOneLineAndOne() throws IOException {
        byte[] small = {0x1f, (byte) 0x8b, 0, 0};
        try (TestServer server = new TestServer(TestServer.proper(small, "\"1\""))) {
            Ended ended =
                    s5("download", "sc35", "data.root=" + root, "base_url=" + server.uri("/"));
            assertEquals(1, ended.code());
            assertEquals(
                    "s5: %sspeech_commands_v0.02.tar.gz: has 4 bytes, the published file 2,428,923,189:"
                            .formatted(server.uri("/")),
                    ended.err().substring(0, ended.err().indexOf(": another") + 1));
            assertEquals(1, ended.err().lines().count());
        }
        try (Stream<Path> files = Files.walk(root)) {
            assertEquals(0, files.filter(Files::isRegularFile).count());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "download                        | download takes what to get; write s5 download"
                        + " NAME",
                "download minst                  | no data set 'minst' to download; did you mean"
                        + " mnist?",
                "download pendulum               | pendulum: is generated",
                "download mnist root=x           | command line: root: no such key; did you mean"
                        + " data.root?",
                "download mnist base_url=x       | base_url: 'x' is no address of a folder",
                "download mnist base_url=ftp://h | base_url: 'ftp://h' is no address",
                "download mnist base_url=http:// | base_url: 'http://' is no address",
            })
    void mistakes(String line, String message) {
        Ended ended = s5(line.strip().split(" +"));
        assertEquals(2, ended.code());
        assertTrue(ended.err().startsWith("s5: " + message), ended.err());
        assertEquals(1, ended.err().lines().count());
    }

    @Test
    void progressInLines() throws InterruptedException {
        StringWriter out = new StringWriter();
        Progress.Display display =
                new Progress.Display(new PrintWriter(out), false, Duration.ofMillis(40));
        try (Progress progress = new Progress(display, "x.gz", 1_000_000, 4_000_000)) {
            progress.at(1_500_000);
            assertEquals("", out.toString());
            Thread.sleep(60);
            progress.at(2_000_000);
        }
        assertTrue(
                out.toString().matches("x\\.gz: 2 of 4 MB, [0-9.]+ MB/s, \\d+ min left\\R"),
                out.toString());
    }

    @Test
    void progressOnATerminal() {
        StringWriter out = new StringWriter();
        Progress.Display display = new Progress.Display(new PrintWriter(out), true, Duration.ZERO);
        try (Progress progress = new Progress(display, "x.gz", 0, 4_000_000)) {
            progress.at(1_000_000);
            progress.at(4_000_000);
        }
        String[] shown = out.toString().split("\r", -1);
        assertEquals(3, shown.length, out.toString());
        assertTrue(shown[0].matches("x\\.gz: 1 of 4 MB, .* min left *"), out.toString());
        assertTrue(shown[2].matches("x\\.gz: 4 of 4 MB, .* 0 min left *\\R"), out.toString());
    }

    /** Each script hands on its words to bin/s5 download. */
    @ParameterizedTest
    @CsvSource({
        "download_all.sh, all",
        "download_lra.sh, lra",
        "download_aan.sh, aan",
        "download_sc35.sh, sc35"
    })
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the scripts are for bash")
    void scripts(String script, String name) throws Exception {
        Path bin = Files.createDirectories(root.resolve("a project/bin"));
        Path copy = Files.copy(Path.of("bin", script), bin.resolve(script));
        Path s5 = bin.resolve("s5");
        Files.writeString(s5, "#!/usr/bin/env bash\nprintf '<%s>' \"$@\"\nexit 7\n");
        for (Path file : List.of(copy, s5)) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        Process process =
                new ProcessBuilder(copy.toString(), "data.root=my data", "x")
                        .redirectErrorStream(true)
                        .start();
        String out = process.inputReader().lines().collect(Collectors.joining("\n"));
        assertEquals("<download><%s><data.root=my data><x>".formatted(name), out);
        assertEquals(7, process.waitFor());
        assertTrue(Files.isExecutable(Path.of("bin", script)));
    }
}
