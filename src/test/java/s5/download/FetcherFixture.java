package s5.download;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import s5.Failure;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** A file to get, and what is asserted about getting it. */
abstract class FetcherFixture {
    static final String TAG = "\"v1\"";
    static final String PATH = "/folder/x.gz";

    @TempDir Path root;
    final StringWriter out = new StringWriter();
    byte[] content;
    Path target;

    @BeforeEach
    void makeContent() {
        content = content(1);
        target = root.resolve("new/x.gz");
    }

    /** Starts as a gzip file; not a multiple of any buffer. */
    static byte[] content(long seed) {
        byte[] bytes = new byte[300_007];
        new Random(seed).nextBytes(bytes);
        bytes[0] = 0x1f;
        bytes[1] = (byte) 0x8b;
        return bytes;
    }

    static String sha256(byte[] bytes) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IOException(e);
        }
    }

    void fetch(long size, String sha256, URI place) {
        fetch(DownloaderTest.terms(new PrintWriter(out), folder -> 1L << 40), size, sha256, place);
    }

    void fetch(Downloader.Terms terms, long size, String sha256, URI place) {
        URI published = URI.create("https://published.invalid/x.gz");
        RemoteFile file = new RemoteFile("x", "x", "", published, size, sha256, List.of());
        new Fetcher(file, place, target, terms).fetch();
    }

    void assertGot(byte[] expected) throws IOException {
        assertArrayEquals(expected, Files.readAllBytes(target));
        assertEquals(List.of("x.gz"), names());
    }

    /** What lies in the target's folder. */
    List<String> names() throws IOException {
        if (!Files.exists(target.getParent())) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(target.getParent())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    static void assertFailure(
            org.junit.jupiter.api.function.Executable executable, String... parts) {
        String message = assertThrows(Failure.class, executable).getMessage();
        assertFalse(message.contains("\n"), message);
        for (String part : parts) {
            assertTrue(message.contains(part), () -> "\"" + part + "\" is not in: " + message);
        }
    }

    void leave(byte[] part, URI place, String validator) throws IOException {
        Files.createDirectories(target.getParent());
        Files.write(target.resolveSibling("x.gz.part"), part);
        if (place != null) {
            Files.writeString(
                    target.resolveSibling("x.gz.part.info"),
                    "%s%n%s%n".formatted(place, validator));
        }
    }
}
