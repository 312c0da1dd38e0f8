package s5.data.cache;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import s5.UserError;
import s5.config.Messages;
import s5.io.AtomicFile;
import s5.io.Sha256;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;

/**
 * A processed data set in a file of named sections, opened by mapping it into memory. All numbers
 * are little-endian, so that the file can be copied to another machine:
 *
 * <pre>
 *   sections, each at a multiple of 8 bytes
 *   table, UTF-8 lines: the key; then for each section its name, start, size and the CRC-32C of
 *   every MiB of it
 *   u64 start of the table, u32 its size, u32 its CRC-32C, 8 bytes "S5CACHE2"
 * </pre>
 *
 * <p>The key says what the content is (data set, settings, version of its format), and the section
 * {@code sources} which raw files it was made from, {@code left-out} what of them it lacks. A file
 * with another key, other sources or without what it lacks is stale, one whose sums do not match is
 * damaged, and both count as absent. Sections of more than 64 MiB are not summed at opening, which
 * would take seconds, but a MiB at a time when it is first read. {@link CacheWriter} writes the
 * file.
 */
public final class Cache {
    private static final Logger LOG = LoggerFactory.getLogger(Cache.class);

    static final byte[] MAGIC = "S5CACHE2".getBytes(StandardCharsets.US_ASCII);
    static final int TRAILER = 24;
    static final int ALIGNMENT = 8;

    /** Bytes that a sum is of; only the last one of a section may be of fewer. */
    static final int BLOCK = 1 << 20;

    /** Blocks of a section that are summed at opening. */
    private static final int SUMMED_AT_ONCE = 64;

    static final String SOURCES = "sources";
    static final String LEFT_OUT = "left-out";

    static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Map<String, Section> sections;

    private Cache(Map<String, Section> sections) {
        this.sections = sections;
    }

    /**
     * The cache of a data set, opened when it is there, else made. Without the raw files one that
     * is there is used as it is, with a line that says so: it may come from another machine.
     *
     * @param folder of the caches; made when missing
     * @param set names the data set, in the file's name too
     * @param settings one line: equal lines and equal raw files mean equal content. Contains the
     *     version of the content's format
     * @param sources finds the raw files
     * @param content is written from the raw files when there is no cache of them
     * @return the cache, open
     * @throws UserError as thrown by {@code sources} or {@code content}, or when the cache cannot
     *     be written
     */
    public static Cache of(
            Path folder,
            String set,
            String settings,
            Supplier<List<CacheSource>> sources,
            CacheWriter.Content content) {
        String key = set + " " + settings;
        Path file = folder.resolve(set + "-" + hash(key) + ".s5cache");
        Optional<Cache> cache = open(file, key);
        List<CacheSource> raw;
        try {
            raw = sources.get();
        } catch (UserError e) {
            if (cache.isPresent()) {
                LOG.warn(
                        "{}; going on with {}, made from {}",
                        Messages.plain(e.getMessage()),
                        Messages.plain(file.toString()),
                        CacheSource.names(cache.get().text(SOURCES)));
                if (!cache.get().knowsLeftOut()) {
                    LOG.warn(
                            "{}: does not say what was left out of them, for it is of an earlier"
                                    + " version",
                            Messages.plain(file.toString()));
                }
                return cache.get().tellingLeftOut();
            }
            throw e;
        }
        if (cache.isPresent()
                && CacheSource.areThose(raw, cache.get().text(SOURCES))
                && (raw.isEmpty() || cache.get().knowsLeftOut())) {
            return cache.get().tellingLeftOut();
        }
        LOG.info("{}: writing {}", set, Messages.plain(file.toString()));
        return CacheWriter.write(
                        file,
                        key,
                        writer -> {
                            // summed before they are read
                            writer.section(SOURCES, CacheSource.lines(raw));
                            content.write(writer);
                            if (!writer.hasSaidLeftOut()) {
                                writer.leftOut(List.of());
                            }
                        })
                .tellingLeftOut();
    }

    /** Caches of versions that did not keep what was left out do not say that it was nothing. */
    private boolean knowsLeftOut() {
        return sections.containsKey(LEFT_OUT);
    }

    /** Says what was left out of the raw files, whenever it is opened: see {@link CacheWriter}. */
    private Cache tellingLeftOut() {
        if (knowsLeftOut()) {
            text(LEFT_OUT).lines().forEach(line -> LOG.warn("{}", line));
        }
        return this;
    }

