package s5.data.format;

import s5.UserError;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * What a RIFF/WAVE file says of its samples. Chunks other than {@code fmt}, {@code data} and, in
 * RF64 files, {@code ds64} are skipped; what follows the samples is ignored. A length that cannot
 * be, as programs write it which do not know it (into a pipe: 0xFFFFFFFF, 0x7FFFF000, or 0 with
 * bytes behind it), means that the samples go on to the end of the file.
 *
 * @param code of the format: {@link #PCM}, {@link #FLOAT} or another; that in the extension where
 *     there is one
 * @param channels that a frame has samples of
 * @param rate frames a second
 * @param frameBytes bytes of a frame, all channels
 * @param bits of a sample
 * @param from the first byte of the samples
 * @param bytes how many there are; any number
 */
record WavHeader(int code, int channels, long rate, int frameBytes, int bits, int from, int bytes) {
    /** Whole numbers: unsigned up to 8 bits, else signed. */
    static final int PCM = 1;

    /** Floating-point numbers. */
    static final int FLOAT = 3;

    private static final int HEADER = 12;
    private static final int CHUNK_HEADER = 8;
    private static final int EXTENSIBLE = 0xfffe; // the real format is in the extension
    private static final long UNKNOWN = 0x7fff0000L; // from here on no length can be meant
    private static final long WIDE = 0xffffffffL; // the length stands in ds64

    /**
     * Reads the header of a file.
     *
     * @param name of the file, for messages
     * @param bytes the whole file, little-endian
     * @return what stands there
     * @throws UserError when it is no WAV file, cut off, or without samples' format
     */
    static WavHeader read(String name, ByteBuffer bytes) {
        return new Reader(name, bytes.order(ByteOrder.LITTLE_ENDIAN)).read();
    }

    /** {@return whether a file starts as WAV files do} */
    static boolean starts(byte[] file) {
        String letters = new String(file, 0, Math.min(4, file.length), StandardCharsets.US_ASCII);
        return letters.equals("RIFF") || letters.equals("RF64");
    }

    private record Reader(String name, ByteBuffer bytes) {
        WavHeader read() {
            int size = bytes.limit();
            if (size < HEADER) {
                throw error(
                        "ends after %d bytes, inside the RIFF header; get it again"
                                .formatted(size));
            }
            if (!(tag(0).equals("RIFF") || tag(0).equals("RF64")) || !tag(8).equals("WAVE")) {
                throw error(
                        "is not a WAV file: it starts with \"%s\", not RIFF ... WAVE"
                                .formatted(tag(0)));
            }
            int format = -1; // where it stands
            int formatLength = 0;
            long wide = -1; // the samples' length, of ds64
            long at = HEADER;
            while (at + CHUNK_HEADER <= size) {
                int from = (int) at + CHUNK_HEADER;
                String tag = tag((int) at);
                long length = Integer.toUnsignedLong(bytes.getInt((int) at + 4));
                if (tag.equals("data")) {
                    length = dataLength(from, length, wide);
                }
                if (length < 0 || length > size - from) {
                    throw error(
                            ("is cut off: the chunk \"%s\" at byte %d claims %s bytes, and %d"
                                            + " follow; get it again")
                                    .formatted(
                                            tag, at, Long.toUnsignedString(length), size - from));
                }
                switch (tag) {
                    case "fmt " -> {
                        if (length < 16) {
                            throw error(
                                    "the chunk \"fmt \" has %d bytes, fewer than 16; get it again"
                                            .formatted(length));
                        }
                        format = from;
                        formatLength = (int) length;
                    }
                    case "ds64" -> wide = length >= 16 ? bytes.getLong(from + 8) : -1;
                    case "data" -> {
                        if (format < 0) {
                            throw error(
                                    ("the chunk \"data\" at byte %d comes before any \"fmt \"; get"
                                                    + " it again")
                                            .formatted(at));
                        }
                        return header(format, formatLength, from, (int) length);
                    }
                    default -> {
                        // LIST, bext and the like say nothing about the samples
                    }
                }
                at = from + length + (length & 1); // chunks start at even places
            }
            throw error("ends at byte %d without a chunk \"data\"; get it again".formatted(size));
        }

        private long dataLength(int from, long length, long wide) {
            if (length == WIDE && wide > 0) {
                return wide;
            }
            long end = CHUNK_HEADER + Integer.toUnsignedLong(bytes.getInt(4)); // of the RIFF chunk
            boolean empty = length == 0 && bytes.limit() > from && end <= from;
            return length >= UNKNOWN || empty ? bytes.limit() - from : length;
        }

        private WavHeader header(int format, int formatLength, int from, int length) {
            int code = bytes.getShort(format) & 0xffff;
            int bits = bytes.getShort(format + 14) & 0xffff;
            if (code == EXTENSIBLE && formatLength >= 26) {
                code = bytes.getShort(format + 24) & 0xffff;
            }
            return new WavHeader(
                    code,
                    bytes.getShort(format + 2) & 0xffff,
                    Integer.toUnsignedLong(bytes.getInt(format + 4)),
                    bytes.getShort(format + 12) & 0xffff,
                    bits,
                    from,
                    length);
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
}
