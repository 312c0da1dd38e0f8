package s5.cpu.head;

import s5.cpu.Machine;
import s5.ops.Counters;
import s5.ops.HeadOp;
import s5.ops.HeadOp.Pooling;
import s5.ops.Tensor;

import java.util.Arrays;

/** Pooling, pair features and the losses; see {@link HeadOp}. */
public final class HeadTasks {
    private final Machine cpu;

    /**
     * Makes tasks for this machine.
     *
     * @param cpu what they run on
     */
    public HeadTasks(Machine cpu) {
        this.cpu = cpu;
    }

    /**
     * {@return what carries an operation out}
     *
     * @param op of this family
     */
    public Runnable task(HeadOp op) {
        return switch (op) {
            case HeadOp.Pool o -> pool(o);
            case HeadOp.PoolAdjoint o -> poolAdjoint(o);
            case HeadOp.PairFeatures o -> pairFeatures(o);
            case HeadOp.PairFeaturesAdjoint o -> pairFeaturesAdjoint(o);
            case HeadOp.CrossEntropy o -> CrossEntropyTask.of(o, cpu);
            case HeadOp.SmoothLabels o -> SmoothLabelsTask.of(o, cpu);
            case HeadOp.GaussianLoss o -> GaussianLossTask.of(o, cpu);
        };
    }

    /**
     * The positions that make up the vector of a sequence.
     *
     * @param counts positions of each sequence, or null for all
     */
    private record Span(Pooling pooling, int[] counts, int length) {
        int first(int b) {
            return pooling == Pooling.MEAN ? 0 : end(b) - 1;
        }

        int count(int b) {
            return pooling == Pooling.MEAN ? end(b) : 1;
        }

        private int end(int b) {
            return counts == null ? length : counts[b];
        }
    }

    private Span span(Pooling pooling, Tensor lengths, int length) {
        return new Span(pooling, lengths == null ? null : cpu.lengths(lengths, length), length);
    }

    private Runnable pool(HeadOp.Pool op) {
        int batch = op.out().rows();
        int h = op.out().columns();
        int length = op.x().rows() / batch;
        cpu.workspace().needOwnDoubles(h);
        return () -> {
            Span span = span(op.pooling(), op.lengths(), length);
            float[] x = cpu.floats(op.x());
            float[] out = cpu.floats(op.out());
            cpu.run(
                    batch,
                    (b, worker) -> {
                        int first = span.first(b);
                        int count = span.count(b);
                        double[] sum = cpu.workspace().doubles(worker);
                        Arrays.fill(sum, 0, h, 0);
                        for (int l = first; l < first + count; l++) {
                            int at = (b * length + l) * h;
                            for (int j = 0; j < h; j++) {
                                sum[j] += x[at + j];
                            }
                        }
                        for (int j = 0; j < h; j++) {
                            out[b * h + j] = (float) (sum[j] / count);
                        }
                    });
        };
    }

    private Runnable poolAdjoint(HeadOp.PoolAdjoint op) {
        int batch = op.dOut().rows();
        int h = op.dOut().columns();
        int length = op.dX().rows() / batch;
        cpu.workspace().needOwnFloats(h);
        return () -> {
            Span span = span(op.pooling(), op.lengths(), length);
            float[] dOut = cpu.floats(op.dOut());
            float[] dX = cpu.floats(op.dX());
            cpu.run(
                    batch,
                    (b, worker) -> {
                        int first = span.first(b);
                        int count = span.count(b);
                        float[] share = cpu.workspace().floats(worker);
                        for (int j = 0; j < h; j++) {
                            share[j] = dOut[b * h + j] / count;
                        }
                        int at = b * length * h;
                        Arrays.fill(dX, at, at + length * h, 0f);
                        for (int l = first; l < first + count; l++) {
                            System.arraycopy(share, 0, dX, at + l * h, h);
                        }
                    });
        };
    }

    private Runnable pairFeatures(HeadOp.PairFeatures op) {
        int batch = op.out().rows();
        int h = op.e().columns();
        return () -> {
            float[] e = cpu.floats(op.e());
            float[] out = cpu.floats(op.out());
            for (int b = 0; b < batch; b++) {
                for (int j = 0; j < h; j++) {
                    float one = e[b * h + j];
                    float two = e[(batch + b) * h + j];
                    int at = b * 4 * h + j;
                    out[at] = one;
                    out[at + h] = two;
                    out[at + 2 * h] = one - two;
                    out[at + 3 * h] = one * two;
                }
            }
        };
    }

    private Runnable pairFeaturesAdjoint(HeadOp.PairFeaturesAdjoint op) {
        int batch = op.dOut().rows();
        int h = op.e().columns();
        return () -> {
            float[] e = cpu.floats(op.e());
            float[] g = cpu.floats(op.dOut());
            float[] dE = cpu.floats(op.dE());
            for (int b = 0; b < batch; b++) {
                for (int j = 0; j < h; j++) {
                    int one = b * h + j;
                    int two = (batch + b) * h + j;
                    int at = b * 4 * h + j;
                    float difference = g[at + 2 * h];
                    float product = g[at + 3 * h];
                    dE[one] = g[at] + difference + product * e[two];
                    dE[two] = g[at + h] - difference + product * e[one];
                }
            }
        };
    }

    /**
     * One of {@link Counters}.
     *
     * @param name of the counter, for messages
     * @throws IllegalArgumentException when it is not in {@code low} to {@code high}
     */
    static int counter(int[] counters, int which, int low, int high, String name) {
        int value = counters[which];
        if (value < low || value > high) {
            throw new IllegalArgumentException(
                    "counters[" + name + "] is " + value + ", not in " + low + " to " + high);
        }
        return value;
    }

    /**
     * How many positions of the first sequences are their own.
     *
     * @param lengths of the sequences, or null for all positions
     */
    static int positions(int[] lengths, int rows, int length) {
        if (lengths == null) {
            return rows * length;
        }
        int sum = 0;
        for (int b = 0; b < rows; b++) {
            sum += lengths[b];
        }
        return sum;
    }
}
