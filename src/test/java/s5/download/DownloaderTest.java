package s5.download;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import s5.Failure;
import s5.UserError;
import s5.cli.Catalog;
import s5.config.ConfigLoader;
import s5.data.Splits;
import s5.io.Sha256;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

class DownloaderTest {
    /** Terms that do not wait long. */
    static Downloader.Terms terms(PrintWriter out, ToLongFunction<Path> space) {
        PrintWriter lines = new PrintWriter(out, true);
        Duration patience = Duration.ofSeconds(1);
        return new Downloader.Terms(patience, Duration.ofSeconds(2), 1_000_000, space, lines);
    }

    @TempDir Path root;
    @TempDir Path cache;
    private final StringWriter out = new StringWriter();

    /** An archive as Long Range Arena's, without Path-X. */
    private static Map<String, String> lra() {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("lra_release/README.md", "about");
        for (String split : List.of("train", "val", "test")) {
            files.put(
                    "lra_release/lra_release/listops-1000/basic_" + split + ".tsv",
                    "Source\tTarget\n( ( [MAX 2 ) 9 ] )\t9\n");
        }
        for (String split : List.of("train", "eval", "test")) {
            files.put(
                    "lra_release/lra_release/tsv_data/new_aan_pairs." + split + ".tsv",
                    "1.0\t1\t2\tone\ttwo\n");
        }
        String pathfinder = "lra_release/lra_release/pathfinder32/curv_contour_length_14/";
        files.put(pathfinder + "imgs/0/sample_0.png", "an image");
        files.put(pathfinder + "metadata/0.npy", "imgs/0 sample_0.png 0 1");
        files.put(
                "lra_release/lra_release/pathfinder32/curv_baseline/imgs/0/sample_0.png", "other");
        return files;
    }

