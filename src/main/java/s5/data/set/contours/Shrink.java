package s5.data.set.contours;

/**
 * Makes square pictures smaller by Lanczos' kernel of three lobes, rows first, as Pillow does with
 * bytes: rounded and cut to 0..255 after each direction.
 */
final class Shrink {
    private static final int LOBES = 3;

    private final int from;
    private final int to;
    private final int[] first; // of each pixel to make: the first pixel that it looks at
    private final double[][] weights;

    /**
     * @param from pixels in a row of the pictures given, at least {@code to}
     * @param to pixels in a row of the pictures made
     */
    Shrink(int from, int to) {
        this.from = from;
        this.to = to;
        first = new int[to];
        weights = new double[to][];
        double scale = (double) from / to;
        double reach = LOBES * scale;
        for (int i = 0; i < to; i++) {
            double center = (i + 0.5) * scale;
            first[i] = Math.max(0, (int) (center - reach + 0.5));
            int end = Math.min(from, (int) (center + reach + 0.5));
            weights[i] = new double[end - first[i]];
            double sum = 0;
            for (int k = 0; k < weights[i].length; k++) {
                weights[i][k] = lanczos((first[i] + k + 0.5 - center) / scale);
                sum += weights[i][k];
            }
            for (int k = 0; k < weights[i].length; k++) {
                weights[i][k] /= sum;
            }
        }
    }

    private static double lanczos(double x) {
        return Math.abs(x) < LOBES ? sinc(x) * sinc(x / LOBES) : 0;
    }

    private static double sinc(double x) {
        return x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    }

    /**
     * @param set (from x from) which pixels are white; the others are black
     * @return (to x to) brightness, 0 to 1 in steps of 1 / 255
     */
    float[] apply(boolean[] set) {
        double[] rows = new double[from * to];
        for (int y = 0; y < from; y++) {
            for (int x = 0; x < to; x++) {
                double sum = 0;
                for (int k = 0; k < weights[x].length; k++) {
                    sum += set[y * from + first[x] + k] ? 255 * weights[x][k] : 0;
                }
                rows[y * to + x] = cut(sum);
            }
        }
        float[] small = new float[to * to];
        for (int y = 0; y < to; y++) {
            for (int x = 0; x < to; x++) {
                double sum = 0;
                for (int k = 0; k < weights[y].length; k++) {
                    sum += rows[(first[y] + k) * to + x] * weights[y][k];
                }
                small[y * to + x] = (float) (cut(sum) / 255);
            }
        }
        return small;
    }

    private static double cut(double value) {
        return Math.max(0, Math.min(255, Math.floor(value + 0.5)));
    }
}
