package s5.cpu.scan;

import s5.ops.Discretizer;

/**
 * One step of the recurrence for sequences that carry their states along, each in a place of its
 * own: {@code x = Lambda_bar x + bu}. Term by term what {@link s5.ops.ScanOp.Scan} and {@link
 * s5.ops.TimedOp.ScanTimed} compute at a position, on the calling thread, without allocating. What
 * it holds does not change, but for {@link Timed}.
 */
public final class Recurrence {
    private Recurrence() {}

    /** A step of some sequences. */
    public interface Step {
        /**
         * Steps the sequences in the first rows.
         *
         * @param states of all sequences; those of row r, 2P numbers, begin at {@code at[r]}.
         *     Changed
         * @param at where the states of each row are
         * @param bu (rows, 2P): what the states get from the input
         * @param dt (rows): the time since the position before; null when all are one step apart
         * @param x (rows, 2P): the new states once more; written
         * @param rows how many
         */
        void run(float[] states, int[] at, float[] bu, float[] dt, float[] x, int rows);
    }

    /**
     * {@return steps of equal length}
     *
     * @param lambdaBar (2P): real parts, imaginary parts
     * @param vector whether to use the Vector API
     */
    public static Step fixed(float[] lambdaBar, boolean vector) {
        return vector
                ? (states, at, bu, _, x, rows) -> {
                    for (int row = 0; row < rows; row++) {
                        VectorRecurrence.step(lambdaBar, states, at[row], bu, x, row);
                    }
                }
                : (states, at, bu, _, x, rows) -> {
                    for (int row = 0; row < rows; row++) {
                        plain(lambdaBar, states, at[row], bu, x, row, 0);
                    }
                };
    }

    /** The states from {@code from} on. */
    static void plain(
            float[] lambdaBar, float[] states, int at, float[] bu, float[] x, int row, int from) {
        int p = lambdaBar.length / 2;
        int in = row * 2 * p;
        for (int j = from; j < p; j++) {
            float lr = lambdaBar[j];
            float li = lambdaBar[p + j];
            float xr = states[at + j];
            float xi = states[at + p + j];
            float re = Math.fma(lr, xr, Math.fma(-li, xi, bu[in + j]));
            float im = Math.fma(lr, xi, Math.fma(li, xr, bu[in + p + j]));
            states[at + j] = re;
            states[at + p + j] = im;
            x[in + j] = re;
            x[in + p + j] = im;
        }
    }

    /** Steps with a length of their own; for one thread at a time. */
    public static final class Timed implements Step {
        private final float[] re;
        private final float[] im;
        private final float[] logStep;
        private final Discrete z;

        /**
         * Steps of these poles.
         *
         * @param re (P): real part of Lambda
         * @param im (P): imaginary part of Lambda
         * @param logStep (P): logarithm of Delta
         * @param discretizer how
         */
        public Timed(float[] re, float[] im, float[] logStep, Discretizer discretizer) {
            this.re = re;
            this.im = im;
            this.logStep = logStep;
            z = new Discrete(discretizer);
        }

        @Override
        public void run(float[] states, int[] at, float[] bu, float[] dt, float[] x, int rows) {
            int p = re.length;
            for (int s = 0; s < p; s++) {
                z.place(re[s], im[s], logStep[s]);
                for (int row = 0; row < rows; row++) {
                    z.scaleStep(dt[row]);
                    int in = row * 2 * p + s;
                    int out = at[row] + s;
                    double wr = bu[in];
                    double wi = bu[in + p];
                    double xr = states[out];
                    double xi = states[out + p];
                    double nextR =
                            z.barRe * xr - z.barIm * xi + z.scaleRe() * wr - z.scaleIm() * wi;
                    double nextI =
                            z.barRe * xi + z.barIm * xr + z.scaleRe() * wi + z.scaleIm() * wr;
                    states[out] = (float) nextR;
                    states[out + p] = (float) nextI;
                    x[in] = (float) nextR;
                    x[in + p] = (float) nextI;
                }
            }
        }
    }
}
