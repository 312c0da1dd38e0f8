package s5.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DropoutTest {
    private static final int SEED = 1919;

    /** A million draws: 10 steps, 10 sites, 100 sequences, 100 features. */
    private interface Draw {
        void at(int step, int site, int sequence, int feature);
    }

    private static void million(Draw draw) {
        for (int step = 0; step < 10; step++) {
            for (int site = 0; site < 10; site++) {
                for (int sequence = 0; sequence < 100; sequence++) {
                    for (int feature = 0; feature < 100; feature++) {
                        draw.at(step, site, sequence, feature);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {0.05f, 0.1f, 0.15f, 0.25f, 0.5f})
    void theRateIsTheRateAskedFor(float rate) {
        int[] zeros = new int[1];
        million((step, site, sequence, feature) -> {
            float factor = Dropout.factor(SEED, step, site, sequence, feature, rate);
            if (factor == 0) {
                zeros[0]++;
            } else {
                assertEquals(1 / (1 - rate), factor);
            }
        });
        // Four standard deviations of the binomial distribution.
        double bound = 4 * Math.sqrt(1e6 * rate * (1 - rate));
        assertEquals(1e6 * rate, zeros[0], bound);
    }

    @Test
    void rateZeroKeepsEverything() {
        million((t, s, b, h) -> assertEquals(1, Dropout.factor(SEED, t, s, b, h, 0)));
    }

    /** Uniform in [-1/2, 1/2). */
    private static double uniform(int seed, int step, int site, int sequence, int feature) {
        return Dropout.bits(seed, step, site, sequence, feature) * 0x1p-32 - 0.5;
    }

    /** The correlation of a draw with its neighbour, over a million pairs. */
    private static double correlation(int seed, int step, int site, int sequence, int feature) {
        double[] sum = new double[1];
        million((t, s, b, h) ->
                sum[0] +=
                        uniform(SEED, t, s, b, h)
                                * uniform(
                                        SEED + seed,
                                        t + step,
                                        s + site,
                                        b + sequence,
                                        h + feature));
        // The variance of a uniform variable is 1/12.
        return sum[0] / 1e6 * 12;
    }

    /** Under independence the correlation has a standard deviation of 1e-3. */
    @Test
    void neighboursAreUncorrelated() {
        assertEquals(0, correlation(1, 0, 0, 0, 0), 4e-3, "seeds");
        assertEquals(0, correlation(0, 1, 0, 0, 0), 4e-3, "steps");
        assertEquals(0, correlation(0, 0, 1, 0, 0), 4e-3, "sites");
        assertEquals(0, correlation(0, 0, 0, 1, 0), 4e-3, "sequences");
        assertEquals(0, correlation(0, 0, 0, 0, 1), 4e-3, "features");
        assertEquals(0, correlation(0, 0, 0, 1, -1), 4e-3, "anti-diagonals");
        assertEquals(0, correlation(0, 1, -1, 0, 0), 4e-3, "a step on, a site back");
        assertEquals(1, correlation(0, 0, 0, 0, 0), 4e-3, "itself");
    }

    /** Chi-squared over 256 cells, for the highest and the lowest byte. */
    @Test
    void bytesAreUniform() {
        int[] high = new int[256];
        int[] low = new int[256];
        million((t, s, b, h) -> {
            long bits = Dropout.bits(SEED, t, s, b, h);
            assertTrue(bits >= 0 && bits < 1L << 32);
            high[(int) (bits >> 24)]++;
            low[(int) (bits & 255)]++;
        });
        for (int[] cells : new int[][] {high, low}) {
            double chi = 0;
            for (int count : cells) {
                chi += Math.pow(count - 1e6 / 256, 2) / (1e6 / 256);
            }
            // Mean 255, standard deviation 22.6.
            assertEquals(255, chi, 4 * 22.6);
        }
    }

    /**
     * Values that must stay, computed apart in Python's unbounded integers: a change here changes
     * every training run with dropout.
     */
    @Test
    void valuesNeverChange() {
        assertEquals(1766206481L, Dropout.bits(0, 0, 0, 0, 0));
        assertEquals(359214644L, Dropout.bits(1919, 0, 0, 0, 0));
        assertEquals(1333403769L, Dropout.bits(1919, 1, 0, 0, 0));
        assertEquals(425174817L, Dropout.bits(1919, 0, 1, 0, 0));
        assertEquals(4031812640L, Dropout.bits(1919, 0, 0, 1, 0));
        assertEquals(4255127959L, Dropout.bits(1919, 0, 0, 0, 1));
        assertEquals(888730180L, Dropout.bits(-1, 123456, 11, 31, 127));
        assertEquals(4069673334L, Dropout.bits(2147483647, 2147483647, 16, 4095, 511));

        StringBuilder kept = new StringBuilder();
        for (int feature = 0; feature < 40; feature++) {
            kept.append(Dropout.factor(1919, 7, 3, 2, feature, 0.25f) == 0 ? '0' : '1');
        }
        assertEquals("1111011111111111111111100110111111111111", kept.toString());
    }
}
