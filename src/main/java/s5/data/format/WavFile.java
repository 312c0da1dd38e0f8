package s5.data.format;

import s5.UserError;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A clip of Speech Commands in a RIFF/WAVE file: PCM, one channel, 16 bits, 16,000 samples a second
 * and at most one second. Chunks other than {@code fmt} and {@code data} are skipped; what follows
 * the RIFF chunk is ignored. Anything else is an error that names the file and what is wrong.
 */
public final class WavFile {
    /** Samples a second, and the most that a clip may have. */
    public static final int RATE = 16_000;

    private static final int HEADER = 12;
    private static final int CHUNK_HEADER = 8;
    private static final int PCM = 1;
    private static final int EXTENSIBLE = 0xfffe; // the real format is in the extension

    private final String name;
    private final ByteBuffer bytes;

    private WavFile(String name, ByteBuffer bytes) {
        this.name = name;
        this.bytes = bytes;
    }

    /**
     * Copies the samples of a file.
     *
     * @param name of the file, for messages
     * @param content the whole file
     * @param samples gets the samples as little-endian 16-bit integers, from its start; room for
     *     {@link #RATE} of them
     * @return how many samples there are, 1 to {@link #RATE}
     * @throws UserError when the file is damaged or of another kind
     */
    public static int read(String name, byte[] content, byte[] samples) {
        ByteBuffer bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        return new WavFile(name, bytes).read(samples);
    }

    private int read(byte[] samples) {
        int size = bytes.limit();
        if (size < HEADER) {
            throw error(
                    "ends after %d bytes, inside the RIFF header; get it again".formatted(size));
        }
        if (!tag(0).equals("RIFF") || !tag(8).equals("WAVE")) {
            throw error(
                    "is not a WAV file: it starts with \"%s\", not RIFF ... WAVE"
                            .formatted(tag(0)));
        }
        boolean described = false;
        long at = HEADER;
        while (at + CHUNK_HEADER <= size) {
            int from = (int) at + CHUNK_HEADER;
            String tag = tag((int) at);
            long length = Integer.toUnsignedLong(bytes.getInt((int) at + 4));
            if (from + length > size) {
                throw error(
                        ("is cut off: the chunk \"%s\" at byte %d claims %d bytes, and %d follow;"
                                        + " get it again")
                                .formatted(tag, at, length, size - from));
            }
            switch (tag) {
                case "fmt " -> {
                    checkFormat(from, (int) length);
                    described = true;
                }
                case "data" -> {
                    if (!described) {
                        throw error(
                                ("the chunk \"data\" at byte %d comes before any \"fmt \"; get it"
                                                + " again")
                                        .formatted(at));
                    }
                    return copy(from, (int) length, samples);
                }
                default -> {
                    // LIST, bext and the like say nothing about the samples
                }
            }
            at = from + length + (length & 1); // chunks start at even places
        }
        throw error("ends at byte %d without a chunk \"data\"; get it again".formatted(size));
    }

    private void checkFormat(int from, int length) {
        if (length < 16) {
            throw error(
                    "the chunk \"fmt \" has %d bytes, fewer than 16; get it again"
                            .formatted(length));
        }
        int format = bytes.getShort(from) & 0xffff;
        if (format == EXTENSIBLE && length >= 26) {
            format = bytes.getShort(from + 24) & 0xffff;
        }
        int channels = bytes.getShort(from + 2) & 0xffff;
        long rate = Integer.toUnsignedLong(bytes.getInt(from + 4));
        int bits = bytes.getShort(from + 14) & 0xffff;
        if (format != PCM) {
            throw error(
                    "holds samples in format %d; convert it to PCM (format 1)".formatted(format));
        }
        if (channels != 1) {
            throw error("has %d channels; convert it to one (mono)".formatted(channels));
        }
        if (bits != 16) {
            throw error("has samples of %d bits; convert it to 16".formatted(bits));
        }
        if (rate != RATE) {
            throw error("has %d samples a second; convert it to %d".formatted(rate, RATE));
        }
    }

    private int copy(int from, int length, byte[] samples) {
        if (length == 0) {
            throw error("holds no samples; remove it or get it again");
        }
        if (length % 2 != 0) {
            throw error(
                    ("the chunk \"data\" at byte %d has %d bytes, no whole number of 16-bit"
                                    + " samples; get it again")
                            .formatted(from - CHUNK_HEADER, length));
        }
        if (length / 2 > RATE) {
            throw error(
                    "has %d samples, more than the %d of a second; cut it"
                            .formatted(length / 2, RATE));
        }
        bytes.get(from, samples, 0, length);
        return length / 2;
    }

    /** Four letters of the file, for comparing and for showing. */
    private String tag(int at) {
        byte[] letters = new byte[4];
        bytes.get(at, letters);
        for (int i = 0; i < letters.length; i++) {
            if (letters[i] < ' ' || letters[i] > '~') {
                letters[i] = '?';
            }
        }
        return new String(letters, StandardCharsets.US_ASCII);
    }

    private UserError error(String message) {
        return new UserError(name + ": " + message);
    }
}