    static byte[] tarGz(Map<String, String> files) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
            for (Map.Entry<String, String> file : files.entrySet()) {
                byte[] content = file.getValue().getBytes(StandardCharsets.UTF_8);
                TarArchiveEntry entry = new TarArchiveEntry(file.getKey(), true);
                entry.setSize(content.length);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    private void get(TestServer server, String name, ToLongFunction<Path> space) {
        Optional<URI> base = Optional.of(server.uri("/mirror/"));
        new Downloader(root, base, terms(new PrintWriter(out), space))
                .get(Catalog.named(List.of(name)));
    }

    private void get(TestServer server, String name) {
        get(server, name, folder -> 1L << 40);
    }

    private List<String> tree() throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    private static void assertFailure(
            org.junit.jupiter.api.function.Executable executable, String... parts) {
        String message = assertThrows(Failure.class, executable).getMessage();
        assertFalse(message.contains("\n"), message);
        for (String part : parts) {
            assertTrue(message.contains(part), () -> "\"" + part + "\" is not in: " + message);
        }
    }

    @Test
    void unpacksWhatIsAskedForWhereTheLoaderLooks() throws IOException {
        byte[] archive = tarGz(lra());
        try (TestServer server = new TestServer(TestServer.proper(archive, "\"1\""))) {
            get(server, "listops");
            assertEquals(
                    List.of(
                            "listops/basic_test.tsv",
                            "listops/basic_train.tsv",
                            "listops/basic_val.tsv",
                            "lra_release.gz"),
                    tree());
            assertEquals(List.of("/mirror/lra_release.gz - -"), server.requests);
            assertTrue(out.toString().contains("not verified: no checksum"), out.toString());
            Splits splits =
                    ConfigLoader.of(
                                    "data.set=listops",
                                    "data.root=" + root,
                                    "data.cache_dir=" + cache)
                            .data()
                            .open();
            assertEquals(1, splits.test().size());

            get(server, "aan");
            get(server, "pathfinder");
            get(server, "listops");
            assertEquals(1, server.requests.size(), "the archive is there");
            assertEquals(
                    List.of(
                            "aan/new_aan_pairs.eval.tsv",
                            "aan/new_aan_pairs.test.tsv",
                            "aan/new_aan_pairs.train.tsv",
                            "listops/basic_test.tsv",
                            "listops/basic_train.tsv",
                            "listops/basic_val.tsv",
                            "lra_release.gz",
                            "pathfinder32/curv_contour_length_14/imgs/0/sample_0.png",
                            "pathfinder32/curv_contour_length_14/metadata/0.npy"),
                    tree());
            Path aan = root.resolve("aan/new_aan_pairs.eval.tsv");
            assertEquals("1.0\t1\t2\tone\ttwo\n", Files.readString(aan));
        }
    }

    @Test
    void aFolderOfTheUsersIsLeftAlone() throws IOException {
        Files.createDirectories(root.resolve("listops"));
        Files.writeString(root.resolve("listops/basic_train.tsv"), "mine");
        try (TestServer server = new TestServer(TestServer.proper(tarGz(lra()), "\"1\""))) {
            get(server, "listops");
            assertTrue(out.toString().contains("listops: is there already; remove it to get it"));
            assertEquals(List.of(), server.requests);
            assertEquals(List.of("listops/basic_train.tsv"), tree());
        }
    }

    @Test
    void filesAreNotGotTwice() throws IOException {
        Files.createDirectories(root.resolve("imdb"));
        Files.writeString(root.resolve("imdb/aclImdb_v1.tar.gz"), "mine");
        try (TestServer server = new TestServer(TestServer.proper(new byte[5], "\"1\""))) {
            get(server, "imdb");
            assertEquals(List.of(), server.requests);
            assertTrue(out.toString().contains("is there already"), out.toString());
            assertEquals(List.of("imdb/aclImdb_v1.tar.gz"), tree());
        }
    }

    /** Checks by the catalog's sizes and sums; the files of MNIST that are here unchanged. */
    @Test
    void realFilesHaveTheCatalogsSums() throws IOException {
        String data = System.getProperty("s5.data", "");
        org.junit.jupiter.api.Assumptions.assumeTrue(
                Files.isDirectory(Path.of(data, "mnist")),
                "skipped: no real data, -Ds5.data=FOLDER is not given or has no mnist/");
        int found = 0;
        for (RemoteFile file : Catalog.named(List.of("mnist"))) {
            Path path = Path.of(data, "mnist", file.name());
            // The shared train images were zipped anew.
            if (Files.exists(path) && Files.size(path) == file.size()) {
                assertEquals(file.sha256(), Sha256.of(path));
                found++;
            }
        }
        assertTrue(found >= 3, "" + found);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lra/listops-1000/../../evil.tsv",
                "lra/listops-1000//etc/../../../evil.tsv",
                "lra/listops-1000/a/../../evil.tsv",
                "lra/listops-1000/..",
                "lra/listops-1000/a\\..\\..\\evil.tsv"
            })
    void membersThatWouldLandElsewhereAreRefused(String member) throws IOException {
        Map<String, String> files = lra();
        files.put(member, "evil");
        try (TestServer server = new TestServer(TestServer.proper(tarGz(files), "\"1\""))) {
            assertFailure(() -> get(server, "listops"), member, "nothing was unpacked");
            assertEquals(List.of("lra_release.gz"), tree());
            assertFalse(Files.exists(root.resolve("listops")));
        }
    }

