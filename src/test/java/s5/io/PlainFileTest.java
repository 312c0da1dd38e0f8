package s5.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Links in a folder that somebody else made lead nowhere. */
@DisabledOnOs(OS.WINDOWS)
class PlainFileTest {
    @TempDir Path folder;

    private Path victim() throws IOException {
        return Files.writeString(folder.resolve("victim"), "precious");
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    private static void assertRefused(IOException e, String what) {
        assertTrue(AtomicFile.reason(e).contains(what), AtomicFile.reason(e));
    }

    @Test
    void aTemporaryNameThatIsALinkIsRefused() throws IOException {
        Path victim = victim();
        Path link = Files.createSymbolicLink(folder.resolve("x.csv.tmp"), victim);
        Path file = folder.resolve("x.csv");
        assertRefused(
                assertThrows(IOException.class, () -> AtomicFile.write(file, "new")),
                "x.csv.tmp is a symbolic link");
        assertEquals("precious", Files.readString(victim));
        assertTrue(Files.isSymbolicLink(link));
        assertFalse(Files.exists(file));
    }

    /** A killed process has left it, or it is one more name of a file elsewhere. */
    @Test
    void aTemporaryFileThatIsThereIsNotWrittenTo() throws IOException {
        Path victim = victim();
        Files.createLink(folder.resolve("x.csv.tmp"), victim);
        AtomicFile.write(folder.resolve("x.csv"), "new");
        assertEquals("precious", Files.readString(victim));
        assertEquals("new", Files.readString(folder.resolve("x.csv")));
        assertEquals(List.of("victim", "x.csv"), names());
    }

    @Test
    void theFileItselfIsReplacedNotFollowed() throws IOException {
        Path victim = victim();
        Path file = Files.createSymbolicLink(folder.resolve("x.csv"), victim);
        AtomicFile.write(file, "new");
        assertEquals("precious", Files.readString(victim));
        assertFalse(Files.isSymbolicLink(file));
    }

    /**
     * Such as /dev/null, which the administrator may replace; and /dev/stdout, a link to a pipe.
     */
    @Test
    void whatIsNoFileIsNotReplaced() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        Path link = Files.createSymbolicLink(folder.resolve("stdout"), pipe);
        Path sub = Files.createDirectory(folder.resolve("sub"));
        for (Path file : List.of(pipe, link, sub)) {
            assertRefused(
                    assertThrows(IOException.class, () -> AtomicFile.write(file, "new")),
                    file.getFileName() + " is no file, and is not replaced");
            assertRefused(
                    assertThrows(
                            IOException.class,
                            () -> AtomicFile.writeShared(file, AtomicFile.text("new"))),
                    file.getFileName() + " is no file, and is not replaced");
        }
        assertTrue(Files.isSymbolicLink(link));
        assertFalse(Files.isRegularFile(pipe));
        assertEquals(List.of("pipe", "stdout", "sub"), names());
    }

    @Test
    void whatIsAppendedToHasNoOtherName() throws IOException {
        Path victim = victim();
        Path symbolic = Files.createSymbolicLink(folder.resolve("log.txt"), victim);
        assertRefused(
                assertThrows(IOException.class, () -> PlainFile.open(symbolic)),
                "log.txt is a symbolic link");
        Path hard = Files.createLink(folder.resolve("hard.txt"), victim);
        assertRefused(
                assertThrows(IOException.class, () -> PlainFile.open(hard)),
                "hard.txt is a file with other names");
        assertRefused(assertThrows(IOException.class, () -> PlainFile.open(folder)), "is no file");
        assertEquals("precious", Files.readString(victim));
        Path own = folder.resolve("own.txt");
        for (String text : List.of("a", "b")) {
            try (FileChannel out = PlainFile.open(own, StandardOpenOption.APPEND)) {
                out.write(ByteBuffer.wrap(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
            }
        }
        assertEquals("ab", Files.readString(own));
    }

    @Test
    void manyMayWriteASharedFile() throws Exception {
        Path file = folder.resolve("report.html");
        String text = "page ".repeat(20_000);
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<? extends Future<?>> all =
                    IntStream.range(0, 100)
                            .mapToObj(i ->
                                    threads.submit(() -> {
                                        AtomicFile.writeShared(file, AtomicFile.text(text));
                                        return null;
                                    }))
                            .toList();
            for (Future<?> one : all) {
                one.get();
            }
        }
        assertEquals(text, Files.readString(file));
        assertEquals(List.of("report.html"), names());
    }

    /** Left by a killed process; one that is new may be being written. */
    @Test
    void whatWasAbandonedIsRemoved() throws IOException {
        Path old = Files.createFile(folder.resolve("report.html.1f.tmp"));
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(3600)));
        Files.createFile(folder.resolve("report.html.2f.tmp"));
        AtomicFile.writeShared(folder.resolve("report.html"), AtomicFile.text("page"));
        assertEquals(List.of("report.html", "report.html.2f.tmp"), names());
    }
}
