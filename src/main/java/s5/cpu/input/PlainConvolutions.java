package s5.cpu.input;

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
    public void byWeights(ImageSizes z, float[] framed, Gradient gradient, float[] sum, int to) {
        for (int i = 0; i < z.outputs(); i++) {
            int which = (int) gradient.winner()[gradient.at() + i];
            if (which < 0) {
                continue;
            }
            float g = gradient.dOut()[gradient.at() + i];
            int origin = z.origin(i / z.out(), which);
            int weight = to + i % z.out();
            for (int a = 0; a < z.width(); a++) {
                int pixel = origin + a * z.row();
                for (int j = 0; j < z.run(); j++) {
                    sum[weight] = Math.fma(g, framed[pixel + j], sum[weight]);
                    weight += z.out();
                }
            }
            sum[weight] += g;
        }
    }

    @Override
    public void byImage(
            ImageSizes z, float[] kernel, int from, Gradient gradient, float[] dFramed, int to) {
        for (int i = 0; i < z.outputs(); i++) {
            int which = (int) gradient.winner()[gradient.at() + i];
            if (which < 0) {
                continue;
            }
            float g = gradient.dOut()[gradient.at() + i];
            int origin = to + z.origin(i / z.out(), which);
            int weight = from + i % z.out() * z.taps();
            for (int a = 0; a < z.width(); a++) {
                int pixel = origin + a * z.row();
                for (int j = 0; j < z.run(); j++) {
                    dFramed[pixel + j] = Math.fma(g, kernel[weight + j], dFramed[pixel + j]);
                }
                weight += z.run();
            }
        }
    }
}
