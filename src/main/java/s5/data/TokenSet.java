package s5.data;

import s5.UserError;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * A split whose samples are sequences of tokens, kept as bytes one after the other, in memory or in
 * a mapped file. Sequences are padded at the end with {@link Vocabulary#PAD_ID} when they are read.
 */
final class TokenSet implements Dataset {
    private final Shape shape;
    private final Vocabulary vocabulary;
    private final MemorySegment ids;
    private final long[] starts;
    private final byte[] labels;

    /**
     * @param ids the token ids of all sequences, a byte each, unsigned
     * @param starts where sequence s = sample * documents + document starts; one more than there
     *     are sequences
     * @param labels the class of each sample
     */
    TokenSet(Shape shape, Vocabulary vocabulary, MemorySegment ids, long[] starts, byte[] labels) {
        if (starts.length != labels.length * shape.documents() + 1
                || starts[starts.length - 1] != ids.byteSize()
                || vocabulary.size() > Math.min(256, shape.inputs())) {
            throw new IllegalArgumentException("the parts of a token set do not fit each other");
        }
        this.shape = shape;
        this.vocabulary = vocabulary;
        this.ids = ids;
        this.starts = starts;
        this.labels = labels;
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public int size() {
        return labels.length;
    }

    /** What the ids mean. */
    Vocabulary vocabulary() {
        return vocabulary;
    }

    @Override
    public void read(int i, Batch batch, int row) {
        for (int document = 0; document < shape.documents(); document++) {
            int sequence = i * shape.documents() + document;
            int length = (int) (starts[sequence + 1] - starts[sequence]);
            int from = batch.at(document, row) * shape.length();
            for (int k = 0; k < length; k++) {
                batch.tokens[from + k] =
                        ids.get(ValueLayout.JAVA_BYTE, starts[sequence] + k) & 0xff;
            }
            Arrays.fill(batch.tokens, from + length, from + shape.length(), Vocabulary.PAD_ID);
            batch.lengths[batch.at(document, row)] = length;
        }
        batch.labels[row] = labels[i] & 0xff;
    }

    /** Sequences of bytes and labels, growing; at most 2 GiB of them. */
    static final class Builder {
        private byte[] bytes = new byte[1 << 16];
        private int used;
        private long[] starts = new long[1 << 10];
        private int sequences;
        private byte[] labels = new byte[1 << 10];
        private int samples;

        /** Appends to the sequence that {@link #endSequence} will end. */
        void add(byte[] source, int count) {
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

        void endSequence() {
            sequences++;
            if (sequences == starts.length) {
                starts = Arrays.copyOf(starts, 2 * starts.length);
            }
            starts[sequences] = used;
        }

        /** Ends a sample: as many sequences as it has documents have been ended. */
        void endSample(int label) {
            if (samples == labels.length) {
                labels = Arrays.copyOf(labels, 2 * labels.length);
            }
            labels[samples++] = (byte) label;
        }

        int samples() {
            return samples;
        }

        /** How often each byte occurs in all sequences. */
        long[] counts() {
            long[] counts = new long[256];
            for (int i = 0; i < used; i++) {
                counts[bytes[i] & 0xff]++;
            }
            return counts;
        }

        /** Replaces every byte b by {@code map[b]}. */
        void map(byte[] map) {
            for (int i = 0; i < used; i++) {
                bytes[i] = map[bytes[i] & 0xff];
            }
        }

        MemorySegment bytes() {
            return MemorySegment.ofArray(bytes).asSlice(0, used);
        }

        long[] starts() {
            return Arrays.copyOf(starts, sequences + 1);
        }

        byte[] labels() {
            return Arrays.copyOf(labels, samples);
        }

        TokenSet build(Shape shape, Vocabulary vocabulary) {
            return new TokenSet(shape, vocabulary, bytes(), starts(), labels());
        }
    }
}
