package s5.data.own;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Raw sequences one behind the other, as the cache keeps them. A position is a row of numbers: the
 * time if there are times, the inputs, and the answer if each position has one. A text is its
 * UTF-8.
 *
 * @param layout of a position
 * @param starts the position (of a text: the byte) that each sequence starts at, and where the last
 *     one ends, (sequences + 1)
 */
record Sequences(Layout layout, long[] starts) {
    /**
     * A position.
     *
     * @param timed whether the time comes first
     * @param inputs C; 0 for texts
     * @param answers of each position: the numbers to be told, or 1 for the class; 0 when the
     *     answer is of the whole
     * @param single whether numbers are kept in 32 bits, not 64
     */
    record Layout(boolean timed, int inputs, int answers, boolean single) {
        /** Numbers of a position. */
        int width() {
            return (timed ? 1 : 0) + inputs + answers;
        }

        /** Bytes of a position, or of a text's byte. */
        long bytes() {
            return inputs == 0 ? 1 : (long) width() * (single ? Float.BYTES : Double.BYTES);
        }

        String toLine() {
            return "%b %d %d %b".formatted(timed, inputs, answers, single);
        }

        static Layout of(String line) {
            String[] f = line.split(" ");
            return new Layout(
                    Boolean.parseBoolean(f[0]),
                    Integer.parseInt(f[1]),
                    Integer.parseInt(f[2]),
                    Boolean.parseBoolean(f[3]));
        }
    }

    /** Reads bytes of the section of rows. */
    interface Source {
        MemorySegment slice(long from, long size);
    }

    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** How many there are. */
    int size() {
        return starts.length - 1;
    }

    /** Positions of a sequence, or bytes of a text. */
    int length(int i) {
        return Math.toIntExact(starts[i + 1] - starts[i]);
    }

    /**
     * A sequence's numbers.
     *
     * @param most positions that are read, from the first
     * @return (positions, width)
     */
    double[] rows(Source source, int i, int most) {
        int count = Math.min(length(i), most) * layout.width();
        long bytes = layout.bytes() / layout.width();
        MemorySegment from = source.slice(starts[i] * layout.bytes(), count * bytes);
        double[] rows = new double[count];
        for (int k = 0; k < count; k++) {
            rows[k] = layout.single ? from.getAtIndex(FLOAT, k) : from.getAtIndex(DOUBLE, k);
        }
        return rows;
    }

    /** A sequence's text. */
    String text(Source source, int i) {
        byte[] utf8 = source.slice(starts[i], length(i)).toArray(ValueLayout.JAVA_BYTE);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    /** The times of {@link #rows}; null where there are none. */
    double[] times(double[] rows) {
        return layout.timed ? columns(rows, 0, 1) : null;
    }

    /** The inputs of {@link #rows}, (positions, C). */
    double[] inputs(double[] rows) {
        return columns(rows, layout.timed ? 1 : 0, layout.inputs);
    }

    /** The answers of {@link #rows}, (positions, answers). */
    double[] answers(double[] rows) {
        return columns(rows, layout.width() - layout.answers, layout.answers);
    }

    private double[] columns(double[] rows, int first, int count) {
        int width = layout.width();
        if (count == width) {
            return rows;
        }
        double[] taken = new double[rows.length / width * count];
        for (int from = first, to = 0; to < taken.length; from += width, to += count) {
            System.arraycopy(rows, from, taken, to, count);
        }
        return taken;
    }
}
