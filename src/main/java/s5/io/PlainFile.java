package s5.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Set;

/**
 * Opens files that go on from run to run in a folder that somebody else may have made: a symbolic
 * link in it, or a second name of a file elsewhere, would have that file written to.
 */
public final class PlainFile {
    private PlainFile() {}

    /**
     * Opens a file to write to it, made when it is not there.
     *
     * @param file to open
     * @param options besides CREATE and WRITE
     * @return the open file
     * @throws IOException when it cannot be opened
     * @throws FileSystemException with a reason, when it is no plain file or has another name too
     */
    public static FileChannel open(Path file, OpenOption... options) throws IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            check(file);
            if (file.getFileSystem().supportedFileAttributeViews().contains("unix")
                    && (int) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS)
                            > 1) {
                throw refused(file, "is a file with other names elsewhere; remove it");
            }
        }
        Set<OpenOption> all = new HashSet<>(Set.of(options));
        all.add(StandardOpenOption.CREATE);
        all.add(StandardOpenOption.WRITE);
        all.add(LinkOption.NOFOLLOW_LINKS); // should one have been made meanwhile
        return FileChannel.open(file, all);
    }

    /**
     * Demands that a name is that of a plain file.
     *
     * @throws FileSystemException with a reason, when it is that of a link, a folder, a pipe or a
     *     device
     */
    static void check(Path file) throws IOException {
        BasicFileAttributes found =
                Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (found.isSymbolicLink()) {
            throw refused(file, "is a symbolic link, which is not followed; remove it");
        }
        if (!found.isRegularFile()) {
            throw refused(file, "is no file; remove it");
        }
    }

    /**
     * Demands that what is read is a file, or a link to one: to open a pipe is to wait for who
     * writes to it.
     *
     * @param file to be read
     * @throws NoSuchFileException when there is nothing
     * @throws FileSystemException with a reason, when it is a folder, a pipe or a device
     */
    public static void checkReadable(Path file) throws IOException {
        if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
            throw refused(file, "is no file");
        }
    }

    static FileSystemException refused(Path file, String what) {
        return new FileSystemException(file.toString(), null, file.getFileName() + " " + what);
    }
}
