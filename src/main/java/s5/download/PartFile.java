package s5.download;

import s5.Failure;
import s5.UserError;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Properties;

/**
 * A file on its way: NAME.part holds its first bytes, NAME.part.info says which version of which
 * address they are of, so that another attempt, in this run of the program or a later one, can go
 * on from there. Locked against a second program. The final name appears when all is there.
 */
final class PartFile implements AutoCloseable {
    private final Path target;
    private final Path path;
    private final Path info;
    private final FileChannel channel;
    private final FileLock lock;

    private PartFile(Path target, Path path, FileChannel channel, FileLock lock) {
        this.target = target;
        this.path = path;
        this.info = path.resolveSibling(path.getFileName() + ".info");
        this.channel = channel;
        this.lock = lock;
    }

    /**
     * Opens what is there of a file, or starts it.
     *
     * @throws UserError when the folder cannot be written, or another program gets the same file
     */
    static PartFile open(Path target) {
        Path path = target.resolveSibling(target.getFileName() + ".part");
        FileChannel channel = null;
        try {
            Files.createDirectories(target.toAbsolutePath().getParent());
            channel =
                    FileChannel.open(
                            path,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                channel.close();
                throw new UserError(
                        path + ": another program is getting this file; wait for it, or end it");
            }
            return new PartFile(target, path, channel, lock);
        } catch (IOException e) {
            throw new UserError(
                    "%s: cannot be written (%s: %s); name another folder by data.root="
                            .formatted(path, e.getClass().getSimpleName(), e.getMessage()),
                    e);
        }
    }

    /** Null when another program, or another thread of this one, has the lock. */
    static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    /** Bytes that are there. */
    long size() {
        try {
            return channel.size();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What a server is asked by whether the rest it would send still fits, as it was given by
     * {@link #describe} for the same address; empty when that was another one, or said nothing.
     */
    Optional<String> validator(URI place) {
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(info)) {
            properties.load(in);
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty(); // missing or damaged: it is of no use either way
        }
        boolean same = place.toString().equals(properties.getProperty("place"));
        return same ? Optional.ofNullable(properties.getProperty("validator")) : Optional.empty();
    }

    /** Notes what the bytes are of. */
    void describe(URI place, Optional<String> validator) {
        Properties properties = new Properties();
        properties.setProperty("place", place.toString());
        validator.ifPresent(text -> properties.setProperty("validator", text));
        try (OutputStream out = Files.newOutputStream(info)) {
            properties.store(out, null);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** Forgets the bytes from {@code size} on. */
    void cut(long size) {
        try {
            channel.truncate(size);
            channel.position(size);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** Appends bytes. */
    void append(byte[] bytes, int count) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, count);
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    private Failure unwritable(IOException e) {
        return new Failure(
                "%s: cannot be written (%s); what is there is kept, run the command again to go on"
                        .formatted(path, e.getMessage()));
    }

    /** The SHA-256 of all bytes. */
    String sha256(Progress progress) {
        try (InputStream in = Files.newInputStream(path)) {
            return Sums.sha256(in, progress);
        } catch (IOException e) {
            throw new Failure("%s: cannot be read (%s)".formatted(path, e.getMessage()));
        }
    }

    /** Gives the file its final name. */
    void finish() {
        try {
            channel.force(true);
            Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
            Files.deleteIfExists(info);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** The folder it is in. */
    Path folder() {
        return path.toAbsolutePath().getParent();
    }

    /** Lets go of the file; what is there stays, unless it is nothing. */
    @Override
    public void close() {
        try {
            boolean empty = channel.size() == 0;
            if (empty && Files.exists(path)) {
                Files.deleteIfExists(info);
                Files.delete(path);
            }
            lock.release();
            channel.close();
        } catch (IOException e) {
            throw unwritable(e);
        }
    }
}
