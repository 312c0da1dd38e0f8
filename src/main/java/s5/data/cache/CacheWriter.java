package s5.data.cache;

import s5.UserError;
import s5.config.Messages;
import s5.io.AtomicFile;
import s5.io.Locks;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;

/**
 * Writes a {@link Cache}: under a temporary name, synced to the disk and renamed when it is
 * complete, so that two programs that write the same one do no harm. Takes the sections one after
 * the other; a section may come in many pieces.
 */
public final class CacheWriter {
    /** A temporary file untouched for so long whose writer does not hold its lock has no writer. */
    private static final Duration STALE = Duration.ofMinutes(1);

    /** Temporary files that this process is writing. */
    private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

    private final FileChannel channel;
    private final ByteBuffer block = ByteBuffer.allocateDirect(Cache.BLOCK);
    private final StringBuilder table = new StringBuilder();
    private final StringBuilder sums = new StringBuilder(); // of the section's blocks so far
    private String name; // of the section; null before the first
    private long start;
    private long size;
    private boolean saidLeftOut;

    private CacheWriter(FileChannel channel) {
        this.channel = channel;
    }

    /** Writes the sections of a new cache. */
    public interface Content {
        /**
         * Writes all sections.
         *
         * @param writer of an empty cache
         * @throws IOException when the disk is full, and so on
         */
        void write(CacheWriter writer) throws IOException;
    }

    /**
     * Writes a file, replacing the one that is there, and opens it.
     *
     * @param key one line that says what the content is made from
     * @throws UserError when it cannot be written; nothing is left behind then, nor when {@code
     *     content} throws
     */
    static Cache write(Path file, String key, Content content) {
        Path folder = file.toAbsolutePath().getParent();
        boolean newFolder = !Files.exists(folder);
        boolean complete = false;
        try {
            Files.createDirectories(folder);
            removeStale(folder);
            writeAndRename(folder, file, key, content);
            complete = true;
        } catch (IOException e) {
            throw new UserError(
                    "data.cache_dir: cannot write %s (%s); free some space or name another folder"
                            .formatted(file, AtomicFile.reason(e)),
                    e);
        } finally {
            if (!complete && newFolder) {
                delete(folder); // which fails if another program has put something there
            }
        }
        return Cache.open(file, key)
                .orElseThrow(() ->
                        new UserError(
                                "data.cache_dir: %s does not read back as written; name a folder on another disk"
                                        .formatted(file)));
    }

