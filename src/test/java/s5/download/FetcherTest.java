package s5.download;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static s5.download.TestServer.breaking;
import static s5.download.TestServer.fixed;
import static s5.download.TestServer.proper;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.Failure;
import s5.UserError;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

class FetcherTest {
    private static final String TAG = "\"v1\"";
    private static final String PATH = "/folder/x.gz";

    @TempDir Path root;
    private final StringWriter out = new StringWriter();
    private byte[] content;
    private Path target;

    @BeforeEach
    void makeContent() {
        content = content(1);
        target = root.resolve("new/x.gz");
    }

    /** Starts as a gzip file; not a multiple of any buffer. */
    private static byte[] content(long seed) {
        byte[] bytes = new byte[300_007];
        new Random(seed).nextBytes(bytes);
        bytes[0] = 0x1f;
        bytes[1] = (byte) 0x8b;
        return bytes;
    }

    private static String sha256(byte[] bytes) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IOException(e);
        }
    }

    private void fetch(long size, String sha256, URI place) {
        fetch(DownloaderTest.terms(new PrintWriter(out), folder -> 1L << 40), size, sha256, place);
    }

    private void fetch(Downloader.Terms terms, long size, String sha256, URI place) {
        URI published = URI.create("https://published.invalid/x.gz");
        RemoteFile file = new RemoteFile("x", "x", "", published, size, sha256, List.of());
        new Fetcher(file, place, target, terms).fetch();
    }

    private void assertGot(byte[] expected) throws IOException {
        assertArrayEquals(expected, Files.readAllBytes(target));
        assertEquals(List.of("x.gz"), names());
    }

    /** What lies in the target's folder. */
    private List<String> names() throws IOException {
        if (!Files.exists(target.getParent())) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(target.getParent())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
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

    private void leave(byte[] part, URI place, String validator) throws IOException {
        Files.createDirectories(target.getParent());
        Files.write(target.resolveSibling("x.gz.part"), part);
        if (place != null) {
            Files.writeString(
                    target.resolveSibling("x.gz.part.info"),
                    "%s%n%s%n".formatted(place, validator));
        }
    }

    @Test
    void plain() throws IOException {
        try (TestServer server = new TestServer(proper(content, TAG))) {
            fetch(content.length, sha256(content), server.uri(PATH));
            assertGot(content);
            assertEquals(List.of(PATH + " - -"), server.requests);
        }
    }

    @Test
    void goesOnWhereTheConnectionBroke() throws IOException {
        try (TestServer server =
                new TestServer(breaking(content, TAG, 100_000), proper(content, TAG))) {
            fetch(0, "", server.uri(PATH));
            assertGot(content);
            assertEquals(2, server.requests.size());
            String[] second = server.requests.get(1).split(" ", -1);
            assertTrue(second[1].matches("bytes=\\d+-"), second[1]);
            int from = Integer.parseInt(second[1].replaceAll("\\D", ""));
            assertTrue(from > 0 && from <= 100_000, "" + from);
            assertEquals(TAG, second[2]);
            assertTrue(out.toString().contains("broke off after"), out.toString());
        }
    }

    @Test
    void aLaterRunGoesOnToo() throws IOException {
        TestServer.Behaviour busy = fixed(503, "text/plain", new byte[0]);
        try (TestServer server =
                new TestServer(breaking(content, TAG, 100_000), busy, proper(content, TAG))) {
            assertFailure(
                    () -> fetch(0, "", server.uri(PATH)),
                    server.uri(PATH).toString(),
                    "broke off after",
                    "the server says 503",
                    "run the command again to go on");
            assertEquals(List.of("x.gz.part", "x.gz.part.info"), names());
            long part = Files.size(target.resolveSibling("x.gz.part"));
            assertTrue(part > 0 && part <= 100_000);
            fetch(0, "", server.uri(PATH));
            assertGot(content);
            assertEquals("%s bytes=%d- %s".formatted(PATH, part, TAG), server.requests.get(2));
        }
    }

    /** As often as it takes, as long as something comes. */
    @Test
    void manyBreaks() throws IOException {
        TestServer.Behaviour some =
                exchange -> {
                    String range = exchange.getRequestHeaders().getFirst("Range");
                    int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
                    int to = Math.min(content.length, from + 60_000);
                    exchange.getResponseHeaders().set("ETag", TAG);
                    exchange.getResponseHeaders()
                            .set("Content-Range", "bytes %d-%d/*".formatted(from, content.length));
                    TestServer.send(
                            exchange,
                            from == 0 ? 200 : 206,
                            Arrays.copyOfRange(content, from, to),
                            content.length - from);
                };
        try (TestServer server = new TestServer(some)) {
            fetch(0, sha256(content), server.uri(PATH));
            assertGot(content);
            assertTrue(server.requests.size() >= 6, "" + server.requests);
        }
    }

    @Test
    void anotherVersionIsGotFromItsStart() throws IOException {
        byte[] other = content(2);
        try (TestServer server = new TestServer(proper(other, "\"v2\""))) {
            leave(Arrays.copyOf(content, 1000), server.uri(PATH), TAG);
            fetch(0, "", server.uri(PATH));
            assertGot(other);
        }
    }

    @Test
    void withoutAnEtagTheTimeOfChangeIsAskedFor() throws IOException {
        String time = "Wed, 11 Apr 2018 19:41:55 GMT";
        TestServer.Behaviour breaking =
                exchange -> {
                    exchange.getResponseHeaders().set("Last-Modified", time);
                    exchange.getResponseHeaders().set("ETag", "W/\"weak\"");
                    TestServer.send(exchange, 200, Arrays.copyOf(content, 5000), content.length);
                };
        try (TestServer server = new TestServer(breaking, proper(content, time))) {
            fetch(0, "", server.uri(PATH));
            assertGot(content);
            assertTrue(server.requests.get(1).endsWith("- " + time), server.requests.get(1));
        }
    }

    @Test
    void piecesOfUnknownOriginAreNotUsed() throws IOException {
        try (TestServer server = new TestServer(proper(content, TAG))) {
            for (URI origin : new URI[] {null, server.uri("/elsewhere")}) {
                leave(Arrays.copyOf(content(2), 1000), origin, TAG);
                fetch(0, "", server.uri(PATH));
                assertGot(content);
                assertEquals(PATH + " - -", server.requests.getLast());
                Files.delete(target);
            }
            leave(Arrays.copyOf(content(2), 1000), server.uri(PATH), "\u001b[2J");
            fetch(0, "", server.uri(PATH));
            assertGot(content);
        }
    }

    @Test
    void aServerThatIgnoresRangesSendsAllOfIt() throws IOException {
        TestServer.Behaviour ignorant = fixed(200, "application/gzip", content);
        try (TestServer server = new TestServer(breaking(content, TAG, 5000), ignorant)) {
            fetch(0, "", server.uri(PATH));
            assertGot(content);
            assertEquals(2, server.requests.size());
        }
    }

    @Test
    void aServerThatAlwaysBreaksIsGivenUp() throws IOException {
        try (TestServer server = new TestServer(breaking(content, TAG, 5000))) {
            assertFailure(() -> fetch(0, "", server.uri(PATH)), "broke off after");
            assertEquals(2, server.requests.size());
        }
    }

    @Test
    void aServerThatSendsAnotherPart() throws IOException {
        TestServer.Behaviour wrong =
                exchange -> {
                    exchange.getResponseHeaders().set("Content-Range", "bytes 7-9/300007");
                    TestServer.send(exchange, 206, new byte[3], 3);
                };
        try (TestServer server = new TestServer(wrong, proper(content, TAG))) {
            leave(Arrays.copyOf(content, 1000), server.uri(PATH), TAG);
            fetch(0, "", server.uri(PATH));
            assertGot(content);
        }
    }

    @Test
    void nothingMissingOrTooMuchThere() throws IOException {
        try (TestServer server = new TestServer(proper(content, TAG))) {
            leave(content, server.uri(PATH), TAG);
            fetch(content.length, sha256(content), server.uri(PATH));
            assertGot(content);
            assertEquals(1, server.requests.size());
            Files.delete(target);

            leave(Arrays.copyOf(content, content.length + 10), server.uri(PATH), TAG);
            fetch(content.length, sha256(content), server.uri(PATH));
            assertGot(content);
        }
    }

    @Test
    void wrongContent() throws IOException {
        try (TestServer server = new TestServer(proper(content(2), TAG))) {
            String expected = sha256(content);
            assertFailure(
                    () -> fetch(content.length, expected, server.uri(PATH)),
                    server.uri(PATH).toString(),
                    "wrong content",
                    expected,
                    sha256(content(2)));
            assertEquals(List.of(), names());
        }
    }

    @Test
    void wrongLength() throws IOException {
        try (TestServer server = new TestServer(proper(content, TAG))) {
            assertFailure(
                    () -> fetch(300_008, "", server.uri(PATH)),
                    "has 300,007 bytes, the published file 300,008");
            assertEquals(List.of(), names());
        }
        TestServer.Behaviour chunked =
                exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    exchange.getResponseBody().write(content);
                };
        try (TestServer server = new TestServer(chunked)) {
            assertFailure(
                    () -> fetch(300_008, "", server.uri(PATH)),
                    "sent 300,007 bytes, the published file has 300,008");
            assertEquals(List.of(), names());
            fetch(0, "", server.uri(PATH));
            assertGot(content);
        }
    }

    /** It announces more than it has: what came is kept, and asked about. */
    @Test
    void aLengthThatIsALie() throws IOException {
        TestServer.Behaviour lie =
                exchange -> {
                    exchange.getResponseHeaders().set("ETag", TAG);
                    TestServer.send(exchange, 200, content, content.length + 999);
                };
        try (TestServer server = new TestServer(lie, proper(content, TAG))) {
            fetch(0, "", server.uri(PATH));
            assertGot(content);
        }
        Files.delete(target);
        TestServer.Behaviour less =
                exchange -> {
                    exchange.sendResponseHeaders(200, 1000);
                    exchange.getResponseBody().write(content, 0, 1000);
                };
        try (TestServer server = new TestServer(less)) {
            assertFailure(() -> fetch(0, sha256(content), server.uri(PATH)), "wrong content");
            assertEquals(List.of(), names());
        }
    }

    @Test
    void aWebPageInsteadOfTheFile() throws IOException {
        byte[] page = "<!DOCTYPE html><title>Log in</title>".getBytes(StandardCharsets.UTF_8);
        for (String type : List.of("text/html; charset=utf-8", "application/gzip")) {
            try (TestServer server = new TestServer(fixed(200, type, page))) {
                String what = type.startsWith("text") ? "a web page instead" : "no gzip file";
                assertFailure(() -> fetch(0, "", server.uri(PATH)), what);
                assertEquals(List.of(), names());
                // What was got before is not given up for it.
                leave(Arrays.copyOf(content, 1000), server.uri(PATH), TAG);
                assertFailure(() -> fetch(0, "", server.uri(PATH)), what);
                assertEquals(1000, Files.size(target.resolveSibling("x.gz.part")));
            }
            for (String name : names()) {
                Files.delete(target.resolveSibling(name));
            }
        }
    }

    @Test
    void notThere() throws IOException {
        byte[] page = "<html>404</html>".getBytes(StandardCharsets.UTF_8);
        try (TestServer server =
                new TestServer(fixed(404, "text/html", page), proper(content, TAG))) {
            assertFailure(
                    () -> fetch(0, "", server.uri(PATH)),
                    server.uri(PATH).toString(),
                    "404, there is no such file",
                    "base_url=");
            assertEquals(1, server.requests.size(), "no second attempt");
            assertEquals(List.of(), names());
        }
        try (TestServer server = new TestServer(fixed(403, "text/html", page))) {
            assertFailure(() -> fetch(0, "", server.uri(PATH)), "the server says 403;");
        }
    }

    @Test
    void aBusyServerIsAskedAgain() throws IOException {
        try (TestServer server =
                new TestServer(fixed(429, "text/plain", new byte[0]), proper(content, TAG))) {
            fetch(0, "", server.uri(PATH));
            assertGot(content);
            assertTrue(out.toString().contains("the server says 429"), out.toString());
        }
    }

    @Test
    void redirects() throws IOException {
        TestServer.Behaviour elsewhere =
                exchange -> {
                    exchange.getResponseHeaders().set("Location", "/there/y.gz");
                    exchange.sendResponseHeaders(302, -1);
                };
        try (TestServer server = new TestServer(elsewhere, proper(content, TAG))) {
            fetch(0, "", server.uri(PATH));
            assertGot(content);
            assertEquals(List.of(PATH + " - -", "/there/y.gz - -"), server.requests);
        }
        Files.delete(target);
        try (TestServer server = new TestServer(elsewhere)) {
            assertFailure(() -> fetch(0, "", server.uri(PATH)), "the server says 302");
        }
    }

    @Test
    void nobodyThere() throws IOException {
        assertFailure(
                () -> fetch(0, "", URI.create("http://nowhere.invalid/x.gz")),
                "there is no host nowhere.invalid",
                "proxy");
        URI closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = URI.create("http://127.0.0.1:%d/x.gz".formatted(socket.getLocalPort()));
        }
        assertFailure(() -> fetch(0, "", closed), "nothing answers at 127.0.0.1:");
        assertEquals(List.of(), names());
    }

    @Test
    void aConnectionResetBeforeTheAnswer() throws Exception {
        Thread resetting;
        try (ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            resetting = Thread.ofVirtual().start(() -> resetAll(socket));
            URI uri = URI.create("http://127.0.0.1:%d/x.gz".formatted(socket.getLocalPort()));
            assertFailure(() -> fetch(0, "", uri), "broke off after 0 bytes");
            assertEquals(List.of(), names());
        }
        resetting.join();
    }

    private static void resetAll(ServerSocket socket) {
        try {
            while (true) {
                try (Socket connection = socket.accept()) {
                    connection.setSoLinger(true, 0); // closing it resets it
                }
            }
        } catch (IOException e) {
            // the test is over
        }
    }

    @Test
    void aServerThatFallsSilent() throws IOException {
        TestServer.Behaviour silent =
                exchange -> {
                    exchange.getResponseHeaders().set("ETag", TAG);
                    TestServer.send(exchange, 200, Arrays.copyOf(content, 5000), content.length);
                    try {
                        Thread.sleep(Duration.ofSeconds(30));
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                };
        try (TestServer server = new TestServer(silent, proper(content, TAG))) {
            fetch(0, "", server.uri(PATH));
            assertGot(content);
            assertEquals(PATH + " bytes=5000- " + TAG, server.requests.get(1));
        }
    }

    @Test
    void aFullDisk() throws IOException {
        Downloader.Terms terms = DownloaderTest.terms(new PrintWriter(out), folder -> 300_006);
        try (TestServer server = new TestServer(proper(content, TAG))) {
            assertFailure(
                    () -> fetch(terms, 0, "", server.uri(PATH)),
                    target.getParent().toString(),
                    "1 MB are needed and 0 MB free");
            assertEquals(List.of(), names());
            leave(Arrays.copyOf(content, 2), server.uri(PATH), TAG);
            fetch(terms, 0, "", server.uri(PATH));
            assertGot(content);
        }
    }

    @Test
    void aFolderThatCannotBeWritten() throws IOException {
        Files.writeString(root.resolve("new"), "a file where a folder should be");
        UserError error =
                assertThrows(UserError.class, () -> fetch(0, "", URI.create("http://127.0.0.1/x")));
        assertTrue(error.getMessage().contains("cannot be written"), error.getMessage());
        assertTrue(error.getMessage().contains("data.root="), error.getMessage());
    }

    @Test
    void aSecondProgramIsKeptOut() throws IOException {
        leave(new byte[7], null, "");
        Path part = target.resolveSibling("x.gz.part");
        try (TestServer server = new TestServer(proper(content, TAG))) {
            try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                assertTrue(lock.isValid());
                UserError error =
                        assertThrows(UserError.class, () -> fetch(0, "", server.uri(PATH)));
                assertTrue(error.getMessage().contains("another program"), error.getMessage());
            }
            assertEquals(7, Files.size(part));
            fetch(0, "", server.uri(PATH));
            assertGot(content);
        }
    }

    /** A link in the way is not followed. */
    @Test
    void aLinkInPlaceOfThePart() throws IOException {
        Files.createDirectories(target.getParent());
        Path other = Files.writeString(root.resolve("other"), "mine");
        Files.createSymbolicLink(target.resolveSibling("x.gz.part"), other);
        try (TestServer server = new TestServer(proper(content, TAG))) {
            UserError error = assertThrows(UserError.class, () -> fetch(0, "", server.uri(PATH)));
            assertTrue(error.getMessage().contains("cannot be written"), error.getMessage());
        }
        assertEquals("mine", Files.readString(other));
    }

    /** Of a file without a published size so much is taken, and no more. */
    @Test
    void theBoundWithoutAPublishedSize() throws IOException {
        byte[] large = Arrays.copyOf(content, 1_000_001);
        TestServer.Behaviour chunked =
                exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    exchange.getResponseBody().write(large);
                };
        try (TestServer server = new TestServer(chunked)) {
            assertFailure(() -> fetch(0, "", server.uri(PATH)), "sends more than 1,000,000 bytes");
            assertEquals(List.of(), names());
            assertTrue(out.toString().contains("not published, at most 1 MB"), out.toString());
        }
        try (TestServer server = new TestServer(proper(large, TAG))) {
            assertFailure(
                    () -> fetch(0, "", server.uri(PATH)),
                    "has 1,000,001 bytes, more than are taken of it, 1,000,000");
            leave(Arrays.copyOf(content, 1000), server.uri(PATH), TAG);
            assertFailure(
                    () -> fetch(0, "", server.uri(PATH)),
                    "has 1,000,001 bytes, more than are taken of it, 1,000,000");
            fetch(large.length, "", server.uri(PATH));
            assertGot(large);
        }
    }

    /** What comes without a length stops before the disk is full. */
    @Test
    void aDiskThatFillsUp() throws IOException {
        TestServer.Behaviour chunked =
                exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    exchange.getResponseBody().write(content);
                };
        AtomicLong free = new AtomicLong(10_200_000);
        Downloader.Terms terms =
                DownloaderTest.terms(new PrintWriter(out), folder -> free.addAndGet(-16_000));
        try (TestServer server = new TestServer(chunked)) {
            assertFailure(
                    () -> fetch(terms, 0, "", server.uri(PATH)), "does not say how long it is");
            assertEquals(List.of(), names());
        }
    }
}
