package s5.cpu.scan;

/** Scans in plain loops, which any JVM runs. */
final class PlainScans implements Scans {
    /** Terms of the sum that scanAdjoint takes in float32 before it adds them up in double. */
    static final int SCAN_SUM = 64;

    @Override
    public void scan(Scan a, int at, int first, int step, int p, int pTo) {
        int states = a.states();
        float[] lambdaBar = a.lambdaBar();
        float[] bu = a.bu();
        float[] x = a.x();
        for (int k = 0, row = first; k < a.rows(); k++, row += step) {
            int in = row * 2 * states;
            int out = row * a.width() + at;
            int before = out - step * a.width();
            for (int j = p; j < pTo; j++) {
                float re = bu[in + j];
                float im = bu[in + states + j];
                if (k > 0) {
                    float lr = lambdaBar[j];
                    float li = lambdaBar[states + j];
                    float xr = x[before + j];
                    float xi = x[before + states + j];
                    re = Math.fma(lr, xr, Math.fma(-li, xi, re));
                    im = Math.fma(lr, xi, Math.fma(li, xr, im));
                }
                x[out + j] = re;
                x[out + states + j] = im;
            }
        }
    }

    @Override
    public void scanAdjoint(
            ScanAdjoint a, int at, int first, int step, float[] own, int sumAt, int p, int pTo) {
        float[] x = a.x();
        float[] dBu = a.dBu();
        double[] sum = a.sum();
        int states = a.states();
        int width = a.width();
        int rows = a.rows();
        boolean accumulate = at > 0;
        for (int j = p; j < pTo; j++) {
            float lr = a.lambdaBar()[j];
            float li = a.lambdaBar()[states + j];
            float gr = 0f;
            float gi = 0f;
            float sumR = 0f;
            float sumI = 0f;
            for (int k = 0, row = first; k < rows; k++, row += step) {
                int in = row * width + at + j;
                float nr = Math.fma(lr, gr, Math.fma(li, gi, a.dX()[in]));
                float ni = Math.fma(lr, gi, Math.fma(-li, gr, a.dX()[in + states]));
                gr = nr;
                gi = ni;
                int out = row * 2 * states + j;
                dBu[out] = accumulate ? dBu[out] + gr : gr;
                dBu[out + states] = accumulate ? dBu[out + states] + gi : gi;
                if (k < rows - 1) {
                    float xr = x[in + step * width];
                    float xi = x[in + step * width + states];
                    sumR = Math.fma(xr, gr, Math.fma(xi, gi, sumR));
                    sumI = Math.fma(xr, gi, Math.fma(-xi, gr, sumI));
                }
                if (k % SCAN_SUM == SCAN_SUM - 1 || k == rows - 1) {
                    sum[sumAt + j] += sumR;
                    sum[sumAt + states + j] += sumI;
                    sumR = 0f;
                    sumI = 0f;
                }
            }
        }
    }
}
