package s5.data.set;

import s5.data.TorchRandom;

import java.util.Arrays;

/**
 * One pendulum, watched by a camera whose picture comes and goes: the simulation of the recurrent
 * Kalman network experiments, in the setting of Continuous Recurrent Units that the official code
 * uses. It is the same process with random numbers of its own; the official files hold other
 * pendulums.
 */
final class PendulumSimulation {
    private static final double GRAVITY = 9.81;
    private static final double MASS = 1;
    private static final double LENGTH = 1;
    private static final double INERTIA = MASS * LENGTH * LENGTH / 3;
    private static final double FRICTION = 0.1;

    /** Acceleration by gravity at a right angle, 29.43: {@code c sin theta}. */
    private static final double C = GRAVITY * LENGTH * MASS / INERTIA;

    /** Time of a step of the integration, and steps from frame to frame (0.01 time units). */
    private static final double STEP = 1e-4;

    private static final int STEPS = 100;

    /** Standard deviation of what is added to the velocity at each frame. */
    private static final double PUSH = 0.1;

    /** Standard deviation of the angle that is drawn, around the true one. */
    private static final double TREMBLE = 1e-5;

    /** Frames at the start that are always clear. */
    private static final int CLEAR = 5;

    /** Most that the clearness changes from frame to frame, before it is stretched. */
    private static final double DRIFT = 0.2;

    /** Where the stretch begins and ends: below a number up to 0.25, above one from 0.75. */
    private static final double EDGE = 0.25;

    private final TorchRandom random;
    private final int frames;

    PendulumSimulation(long seed, int frames) {
        random = new TorchRandom(seed);
        this.frames = frames;
    }

    /** The angle at each frame of a pendulum let go at a random place: 0 hangs straight down. */
    double[] angles() {
        double[] angles = new double[frames];
        double[] state = {2 * Math.PI * uniform(), 0};
        for (int k = 0; k < frames; k++) {
            if (k > 0) {
                advance(state);
                state[1] += PUSH * normal();
                state[0] = state[0] - 2 * Math.PI * Math.floor(state[0] / (2 * Math.PI));
            }
            angles[k] = state[0] - Math.PI;
        }
        return angles;
    }

    /**
     * Moves a pendulum on to the next frame, without a push: semi-implicit Euler.
     *
     * @param state angle, 0 standing straight up, and velocity
     */
    static void advance(double[] state) {
        double theta = state[0];
        double v = state[1];
        for (int i = 0; i < STEPS; i++) {
            v += STEP * (C * Math.sin(theta) - FRICTION * v);
            theta += STEP * v;
        }
        state[0] = theta;
        state[1] = v;
    }

    /** How much of each frame is pendulum, the rest being noise: in [0, 1]. */
    double[] clearness() {
        double low = EDGE * uniform();
        double high = 1 - EDGE * uniform();
        double[] clearness = new double[frames];
        double f = uniform();
        for (int k = 0; k < frames; k++) {
            if (k > 0) {
                f = Math.clamp(f + DRIFT * (2 * uniform() - 1), 0, 1);
            }
            clearness[k] = k < CLEAR ? 1 : Math.clamp((f - low) / (high - low), 0, 1);
        }
        return clearness;
    }

    /** Some of the frames, at random, in order. */
    int[] keep(int count) {
        int[] kept = Arrays.copyOf(random.randperm(frames), count);
        Arrays.sort(kept);
        return kept;
    }

    /**
     * The picture of an angle, in noise.
     *
     * @param image gets the grey values 0 to 255, row by row, from {@code at} on
     */
    void picture(double angle, double clearness, byte[] image, int at) {
        PendulumImage.draw(angle + TREMBLE * normal(), image, at);
        for (int i = at; clearness < 1 && i < at + PendulumImage.PIXELS; i++) {
            double noise = 255 * uniform();
            image[i] = (byte) (int) (clearness * (image[i] & 0xff) + (1 - clearness) * noise);
        }
    }

    /** In [0, 1). */
    private double uniform() {
        return Integer.toUnsignedLong(random.random32()) * 0x1p-32;
    }

    /** Standard normal, by Box and Muller. */
    private double normal() {
        double radius = Math.sqrt(-2 * Math.log(1 - uniform()));
        return radius * Math.cos(2 * Math.PI * uniform());
    }
}
