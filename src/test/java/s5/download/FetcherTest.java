package s5.download;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static s5.download.TestServer.breaking;
import static s5.download.TestServer.fixed;
import static s5.download.TestServer.proper;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** What is got in the end, whatever breaks on the way. */
class FetcherTest extends FetcherFixture {
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
}
