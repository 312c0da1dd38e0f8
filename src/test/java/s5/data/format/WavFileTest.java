package s5.data.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import static s5.data.TestFiles.assertUserError;
import static s5.data.set.SpeechTestFiles.chunk;
import static s5.data.set.SpeechTestFiles.format;
import static s5.data.set.SpeechTestFiles.riff;
import static s5.data.set.SpeechTestFiles.wav;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import s5.data.set.SpeechTestFiles;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;

class WavFileTest {
    private static final byte[] DATA = chunk("data", new byte[] {1, 2, 3, 4, -1, -128});
    private static final byte[] FORMAT = chunk("fmt ", format(1, 1, 16_000, 16));

    private static byte[] read(byte[] file) {
        byte[] samples = new byte[32_000];
        return Arrays.copyOf(samples, 2 * WavFile.read("x.wav", file, samples));
    }

    @Test
    void readsWhatTheJdkReads() throws Exception {
        for (int samples : new int[] {1, 2, 11_999, 16_000}) {
            byte[] file = wav(samples, 3);
            try (AudioInputStream in =
                    AudioSystem.getAudioInputStream(new ByteArrayInputStream(file))) {
                assertEquals(16_000, in.getFormat().getSampleRate());
                assertArrayEquals(in.readAllBytes(), read(file));
            }
        }
    }

    @Test
    void otherChunksAreSkipped() {
        byte[] expected = {1, 2, 3, 4, -1, -128};
        byte[] odd = chunk("LIST", new byte[7]);
        assertArrayEquals(expected, read(riff(FORMAT, DATA)));
        assertArrayEquals(expected, read(riff(odd, FORMAT, chunk("bext", new byte[0]), odd, DATA)));
        assertArrayEquals(expected, read(riff(FORMAT, DATA, odd)));
        byte[] behind = riff(FORMAT, DATA);
        assertArrayEquals(expected, read(Arrays.copyOf(behind, behind.length + 5)));
    }

    /** What a program writes into a pipe, where it cannot come back to put the length in. */
    @Test
    void anUnknownLengthGoesToTheEnd() {
        byte[] piped = riff(FORMAT, DATA);
        ByteBuffer.wrap(piped).putInt(4, -1).putInt(40, -1);
        assertArrayEquals(new byte[] {1, 2, 3, 4, -1, -128}, read(piped));
    }

    @Test
    void theExtensibleFormIsPcmToo() {
        byte[] extended = Arrays.copyOf(format(0xfffe, 1, 16_000, 16), 40);
        extended[24] = 1;
        assertArrayEquals(
                new byte[] {1, 2, 3, 4, -1, -128}, read(riff(chunk("fmt ", extended), DATA)));
        extended[24] = 3;
        assertUserError(() -> read(riff(chunk("fmt ", extended), DATA)), "x.wav", "format 3");
    }

    private static byte[] with(byte[] format) {
        return riff(chunk("fmt ", format), DATA);
    }

    static Stream<Arguments> bad() {
        byte[] good = wav(100, 1);
        byte[] huge = good.clone();
        ByteBuffer.wrap(huge).putInt(40, 0x00010000);
        return Stream.of(
                Arguments.of(new byte[0], "ends after 0 bytes, inside the RIFF header"),
                Arguments.of(Arrays.copyOf(good, 11), "ends after 11 bytes"),
                Arguments.of(
                        SpeechTestFiles.text("<!DOCTYPE html>"), "starts with \"<!DO\", not RIFF"),
                Arguments.of(Arrays.copyOf(good, 12), "ends at byte 12 without a chunk \"data\""),
                Arguments.of(Arrays.copyOf(good, 42), "ends at byte 42 without a chunk \"data\""),
                Arguments.of(
                        Arrays.copyOf(good, 243),
                        "is cut off: the chunk \"data\" at byte 36 claims 200 bytes, and 199"
                                + " follow"),
                Arguments.of(huge, "\"data\" at byte 36 claims 256 bytes, and 200 follow"),
                Arguments.of(
                        Arrays.copyOf(good, 30),
                        "the chunk \"fmt \" at byte 12 claims 16 bytes, and 10 follow"),
                Arguments.of(riff(DATA, FORMAT), "\"data\" at byte 12 comes before any \"fmt \""),
                Arguments.of(riff(FORMAT), "ends at byte 36 without a chunk \"data\""),
                Arguments.of(with(new byte[14]), "\"fmt \" has 14 bytes, fewer than 16"),
                Arguments.of(with(format(1, 2, 16_000, 16)), "has 2 channels; convert it to one"),
                Arguments.of(with(format(1, 0, 16_000, 16)), "has 0 channels"),
                Arguments.of(with(format(1, 1, 16_000, 8)), "has samples of 8 bits"),
                Arguments.of(with(format(1, 1, 16_000, 24)), "has samples of 24 bits"),
                Arguments.of(with(format(1, 1, 8_000, 16)), "has 8000 samples a second"),
                Arguments.of(with(format(1, 1, 44_100, 16)), "has 44100 samples a second"),
                Arguments.of(with(format(3, 1, 16_000, 16)), "in format 3; convert it to PCM"),
                Arguments.of(with(format(7, 1, 16_000, 16)), "in format 7"),
                Arguments.of(riff(FORMAT, chunk("data", new byte[0])), "holds no samples"),
                Arguments.of(
                        riff(FORMAT, chunk("data", new byte[5])),
                        "at byte 36 has 5 bytes, no whole"),
                Arguments.of(wav(16_001, 1), "has 16001 samples, more than the 16000 of a second"));
    }

    @ParameterizedTest
    @MethodSource
    void bad(byte[] file, String message) {
        assertUserError(() -> read(file), "x.wav: ", message);
    }

    /** Behind the header every cut is noticed. */
    @Test
    void everyCutIsNoticed() {
        byte[] good = wav(20, 3);
        IntStream.range(0, good.length)
                .forEach(size -> assertUserError(() -> read(Arrays.copyOf(good, size)), "x.wav: "));
    }
}
