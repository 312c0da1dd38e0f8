package s5.cpu.scan;

import s5.cpu.Blocks;
import s5.cpu.Machine;
import s5.cpu.scan.Scans.Scan;
import s5.cpu.scan.Scans.ScanAdjoint;
import s5.ops.ScanOp;
import s5.ops.Tensor;

import java.util.Arrays;
import java.util.List;

/** Discretization, readout matrix and scan; see {@link ScanOp}. */
public final class ScanTasks {
    /** States a task takes: whole cache lines, and enough sequential memory. */
    private static final int STATES = 32;

    private static final int READOUT_ROWS = 64;

    /** Tasks that are enough to keep any machine busy; states are not split beyond. */
    private static final int ENOUGH_TASKS = 64;

    private final Machine cpu;
    private final Scans k;

    /**
     * Makes tasks for this machine.
     *
     * @param cpu what they run on
     */
    public ScanTasks(Machine cpu) {
        this.cpu = cpu;
        k = cpu.vector() ? new VectorScans() : new PlainScans();
    }

    /**
     * {@return what carries an operation out}
     *
     * @param op of this family
     */
    public Runnable task(ScanOp op) {
        return switch (op) {
            case ScanOp.Discretize o -> discretize(o);
            case ScanOp.DiscretizeAdjoint o -> discretizeAdjoint(o);
            case ScanOp.Readout o -> readout(o);
            case ScanOp.ReadoutAdjoint o -> readoutAdjoint(o);
            case ScanOp.Scan o -> scan(o);
            case ScanOp.ScanAdjoint o -> scanAdjoint(o);
        };
    }

    private Runnable discretize(ScanOp.Discretize op) {
        int p = op.b().dim(0);
        int h = op.b().dim(1);
        Blocks blocks = Blocks.of(p, 2 * h);
        return () -> {
            PoleArrays poles = PoleArrays.of(op.poles(), cpu);
            float[] b = cpu.floats(op.b());
            float[] lambdaBar = cpu.floats(op.lambdaBar());
            float[] bBar = cpu.floats(op.bBar());
            cpu.each(
                    blocks,
                    (from, to, _, _) -> {
                        Discrete z = new Discrete(op.discretizer());
                        for (int s = from; s < to; s++) {
                            poles.set(z, s);
                            lambdaBar[s] = (float) z.barRe;
                            lambdaBar[p + s] = (float) z.barIm;
                            z.scaleRow(b, s * h * 2, h, bBar, s, p);
                        }
                    });
        };
    }

    private Runnable discretizeAdjoint(ScanOp.DiscretizeAdjoint op) {
        int p = op.b().dim(0);
        int h = op.b().dim(1);
        Blocks blocks = Blocks.of(p, 2 * h);
        return () -> {
            PoleArrays poles = PoleArrays.of(op.poles(), cpu);
            PoleArrays dPoles = PoleArrays.of(op.dPoles(), cpu);
            float[] b = cpu.floats(op.b());
            float[] byBar = cpu.floats(op.dLambdaBar());
            float[] dBBar = cpu.floats(op.dBBar());
            float[] dB = cpu.floats(op.dB());
            cpu.each(
                    blocks,
                    (from, to, _, _) -> {
                        Discrete z = new Discrete(op.discretizer());
                        for (int s = from; s < to; s++) {
                            poles.set(z, s);
                            z.adjoint(b, dBBar, byBar[s], byBar[p + s], s, p, h, dB);
                            dPoles.re()[s] = (float) z.byRe;
                            dPoles.im()[s] = (float) z.byIm;
                            dPoles.logStep()[s] = (float) z.byLogStep;
                        }
                    });
        };
    }

    private Runnable readout(ScanOp.Readout op) {
        int h = op.cMatrix().columns();
        Blocks blocks = new Blocks(op.cMatrix().rows(), READOUT_ROWS);
        return () -> {
            float[][] c = cpu.floats(op.c());
            float[] cMatrix = cpu.floats(op.cMatrix());
            cpu.each(
                    blocks,
                    (from, to, _, _) -> {
                        for (int row = from; row < to; row++) {
                            Source source = Source.of(op.c(), blocks.rows(), row, op.factor());
                            float[] x = c[source.direction];
                            for (int i = 0; i < h; i++) {
                                cMatrix[row * h + i] = source.factor * x[source.at(i)];
                            }
                        }
                    });
        };
    }

