package s5.data.format;

import s5.UserError;

import java.nio.ByteBuffer;

/**
 * A clip of Speech Commands in a RIFF/WAVE file ({@link WavHeader}): PCM, one channel, 16 bits,
 * 16,000 samples a second and at most one second. Anything else is an error that names the file and
 * what is wrong.
 */
public final class WavFile {
    /** Samples a second, and the most that a clip may have. */
    public static final int RATE = 16_000;

    private WavFile() {}

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
        WavHeader header = WavHeader.read(name, ByteBuffer.wrap(content));
        String wrong = wrong(header);
        if (wrong != null) {
            throw new UserError(name + ": " + wrong);
        }
        System.arraycopy(content, header.from(), samples, 0, header.bytes());
        return header.bytes() / 2;
    }

    /** What keeps it from being a clip; null when nothing does. */
    private static String wrong(WavHeader header) {
        int length = header.bytes();
        if (header.code() != WavHeader.PCM) {
            return "holds samples in format %d; convert it to PCM (format 1)"
                    .formatted(header.code());
        }
        if (header.channels() != 1) {
            return "has %d channels; convert it to one (mono)".formatted(header.channels());
        }
        if (header.bits() != 16) {
            return "has samples of %d bits; convert it to 16".formatted(header.bits());
        }
        if (header.rate() != RATE) {
            return "has %d samples a second; convert it to %d".formatted(header.rate(), RATE);
        }
        if (length == 0) {
            return "holds no samples; remove it or get it again";
        }
        if (length % 2 != 0) {
            return ("the chunk \"data\" at byte %d has %d bytes, no whole number of 16-bit samples;"
                            + " get it again")
                    .formatted(header.from() - 8, length);
        }
        if (length / 2 > RATE) {
            return "has %d samples, more than the %d of a second; cut it"
                    .formatted(length / 2, RATE);
        }
        return null;
    }
}
