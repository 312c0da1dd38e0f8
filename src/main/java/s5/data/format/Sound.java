package s5.data.format;

import s5.UserError;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;

/**
 * A recording: WAV files of any rate and number of channels, of whole numbers of 8 to 32 bits or of
 * floats of 32 or 64; and what the readers know that Java Sound has installed (AIFF and AU with
 * every JDK, others from jars on the class path).
 *
 * @param rate frames a second
 * @param channels samples of a frame
 * @param samples (frames, channels), row by row; full scale is [-1, 1]
 */
public record Sound(int rate, int channels, float[] samples) {
    private static final int FASTEST = 10_000_000;
    private static final int MOST_CHANNELS = 1024;

    /**
     * Reads a recording.
     *
     * @param name of the file, for messages
     * @param content the whole file
     * @return what it holds; one frame at least
     * @throws UserError when it is cut off, damaged, empty, of a kind that has no reader, or holds
     *     a number that is not finite
     */
    public static Sound read(String name, byte[] content) {
        if (WavHeader.starts(content)) {
            WavHeader header = WavHeader.read(name, ByteBuffer.wrap(content));
            if (header.code() == WavHeader.PCM || header.code() == WavHeader.FLOAT) {
                return wav(name, content, header);
            }
        }
        return installed(name, content);
    }

