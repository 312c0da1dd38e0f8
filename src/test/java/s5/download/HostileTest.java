package s5.download;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import s5.Main;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/** Servers and archives that mean harm: one line, nothing followed, nothing left. */
class HostileTest {
    private static final byte[] GZIP = {0x1f, (byte) 0x8b, 8, 0};

    @TempDir Path root;

    /** Runs {@code s5 download}; it has to end in one clean line that has some parts. */
    private void assertRefused(String name, String base, String... parts) throws IOException {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] words = {"download", name, "data.root=" + root, "base_url=" + base};
        int code = Main.run(words, new PrintWriter(out), new PrintWriter(err));
        assertEquals(1, code, err.toString());
        assertEquals(1, err.toString().lines().count(), err.toString());
        for (String part : parts) {
            assertTrue(err.toString().contains(part), err.toString());
        }
        assertTrue(err.toString().length() < 500, err.toString());
        String shown = (out + "" + err).replaceAll("[\\r\\n]", "");
        assertTrue(shown.chars().noneMatch(Character::isISOControl), shown);
        try (Stream<Path> files = Files.walk(root)) {
            assertEquals(
                    List.of(),
                    files.filter(Files::isRegularFile)
                            .filter(file -> !file.endsWith("lra_release.gz"))
                            .toList());
        }
    }

    /** Sends 60 MB for a file of 10 without saying how long it is. */
    @Test
    void moreThanWasPublished() throws IOException {
        AtomicLong sent = new AtomicLong();
        TestServer.Behaviour endless =
                exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    exchange.getResponseBody().write(GZIP);
                    for (int i = 0; i < 60; i++) {
                        exchange.getResponseBody().write(new byte[1_000_000]);
                        sent.addAndGet(1_000_000);
                    }
                };
        try (TestServer server = new TestServer(endless)) {
            assertRefused(
                    "mnist",
                    server.uri("/").toString(),
                    "sends more than 9,912,422 bytes, it was removed");
        }
        assertTrue(sent.get() < 30_000_000, "" + sent); // what the sockets' buffers hold
    }

    /** An answer as it stands, for every request. */
    private void answers(String answer, String... parts) throws Exception {
        Thread server;
        try (ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            server = Thread.ofVirtual().start(() -> answerAll(socket, answer));
            assertRefused("lra", "http://127.0.0.1:" + socket.getLocalPort(), parts);
        }
        server.join();
    }

    private static void answerAll(ServerSocket socket, String answer) {
        try {
            while (true) {
                try (Socket connection = socket.accept()) {
                    byte[] request = new byte[1000];
                    assertTrue(connection.getInputStream().read(request) > 0);
                    connection
                            .getOutputStream()
                            .write(answer.getBytes(StandardCharsets.ISO_8859_1));
                }
            }
        } catch (IOException e) {
            // the test is over
        }
    }

    @Test
    void anAnswerThatNeverComes() throws Exception {
        answers("HTTP/1.1 100 Continue\r\n\r\n".repeat(100_000), "answers without an end");
    }

    @Test
    void whatIsNoAnswer() throws Exception {
        answers("y".repeat(100), "what answers does not speak HTTP");
    }

    /** A byte for each request, of which there would be millions. */
    @Test
    void aByteAtATime() throws IOException {
        AtomicLong asked = new AtomicLong();
        TestServer.Behaviour drop =
                exchange -> {
                    long have = asked.getAndIncrement();
                    if (have > 100) { // whoever has not given up would ask for ever
                        exchange.sendResponseHeaders(404, -1);
                        return;
                    }
                    var headers = exchange.getResponseHeaders();
                    headers.set("ETag", "\"1\"");
                    headers.set("Content-Range", "bytes %d-9912421/9912422".formatted(have));
                    exchange.sendResponseHeaders(have == 0 ? 200 : 206, 9_912_422 - have);
                    exchange.getResponseBody().write(1);
                    exchange.getResponseBody().flush();
                };
        try (TestServer server = new TestServer(drop)) {
            StringWriter err = new StringWriter();
            String[] words = {
                "download", "mnist", "data.root=" + root, "base_url=" + server.uri("/")
            };
            int code = Main.run(words, new PrintWriter(new StringWriter()), new PrintWriter(err));
            assertEquals(1, code, err.toString());
            assertTrue(err.toString().contains("broke off after 21 bytes"), err.toString());
        }
        assertEquals(21, asked.get());
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "9223372036854775808", "9223372036854775807", "-7", "1e9", ""})
    void aLengthThatIsNone(String length) throws Exception {
        answers("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n\u001f\u008bxx");
    }

    @Test
    void aLengthBeyondAllBounds() throws Exception {
        answers(
                "HTTP/1.1 200 OK\r\nContent-Length: 16000000001\r\n\r\n\u001f\u008bxx",
                "has 16,000,000,001 bytes, more than are taken of it, 16,000,000,000");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 \u001b[2J\u001b]0;title\u0007\u009b31m no\r\n\r\n",
                "\u001b[31mSSH-2.0\r\n\r\n",
                "HTTP/1.1 404 \u001b[2J\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\n\u001b[2Jx: y\r\n\r\n",
                "HTTP/1.1 302 no\r\nLocation: http://\u001b[2J\u009b/\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 206 OK\r\nContent-Range: \u001b[2J\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nETag: \u001b[2J\r\nContent-Length: 2\r\n\r\n\u001f\u008b",
            })
    void controlCharacters(String answer) throws Exception {
        answers(answer);
    }

    /** The second host is this machine too, and was not named. */
    @Test
    void sentOnToThisMachine() throws IOException {
        byte[] archive = {1};
        try (TestServer inside = new TestServer(TestServer.proper(archive, "\"1\""))) {
            String there = inside.uri("/x").toString().replace("127.0.0.1", "localhost");
            for (String location : List.of(there, there.replace("http:", "https:"))) {
                TestServer.Behaviour elsewhere =
                        exchange -> {
                            exchange.getResponseHeaders().set("Location", location);
                            exchange.sendResponseHeaders(302, -1);
                        };
                try (TestServer server = new TestServer(elsewhere)) {
                    assertRefused("lra", server.uri("/").toString(), "sends on to " + location);
                }
            }
            assertEquals(List.of(), inside.requests);
        }
    }

    private static byte[] member(String name, byte kind, String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        TarArchiveEntry entry = new TarArchiveEntry(name, kind);
        entry.setSize(bytes.length);
        byte[] header = new byte[512];
        entry.writeEntryHeader(header);
        byte[] member = Arrays.copyOf(header, 512 + (bytes.length + 511) / 512 * 512);
        System.arraycopy(bytes, 0, member, 512, bytes.length);
        return member;
    }

    private void unpack(String expected, byte[]... members) throws IOException {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream tar = new GZIPOutputStream(zipped)) {
            for (byte[] member : members) {
                tar.write(member);
            }
            tar.write(new byte[1024]);
        }
        Files.write(root.resolve("lra_release.gz"), zipped.toByteArray());
        assertRefused("listops", "http://127.0.0.1:9", expected);
    }

    @ParameterizedTest
    @ValueSource(
            bytes = {
                TarConstants.LF_FIFO,
                TarConstants.LF_CHR,
                TarConstants.LF_BLK,
                TarConstants.LF_SYMLINK,
                TarConstants.LF_LINK
            })
    void membersThatAreNoFiles(byte kind) throws IOException {
        unpack(
                "x/listops-1000/a.tsv is a link, a device or a pipe",
                member("x/listops-1000/a.tsv", kind, ""));
    }

    @Test
    void membersWithHugeNames() throws IOException {
        unpack(
                "more than 262,144 bytes of headers before a file",
                member("././@LongLink", TarConstants.LF_GNUTYPE_LONGNAME, "n".repeat(1 << 24)),
                member("x/listops-1000/a.tsv", TarConstants.LF_NORMAL, ""));
    }

    /** It passes the check of free space by what it has in the archive. */
    @Test
    void sparseMembers() throws IOException {
        unpack(
                "a sparse file, whose size is what it claims",
                member("x/listops-1000/a.tsv", TarConstants.LF_GNUTYPE_SPARSE, ""));
    }

    @Test
    void aFileWhereAFolderShouldBe() throws IOException {
        unpack(
                "listops.unpacking/a is a file",
                member("x/listops-1000/a", TarConstants.LF_NORMAL, "1"),
                member("x/listops-1000/a/b", TarConstants.LF_NORMAL, "2"));
    }

    @Test
    void aHeaderThatIsDamaged() throws IOException {
        byte[] member = member("x/listops-1000/a.tsv", TarConstants.LF_NORMAL, "1");
        member[100]++; // its mode
        unpack("a header whose checksum is not that of its bytes", member);
    }

    @Test
    void namesThatWouldForgeLines() throws IOException {
        unpack(
                "is a name with control characters",
                member("x/listops-1000/a\nb\u001b[2J", TarConstants.LF_NORMAL, ""));
    }

    @Test
    void namesWithControlCharacters() throws IOException {
        unpack(
                "nothing was unpacked",
                member("x/listops-1000/\u001b[2J/../..", TarConstants.LF_NORMAL, ""));
    }
}
