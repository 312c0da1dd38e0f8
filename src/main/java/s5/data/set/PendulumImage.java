package s5.data.set;

/**
 * The picture of a pendulum: a white bar on black, drawn large and made smaller, which leaves its
 * edges grey. An image of 128 by 128 with a bar 8 wide and 55 long from the middle at (64, 64)
 * towards (sin angle, cos angle), x to the right and y down, is resized to 24 by 24 with a Lanczos
 * filter.
 */
final class PendulumImage {
    /** Side of the picture. */
    static final int SIDE = 24;

    static final int PIXELS = SIDE * SIDE;

    private static final int CANVAS = 128;
    private static final double MIDDLE = 64;
    private static final double BAR = 55;
    private static final double HALF_WIDTH = 4;

    /** The pixel in the middle, where the bar begins, belongs to it at every angle. */
    private static final double EDGE = 1e-6;

    /** Lobes of the filter on each side. */
    private static final double LOBES = 3;

    /** {@code SUMS[i][x]}: the weights of pixels below x of the canvas in pixel i of the result. */
    private static final double[][] SUMS = sums();

    private PendulumImage() {}

    private static double[][] sums() {
        double scale = (double) CANVAS / SIDE;
        double[][] sums = new double[SIDE][CANVAS + 1];
        for (int i = 0; i < SIDE; i++) {
            double center = (i + 0.5) * scale;
            for (int x = 0; x < CANVAS; x++) {
                sums[i][x + 1] = sums[i][x] + lanczos((x + 0.5 - center) / scale);
            }
            for (int x = 1; x <= CANVAS; x++) {
                sums[i][x] /= sums[i][CANVAS];
            }
        }
        return sums;
    }

    private static double lanczos(double x) {
        return Math.abs(x) < LOBES ? sinc(x) * sinc(x / LOBES) : 0;
    }

    private static double sinc(double x) {
        return x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    }

    /**
     * Draws an angle.
     *
     * @param image gets the grey values 0 to 255, row by row, from {@code at} on
     */
    static void draw(double angle, byte[] image, int at) {
        double sin = Math.sin(angle);
        double cos = Math.cos(angle);
        double[] sum = new double[PIXELS];
        for (int y = 0; y < CANVAS; y++) {
            // Of (x, y), along the bar: x sin + y cos; across it: x cos - y sin.
            double dy = y - MIDDLE;
            double[] along = within(sin, dy * cos, -EDGE, BAR);
            double[] across = within(cos, -dy * sin, -HALF_WIDTH, HALF_WIDTH);
            int from = (int) Math.ceil(MIDDLE + Math.max(along[0], across[0]));
            int to = (int) Math.ceil(MIDDLE + Math.min(along[1], across[1]));
            if (from < to) {
                addRow(y, from, to, sum);
            }
        }
        for (int i = 0; i < PIXELS; i++) {
            image[at + i] = (byte) (int) (255 * Math.clamp(sum[i], 0, 1));
        }
    }

    /** The x, from the first to below the second, for which {@code low <= a x + b < high}. */
    private static double[] within(double a, double b, double low, double high) {
        if (Math.abs(a) < 1e-9) {
            boolean all = low <= b && b < high;
            return new double[] {all ? -MIDDLE : MIDDLE, MIDDLE};
        }
        double one = (low - b) / a;
        double other = (high - b) / a;
        return new double[] {
            Math.max(-MIDDLE, Math.min(one, other)), Math.min(MIDDLE, Math.max(one, other))
        };
    }

    /** Adds row y of the canvas, white from {@code from} to below {@code to}, to the picture. */
    private static void addRow(int y, int from, int to, double[] sum) {
        double[] row = new double[SIDE];
        for (int j = 0; j < SIDE; j++) {
            row[j] = SUMS[j][to] - SUMS[j][from];
        }
        for (int i = 0; i < SIDE; i++) {
            double weight = SUMS[i][y + 1] - SUMS[i][y];
            for (int j = 0; weight != 0 && j < SIDE; j++) {
                sum[i * SIDE + j] += weight * row[j];
            }
        }
    }
}
