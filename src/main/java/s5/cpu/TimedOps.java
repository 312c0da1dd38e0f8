package s5.cpu;

import s5.ops.Ops.Discretization;
import s5.ops.Tensor;

import java.util.Arrays;
import java.util.List;

/** The scan with a time step of its own at every position; see {@link s5.ops.Ops}. */
final class TimedOps {
    /** Sums kept for a state: gradients by both parts of Lambda and by log Delta. */
    private static final int SUMS = 3;

    private final Recorder r;

    TimedOps(Recorder recorder) {
        r = recorder;
    }

    void inputMatrix(Tensor b, Tensor bMatrix) {
        int p = b.dim(0);
        int h = checkInputMatrix("inputMatrix", b, bMatrix);
        Buffer in = r.buffer(b);
        Buffer out = r.buffer(bMatrix);
        r.add(
                "inputMatrix",
                List.of(b),
                List.of(bMatrix),
                () -> {
                    for (int s = 0; s < p; s++) {
                        for (int i = 0; i < h; i++) {
                            int at = (s * h + i) * 2;
                            out.floats[i * 2 * p + s] = in.floats[at];
                            out.floats[i * 2 * p + p + s] = in.floats[at + 1];
                        }
                    }
                });
    }

    void inputMatrixAdjoint(Tensor dBMatrix, Tensor dB) {
        int p = dB.dim(0);
        int h = checkInputMatrix("inputMatrixAdjoint", dB, dBMatrix);
        Buffer in = r.buffer(dBMatrix);
        Buffer out = r.buffer(dB);
        r.add(
                "inputMatrixAdjoint",
                List.of(dBMatrix),
                List.of(dB),
                () -> {
                    for (int s = 0; s < p; s++) {
                        for (int i = 0; i < h; i++) {
                            int at = (s * h + i) * 2;
                            out.floats[at] = in.floats[i * 2 * p + s];
                            out.floats[at + 1] = in.floats[i * 2 * p + p + s];
                        }
                    }
                });
    }

    /** Returns the number of features. */
    private static int checkInputMatrix(String op, Tensor b, Tensor bMatrix) {
        Check.require(b.rank() == 3, "%s: b is %s, must be of shape (P, H, 2)", op, b);
        Check.shape(op, "b", b, b.dim(0), b.dim(1), 2);
        Check.shape(op, "bMatrix", bMatrix, b.dim(1), 2 * b.dim(0));
        return b.dim(1);
    }

    /** What one direction of one sequence has to know. */
    private record Walk(int sequence, int direction, int length, int states, int directions) {
        /** The row of the k-th position in this direction's order. */
        int row(int k) {
            return sequence * length + (direction == 0 ? k : length - 1 - k);
        }

        /** Where the time step before that position stands. */
        int step(int k) {
            return direction == 0 ? row(k) : sequence * length + (length - k) % length;
        }

        /** Where the states of that position begin. */
        int at(int k) {
            return (row(k) * directions + direction) * 2 * states;
        }
    }

    void scanTimed(
            Tensor lambdaRe,
            Tensor lambdaIm,
            Tensor logStep,
            Tensor dt,
            Tensor w,
            Discretization method,
            boolean clip,
            float stepRescale,
            boolean bidirectional,
            Tensor x) {
        String op = "scanTimed";
        int d = bidirectional ? 2 : 1;
        int p = checkScan(op, lambdaRe, lambdaIm, logStep, dt, w, d, x);
        int length = dt.columns();
        Buffer re = r.buffer(lambdaRe);
        Buffer im = r.buffer(lambdaIm);
        Buffer log = r.buffer(logStep);
        Buffer times = r.buffer(dt);
        Buffer in = r.buffer(w);
        Buffer out = r.buffer(x);
        r.add(
                op,
                List.of(lambdaRe, lambdaIm, logStep, dt, w),
                List.of(x),
                () ->
                        r.workers.run(
                                dt.rows() * d,
                                (task, _) -> {
                                    Walk walk = new Walk(task / d, task % d, length, p, d);
                                    Discrete z = new Discrete(method, clip, stepRescale);
                                    for (int s = 0; s < p; s++) {
                                        z.set(re.floats[s], im.floats[s], log.floats[s]);
                                        scan(z, walk, s, times.floats, in.floats, out.floats);
                                    }
                                }));
    }

    /** One state. */
    private static void scan(Discrete z, Walk walk, int s, float[] dt, float[] w, float[] x) {
        int p = walk.states();
        double xr = 0;
        double xi = 0;
        for (int k = 0; k < walk.length(); k++) {
            z.scaleStep(dt[walk.step(k)]);
            int in = walk.row(k) * 2 * p + s;
            double wr = w[in];
            double wi = w[in + p];
            double nextR = z.barRe * xr - z.barIm * xi + z.scaleRe() * wr - z.scaleIm() * wi;
            double nextI = z.barRe * xi + z.barIm * xr + z.scaleRe() * wi + z.scaleIm() * wr;
            xr = nextR;
            xi = nextI;
            x[walk.at(k) + s] = (float) xr;
            x[walk.at(k) + p + s] = (float) xi;
        }
    }

