package s5.data;

import s5.UserError;
import s5.data.cache.Cache;
import s5.data.cache.CacheWriter;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A split whose samples are sequences of tokens, kept as bytes one after the other in a {@link
 * Cache}. Sequences are padded at the end with {@code Vocabulary.PAD_ID} when they are read.
 */
public final class TokenSet implements Dataset {
    private static final String VOCABULARY = "vocabulary";

    private final Shape shape;
    private final List<String> classes;
    private final Vocabulary vocabulary;
    private final Cache.Section ids; // a byte each, unsigned
    private final long[] starts; // of sequence s = sample * documents + document, and the end
    private final byte[] labels;
    private final int[] samples; // which this split has; null: all

    private TokenSet(
            Shape shape,
            List<String> classes,
            Vocabulary vocabulary,
            Cache.Section ids,
            long[] starts,
            byte[] labels,
            int[] samples) {
        this.shape = shape;
        this.classes = classes;
        this.vocabulary = vocabulary;
        this.ids = ids;
        this.starts = starts;
        this.labels = labels;
        this.samples = samples;
    }

    /**
     * {@return a split in a cache}
     *
     * @param cache that {@link Writer} or {@link Builder} wrote to
     * @param split its name there
     * @param shape of each sample
     * @param classes their names
     * @throws UserError when the cache is damaged
     * @throws IllegalArgumentException when it does not fit the shape
     */
    public static TokenSet open(Cache cache, String split, Shape shape, List<String> classes) {
        Vocabulary vocabulary = vocabulary(cache);
        Cache.Section ids = cache.section(split + ".ids");
        long[] starts = cache.longs(split + ".starts");
        byte[] labels = cache.bytes(split + ".labels");
        if (starts.length != labels.length * shape.documents() + 1
                || starts[starts.length - 1] != ids.size()
                || classes.size() != shape.classes()
                || vocabulary.size() > Math.min(256, shape.inputs())) {
            throw new IllegalArgumentException("the parts of a token set do not fit each other");
        }
        return new TokenSet(shape, classes, vocabulary, ids, starts, labels, null);
    }

    /**
     * {@return the split that has only these of the samples, in this order}
     *
     * @param samples by their places in this split
     */
    public TokenSet select(int[] samples) {
        return new TokenSet(shape, classes, vocabulary, ids, starts, labels, samples);
    }

    /**
     * {@return the vocabulary of all splits in a cache}
     *
     * @param cache that {@link #write} wrote to
     */
    public static Vocabulary vocabulary(Cache cache) {
        return new Vocabulary(
                cache.text(VOCABULARY)
                        .lines()
                        .map(line ->
                                Stream.of(line.split(" "))
                                        .map(c -> Character.toString(Integer.parseInt(c)))
                                        .collect(Collectors.joining()))
                        .toList());
    }

