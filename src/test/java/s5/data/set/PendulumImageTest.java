package s5.data.set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The drawing against its definition, pixel by pixel and without short cuts. */
class PendulumImageTest {
    private static double[] canvas(double angle) {
        double[] canvas = new double[128 * 128];
        for (int y = 0; y < 128; y++) {
            for (int x = 0; x < 128; x++) {
                double along = (x - 64) * Math.sin(angle) + (y - 64) * Math.cos(angle);
                double across = (x - 64) * Math.cos(angle) - (y - 64) * Math.sin(angle);
                boolean white = along >= -1e-6 && along < 55 && across >= -4 && across < 4;
                canvas[y * 128 + x] = white ? 1 : 0;
            }
        }
        return canvas;
    }

    /** Lanczos with three lobes, as wide as the shrinking asks for. */
    private static double weight(int i, int x) {
        double distance = (x + 0.5) / (128 / 24.0) - (i + 0.5);
        if (distance == 0) {
            return 1;
        }
        if (Math.abs(distance) >= 3) {
            return 0;
        }
        double p = Math.PI * distance;
        return 3 * Math.sin(p) * Math.sin(p / 3) / (p * p);
    }

    private static double[][] weights() {
        double[][] weights = new double[24][128];
        for (int i = 0; i < 24; i++) {
            for (int x = 0; x < 128; x++) {
                weights[i][x] = weight(i, x);
            }
        }
        return weights;
    }

    private static double resized(double[] canvas, double[][] weights, int i, int j) {
        double sum = 0;
        double all = 0;
        for (int y = 0; y < 128; y++) {
            for (int x = 0; x < 128; x++) {
                double w = weights[i][y] * weights[j][x];
                sum += w * canvas[y * 128 + x];
                all += w;
            }
        }
        return sum / all;
    }

    // No multiples of a quarter turn, at which pixels lie on the bar's very edge.
    @ParameterizedTest
    @ValueSource(doubles = {0.001, 0.3, 1.5, 2.2, 3.1, -0.7, -1.6, -2.9})
    void isTheResizedCanvas(double angle) {
        byte[] image = new byte[600];
        PendulumImage.draw(angle, image, 24);
        double[] canvas = canvas(angle);
        double[][] weights = weights();
        for (int i = 0; i < 24; i++) {
            for (int j = 0; j < 24; j++) {
                double grey = 255 * Math.clamp(resized(canvas, weights, i, j), 0, 1);
                int drawn = image[24 + i * 24 + j] & 0xff;
                assertTrue(
                        drawn <= grey + 1e-6 && drawn > grey - 1 - 1e-6,
                        drawn + " at " + i + ", " + j + " should be " + grey + " rounded down");
            }
        }
    }

    private static int grey(double angle, int row, int column) {
        byte[] image = new byte[576];
        PendulumImage.draw(angle, image, 0);
        return image[row * 24 + column] & 0xff;
    }

    /** Angle 0 hangs down: white below the middle, which is between two pixels; black above. */
    @Test
    void hangsDown() {
        assertTrue(grey(0, 16, 11) > 127 && grey(0, 16, 12) > 127);
        assertEquals(0, grey(0, 6, 11) + grey(0, 6, 12));
    }

    /** A quarter turn points to the right, as the first target, the sine, is 1. */
    @Test
    void turnsToTheRight() {
        assertTrue(grey(Math.PI / 2, 11, 16) > 127 && grey(Math.PI / 2, 12, 16) > 127);
        assertEquals(0, grey(Math.PI / 2, 11, 6) + grey(Math.PI / 2, 12, 6));
    }
}
