package s5.download;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static s5.download.TestServer.fixed;
import static s5.download.TestServer.proper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import s5.UserError;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
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
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** What is not got, why, and what is left then. */
class FetcherRefusalTest extends FetcherFixture {
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
        try (TestServer server = new TestServer(fixed(200, "text/html; charset=utf-8", page))) {
            assertFailure(() -> fetch(0, "", server.uri(PATH)), "a web page instead");
            assertEquals(List.of(), names());
            // What was got before is not given up for it.
            leave(Arrays.copyOf(content, 1000), server.uri(PATH), TAG);
            assertFailure(() -> fetch(0, "", server.uri(PATH)), "a web page instead");
            assertEquals(1000, Files.size(target.resolveSibling("x.gz.part")));
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

    /** Each byte comes in time: those of the file, of a length before it, of a header. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 300007//",
                "Transfer-Encoding: chunked//1;a=",
                "X-Header: a"
            })
    void aServerThatDrips(String begun) throws Exception {
        String answer = "HTTP/1.1 200 OK\r\n" + begun.replace("//", "\r\n\r\n");
        try (ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> drip(socket, answer));
            URI place = URI.create("http://127.0.0.1:" + socket.getLocalPort() + PATH);
            assertTimeoutPreemptively(
                    Duration.ofSeconds(20),
                    () ->
                            assertFailure(
                                    () -> fetch(0, "", place),
                                    "the server is too slow, ",
                                    " bytes came in 2 s, where 20,000 are asked for",
                                    "run the command again"));
        }
    }

    private static void drip(ServerSocket socket, String answer) {
        try (Socket connection = socket.accept()) {
            assertTrue(connection.getInputStream().read(new byte[1000]) > 0);
            OutputStream out = connection.getOutputStream();
            out.write(answer.getBytes(StandardCharsets.US_ASCII));
            while (!socket.isClosed()) {
                out.write('y');
                Thread.sleep(50);
            }
        } catch (IOException | InterruptedException e) {
            // nobody listens any more
        }
    }
}