    void scanTimedAdjoint(
            Tensor lambdaRe,
            Tensor lambdaIm,
            Tensor logStep,
            Tensor dt,
            Tensor w,
            Discretization method,
            boolean clip,
            float stepRescale,
            boolean bidirectional,
            Tensor x,
            Tensor dX,
            Tensor dW,
            Tensor dLambdaRe,
            Tensor dLambdaIm,
            Tensor dLogStep) {
        String op = "scanTimedAdjoint";
        int d = bidirectional ? 2 : 1;
        int p = checkScan(op, lambdaRe, lambdaIm, logStep, dt, w, d, x);
        int sequences = dt.rows();
        int length = dt.columns();
        Check.shape(op, "dX", dX, x.shape());
        Check.shape(op, "dW", dW, w.shape());
        Check.vector(op, "dLambdaRe", dLambdaRe, p);
        Check.vector(op, "dLambdaIm", dLambdaIm, p);
        Check.vector(op, "dLogStep", dLogStep, p);
        Buffer re = r.buffer(lambdaRe);
        Buffer im = r.buffer(lambdaIm);
        Buffer log = r.buffer(logStep);
        Buffer times = r.buffer(dt);
        Buffer in = r.buffer(w);
        Buffer states = r.buffer(x);
        Buffer byX = r.buffer(dX);
        Buffer byW = r.buffer(dW);
        List<Buffer> results =
                List.of(r.buffer(dLambdaRe), r.buffer(dLambdaIm), r.buffer(dLogStep));
        r.workspace.needDoubles(Math.multiplyExact(sequences, SUMS * p));
        r.add(
                op,
                List.of(lambdaRe, lambdaIm, logStep, dt, w, x, dX),
                List.of(dW, dLambdaRe, dLambdaIm, dLogStep),
                () -> {
                    double[] sum = r.workspace.doubles();
                    r.workers.run(
                            sequences,
                            (sequence, _) -> {
                                int at = sequence * SUMS * p;
                                Arrays.fill(sum, at, at + SUMS * p, 0);
                                Discrete z = new Discrete(method, clip, stepRescale);
                                for (int direction = 0; direction < d; direction++) {
                                    Walk walk = new Walk(sequence, direction, length, p, d);
                                    for (int s = 0; s < p; s++) {
                                        z.set(re.floats[s], im.floats[s], log.floats[s]);
                                        scanAdjoint(
                                                z,
                                                walk,
                                                s,
                                                times.floats,
                                                in.floats,
                                                states.floats,
                                                byX.floats,
                                                byW.floats,
                                                sum,
                                                at + SUMS * s);
                                    }
                                }
                            });
                    for (int s = 0; s < p; s++) {
                        for (int part = 0; part < SUMS; part++) {
                            double all = 0;
                            for (int sequence = 0; sequence < sequences; sequence++) {
                                all += sum[(sequence * p + s) * SUMS + part];
                            }
                            results.get(part).floats[s] = (float) all;
                        }
                    }
                });
    }

    /** One state; the second direction adds to what the first one wrote to {@code dW}. */
    private static void scanAdjoint(
            Discrete z,
            Walk walk,
            int s,
            float[] dt,
            float[] w,
            float[] x,
            float[] dX,
            float[] dW,
            double[] sum,
            int sumAt) {
        int p = walk.states();
        double gr = 0;
        double gi = 0;
        for (int k = walk.length() - 1; k >= 0; k--) {
            // z still holds Lambda_bar of the position behind.
            int at = walk.at(k) + s;
            double nextR = z.barRe * gr + z.barIm * gi + dX[at];
            double nextI = z.barRe * gi - z.barIm * gr + dX[at + p];
            gr = nextR;
            gi = nextI;
            z.scaleStep(dt[walk.step(k)]);
            int in = walk.row(k) * 2 * p + s;
            double byWr = z.scaleRe() * gr + z.scaleIm() * gi;
            double byWi = z.scaleRe() * gi - z.scaleIm() * gr;
            dW[in] = (float) (walk.direction() == 0 ? byWr : dW[in] + byWr);
            dW[in + p] = (float) (walk.direction() == 0 ? byWi : dW[in + p] + byWi);
            double xr = k == 0 ? 0 : x[walk.at(k - 1) + s];
            double xi = k == 0 ? 0 : x[walk.at(k - 1) + p + s];
            double wr = w[in];
            double wi = w[in + p];
            z.through(xr * gr + xi * gi, xr * gi - xi * gr, wr * gr + wi * gi, wr * gi - wi * gr);
            sum[sumAt] += z.byRe;
            sum[sumAt + 1] += z.byIm;
            sum[sumAt + 2] += z.byLogStep;
        }
    }

    /** Returns the number of states. */
    private static int checkScan(
            String op,
            Tensor lambdaRe,
            Tensor lambdaIm,
            Tensor logStep,
            Tensor dt,
            Tensor w,
            int directions,
            Tensor x) {
        int p = lambdaRe.size();
        Check.vector(op, "lambdaRe", lambdaRe, p);
        Check.vector(op, "lambdaIm", lambdaIm, p);
        Check.vector(op, "logStep", logStep, p);
        Check.matrix(op, "dt", dt);
        Check.shape(op, "w", w, dt.size(), 2 * p);
        Check.shape(op, "x", x, dt.size(), 2 * p * directions);
        return p;
    }
}
