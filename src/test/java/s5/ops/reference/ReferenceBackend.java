package s5.ops.reference;

import s5.collective.Alone;
import s5.collective.Collective;
import s5.ops.Backend;
import s5.ops.Op;
import s5.ops.Program;
import s5.ops.Step;
import s5.ops.Tensor;

import java.util.HashMap;
import java.util.Map;

/**
 * The slow, obvious backend that all others are tested against: every tensor an array of doubles of
 * its own, every operation a few lines written straight from the text of its {@link Op}. Memory of
 * scratch tensors is filled with NaN before each run, so that a value read before it was written
 * shows in the results.
 */
public final class ReferenceBackend implements Backend {
    private final Map<Tensor, double[]> floats = new HashMap<>();
    private final Map<Tensor, int[]> integers = new HashMap<>();
    private final boolean bf16;

    public ReferenceBackend() {
        this(false);
    }

    /**
     * @param bf16 whether activations are rounded to bfloat16 when an operation has written them
     */
    public ReferenceBackend(boolean bf16) {
        this.bf16 = bf16;
    }

    @Override
    public String describe() {
        return "reference, double precision";
    }

    @Override
    public void join(Collective ranks) {
        throw new UnsupportedOperationException("the reference works alone");
    }

    @Override
    public Collective ranks() {
        return Alone.PROCESS;
    }

    @Override
    public Step compile(String name, Program program) {
        ReferenceMemory memory = new ReferenceMemory(this);
        ReferenceOps ops = new ReferenceOps(memory);
        return new Step() {
            @Override
            public void run() {
                memory.forget();
                for (Op op : program.ops()) {
                    ops.run(op);
                    if (bf16) {
                        op.writes().stream().filter(Tensor::activation).forEach(memory::round);
                    }
                }
            }

            @Override
            public long bytes() {
                return memory.bytes();
            }

            @Override
            public void close() {
                memory.free();
            }
        };
    }

    /** The memory of a tensor that is neither an integer one nor scratch; zeros at first. */
    double[] values(Tensor t) {
        check(t, t.type() == Tensor.Type.F32, "holds integers");
        check(t, t.role() != Tensor.Role.SCRATCH, "lives inside a step only");
        return floats.computeIfAbsent(t, key -> new double[key.size()]);
    }

    /** The memory of an integer tensor. */
    int[] integers(Tensor t) {
        check(t, t.type() == Tensor.Type.I32, "holds no integers");
        return integers.computeIfAbsent(t, key -> new int[key.size()]);
    }

    @Override
    public void write(Tensor t, float[] source) {
        double[] wide = new double[source.length];
        for (int i = 0; i < source.length; i++) {
            wide[i] = source[i];
        }
        write(t, wide);
    }

    /** As {@link #write(Tensor, float[])}, in double precision. */
    public void write(Tensor t, double[] source) {
        check(t, t.role() != Tensor.Role.OUTPUT, "is written by steps only");
        System.arraycopy(source, 0, values(t), 0, t.size());
    }

    @Override
    public void write(Tensor t, int[] source) {
        System.arraycopy(source, 0, integers(t), 0, t.size());
    }

    @Override
    public float[] read(Tensor t) {
        double[] wide = readDouble(t);
        float[] narrow = new float[wide.length];
        for (int i = 0; i < wide.length; i++) {
            narrow[i] = (float) wide[i];
        }
        return narrow;
    }

    /** As {@link #read}, in double precision. */
    public double[] readDouble(Tensor t) {
        check(t, t.role() != Tensor.Role.INPUT, "is the host's own input");
        return values(t).clone();
    }

    @Override
    public void close() {
        floats.clear();
        integers.clear();
    }

    private static void check(Tensor t, boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException(t + " (" + t.role() + ") " + otherwise);
        }
    }
}
