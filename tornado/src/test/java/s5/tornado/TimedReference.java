package s5.tornado;

import s5.ops.TimedOp;

/** {@link TimedOp.ScanTimed} and its adjoint in double precision, position by position. */
final class TimedReference {
    private final int sequences;
    private final int length;
    private final int states;
    private final int directions;
    private final boolean bilinear;

    /** Of the time step under work: Lambda_bar, phi, and their derivatives by z. */
    private final double[] bar = new double[2];

    private final double[] phi = new double[2];
    private final double[] slopeBar = new double[2];
    private final double[] slopePhi = new double[2];

    TimedReference(ScanPlan plan, boolean bilinear) {
        sequences = plan.sequences();
        length = plan.length();
        states = plan.states();
        directions = plan.directions();
        this.bilinear = bilinear;
    }

    private static double[] times(double[] a, double[] b) {
        return new double[] {a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]};
    }

    private static double[] over(double[] a, double[] b) {
        double square = b[0] * b[0] + b[1] * b[1];
        double[] c = times(a, conjugate(b));
        return new double[] {c[0] / square, c[1] / square};
    }

    private static double[] conjugate(double[] a) {
        return new double[] {a[0], -a[1]};
    }

    private static double[] plus(double[] a, double[] b) {
        return new double[] {a[0] + b[0], a[1] + b[1]};
    }

    private static double[] times(double[] a, double b) {
        return new double[] {a[0] * b, a[1] * b};
    }

    private static void set(double[] to, double[] from) {
        to[0] = from[0];
        to[1] = from[1];
    }

    private void discretize(double re, double im) {
        double[] z = {re, im};
        double[] one = {1, 0};
        if (bilinear) {
            set(phi, over(one, plus(one, times(z, -0.5))));
            set(bar, times(phi, plus(one, times(z, 0.5))));
            set(slopeBar, times(phi, phi));
            set(slopePhi, times(slopeBar, 0.5));
            return;
        }
        set(bar, new double[] {Math.exp(re) * Math.cos(im), Math.exp(re) * Math.sin(im)});
        set(slopeBar, bar);
        if (Math.hypot(re, im) > 1e-2) {
            set(phi, over(plus(bar, new double[] {-1, 0}), z));
            set(slopePhi, over(plus(bar, times(phi, -1)), z));
        } else {
            double[] square = times(z, z);
            double[] cube = times(square, z);
            set(
                    phi,
                    plus(
                            plus(one, times(z, 0.5)),
                            plus(times(square, 1 / 6d), times(cube, 1 / 24d))));
            double[] half = {0.5, 0};
            set(
                    slopePhi,
                    plus(
                            plus(half, times(z, 1 / 3d)),
                            plus(times(square, 1 / 8d), times(cube, 1 / 30d))));
        }
    }

    /** The row of step k of a direction, and the place of its time step. */
    private int row(int b, int d, int k) {
        return b * length + (d == 0 ? k : length - 1 - k);
    }

    private int time(int b, int d, int k) {
        return b * length + (d == 0 ? k : (length - k) % length);
    }

    /** x (B L, 2P d). */
    double[] scan(float[] re, float[] im, float[] logStep, float[] dt, float[] w) {
        int width = 2 * states * directions;
        double[] x = new double[sequences * length * width];
        for (int b = 0; b < sequences; b++) {
            for (int d = 0; d < directions; d++) {
                for (int p = 0; p < states; p++) {
                    double[] state = {0, 0};
                    for (int k = 0; k < length; k++) {
                        double step = Math.exp(logStep[p]) * dt[time(b, d, k)];
                        discretize(re[p] * step, im[p] * step);
                        int row = row(b, d, k);
                        int in = row * 2 * states + p;
                        double[] input =
                                times(times(phi, step), new double[] {w[in], w[in + states]});
                        state = plus(times(bar, state), input);
                        int at = row * width + d * 2 * states + p;
                        x[at] = state[0];
                        x[at + states] = state[1];
                    }
                }
            }
        }
        return x;
    }

    /** dW (B L, 2P), then gradients by both parts of Lambda and by log Delta (P). */
    double[][] adjoint(
            float[] re, float[] im, float[] logStep, float[] dt, float[] w, float[] x, float[] dX) {
        int width = 2 * states * directions;
        double[][] out = {
            new double[sequences * length * 2 * states],
            new double[states],
            new double[states],
            new double[states]
        };
        for (int b = 0; b < sequences; b++) {
            for (int d = 0; d < directions; d++) {
                for (int p = 0; p < states; p++) {
                    double[] g = {0, 0};
                    double[] behind = {0, 0};
                    for (int k = length - 1; k >= 0; k--) {
                        double step = Math.exp(logStep[p]) * dt[time(b, d, k)];
                        int row = row(b, d, k);
                        int at = row * width + d * 2 * states + p;
                        int in = row * 2 * states + p;
                        g =
                                plus(
                                        times(conjugate(behind), g),
                                        new double[] {dX[at], dX[at + states]});
                        discretize(re[p] * step, im[p] * step);
                        set(behind, bar);
                        double[] byW = times(times(conjugate(phi), step), g);
                        out[0][in] += byW[0];
                        out[0][in + states] += byW[1];
                        double[] byBar = {0, 0};
                        if (k > 0) {
                            int before = row(b, d, k - 1) * width + d * 2 * states + p;
                            byBar = times(new double[] {x[before], -x[before + states]}, g);
                        }
                        double[] byScale = times(new double[] {w[in], -w[in + states]}, g);
                        double[] byZ =
                                plus(
                                        times(conjugate(slopeBar), byBar),
                                        times(times(conjugate(slopePhi), step), byScale));
                        out[1][p] += step * byZ[0];
                        out[2][p] += step * byZ[1];
                        out[3][p] +=
                                step
                                        * (times(conjugate(phi), byScale)[0]
                                                + re[p] * byZ[0]
                                                + im[p] * byZ[1]);
                    }
                }
            }
        }
        return out;
    }
}
