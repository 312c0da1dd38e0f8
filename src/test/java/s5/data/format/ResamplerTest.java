package s5.data.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against what is known of sines: their level, their place in time, and nothing else beside. */
class ResamplerTest {
    private static float[] sine(int rate, double frequency, int n) {
        float[] sine = new float[n];
        for (int i = 0; i < n; i++) {
            sine[i] = (float) Math.sin(2 * Math.PI * frequency * i / rate + 0.3);
        }
        return sine;
    }

    /** The square root of the mean square, without a tenth at each end. */
    private static double level(float[] signal) {
        int margin = signal.length / 10;
        double sum = 0;
        for (int i = margin; i < signal.length - margin; i++) {
            sum += (double) signal[i] * signal[i];
        }
        return Math.sqrt(sum / (signal.length - 2 * margin));
    }

    private static double decibels(double ratio) {
        return 20 * Math.log10(ratio);
    }

    @ParameterizedTest
    @CsvSource({
        "44100, 16000", "48000, 16000", "8000, 16000", "22050, 16000", "11025, 16000",
        "16000, 8000", "44101, 16001", "192000, 44100", "16000, 48000", "100, 7"
    })
    void whatIsBelowTheLowerNyquistFrequencyStays(int from, int to) {
        double nyquist = Math.min(from, to) / 2.0;
        int n = Math.max(20_000, 3_000 * (from / to));
        Resampler resampler = new Resampler(from, to);
        for (double share : new double[] {0.003, 0.1, 0.5, 0.77, 0.9}) {
            float[] found = resampler.resample(sine(from, share * nyquist, n));
            float[] expected = sine(to, share * nyquist, found.length);
            assertEquals(0, decibels(level(found) / level(expected)), 0.02, "level at " + share);
            float[] difference = new float[found.length]; // also sees shifts and images
            for (int i = 0; i < found.length; i++) {
                difference[i] = found[i] - expected[i];
            }
            double error = decibels(level(difference) / level(expected));
            assertTrue(error < -70, "%s: error of %.1f dB".formatted(share, error));
        }
    }

    @ParameterizedTest
    @CsvSource({"44100, 16000", "48000, 16000", "22050, 16000", "16000, 8000", "44101, 16001"})
    void whatIsAboveTheNewNyquistFrequencyGoes(int from, int to) {
        Resampler resampler = new Resampler(from, to);
        for (double share : new double[] {1.0, 1.05, 1.2, 1.37}) {
            if (share * to < from) {
                float[] found = resampler.resample(sine(from, share * to / 2, 30_000));
                double left = decibels(level(found) * Math.sqrt(2));
                assertTrue(left < -80, "%s: %.1f dB are left".formatted(share, left));
            }
        }
    }

    @Test
    void lengthsAreThoseOfTheTime() {
        assertEquals(16_000, new Resampler(44_100, 16_000).resample(new float[44_100]).length);
        assertEquals(1, new Resampler(44_100, 16_000).resample(new float[1]).length);
        assertEquals(2, new Resampler(8_000, 16_000).resample(new float[1]).length);
        assertEquals(0, new Resampler(8_000, 16_000).resample(new float[0]).length);
        assertEquals(3, new Resampler(3, 2).resample(new float[4]).length);
    }

    @Test
    void theSameRateChangesNothing() {
        float[] signal = sine(16_000, 1_234, 1_000);
        assertArrayEquals(signal, new Sound(16_000, 1, signal).at(16_000).samples());
    }

    @Test
    void channelsStayApart() {
        float[] stereo = new float[2_000];
        for (int i = 0; i < 1_000; i++) {
            stereo[2 * i] = 0.5f;
        }
        Sound changed = new Sound(8_000, 2, stereo).at(4_000);
        assertEquals(500, changed.frames());
        assertEquals(0.5f, changed.samples()[500], 1e-6);
        assertEquals(0f, changed.samples()[501]);
        assertEquals(0.25f, changed.mono().samples()[250], 1e-6);
    }
}
