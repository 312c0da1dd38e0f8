package s5.cpu.scan;

import s5.cpu.Machine;
import s5.ops.TimedOp;

import java.util.Arrays;

/** The scan with a time step of its own at every position; see {@link TimedOp}. */
public final class TimedTasks {
    /** Sums kept for a state: gradients by both parts of Lambda and by log Delta. */
    private static final int SUMS = 3;

    private final Machine cpu;

    /**
     * Makes tasks for this machine.
     *
     * @param cpu what they run on
     */
    public TimedTasks(Machine cpu) {
        this.cpu = cpu;
    }

    /**
     * {@return what carries an operation out}
     *
     * @param op of this family
     */
    public Runnable task(TimedOp op) {
        return switch (op) {
            case TimedOp.InputMatrix o -> inputMatrix(o);
            case TimedOp.InputMatrixAdjoint o -> inputMatrixAdjoint(o);
            case TimedOp.CloseSteps o -> closeSteps(o);
            case TimedOp.ScanTimed o -> scanTimed(o);
            case TimedOp.ScanTimedAdjoint o -> scanTimedAdjoint(o);
        };
    }

    private Runnable inputMatrix(TimedOp.InputMatrix op) {
        int p = op.b().dim(0);
        int h = op.b().dim(1);
        return () -> {
            float[] b = cpu.floats(op.b());
            float[] bMatrix = cpu.floats(op.bMatrix());
            for (int s = 0; s < p; s++) {
                for (int i = 0; i < h; i++) {
                    int at = (s * h + i) * 2;
                    bMatrix[i * 2 * p + s] = b[at];
                    bMatrix[i * 2 * p + p + s] = b[at + 1];
                }
            }
        };
    }

    private Runnable inputMatrixAdjoint(TimedOp.InputMatrixAdjoint op) {
        int p = op.dB().dim(0);
        int h = op.dB().dim(1);
        return () -> {
            float[] dBMatrix = cpu.floats(op.dBMatrix());
            float[] dB = cpu.floats(op.dB());
            for (int s = 0; s < p; s++) {
                for (int i = 0; i < h; i++) {
                    int at = (s * h + i) * 2;
                    dB[at] = dBMatrix[i * 2 * p + s];
                    dB[at + 1] = dBMatrix[i * 2 * p + p + s];
                }
            }
        };
    }

    private Runnable closeSteps(TimedOp.CloseSteps op) {
        int batch = op.dt().rows();
        int length = op.dt().columns();
        return () -> {
            float[] dt = cpu.floats(op.dt());
            float[] out = cpu.floats(op.out());
            int[] lengths = cpu.lengths(op.lengths(), length);
            for (int b = 0; b < batch; b++) {
                int at = b * length;
                System.arraycopy(dt, at, out, at, lengths[b]);
                Arrays.fill(out, at + lengths[b], at + length, dt[at]);
            }
        };
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

    private Runnable scanTimed(TimedOp.ScanTimed op) {
        int d = op.bidirectional() ? 2 : 1;
        int p = op.poles().re().size();
        int length = op.dt().columns();
        return () -> {
            PoleArrays poles = PoleArrays.of(op.poles(), cpu);
            float[] dt = cpu.floats(op.dt());
            float[] w = cpu.floats(op.w());
            float[] x = cpu.floats(op.x());
            cpu.run(
                    op.dt().rows() * d,
                    (task, _) -> {
                        Walk walk = new Walk(task / d, task % d, length, p, d);
                        Discrete z = new Discrete(op.discretizer());
                        for (int s = 0; s < p; s++) {
                            poles.set(z, s);
                            scan(z, walk, s, dt, w, x);
                        }
                    });
        };
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

    private Runnable scanTimedAdjoint(TimedOp.ScanTimedAdjoint op) {
        int d = op.bidirectional() ? 2 : 1;
        int p = op.poles().re().size();
        int sequences = op.dt().rows();
        int length = op.dt().columns();
        cpu.workspace().needDoubles(Math.multiplyExact(sequences, SUMS * p));
        return () -> {
            PoleArrays poles = PoleArrays.of(op.poles(), cpu);
            Adjoint arrays =
                    new Adjoint(
                            cpu.floats(op.dt()),
                            cpu.floats(op.w()),
                            cpu.floats(op.x()),
                            cpu.floats(op.dX()),
                            cpu.floats(op.dW()),
                            cpu.workspace().doubles());
            cpu.run(
                    sequences,
                    (sequence, _) -> {
                        int at = sequence * SUMS * p;
                        Arrays.fill(arrays.sum, at, at + SUMS * p, 0);
                        Discrete z = new Discrete(op.discretizer());
                        for (int direction = 0; direction < d; direction++) {
                            Walk walk = new Walk(sequence, direction, length, p, d);
                            for (int s = 0; s < p; s++) {
                                poles.set(z, s);
                                scanAdjoint(z, walk, s, arrays, at + SUMS * s);
                            }
                        }
                    });
            PoleArrays dPoles = PoleArrays.of(op.dPoles(), cpu);
            for (int s = 0; s < p; s++) {
                dPoles.re()[s] = (float) total(arrays.sum, sequences, p, s, 0);
                dPoles.im()[s] = (float) total(arrays.sum, sequences, p, s, 1);
                dPoles.logStep()[s] = (float) total(arrays.sum, sequences, p, s, 2);
            }
        };
    }

    /** One of a state's sums, over all sequences. */
    private static double total(double[] sum, int sequences, int p, int s, int which) {
        double all = 0;
        for (int sequence = 0; sequence < sequences; sequence++) {
            all += sum[(sequence * p + s) * SUMS + which];
        }
        return all;
    }

    /** The arrays of the adjoint; {@code sum} holds SUMS of each state of each sequence. */
    private record Adjoint(
            float[] dt, float[] w, float[] x, float[] dX, float[] dW, double[] sum) {}

    /** One state; the second direction adds to what the first one wrote to {@code dW}. */
    private static void scanAdjoint(Discrete z, Walk walk, int s, Adjoint a, int sumAt) {
        float[] w = a.w;
        float[] x = a.x;
        float[] dX = a.dX;
        float[] dW = a.dW;
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
            z.scaleStep(a.dt[walk.step(k)]);
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
            a.sum[sumAt] += z.byRe;
            a.sum[sumAt + 1] += z.byIm;
            a.sum[sumAt + 2] += z.byLogStep;
        }
    }
}
