package s5.data.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import static s5.data.TestFiles.assertUserError;
import static s5.data.set.SpeechTestFiles.chunk;
import static s5.data.set.SpeechTestFiles.format;
import static s5.data.set.SpeechTestFiles.riff;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import s5.UserError;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;

class SoundTest {
    private static final float[] VALUES = {0f, 0.5f, -0.5f, -1f, 0.25f, 0.75f};

    /** Two channels of three frames at a rate of 11,025. */
    private static byte[] wav(int code, int bits, boolean extensible) {
        ByteBuffer data =
                ByteBuffer.allocate(VALUES.length * bits / 8).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : VALUES) {
            switch (code * 100 + bits) {
                case 108 -> data.put((byte) (128 + value * 128));
                case 116 -> data.putShort((short) (value * (1 << 15)));
                case 124 -> {
                    int whole = (int) (value * (1 << 23));
                    data.put((byte) whole).put((byte) (whole >> 8)).put((byte) (whole >> 16));
                }
                case 132 -> data.putInt((int) (value * 0x1p31));
                case 332 -> data.putFloat(value);
                case 364 -> data.putDouble(value);
                default -> throw new IllegalArgumentException(code + " " + bits);
            }
        }
        byte[] format = format(extensible ? 0xfffe : code, 2, 11_025, bits);
        if (extensible) {
            format = Arrays.copyOf(format, 40);
            format[16] = 22;
            format[18] = (byte) bits;
            format[24] = (byte) code;
        }
        return riff(chunk("LIST", new byte[5]), chunk("fmt ", format), chunk("data", data.array()));
    }

    @ParameterizedTest
    @CsvSource({"1, 8", "1, 16", "1, 24", "1, 32", "3, 32", "3, 64"})
    void everyDepth(int code, int bits) {
        for (boolean extensible : new boolean[] {false, true}) {
            Sound sound = Sound.read("x.wav", wav(code, bits, extensible));
            assertEquals(11_025, sound.rate());
            assertEquals(2, sound.channels());
            assertEquals(3, sound.frames());
            assertArrayEquals(VALUES, sound.samples(), 1e-9f);
            assertArrayEquals(new float[] {0.25f, -0.75f, 0.5f}, sound.mono().samples(), 1e-9f);
        }
    }

    private static byte[] with(byte[] file, int at, int value) {
        byte[] changed = file.clone();
        ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
        return changed;
    }

    /** Where the chunk of the samples starts. */
    private static int data(byte[] file) {
        return new String(file, StandardCharsets.ISO_8859_1).indexOf("data");
    }

    /** As ffmpeg, sox and others leave the lengths when they write into a pipe. */
    @Test
    void unknownLengthsGoToTheEnd() {
        byte[] file = wav(1, 16, false);
        for (int[] lengths :
                new int[][] {{-1, -1}, {0, 0}, {0x7ffff024, 0x7ffff000}, {36, 0}, {0, -1}}) {
            byte[] piped = with(with(file, 4, lengths[0]), data(file) + 4, lengths[1]);
            assertArrayEquals(VALUES, Sound.read("x.wav", piped).samples());
        }
        byte[] none = riff(chunk("fmt ", format(1, 1, 8_000, 16)), chunk("data", new byte[0]));
        assertUserError(() -> Sound.read("x.wav", none), "x.wav: holds no samples");
        byte[] cut = with(with(file, 4, -1), data(file) + 4, -1);
        assertUserError(
                () -> Sound.read("x.wav", Arrays.copyOf(cut, cut.length - 2)),
                "x.wav: is cut off: its 10 bytes of samples from byte",
                "no whole number of frames of 4");
    }

    /** RF64: the length of the samples stands in the chunk ds64. */
    @Test
    void wideFilesHaveTheirLengthApart() {
        byte[] wide = new byte[28];
        ByteBuffer.wrap(wide).order(ByteOrder.LITTLE_ENDIAN).putLong(8, 4);
        byte[] file =
                riff(
                        chunk("ds64", wide),
                        chunk("fmt ", format(1, 1, 8_000, 16)),
                        chunk("data", new byte[] {0, 64, 0, -64, 1, 1}));
        file = with(with(file, 4, -1), file.length - 10, -1);
        file[1] = 'F';
        file[2] = '6';
        file[3] = '4';
        assertArrayEquals(new float[] {0.5f, -0.5f}, Sound.read("x.wav", file).samples());
    }

    private static byte[] written(AudioFileFormat.Type type, AudioFormat format, byte[] samples)
            throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        AudioSystem.write(
                new AudioInputStream(
                        new ByteArrayInputStream(samples),
                        format,
                        samples.length / format.getFrameSize()),
                type,
                file);
        return file.toByteArray();
    }

    /** Files that Java Sound wrote, of random samples. */
    @Test
    void whatJavaSoundWrites() throws IOException {
        byte[] samples = new byte[2_000];
        new Random(1).nextBytes(samples);
        AudioFormat big = new AudioFormat(22_050, 16, 2, true, true);
        float[] expected = new float[1_000];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = ByteBuffer.wrap(samples).getShort(2 * i) / 32768f;
        }
        for (AudioFileFormat.Type type :
                new AudioFileFormat.Type[] {
                    AudioFileFormat.Type.AIFF, AudioFileFormat.Type.AU, AudioFileFormat.Type.WAVE
                }) {
            byte[] file = written(type, big, samples);
            Sound sound = Sound.read("x." + type.getExtension(), file);
            assertEquals(22_050, sound.rate());
            assertEquals(2, sound.channels());
            assertArrayEquals(expected, sound.samples(), type.toString());
            assertUserError(
                    () -> Sound.read("x", Arrays.copyOf(file, file.length - 3)), "x: ", "cut off");
        }
    }

    /** G.711's mu-law: the codes of silence and of the largest values. */
    @Test
    void codedSamplesAreDecoded() throws IOException {
        AudioFormat ulaw = new AudioFormat(AudioFormat.Encoding.ULAW, 8_000, 8, 1, 1, 8_000, false);
        byte[] codes = {(byte) 0xff, (byte) 0x80, 0x00, (byte) 0xff};
        for (AudioFileFormat.Type type :
                new AudioFileFormat.Type[] {AudioFileFormat.Type.AU, AudioFileFormat.Type.WAVE}) {
            assertArrayEquals(
                    new float[] {0, 32_124 / 32_768f, -32_124 / 32_768f, 0},
                    Sound.read("x", written(type, ulaw, codes)).samples());
        }
    }

    @Test
    void badFilesAreOneLine() {
        byte[] file = wav(3, 32, false);
        int samples = data(file) + 8;
        assertUserError(
                () -> Sound.read("x.wav", with(file, samples + 16, Float.floatToIntBits(0f / 0f))),
                "x.wav: sample 3 is NaN");
        for (int size = 0; size < file.length; size++) {
            byte[] cut = Arrays.copyOf(file, size);
            assertUserError(() -> Sound.read("x.wav", cut), "x.wav: ");
        }
        int format = data(file) - 16;
        assertUserError(
                () -> Sound.read("x.wav", with(file, format + 4, 0)), "claims 0 samples a second");
        assertUserError(
                () -> Sound.read("x.wav", with(file, format, 3)), "x.wav: claims 0 channels");
        assertUserError(
                () -> Sound.read("x.wav", with(file, format + 12, 0x00300008)),
                "has floats of 48 bits");
        assertUserError(() -> Sound.read("x.mp3", new byte[100]), "x.mp3: is no recording");
    }

    /** Whatever stands there, it is read or told in one line. */
    @Test
    void randomChangesDoNotCrash() throws IOException {
        Random random = new Random(7);
        byte[] samples = new byte[60];
        byte[][] files = {
            wav(1, 16, true),
            wav(3, 64, false),
            written(AudioFileFormat.Type.AIFF, new AudioFormat(8_000, 16, 1, true, true), samples),
            written(AudioFileFormat.Type.AU, new AudioFormat(8_000, 16, 1, true, true), samples)
        };
        for (int i = 0; i < 3_000; i++) {
            byte[] file = files[i % files.length].clone();
            for (int k = 0; k <= i % 3; k++) {
                file[random.nextInt(Math.min(60, file.length))] = (byte) random.nextInt();
            }
            try {
                Sound.read("x", file);
            } catch (UserError e) {
                assertEquals(1, e.getMessage().lines().count(), e.getMessage());
            }
        }
    }
}
