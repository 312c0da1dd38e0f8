package s5.run;

import s5.UserError;
import s5.io.AtomicFile;
import s5.io.PlainFile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Possession of a folder: a file in it that is locked as long as the process lives, however it
 * ends.
 */
final class FolderLock implements AutoCloseable {
    static final String FILE = "run.lock";

    /** Folders that this process has. */
    private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final Path folder;
    private FileChannel channel;
    private boolean made; // the file, which was not there before
    private Object key;

    private FolderLock(Path file, Path folder) {
        this.file = file;
        this.folder = folder;
    }

    /**
     * Takes a folder.
     *
     * @throws UserError when a living process has it
     */
    static FolderLock take(Path folder) throws IOException {
        // A second channel to a locked file must not even be opened: POSIX drops all of a
        // process's locks on a file when it closes one.
        Path real = folder.toRealPath();
        if (!OURS.add(real)) {
            throw taken(folder, ProcessHandle.current().pid() + ", this one");
        }
        FolderLock lock = new FolderLock(folder.resolve(FILE), real);
        try {
            lock.open();
            return lock;
        } catch (IOException | UserError e) {
            lock.close();
            throw e;
        }
    }

    private void open() throws IOException {
        made = !Files.exists(file, LinkOption.NOFOLLOW_LINKS);
        channel = PlainFile.open(file, StandardOpenOption.READ);
        if (channel.tryLock() == null) {
            ByteBuffer owner = ByteBuffer.allocate(20);
            channel.read(owner, 0);
            String process = StandardCharsets.US_ASCII.decode(owner.flip()).toString();
            // Between taking the lock and saying so, the owner has not said so.
            throw taken(file.getParent(), process.isEmpty() ? "just begun" : process);
        }
        channel.truncate(0);
        String owner = Long.toString(ProcessHandle.current().pid());
        AtomicFile.writeAll(channel, StandardCharsets.US_ASCII.encode(owner));
        key = key();
    }

    private static UserError taken(Path folder, String process) {
        return new UserError(
                "%s: a run is going on there (process %s); wait for its end, or choose another folder with out=DIR"
                        .formatted(folder, process));
    }

    /** Whether the folder is still there, and is the one that was taken. */
    boolean held() {
        try {
            return key().equals(key);
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * What tells the file that has the name now from others. Windows has no such key, but lets
     * nobody remove an open file.
     */
    private Object key() throws IOException {
        Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        return key == null ? file : key;
    }

    /** Gives a folder back that is not to be used, as it was before {@link #take}. */
    void undo() {
        try {
            if (made) {
                Files.deleteIfExists(file); // while it is locked
            }
        } catch (IOException e) {
            // an empty file that does no harm
        } finally {
            close();
        }
    }

    /** Gives the folder back. */
    @Override
    public void close() {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // the file holds nothing that could be lost
        } finally {
            OURS.remove(folder);
        }
    }
}
