package s5.data.media;

import static s5.data.set.SpeechTestFiles.chunk;
import static s5.data.set.SpeechTestFiles.format;
import static s5.data.set.SpeechTestFiles.riff;

import s5.data.TestFiles;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** Recordings for tests. */
public final class MediaTestFiles {
    private MediaTestFiles() {}

    /** 16-bit PCM of these samples, in [-1, 1), with so many channels that are the same. */
    static byte[] wav(int rate, int channels, double[] samples) {
        ByteBuffer data =
                ByteBuffer.allocate(2 * channels * samples.length).order(ByteOrder.LITTLE_ENDIAN);
        for (double sample : samples) {
            for (int c = 0; c < channels; c++) {
                data.putShort((short) Math.round(Math.clamp(sample * 32768, -32768, 32767)));
            }
        }
        return riff(chunk("fmt ", format(1, channels, rate, 16)), chunk("data", data.array()));
    }

    static double[] sine(int rate, double frequency, double seconds, double loudness) {
        double[] samples = new double[(int) (rate * seconds)];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = loudness * Math.sin(2 * Math.PI * frequency * i / rate);
        }
        return samples;
    }

    /**
     * Low and high tones, a folder each: eight of 8 kHz, two of 44.1 kHz stereo, of a tenth to an
     * eighth of a second.
     */
    public static void tones(Path root) throws IOException {
        for (int i = 0; i < 10; i++) {
            int rate = i % 5 == 4 ? 44_100 : 8_000;
            double seconds = 0.1 + 0.0025 * i;
            int channels = rate == 8_000 ? 1 : 2;
            TestFiles.write(
                    root.resolve("low/l" + i + ".wav"),
                    wav(rate, channels, sine(rate, 200 + 10 * i, seconds, 0.5)));
            TestFiles.write(
                    root.resolve("high/h" + i + ".wav"),
                    wav(rate, channels, sine(rate, 1000 + 10 * i, seconds, 0.5)));
        }
    }
}