    private static void writeAndRename(Path folder, Path file, String key, Content content)
            throws IOException {
        String random = Long.toHexString(ThreadLocalRandom.current().nextLong());
        Path unfinished = folder.resolve(file.getFileName() + "." + random + ".tmp");
        boolean complete = false;
        OURS.add(unfinished);
        // Not createTempFile, whose files nobody else could read.
        try (FileChannel channel =
                FileChannel.open(
                        unfinished,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            try {
                lock(channel); // until it is closed: tells that the writer lives
                CacheWriter writer = new CacheWriter(channel);
                content.write(writer);
                writer.finish(key);
                channel.force(true); // complete on disk before it gets its name
                Files.move(
                        unfinished,
                        file,
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
                complete = true;
            } finally {
                if (!complete) {
                    delete(unfinished);
                }
            }
        } finally {
            OURS.remove(unfinished);
        }
    }

    /** Removes what writers that were killed have left. */
    private static void removeStale(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.s5cache.*.tmp")) {
            for (Path file : files) {
                // Not to be opened if ours: closing it would give up our lock on some systems.
                if (!OURS.contains(file) && isStale(file)) {
                    delete(file);
                }
            }
        }
    }

    private static boolean isStale(Path file) {
        try {
            Instant touched = Files.getLastModifiedTime(file).toInstant();
            if (touched.isAfter(Instant.now().minus(STALE))) {
                return false; // perhaps new, and not locked yet
            }
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                return false; // a pipe would be waited for
            }
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                return lock(channel);
            }
        } catch (IOException e) {
            return false; // gone, or somebody else's
        }
    }

    /** False when another program has the lock, or where there are none. */
    private static boolean lock(FileChannel channel) {
        try {
            return Locks.lock(channel);
        } catch (IOException e) {
            return false; // a file system without locks: nothing is ever taken for stale there
        }
    }

    private static void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // the failure that led here is being reported, or nobody minds
        }
    }

    /**
     * Starts a section.
     *
     * @param name without blanks
     * @throws IOException when the disk is full, and so on
     */
    public void begin(String name) throws IOException {
        endSection();
        this.name = name;
        start = channel.position();
        size = 0;
    }

    /**
     * Appends to the section.
     *
     * @param bytes to append
     * @param count how many of them, from the first
     * @throws IOException when the disk is full, and so on
     */
    public void append(byte[] bytes, int count) throws IOException {
        for (int from = 0; from < count; ) {
            int piece = Math.min(count - from, block.remaining());
            block.put(bytes, from, piece);
            from += piece;
            if (!block.hasRemaining()) {
                endBlock();
            }
        }
        size += count;
    }

    /**
     * Ends the section.
     *
     * @return its bytes, mapped read-only: what others are computed from need not be kept in memory
     * @throws IOException when the disk is full, and so on
     */
    public MemorySegment end() throws IOException {
        endSection();
        name = null;
        return channel.map(FileChannel.MapMode.READ_ONLY, start, size, Arena.ofAuto());
    }

    /**
     * Writes a whole section of bytes.
     *
     * @param name without blanks
     * @param bytes of the section
     * @throws IOException when the disk is full, and so on
     */
    public void section(String name, byte[] bytes) throws IOException {
        begin(name);
        append(bytes, bytes.length);
    }

    /**
     * Writes a whole section of text, in UTF-8.
     *
     * @param name without blanks
     * @param text of the section
     * @throws IOException when the disk is full, and so on
     */
    public void section(String name, String text) throws IOException {
        section(name, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Keeps what is left out of the raw files, and why: whoever opens the cache is told. Where a
     * set says nothing, nothing is left out.
     *
     * @param notes in lines for people; may be none
     * @throws IOException when the disk is full, and so on
     */
    public void leftOut(List<String> notes) throws IOException {
        saidLeftOut = true;
        section(
                Cache.LEFT_OUT,
                notes.stream().map(Messages::plain).collect(Collectors.joining("\n")));
    }

    /** Whether {@link #leftOut} has been called. */
    boolean hasSaidLeftOut() {
        return saidLeftOut;
    }

    /**
     * Writes a whole section of longs, little-endian.
     *
     * @param name without blanks
     * @param values of the section
     * @throws IOException when the disk is full, and so on
     */
    public void section(String name, long[] values) throws IOException {
        begin(name);
        byte[] bytes = new byte[8];
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) {
            buffer.putLong(0, value);
            append(bytes, 8);
        }
    }

    private void endBlock() throws IOException {
        block.flip();
        CRC32C crc = new CRC32C();
        crc.update(block.duplicate());
        sums.append(' ').append(crc.getValue());
        writeFully(block);
        block.clear();
    }

    private void endSection() throws IOException {
        if (name != null) {
            if (block.position() > 0) {
                endBlock();
            }
            table.append('\n').append(name).append(' ').append(start).append(' ').append(size);
            table.append(sums);
            sums.setLength(0);
        }
        int padding = (int) Math.floorMod(-channel.position(), (long) Cache.ALIGNMENT);
        writeFully(ByteBuffer.allocate(padding));
    }

    private void finish(String key) throws IOException {
        endSection();
        byte[] bytes = (key + table).getBytes(StandardCharsets.UTF_8);
        ByteBuffer trailer = ByteBuffer.allocate(Cache.TRAILER).order(ByteOrder.LITTLE_ENDIAN);
        trailer.putLong(channel.position())
                .putInt(bytes.length)
                .putInt(Cache.sum(MemorySegment.ofArray(bytes)))
                .put(Cache.MAGIC)
                .flip();
        writeFully(ByteBuffer.wrap(bytes));
        writeFully(trailer);
    }

    private void writeFully(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
