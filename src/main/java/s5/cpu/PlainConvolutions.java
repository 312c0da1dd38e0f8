package s5.cpu;

/** Convolutions in plain loops. */
final class PlainConvolutions implements Convolutions {

    @Override
    public int padded(int n) {
        return n;
    }

    @Override
    public void forward(
            ImageSizes z, float[] framed, float[] weights, float[] out, float[] winner, int at) {
        int channels = z.out();
        for (int window = 0; window < z.windows(); window++) {
            for (int m = 0; m < channels; m++) {
                float best = 0;
                int which = -1;
                for (int q = 0; q < 4; q++) {
                    float sum = weights[z.taps() * channels + m];
                    int origin = z.origin(window, q);
                    int weight = m;
                    for (int a = 0; a < z.width(); a++) {
                        int pixel = origin + a * z.row();
                        for (int i = 0; i < z.run(); i++) {
                            sum = Math.fma(framed[pixel + i], weights[weight], sum);
                            weight += channels;
                        }
                    }
                    if (sum > best) {
                        best = sum;
                        which = q;
                    }
                }
                int to = at + window * channels + m;
                out[to] = best;
                if (winner != null) {
                    winner[to] = which;
                }
            }
        }
    }

    @Override
    public void byWeights(
            ImageSizes z,
            float[] framed,
            float[] winner,
            float[] dOut,
            int at,
            float[] sum,
            int sumAt) {
        int channels = z.out();
        for (int i = 0; i < z.outputs(); i++) {
            int which = (int) winner[at + i];
            if (which < 0) {
                continue;
            }
            float g = dOut[at + i];
            int origin = z.origin(i / channels, which);
            int to = sumAt + i % channels;
            for (int a = 0; a < z.width(); a++) {
                int pixel = origin + a * z.row();
                for (int j = 0; j < z.run(); j++) {
                    sum[to] = Math.fma(g, framed[pixel + j], sum[to]);
                    to += channels;
                }
            }
            sum[to] += g;
        }
    }

    @Override
    public void byImage(
            ImageSizes z,
            float[] kernel,
            int kernelAt,
            float[] winner,
            float[] dOut,
            int at,
            float[] dFramed,
            int to) {
        int channels = z.out();
        for (int i = 0; i < z.outputs(); i++) {
            int which = (int) winner[at + i];
            if (which < 0) {
                continue;
            }
            float g = dOut[at + i];
            int origin = to + z.origin(i / channels, which);
            int from = kernelAt + i % channels * z.taps();
            for (int a = 0; a < z.width(); a++) {
                int pixel = origin + a * z.row();
                for (int j = 0; j < z.run(); j++) {
                    dFramed[pixel + j] = Math.fma(g, kernel[from + j], dFramed[pixel + j]);
                }
                from += z.run();
            }
        }
    }
}