    /** A part of the file, read-only. */
    public static final class Section {
        private final Path file;
        private final String name;
        private final MemorySegment bytes;
        private final int[] sums; // of the blocks
        private final boolean[] checked; // a race for one means that it is checked twice

        private Section(Path file, String name, MemorySegment bytes, int[] sums) {
            this.file = file;
            this.name = name;
            this.bytes = bytes;
            this.sums = sums;
            this.checked = new boolean[sums.length];
        }

        /** {@return the size in bytes} */
        public long size() {
            return bytes.byteSize();
        }

        /**
         * {@return some of the bytes, in the file's memory, not copied}
         *
         * @param from the first byte, from 0
         * @param size how many bytes
         * @throws UserError when they are not those that were written
         */
        public MemorySegment slice(long from, long size) {
            if (size > 0) {
                int last = (int) ((from + size - 1) / BLOCK);
                for (int block = (int) (from / BLOCK); block <= last; block++) {
                    if (!isIntact(block)) {
                        throw new UserError(
                                "%s: damaged in byte %d to %d of %s; delete it, it will be made again"
                                        .formatted(
                                                file,
                                                (long) block * BLOCK,
                                                Math.min((block + 1L) * BLOCK, bytes.byteSize())
                                                        - 1,
                                                name));
                    }
                }
            }
            return bytes.asSlice(from, size);
        }

        /** All of it, as {@link #slice}. */
        MemorySegment all() {
            return slice(0, bytes.byteSize());
        }

        private boolean isIntact(int block) {
            if (!checked[block]) {
                long from = (long) block * BLOCK;
                long size = Math.min(BLOCK, bytes.byteSize() - from);
                checked[block] = sum(bytes.asSlice(from, size)) == sums[block];
            }
            return checked[block];
        }
    }

    /**
     * {@return a section by its name}
     *
     * @param name as {@link CacheWriter#begin} was given it
     */
    public Section section(String name) {
        Section section = sections.get(name);
        if (section == null) {
            throw new IllegalArgumentException("the cache has no section " + name);
        }
        return section;
    }

    /**
     * {@return a copy of the section}
     *
     * @param name of a section
     */
    public byte[] bytes(String name) {
        return section(name).all().toArray(ValueLayout.JAVA_BYTE);
    }

    /**
     * {@return a copy of the section as whole numbers of 64 bits, little-endian}
     *
     * @param name of a section
     */
    public long[] longs(String name) {
        return section(name).all().toArray(LONG);
    }

    /**
     * {@return a copy of the section as UTF-8 text}
     *
     * @param name of a section
     */
    public String text(String name) {
        return new String(bytes(name), StandardCharsets.UTF_8);
    }

    /** Opens a file; empty when it is missing, damaged or has another key. */
    static Optional<Cache> open(Path file, String key) {
        return open(file, key, SUMMED_AT_ONCE);
    }

    static Optional<Cache> open(Path file, String key, int summedAtOnce) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try (FileChannel channel = FileChannel.open(file)) {
            // The mapping ends when nothing refers to it any more.
            MemorySegment all =
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
            return parse(file, all, key, summedAtOnce);
        } catch (IOException e) {
            LOG.warn(
                    "{}: cannot be read ({})",
                    Messages.plain(file.toString()),
                    AtomicFile.reason(e));
            return Optional.empty();
        }
    }

    private static Optional<Cache> parse(
            Path file, MemorySegment all, String key, int summedAtOnce) {
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
        Map<String, Section> sections = new HashMap<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] fields = line.split(" ", -1);
            MemorySegment bytes =
                    all.asSlice(Long.parseLong(fields[1]), Long.parseLong(fields[2])).asReadOnly();
            int[] sums =
                    Arrays.stream(fields).skip(3).mapToInt(Integer::parseUnsignedInt).toArray();
            Section section = new Section(file, fields[0], bytes, sums);
            if (sums.length <= summedAtOnce
                    && !IntStream.range(0, sums.length).allMatch(section::isIntact)) {
                return Optional.empty();
            }
            sections.put(fields[0], section);
        }
        return Optional.of(new Cache(sections));
    }

    static int sum(MemorySegment bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.asByteBuffer());
        return (int) crc.getValue();
    }

    /** 64 bits of a key's SHA-256, for a file name. */
    private static String hash(String key) {
        return Sha256.of(key.getBytes(StandardCharsets.UTF_8)).substring(0, 16);
    }
}