    @Test
    void linksAreRefused() throws IOException {
        for (byte type : new byte[] {TarConstants.LF_SYMLINK, TarConstants.LF_LINK}) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (TarArchiveOutputStream tar =
                    new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
                TarArchiveEntry entry = new TarArchiveEntry("x/listops-1000/basic_train.tsv", type);
                entry.setLinkName("/etc/passwd");
                tar.putArchiveEntry(entry);
                tar.closeArchiveEntry();
            }
            Files.write(root.resolve("lra_release.gz"), bytes.toByteArray());
            try (TestServer server = new TestServer(TestServer.proper(new byte[0], "\"1\""))) {
                assertFailure(() -> get(server, "listops"), "basic_train.tsv is a link");
            }
            assertEquals(List.of("lra_release.gz"), tree());
        }
    }

    @Test
    void incompleteArchives() throws IOException {
        try (TestServer server = new TestServer(TestServer.proper(new byte[0], "\"1\""))) {
            Path archive = root.resolve("lra_release.gz");
            byte[] good = tarGz(lra());
            for (int size : new int[] {0, 10, good.length / 2, good.length - 4}) {
                Files.write(archive, Arrays.copyOf(good, size));
                assertFailure(
                        () -> get(server, "listops"), archive.toString(), "cannot be unpacked");
                assertEquals(List.of("lra_release.gz"), tree());
            }
            byte[] flipped = good.clone();
            flipped[good.length - 7] ^= 1; // in the checksum
            Files.write(archive, flipped);
            assertFailure(() -> get(server, "listops"), archive.toString(), "cannot be unpacked");

            Files.write(archive, good);
            assertFailure(() -> get(server, "pathx"), "has no folder pathfinder128/");
            Map<String, String> files = lra();
            files.put("again/listops-1000/basic_val.tsv", "");
            Files.write(archive, tarGz(files));
            assertFailure(() -> get(server, "listops"), "again/listops-1000/", "occurs twice");
            assertEquals(List.of("lra_release.gz"), tree());
        }
    }

    @Test
    void whatAKilledProgramHasLeftIsRemoved() throws IOException {
        Files.write(root.resolve("lra_release.gz"), tarGz(lra()));
        Files.createDirectories(root.resolve("aan.unpacking/deep"));
        Files.writeString(root.resolve("aan.unpacking/deep/x"), "half");
        try (TestServer server = new TestServer(TestServer.proper(new byte[0], "\"1\""))) {
            get(server, "aan");
        }
        assertFalse(Files.exists(root.resolve("aan/deep")));
        assertFalse(Files.exists(root.resolve("aan.unpacking")));
    }

    @Test
    void aSecondProgramIsKeptOut() throws IOException {
        Path archive = Files.write(root.resolve("lra_release.gz"), tarGz(lra()));
        try (TestServer server = new TestServer(TestServer.proper(new byte[0], "\"1\""));
                FileChannel channel = FileChannel.open(archive, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            assertTrue(lock.isValid());
            UserError error = assertThrows(UserError.class, () -> get(server, "aan"));
            assertTrue(error.getMessage().contains("another program"), error.getMessage());
        }
    }

    @Test
    void aDiskThatFillsUp() throws IOException {
        Files.write(root.resolve("lra_release.gz"), tarGz(lra()));
        try (TestServer server = new TestServer(TestServer.proper(new byte[0], "\"1\""))) {
            assertFailure(
                    () -> get(server, "listops", folder -> 10_000_000),
                    "the disk is full",
                    "data.root=");
            assertEquals(List.of("lra_release.gz"), tree());
        }
    }

    @Test
    void names() {
        assertEquals(
                List.of("mnist", "lra", "imdb", "cifar10", "sc35"),
                Catalog.named(List.of("all")).stream()
                        .map(RemoteFile::publication)
                        .distinct()
                        .toList());
        assertEquals(4, Catalog.named(List.of("lra")).size());
        assertEquals(
                List.of("aan", "pathfinder128/curv_contour_length_14"),
                Catalog.named(List.of("pathx", "aan", "psmnist")).stream()
                        .flatMap(file -> file.parts().stream().map(RemoteFile.Part::folder))
                        .toList());
        assertEquals(4, Catalog.named(List.of("psmnist")).size());
        for (List<String> words :
                List.of(List.of("imbd"), List.of("pendulum"), List.<String>of())) {
            UserError error = assertThrows(UserError.class, () -> Catalog.named(words));
            String expected =
                    words.contains("imbd") ? "did you mean imdb?" : words.isEmpty() ? "NAME" : "no";
            assertTrue(error.getMessage().contains(expected), error.getMessage());
        }
    }

    /** One archive that several data sets name is got once and read once. */
    @Test
    void whatSeveralNameIsGotOnce() throws IOException {
        try (TestServer server = new TestServer(TestServer.proper(tarGz(lra()), "\"1\""))) {
            Optional<URI> base = Optional.of(server.uri("/"));
            new Downloader(root, base, terms(new PrintWriter(out), folder -> 1L << 40))
                    .get(Catalog.named(List.of("aan", "listops", "aan")));
            assertEquals(1, server.requests.size());
            assertTrue(Files.isDirectory(root.resolve("aan")));
            assertTrue(Files.isDirectory(root.resolve("listops")));
            assertEquals(1, out.toString().split("Long Range Arena", -1).length - 1);
        }
    }

    @Test
    void everyPlaceIsSecureAndEverySumOne() {
        Catalog.named(List.of("all"))
                .forEach(file -> {
                    assertEquals("https", file.address().getScheme());
                    assertTrue(file.sha256().matches("([0-9a-f]{64})?"), file.sha256());
                    assertEquals(file.sha256().isEmpty(), file.size() == 0);
                });
    }
}