    private Runnable readoutAdjoint(ScanOp.ReadoutAdjoint op) {
        int h = op.dCMatrix().columns();
        Blocks blocks = new Blocks(op.dCMatrix().rows(), READOUT_ROWS);
        return () -> {
            float[][] dC = cpu.floats(op.dC());
            float[] dCMatrix = cpu.floats(op.dCMatrix());
            cpu.each(
                    blocks,
                    (from, to, _, _) -> {
                        for (int row = from; row < to; row++) {
                            Source source = Source.of(op.dC(), blocks.rows(), row, op.factor());
                            float[] x = dC[source.direction];
                            for (int i = 0; i < h; i++) {
                                x[source.at(i)] = source.factor * dCMatrix[row * h + i];
                            }
                        }
                    });
        };
    }

    /**
     * Where a row of the readout matrix comes from: every {@code stride}-th number of a direction's
     * C, from {@code first} on, times {@code factor}.
     */
    private record Source(int direction, int first, int stride, float factor) {
        /**
         * The source of a row.
         *
         * @param rows of the readout matrix
         */
        static Source of(List<Tensor> c, int rows, int row, float factor) {
            int p = rows / (2 * c.size());
            int direction = row / (2 * p);
            int columns = c.get(direction).dim(1);
            int column = columns == p ? 0 : direction * p;
            boolean real = row / p % 2 == 0;
            int first = 2 * (column + row % p) + (real ? 0 : 1);
            return new Source(direction, first, 2 * columns, real ? factor : -factor);
        }

        int at(int i) {
            return first + i * stride;
        }
    }

    /** How states are split: only when there are few sequences, which changes no result. */
    private static Blocks states(int p, int sequences) {
        return new Blocks(p, sequences >= ENOUGH_TASKS ? p : STATES);
    }

    private Runnable scan(ScanOp.Scan op) {
        int p = op.bu().columns() / 2;
        int d = op.bidirectional() ? 2 : 1;
        int length = op.length();
        int sequences = op.bu().rows() / length;
        Blocks states = states(p, sequences * d);
        return () -> {
            Scan arrays =
                    new Scan(
                            cpu.floats(op.lambdaBar()),
                            cpu.floats(op.bu()),
                            cpu.floats(op.x()),
                            p,
                            2 * p * d,
                            length);
            cpu.run(
                    sequences * d * states.count(),
                    (task, _) -> {
                        int part = task % states.count();
                        boolean forward = task / states.count() % d == 0;
                        int first = task / states.count() / d * length;
                        k.scan(
                                arrays,
                                forward ? 0 : 2 * p,
                                forward ? first : first + length - 1,
                                forward ? 1 : -1,
                                states.from(part),
                                states.to(part));
                    });
        };
    }

    private Runnable scanAdjoint(ScanOp.ScanAdjoint op) {
        int p = op.dBu().columns() / 2;
        int d = op.bidirectional() ? 2 : 1;
        int length = op.length();
        int sequences = op.dBu().rows() / length;
        Blocks states = states(p, sequences);
        cpu.workspace().needOwnFloats(4 * p);
        cpu.workspace().needDoubles(Math.multiplyExact(sequences, 2 * p));
        return () -> {
            double[] sum = cpu.workspace().doubles();
            Arrays.fill(sum, 0, sequences * 2 * p, 0);
            ScanAdjoint arrays =
                    new ScanAdjoint(
                            cpu.floats(op.lambdaBar()),
                            cpu.floats(op.x()),
                            cpu.floats(op.dX()),
                            cpu.floats(op.dBu()),
                            sum,
                            p,
                            2 * p * d,
                            length);
            cpu.run(
                    sequences * states.count(),
                    (task, worker) -> {
                        int from = states.from(task % states.count());
                        int to = states.to(task % states.count());
                        int sequence = task / states.count();
                        int first = sequence * length;
                        int last = first + length - 1;
                        int sumAt = sequence * 2 * p;
                        float[] own = cpu.workspace().floats(worker);
                        k.scanAdjoint(arrays, 0, last, -1, own, sumAt, from, to);
                        if (d == 2) {
                            k.scanAdjoint(arrays, 2 * p, first, 1, own, sumAt, from, to);
                        }
                    });
            float[] dLambdaBar = cpu.floats(op.dLambdaBar());
            for (int j = 0; j < 2 * p; j++) {
                double all = 0;
                for (int s = 0; s < sequences; s++) {
                    all += sum[s * 2 * p + j];
                }
                dLambdaBar[j] = (float) all;
            }
        };
    }
}
