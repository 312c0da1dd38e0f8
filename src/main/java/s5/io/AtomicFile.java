package s5.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Writes a file whole or not at all, whatever happens meanwhile, a power cut included: under a
 * temporary name beside it, flushed to the disk, renamed, and the folder flushed too. Until then
 * the file of that name is the old one.
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
     * Writes or replaces a file. Its folder has to exist.
     *
     * @param file to write or replace
     * @param body writes its content
     * @throws IOException when that fails; the old file is then still there and the temporary one
     *     is not
     */
    public static void write(Path file, Body body) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY);
        boolean done = false;
        try {
            try (FileChannel out =
                    FileChannel.open(
                            temporary,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.TRUNCATE_EXISTING)) {
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
            if (!done) {
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
     * The same with a text, in UTF-8.
     *
     * @param file to write or replace
     * @param text its content
     * @throws IOException when that fails; the old file is then still there
     */
    public static void write(Path file, String text) throws IOException {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
        write(file, out -> writeAll(out, bytes));
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
            case AccessDeniedException _ -> "permission denied";
            case NoSuchFileException _ -> "no such folder";
            case FileAlreadyExistsException there when there.getReason() == null ->
                    there.getFile() + " is a file";
            case FileSystemException other when other.getReason() != null -> other.getReason();
            default -> e.getMessage();
        };
    }
}
