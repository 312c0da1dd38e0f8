package s5.data.set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;

class PendulumSimulationTest {

    /** Small swings around the lowest point: {@code A exp(-t / 20) cos(w t)}, in closed form. */
    @Test
    void swingsAsAPendulumDoes() {
        double c = 3 * 9.81;
        double decay = 0.05;
        double w = Math.sqrt(c - decay * decay);
        double start = 1e-3;
        double[] state = {Math.PI + start, 0};
        for (int frame = 1; frame <= 200; frame++) {
            PendulumSimulation.advance(state);
            double t = 0.01 * frame;
            double angle =
                    start * Math.exp(-decay * t) * (Math.cos(w * t) + decay / w * Math.sin(w * t));
            // First order in the time step of 1e-4.
            assertEquals(angle, state[0] - Math.PI, 2e-3 * start);
        }
    }

    /** Without friction the energy would stay; with it, it falls by friction times v squared. */
    @Test
    void losesEnergyByFrictionAlone() {
        double[] state = {1, 0};
        double energy = 3 * 9.81 * Math.cos(state[0]);
        double lost = 0;
        for (int frame = 0; frame < 100; frame++) {
            double before = state[1];
            PendulumSimulation.advance(state);
            lost += 0.01 * 0.1 * (before * before + state[1] * state[1]) / 2;
        }
        double now = 3 * 9.81 * Math.cos(state[0]) + state[1] * state[1] / 2;
        assertEquals(energy - lost, now, 2e-3 * energy);
    }

    /** What is added to the velocity at a frame has a standard deviation of 0.1. */
    @Test
    void isPushedAtEveryFrame() {
        double sum = 0;
        int count = 0;
        for (int seed = 0; seed < 200; seed++) {
            double[] angles = new PendulumSimulation(seed, 3).angles();
            // From rest, two frames tell the push between them.
            double[] state = {angles[0] + Math.PI, 0};
            PendulumSimulation.advance(state);
            double velocity = state[1];
            double turn = wrapped(angles[2] - angles[1]);
            // The second frame's turn is that of the pushed velocity, but for the friction.
            double[] calm = {angles[1] + Math.PI, velocity};
            PendulumSimulation.advance(calm);
            double push = (turn - (calm[0] - angles[1] - Math.PI)) / 0.01;
            sum += push * push;
            count++;
        }
        assertEquals(0.1, Math.sqrt(sum / count), 0.02);
    }

    private static double wrapped(double angle) {
        return Math.IEEEremainder(angle, 2 * Math.PI);
    }

    @Test
    void startsAnywhereOnTheCircle() {
        int[] quarters = new int[4];
        for (int seed = 0; seed < 4000; seed++) {
            double angle = new PendulumSimulation(seed, 1).angles()[0];
            assertTrue(angle >= -Math.PI && angle < Math.PI);
            quarters[(int) ((angle + Math.PI) / (Math.PI / 2))]++;
        }
        for (int count : quarters) {
            assertEquals(1000, count, 120); // more than four standard deviations
        }
    }

    @Test
    void thePictureComesAndGoes() {
        int hidden = 0;
        int half = 0;
        for (int seed = 0; seed < 500; seed++) {
            double[] f = new PendulumSimulation(seed, 100).clearness();
            for (int k = 0; k < 100; k++) {
                assertTrue(f[k] >= 0 && f[k] <= 1);
                assertTrue(k >= 5 || f[k] == 1, "the first five are clear");
                hidden += f[k] == 0 ? 1 : 0;
                half += f[k] > 0 && f[k] < 1 ? 1 : 0;
                // A step of 0.2, stretched by at most 1 / (0.75 - 0.25).
                assertTrue(k <= 5 || Math.abs(f[k] - f[k - 1]) <= 0.4 + 1e-9);
            }
        }
        // Of 50,000 frames many are hidden altogether, and many in part.
        assertTrue(hidden > 5_000 && half > 15_000, hidden + " hidden, " + half + " in part");
    }

    @Test
    void keepsFramesInOrder() {
        int[] kept = new PendulumSimulation(3, 100).keep(50);
        assertEquals(50, Arrays.stream(kept).distinct().count());
        assertTrue(kept[0] >= 0 && kept[49] < 100);
        for (int k = 1; k < 50; k++) {
            assertTrue(kept[k] > kept[k - 1]);
        }
    }

    /** Noise is uniform on 0 to 255 and mixed with the picture by its clearness. */
    @ParameterizedTest
    @ValueSource(doubles = {0, 0.25, 0.75})
    void noiseHidesThePicture(double clearness) {
        byte[] clear = new byte[576];
        byte[] noisy = new byte[576];
        PendulumImage.draw(1, clear, 0);
        double error = 0;
        double square = 0;
        int count = 0;
        for (int seed = 0; seed < 50; seed++) {
            new PendulumSimulation(seed, 1).picture(1, clearness, noisy, 0);
            for (int i = 0; i < 576; i++) {
                // Rounded down: half a grey value less on average.
                double noise = (noisy[i] & 0xff) + 0.5 - clearness * (clear[i] & 0xff);
                error += noise;
                square += noise * noise;
                count++;
            }
        }
        double mean = error / count;
        assertEquals((1 - clearness) * 127.5, mean, 1.5);
        double deviation = Math.sqrt(square / count - mean * mean);
        assertEquals((1 - clearness) * 255 / Math.sqrt(12), deviation, 1);
    }

    @Test
    void aClearPictureHasNoNoise() {
        byte[] clear = new byte[576];
        byte[] drawn = new byte[576];
        PendulumImage.draw(0.5, clear, 0);
        new PendulumSimulation(1, 1).picture(0.5, 1, drawn, 0);
        for (int i = 0; i < 576; i++) {
            assertEquals(clear[i] & 0xff, drawn[i] & 0xff, 1); // the angle trembles by 1e-5
        }
    }
}
