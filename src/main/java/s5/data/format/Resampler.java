package s5.data.format;

/**
 * Changes the rate of a signal by a fraction M / N, band-limited: each new sample is a sum of old
 * ones weighted by a sinc under Kaiser's window, centred at its place in time.
 *
 * <p>What it keeps and takes away, with f the lower of both Nyquist frequencies (half the lower
 * rate): up to 0.9 f the level is right within 0.01 dB, from f on everything is 80 dB down or more.
 * Between them it falls; nothing is shifted in time. Before its start and after its end a signal is
 * silent.
 *
 * <p>The weights of a fraction with N up to 1,024 are computed for each of its N phases; those of
 * larger ones are interpolated between 1,024 phases.
 */
public final class Resampler {
    private static final double STOP = 85; // decibels
    private static final double PASS = 0.9; // of the lower Nyquist frequency
    private static final int PHASES = 1024;

    private final int up; // new samples in `down` old ones
    private final int down;
    private final int phases;
    private final int half; // a new sample needs old ones at distances up to this
    private final float[] weights; // (phases + 1, 2 half)

    /**
     * Computes the weights.
     *
     * @param from samples a second that there are
     * @param to samples a second that are wanted
     */
    public Resampler(int from, int to) {
        if (from < 1 || to < 1) {
            throw new IllegalArgumentException("from " + from + " to " + to);
        }
        int divisor = gcd(from, to);
        up = to / divisor;
        down = from / divisor;
        phases = Math.min(up, PHASES);
        // All below in units of the old rate: its Nyquist frequency is 1.
        double nyquist = Math.min(1, (double) to / from);
        double cutoff = nyquist * (1 + PASS) / 2;
        double transition = Math.PI * nyquist * (1 - PASS);
        double beta = 0.1102 * (STOP - 8.7); // Kaiser's rules
        double width = (STOP - 8) / (2.285 * transition) / 2;
        half = (int) Math.ceil(width) + 1;
        weights = new float[(phases + 1) * 2 * half];
        double[] phase = new double[2 * half];
        for (int p = 0; p <= phases; p++) {
            double sum = 0;
            for (int j = 0; j < phase.length; j++) {
                // The old samples from half - 1 before the place to half behind it.
                double distance = j - (half - 1) - (double) p / phases;
                phase[j] = sinc(cutoff * distance) * kaiser(distance / width, beta);
                sum += phase[j];
            }
            for (int j = 0; j < phase.length; j++) {
                weights[p * 2 * half + j] = (float) (phase[j] / sum); // a constant stays one
            }
        }
    }

    /**
     * {@return the signal at the new rate: of n samples, n times the fraction, rounded up}
     *
     * @param signal one channel, at the old rate
     */
    public float[] resample(float[] signal) {
        int n = Math.toIntExact(Math.ceilDiv((long) signal.length * up, down));
        float[] resampled = new float[n];
        for (int i = 0; i < n; i++) {
            long at = (long) i * down;
            int base = (int) (at / up); // the old sample at its place or before it
            long inPhases = at % up * phases;
            int phase = (int) (inPhases / up);
            float share = (float) (inPhases % up) / up;
            float value = dot(signal, base, phase);
            if (share > 0) {
                value += share * (dot(signal, base, phase + 1) - value);
            }
            resampled[i] = value;
        }
        return resampled;
    }

    private float dot(float[] signal, int base, int phase) {
        int first = base - (half - 1); // may be before the start
        int from = Math.max(0, -first);
        int to = Math.min(2 * half, signal.length - first);
        int row = phase * 2 * half;
        double even = 0;
        double odd = 0;
        int j = from;
        for (; j + 1 < to; j += 2) {
            even += (double) weights[row + j] * signal[first + j];
            odd += (double) weights[row + j + 1] * signal[first + j + 1];
        }
        if (j < to) {
            even += (double) weights[row + j] * signal[first + j];
        }
        return (float) (even + odd);
    }

    private static double sinc(double x) {
        return x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    }

    /** Kaiser's window at x in [-1, 1]; 0 outside. */
    private static double kaiser(double x, double beta) {
        return x <= -1 || x >= 1 ? 0 : bessel(beta * Math.sqrt(1 - x * x)) / bessel(beta);
    }

    /** The modified Bessel function of the first kind, of order 0. */
    private static double bessel(double x) {
        double sum = 1;
        double term = 1;
        for (int k = 1; term > 1e-17 * sum; k++) {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }
        return sum;
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