    /**
     * Writes a vocabulary: a line per token, with its code points, as a token may be a line end.
     *
     * @param writer of the cache
     * @param vocabulary of all its splits
     * @throws IOException when the disk is full, and so on
     */
    public static void write(CacheWriter writer, Vocabulary vocabulary) throws IOException {
        writer.section(
                VOCABULARY,
                vocabulary.tokens().stream()
                        .map(token ->
                                token.codePoints()
                                        .mapToObj(Integer::toString)
                                        .collect(Collectors.joining(" ")))
                        .collect(Collectors.joining("\n")));
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public int size() {
        return samples == null ? labels.length : samples.length;
    }

    /** {@return what the ids mean} */
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    @Override
    public List<String> classNames() {
        return classes;
    }

    @Override
    public List<String> tokenNames() {
        return vocabulary.tokens();
    }

    @Override
    public void read(int i, Batch batch, int row) {
        int sample = samples == null ? i : samples[i];
        for (int document = 0; document < shape.documents(); document++) {
            int sequence = sample * shape.documents() + document;
            int length = (int) (starts[sequence + 1] - starts[sequence]);
            MemorySegment from = ids.slice(starts[sequence], length);
            int to = batch.at(document, row) * shape.length();
            for (int k = 0; k < length; k++) {
                batch.tokens[to + k] = from.get(ValueLayout.JAVA_BYTE, k) & 0xff;
            }
            Arrays.fill(batch.tokens, to + length, to + shape.length(), Vocabulary.PAD_ID);
            batch.lengths[batch.at(document, row)] = length;
        }
        batch.labels[row] = labels[sample] & 0xff;
    }

    /** Where sequences start, and labels; growing. */
    private static final class Index {
        private long[] starts = new long[1 << 10];
        private int sequences;
        private byte[] labels = new byte[1 << 10];
        private int samples;

        void endSequence(long end) {
            sequences++;
            if (sequences == starts.length) {
                starts = Arrays.copyOf(starts, 2 * starts.length);
            }
            starts[sequences] = end;
        }

        void endSample(int label) {
            if (samples == labels.length) {
                labels = Arrays.copyOf(labels, 2 * labels.length);
            }
            labels[samples++] = (byte) label;
        }

        void write(CacheWriter writer, String split) throws IOException {
            writer.section(split + ".starts", Arrays.copyOf(starts, sequences + 1));
            writer.section(split + ".labels", Arrays.copyOf(labels, samples));
        }
    }

    /** Writes a split to a cache, sequence by sequence. */
    public static final class Writer {
        private final CacheWriter writer;
        private final String split;
        private final Index index = new Index();
        private long used;

        /**
         * Starts a split of this name.
         *
         * @param writer of the cache
         * @param split its name there
         * @throws IOException when the disk is full, and so on
         */
        public Writer(CacheWriter writer, String split) throws IOException {
            this.writer = writer;
            this.split = split;
            writer.begin(split + ".ids");
        }

        /**
         * Writes a whole sequence.
         *
         * @param ids of the sequence
         * @param count how many of them, from the first
         * @throws IOException when the disk is full, and so on
         */
        public void add(byte[] ids, int count) throws IOException {
            writer.append(ids, count);
            used += count;
            index.endSequence(used);
        }

        /**
         * Ends a sample: as many sequences as it has documents have been written.
         *
         * @param label its class, from 0
         */
        public void endSample(int label) {
            index.endSample(label);
        }

        /** {@return how many samples have been ended} */
        public int samples() {
            return index.samples;
        }

        /**
         * Writes what {@link #open} finds the sequences by.
         *
         * @throws IOException when the disk is full, and so on
         */
        public void finish() throws IOException {
            index.write(writer, split);
        }
    }

    /** Sequences of bytes and labels in memory, growing; at most 2 GiB of them. */
    public static final class Builder {
        private byte[] bytes = new byte[1 << 16];
        private int used;
        private final Index index = new Index();

        /** Nothing is in it yet. */
        public Builder() {}

        /**
         * Appends to the sequence that {@link #endSequence} will end.
         *
         * @param source of the bytes
         * @param count how many of them, from the first
         */
        public void add(byte[] source, int count) {
            if (used > Integer.MAX_VALUE - 8 - count) {
                throw new UserError(
                        "data: a split has more than 2 GiB of tokens; take fewer or shorter"
                                + " samples");
            }
            if (used + count > bytes.length) {
                long larger = Math.max(bytes.length * 3L / 2, used + count);
                bytes = Arrays.copyOf(bytes, (int) Math.min(larger, Integer.MAX_VALUE - 8));
            }
            System.arraycopy(source, 0, bytes, used, count);
            used += count;
        }

        /** Ends a sequence. */
        public void endSequence() {
            index.endSequence(used);
        }

        /**
         * Ends a sample: as many sequences as it has documents have been ended.
         *
         * @param label its class, from 0
         */
        public void endSample(int label) {
            index.endSample(label);
        }

        /** {@return how many samples have been ended} */
        public int samples() {
            return index.samples;
        }

        /** {@return how often each byte occurs in all sequences, (256)} */
        public long[] counts() {
            long[] counts = new long[256];
            for (int i = 0; i < used; i++) {
                counts[bytes[i] & 0xff]++;
            }
            return counts;
        }

        /**
         * Replaces every byte b by {@code map[b]}.
         *
         * @param map (256)
         */
        public void map(byte[] map) {
            for (int i = 0; i < used; i++) {
                bytes[i] = map[bytes[i] & 0xff];
            }
        }

        /** {@return a copy of all sequences, one after the other} */
        public byte[] bytes() {
            return Arrays.copyOf(bytes, used);
        }

        /**
         * {@return where each sequence starts in {@link #bytes()}, and where the last one ends,
         * (sequences + 1)}
         */
        public long[] starts() {
            return Arrays.copyOf(index.starts, index.sequences + 1);
        }

        /** {@return the class of each sample, (samples)} */
        public byte[] labels() {
            return Arrays.copyOf(index.labels, index.samples);
        }

        /**
         * Writes it all as a split of this name.
         *
         * @param writer of the cache
         * @param split its name there
         * @throws IOException when the disk is full, and so on
         */
        public void write(CacheWriter writer, String split) throws IOException {
            writer.begin(split + ".ids");
            writer.append(bytes, used);
            index.write(writer, split);
        }
    }
}
