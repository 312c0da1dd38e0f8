package s5.data;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.function.Executable;

import s5.UserError;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/** Files for the tests of this package, real and made. */
final class TestFiles {
    private TestFiles() {}

    /** A folder of the real data; the test is skipped without -Ds5.data=FOLDER. */
    static Path real(String folder) {
        String root = System.getProperty("s5.data", "");
        assumeTrue(!root.isEmpty(), "skipped: no real data, -Ds5.data=FOLDER is not given");
        Path path = Path.of(root, folder);
        assumeTrue(Files.isDirectory(path), "skipped: there is no real data in " + path);
        return path;
    }

    static Path write(Path file, byte[] content) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.write(file, content);
    }

    static Path write(Path file, String content) throws IOException {
        return write(file, content.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }

    /** All files and folders below a folder. */
    static List<Path> tree(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.sorted().toList();
        }
    }

    /** Runs something that must end in one line naming all of {@code parts}. */
    static void assertUserError(Executable executable, String... parts) {
        String message = assertThrows(UserError.class, executable).getMessage();
        assertFalse(message.contains("\n"), message);
        for (String part : parts) {
            assertTrue(message.contains(part), () -> "\"" + part + "\" is not in: " + message);
        }
    }
}