    /**
     * {@return the rate of a WAV file; 0 where its start does not say, or it is none}
     *
     * @param start the first bytes of a file
     */
    public static int rate(byte[] start) {
        ByteBuffer in = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN);
        if (!WavHeader.starts(start)) {
            return 0;
        }
        long at = 12; // the first chunk
        while (at + 24 <= start.length) {
            if (in.getInt((int) at) == 0x20746d66) { // "fmt "
                int rate = in.getInt((int) at + 12);
                return rate > 0 && rate <= FASTEST ? rate : 0;
            }
            long length = Integer.toUnsignedLong(in.getInt((int) at + 4));
            at += 8 + length + (length & 1);
        }
        return 0;
    }

    /** {@return how many frames it has} */
    public int frames() {
        return samples.length / channels;
    }

    /** {@return the mean of all channels, one after the other in time} */
    public Sound mono() {
        if (channels == 1) {
            return this;
        }
        float[] mono = new float[frames()];
        for (int i = 0; i < mono.length; i++) {
            float sum = 0;
            for (int c = 0; c < channels; c++) {
                sum += samples[i * channels + c];
            }
            mono[i] = sum / channels;
        }
        return new Sound(rate, 1, mono);
    }

    /**
     * {@return the same at another rate, see {@link Resampler}}
     *
     * @param rate frames a second
     */
    public Sound at(int rate) {
        if (rate == this.rate) {
            return this;
        }
        Resampler resampler = new Resampler(this.rate, rate);
        float[][] changed = new float[channels][];
        float[] channel = new float[frames()];
        for (int c = 0; c < channels; c++) {
            for (int i = 0; i < channel.length; i++) {
                channel[i] = samples[i * channels + c];
            }
            changed[c] = resampler.resample(channel);
        }
        float[] all = new float[channels * changed[0].length];
        for (int i = 0; i < all.length; i++) {
            all[i] = changed[i % channels][i / channels];
        }
        return new Sound(rate, channels, all);
    }

    private static Sound wav(String name, byte[] content, WavHeader header) {
        int bits = header.bits();
        boolean floats = header.code() == WavHeader.FLOAT;
        boolean known = floats ? bits == 32 || bits == 64 : bits >= 1 && bits <= 32;
        if (!known) {
            throw new UserError(
                    "%s: has %s of %d bits; convert it to 16 bits"
                            .formatted(name, floats ? "floats" : "samples", bits));
        }
        int bytes = (bits + 7) / 8;
        check(name, header.channels(), (double) header.rate());
        if (header.frameBytes() != bytes * header.channels()) {
            throw new UserError(
                    "%s: claims frames of %d bytes for %d channels of %d bits; get it again"
                            .formatted(name, header.frameBytes(), header.channels(), bits));
        }
        int length = header.bytes();
        int rest = length % header.frameBytes();
        // From a pipe, a chunk of unknown length may end with the byte that makes it even.
        boolean filled = rest == 1 && content[header.from() + length - 1] == 0;
        if (rest != 0 && !filled) {
            throw new UserError(
                    ("%s: is cut off: its %d bytes of samples from byte %d on are no whole number"
                                    + " of frames of %d; get it again")
                            .formatted(name, length, header.from(), header.frameBytes()));
        }
        float[] samples = new float[length / header.frameBytes() * header.channels()];
        ByteBuffer in = ByteBuffer.wrap(content, header.from(), length - rest);
        in.order(ByteOrder.LITTLE_ENDIAN);
        decode(in, bytes, floats, bytes > 1, samples);
        return checked(name, new Sound((int) header.rate(), header.channels(), samples));
    }

    private static void check(String name, int channels, double rate) {
        if (channels < 1 || channels > MOST_CHANNELS) {
            throw new UserError(
                    "%s: claims %d channels, 1 to %d can be; get it again"
                            .formatted(name, channels, MOST_CHANNELS));
        }
        if (!(rate >= 1 && rate <= FASTEST)) {
            throw new UserError(
                    "%s: claims %.0f samples a second, 1 to %,d can be; get it again"
                            .formatted(name, rate, FASTEST));
        }
    }

    private static Sound checked(String name, Sound sound) {
        if (sound.samples.length == 0) {
            throw new UserError(name + ": holds no samples; remove it or get it again");
        }
        for (int i = 0; i < sound.samples.length; i++) {
            if (!Float.isFinite(sound.samples[i])) {
                throw new UserError(
                        "%s: sample %d is %s; mend it or remove the file"
                                .formatted(name, i / sound.channels + 1, sound.samples[i]));
            }
        }
        return sound;
    }

    /** Samples of so many bytes each, in the buffer's order, to full scale 1. */
    private static void decode(
            ByteBuffer in, int bytes, boolean floats, boolean signed, float[] out) {
        boolean little = in.order() == ByteOrder.LITTLE_ENDIAN;
        for (int i = 0; i < out.length; i++) {
            if (floats) {
                out[i] = bytes == 4 ? in.getFloat() : (float) in.getDouble();
                continue;
            }
            int value = 0; // the sample in the highest bits
            for (int b = 0; b < bytes; b++) {
                int shift = little ? 8 * (4 - bytes + b) : 24 - 8 * b;
                value |= (in.get() & 0xff) << shift;
            }
            out[i] = (signed ? value : value ^ Integer.MIN_VALUE) * 0x1p-31f;
        }
    }

    /** By the readers of Java Sound. */
    private static Sound installed(String name, byte[] content) {
        try (AudioInputStream file =
                AudioSystem.getAudioInputStream(new ByteArrayInputStream(content))) {
            AudioFormat format = file.getFormat();
            check(name, format.getChannels(), format.getSampleRate());
            boolean floats = format.getEncoding().equals(AudioFormat.Encoding.PCM_FLOAT);
            boolean signed = format.getEncoding().equals(AudioFormat.Encoding.PCM_SIGNED);
            boolean plain =
                    floats
                            || signed
                            || format.getEncoding().equals(AudioFormat.Encoding.PCM_UNSIGNED);
            AudioInputStream samples =
                    plain
                            ? file
                            : AudioSystem.getAudioInputStream(
                                    AudioFormat.Encoding.PCM_SIGNED, file);
            return read(name, samples, floats, signed || !plain);
        } catch (UnsupportedAudioFileException e) {
            throw new UserError(
                    name
                            + ": is no recording that can be read here, such as WAV, AIFF or AU;"
                            + " convert it, or put a reader for Java Sound on the class path",
                    e);
        } catch (IOException | RuntimeException e) {
            if (e instanceof UserError mistake) {
                throw mistake;
            }
            // The readers throw whatever their arithmetic throws at a damaged file.
            throw new UserError(
                    "%s: damaged, or of a kind unknown to Java Sound (%s); get it again or convert it to WAV"
                            .formatted(name, e.getMessage()),
                    e);
        }
    }

    private static Sound read(String name, AudioInputStream in, boolean floats, boolean signed)
            throws IOException {
        AudioFormat format = in.getFormat();
        int bits = format.getSampleSizeInBits();
        int bytes = (bits + 7) / 8;
        int channels = format.getChannels();
        int frame = format.getFrameSize();
        boolean known = floats ? bits == 32 || bits == 64 : bits >= 1 && bits <= 32;
        if (!known || frame != bytes * channels) {
            throw new UserError(
                    "%s: has samples of %d bits; convert it to WAV of 16 bits"
                            .formatted(name, bits));
        }
        byte[] content = in.readAllBytes();
        long claimed = in.getFrameLength();
        if (content.length % frame != 0 || (claimed > 0 && content.length < claimed * frame)) {
            throw new UserError(
                    "%s: is cut off: %d bytes of samples where the header claims %d frames of %d; get it again"
                            .formatted(name, content.length, claimed, frame));
        }
        float[] samples = new float[content.length / bytes];
        ByteBuffer buffer = ByteBuffer.wrap(content);
        buffer.order(format.isBigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        decode(buffer, bytes, floats, signed, samples);
        int rate = Math.round(format.getSampleRate());
        return checked(name, new Sound(rate, channels, samples));
    }
}
