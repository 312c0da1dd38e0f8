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

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
                "download mnist base_url=//h     | base_url: '//h' is no address",
                "download mnist base_url=http://h:65536 | base_url: 'http://h:65536' is no address",
                "download mnist base_url=http://h/?q=1  | base_url: 'http://h/?q=1' is no address",
                "download mnist base_url=http://h/#f    | base_url: 'http://h/#f' is no address",
                "download mnist base_url=http://u:p@h/  | base_url: 'http://u:p@h/' is no address",
            })
    void mistakes(String line, String message) {
        Ended ended = s5(line.strip().split(" +"));
        assertEquals(2, ended.code());
        assertTrue(ended.err().startsWith("s5: " + message), ended.err());
        assertEquals(1, ended.err().lines().count());
    }

    /** Where there is no terminal, as here. */
    @Test
    void progressInLines() throws IOException {
        StringWriter out = new StringWriter();
        Downloader.Terms terms = DownloaderTest.terms(new PrintWriter(out), folder -> 1L << 40);
        ByteArrayInputStream rest = new ByteArrayInputStream(new byte[3_000_000]);
        try (InputStream in = terms.shown(rest, "x.gz", 1_000_000, 4_000_000)) {
            assertEquals(3_000_000, in.readAllBytes().length);
        }
        String last = out.toString().lines().toList().getLast();
        assertTrue(last.matches("x\\.gz 100% \\[=+\\] 4/4 MB .* MB/s\\)? *"), last);
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
