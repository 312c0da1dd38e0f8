package s5.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * Writes a file whole or not at all, whatever happens meanwhile, a power cut included: under a
 * temporary name beside it, flushed to the disk, renamed, and the folder flushed too. Until then
 * the file of that name is the old one. The temporary file is always a new one: whatever link
 * stands in its place leads nowhere.
 */
public final class AtomicFile {
    /** What the temporary name has more. */
    public static final String TEMPORARY = ".tmp";

    private AtomicFile() {}

    /** Writes the content. */
    public interface Body {
        /**
         * Writes to an empty file.
         *
         * @param out at position 0
         * @throws IOException when the disk is full, and so on
         */
        void writeTo(FileChannel out) throws IOException;
    }

    /**
     * Writes or replaces a file of a folder that nobody else writes to. The folder has to exist.
     *
     * @param file to write or replace
     * @param body writes its content
     * @throws IOException when that fails, or something other than a file has the temporary name,
     *     or its own, as a device or a folder has; the old file is then still there and the
     *     temporary one is not
     */
    public static void write(Path file, Body body) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY);
        if (Files.exists(temporary, LinkOption.NOFOLLOW_LINKS)) {
            PlainFile.check(temporary);
            Files.delete(temporary); // a killed process has left it
        }
        write(file, temporary, body);
    }

    /**
     * Writes or replaces a file that other processes may be writing too: the last one counts. Its
     * folder has to exist.
     *
     * @param file to write or replace
     * @param body writes its content
     * @throws IOException as {@link #write}
     */
    public static void writeShared(Path file, Body body) throws IOException {
        removeAbandoned(file);
        String random = Long.toHexString(ThreadLocalRandom.current().nextLong());
        write(file, file.resolveSibling(file.getFileName() + "." + random + TEMPORARY), body);
    }

    /** Removes what killed processes left of {@link #writeShared}, which takes no minute. */
    private static void removeAbandoned(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        String pattern = Pattern.quote(file.getFileName() + ".") + "[0-9a-f]+\\" + TEMPORARY;
        Instant before = Instant.now().minusSeconds(60);
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(
                        folder, f -> f.getFileName().toString().matches(pattern))) {
            for (Path left : files) {
                if (Files.getLastModifiedTime(left, LinkOption.NOFOLLOW_LINKS)
                        .toInstant()
                        .isBefore(before)) {
                    Files.deleteIfExists(left);
                }
            }
        } catch (NoSuchFileException e) {
            // another process has removed it, or is done with it
        }
    }

    private static void write(Path file, Path temporary, Body body) throws IOException {
        // Who renames a file to /dev/null or /dev/stdout, and may, has none of them any more.
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw PlainFile.refused(file, "is no file, and is not replaced by one");
        }
        boolean made = false;
        boolean done = false;
        try {
            try (FileChannel out =
                    FileChannel.open(
                            temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                made = true;
                body.writeTo(out);
                out.force(true);
            }
            Files.move(
                    temporary,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            done = true;
        } finally {
            if (made && !done) {
                temporary.toFile().delete();
            }
        }
        Path folder = file.toAbsolutePath().getParent();
        // Without this the rename itself may be lost. Windows opens no folders and needs it not.
        if (!System.getProperty("os.name").startsWith("Windows")) {
            try (FileChannel entry = FileChannel.open(folder, StandardOpenOption.READ)) {
                entry.force(true);
            }
        }
    }

    /**
     * Keeps a copy of a damaged file that is about to be replaced.
     *
     * @param file that is damaged
     * @return the copy: {@code metrics.damaged.csv}, or {@code metrics.damaged2.csv} and so on when
     *     there is one
     * @throws IOException when it cannot be copied
     */
    public static Path keep(Path file) throws IOException {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        for (int number = 1; ; number++) {
            Path copy =
                    file.resolveSibling(
                            "%s.damaged%s%s"
                                    .formatted(
                                            name.substring(0, dot),
                                            number == 1 ? "" : number,
                                            name.substring(dot)));
            try {
                Files.copy(file, copy, LinkOption.NOFOLLOW_LINKS);
                return copy;
            } catch (FileAlreadyExistsException e) {
                // the next number
            }
        }
    }

    /**
     * The same with a text, in UTF-8.
     *
     * @param file to write or replace
     * @param text its content
     * @throws IOException when that fails; the old file is then still there
     */
    public static void write(Path file, String text) throws IOException {
        write(file, text(text));
    }

    /**
     * {@return a text as the content of a file, in UTF-8}
     *
     * @param text the content
     */
    public static Body text(String text) {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
        return out -> writeAll(out, bytes);
    }

    /**
     * Writes all that is left in a buffer.
     *
     * @param out at the position to write to
     * @param bytes from their position to their limit
     * @throws IOException when the disk is full, and so on
     */
    public static void writeAll(FileChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    /**
     * {@return what went wrong, in few words: the message of most of these exceptions is a bare
     * path}
     *
     * @param e what happened
     */
    public static String reason(IOException e) {
        return switch (e) {
            case ClosedByInterruptException _ -> "the thread was interrupted";
            case AccessDeniedException _ -> "permission denied";
            case NoSuchFileException _ -> "no such folder";
            case FileAlreadyExistsException there when there.getReason() == null ->
                    there.getFile() + " is a file";
            case FileSystemException other when other.getReason() != null -> other.getReason();
            default -> e.getMessage();
        };
    }
}
