package s5.data;

import s5.UserError;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.zip.CRC32C;

/**
 * A processed data set in a file of named sections, opened by mapping it into memory. All numbers
 * are little-endian, so that the file can be copied to another machine:
 *
 * <pre>
 *   sections, each at a multiple of 8 bytes
 *   table, UTF-8 lines: the key; then for each section its name, start, size and CRC-32C
 *   u64 start of the table, u32 its size, u32 its CRC-32C, 8 bytes "S5CACHE1"
 * </pre>
 *
 * The key says what the content was made from: a file with another key is stale, one whose sums do
 * not match is damaged, and both count as absent. A file is written under a temporary name and
 * renamed when it is complete, so two programs that write the same one do no harm.
 */
final class Cache {
    private static final byte[] MAGIC = "S5CACHE1".getBytes(StandardCharsets.US_ASCII);
    private static final int TRAILER = 24;
    private static final int ALIGNMENT = 8;
    private static final long SUM_AT_ONCE = 1 << 30;

    static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Map<String, MemorySegment> sections;

    private Cache(Map<String, MemorySegment> sections) {
        this.sections = sections;
    }

    /** The bytes of a section, read-only. */
    MemorySegment section(String name) {
        MemorySegment section = sections.get(name);
        if (section == null) {
            throw new IllegalArgumentException("the cache has no section " + name);
        }
        return section;
    }

    /** Opens a file; empty when it is missing, damaged or was made from something else. */
    static Optional<Cache> open(Path file, String key) {
        try (FileChannel channel = FileChannel.open(file)) {
            // The mapping ends when nothing refers to it any more.
            return parse(
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto()),
                    key);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<Cache> parse(MemorySegment all, String key) {
        long end = all.byteSize() - TRAILER;
        if (end < 0 || all.asSlice(end + 16).mismatch(MemorySegment.ofArray(MAGIC)) != -1) {
            return Optional.empty();
        }
        long from = all.get(LONG, end);
        int size = all.get(INT, end + 8);
        if (from < 0 || size < 0 || from + size != end) {
            return Optional.empty();
        }
        MemorySegment table = all.asSlice(from, size);
        if (sum(table) != all.get(INT, end + 12)) {
            return Optional.empty();
        }
        List<String> lines =
                new String(table.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8)
                        .lines()
                        .toList();
        if (!lines.getFirst().equals(key)) {
            return Optional.empty();
        }
        Map<String, MemorySegment> sections = new HashMap<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] fields = line.split(" ", -1);
            MemorySegment section =
                    all.asSlice(Long.parseLong(fields[1]), Long.parseLong(fields[2])).asReadOnly();
            if (sum(section) != Integer.parseInt(fields[3])) {
                return Optional.empty();
            }
            sections.put(fields[0], section);
        }
        return Optional.of(new Cache(sections));
    }

    private static int sum(MemorySegment bytes) {
        CRC32C crc = new CRC32C();
        for (long from = 0; from < bytes.byteSize(); from += SUM_AT_ONCE) {
            long count = Math.min(SUM_AT_ONCE, bytes.byteSize() - from);
            crc.update(bytes.asSlice(from, count).asByteBuffer());
        }
        return (int) crc.getValue();
    }

    /** Writes the sections of a new cache. */
    interface Content {
        void write(Writer writer) throws IOException;
    }

    /**
     * Writes a file, replacing the one that is there, and opens it.
     *
     * @param key one line that says what the content is made from
     * @throws UserError when it cannot be written; nothing is left behind then, nor when {@code
     *     content} throws
     */
    static Cache write(Path file, String key, Content content) {
        Path temporary = null;
        try {
            Path folder = file.toAbsolutePath().getParent();
            Files.createDirectories(folder);
            String random = Long.toHexString(ThreadLocalRandom.current().nextLong());
            Path unfinished = folder.resolve(file.getFileName() + "." + random + ".tmp");
            // Not createTempFile, whose files nobody else could read.
            try (FileChannel channel =
                    FileChannel.open(
                            unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                temporary = unfinished;
                Writer writer = new Writer(channel);
                content.write(writer);
                writer.finish(key);
                channel.force(true); // complete on disk before it gets its name
            }
            Files.move(
                    temporary,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            temporary = null;
        } catch (IOException e) {
            throw new UserError(
                    "data.cache_dir: cannot write %s (%s: %s); free some space or name another folder"
                            .formatted(file, e.getClass().getSimpleName(), e.getMessage()),
                    e);
        } finally {
            delete(temporary);
        }
        return open(file, key)
                .orElseThrow(() ->
                        new UserError(
                                "data.cache_dir: %s does not read back as written; name a folder on another disk"
                                        .formatted(file)));
    }

    private static void delete(Path temporary) {
        try {
            if (temporary != null) {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            // the failure that led here is being reported
        }
    }

    /** Takes the sections one after the other; a section may come in many pieces. */
    static final class Writer {
        private final FileChannel channel;
        private final StringBuilder table = new StringBuilder();
        private final CRC32C crc = new CRC32C();
        private String name;
        private long start;

        private Writer(FileChannel channel) {
            this.channel = channel;
        }

        /** Starts a section; its name has no blanks. */
        void begin(String name) throws IOException {
            endSection();
            int padding = (int) Math.floorMod(-channel.position(), (long) ALIGNMENT);
            writeFully(ByteBuffer.allocate(padding));
            this.name = name;
            start = channel.position();
            crc.reset();
        }

        /** Appends to the section. */
        void append(MemorySegment bytes) throws IOException {
            for (long from = 0; from < bytes.byteSize(); from += SUM_AT_ONCE) {
                long count = Math.min(SUM_AT_ONCE, bytes.byteSize() - from);
                ByteBuffer piece = bytes.asSlice(from, count).asByteBuffer();
                crc.update(piece.duplicate());
                writeFully(piece);
            }
        }

        /** Appends longs, little-endian. */
        void append(long[] values) throws IOException {
            ByteBuffer bytes =
                    ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asLongBuffer().put(values);
            append(MemorySegment.ofBuffer(bytes));
        }

        private void writeFully(ByteBuffer bytes) throws IOException {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }

        private void endSection() throws IOException {
            if (name != null) {
                table.append(
                        "\n%s %d %d %d"
                                .formatted(
                                        name,
                                        start,
                                        channel.position() - start,
                                        (int) crc.getValue()));
            }
        }

        private void finish(String key) throws IOException {
            endSection();
            byte[] bytes = (key + table).getBytes(StandardCharsets.UTF_8);
            ByteBuffer trailer = ByteBuffer.allocate(TRAILER).order(ByteOrder.LITTLE_ENDIAN);
            trailer.putLong(channel.position())
                    .putInt(bytes.length)
                    .putInt(sum(MemorySegment.ofArray(bytes)))
                    .put(MAGIC)
                    .flip();
            writeFully(ByteBuffer.wrap(bytes));
            writeFully(trailer);
        }
    }
}
