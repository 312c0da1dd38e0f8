package s5.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import s5.ops.reference.ReferenceBackend;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;

/** Hands the tensors of one {@link OpCase} out, and remembers the values they start from. */
public final class Draft {
    private enum Use {
        READ,
        CHANGED,
        WRITTEN
    }

    /** One of the two arrays, or neither for a tensor that the host cannot write. */
    private static final class Entry {
        final Tensor tensor;
        final Use use;
        final float[] values;
        final int[] integers;

        Entry(Tensor tensor, Use use, float[] values, int[] integers) {
            this.tensor = tensor;
            this.use = use;
            this.values = values;
            this.integers = integers;
        }
    }

    private final Random random;
    private final List<Entry> entries = new ArrayList<>();

    Draft(String seed) {
        random = new Random(seed.hashCode());
    }

    private Tensor add(Tensor t, Use use, float[] values) {
        entries.add(new Entry(t, use, values, null));
        return t;
    }

    // ---- values
    // ----------------------------------------------------------------------------------

    float[] fill(int size, DoubleSupplier next) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) next.getAsDouble();
        }
        return values;
    }

    double normal() {
        return random.nextGaussian();
    }

    double uniform(double low, double high) {
        return low + (high - low) * random.nextDouble();
    }

    int index(int bound) {
        return random.nextInt(bound);
    }

    // ---- tensors that are only read
    // --------------------------------------------------------------

    /** A PARAMETER of normal random values. */
    Tensor in(String name, int... shape) {
        return in(Tensor.parameter(name, shape), this::normal);
    }

    /** Any tensor that the host can write, with random values. */
    Tensor in(Tensor t, DoubleSupplier next) {
        return add(t, Use.READ, fill(t.size(), next));
    }

    /** Any tensor that the host can write, with given values. */
    Tensor in(Tensor t, float... values) {
        return add(t, Use.READ, values);
    }

    Tensor integers(String name, int... values) {
        Tensor t = Tensor.integers(name, values.length);
        entries.add(new Entry(t, Use.READ, null, values));
        return t;
    }

    /** A dropout mask: 0 or 2. */
    Tensor mask(int batch, int features) {
        return in(Tensor.parameter("mask", batch, features), () -> random.nextBoolean() ? 2 : 0);
    }

    Tensor counters(int step, int seed, int rows, int slot) {
        int[] values = new int[Counters.SIZE];
        values[Counters.STEP] = step;
        values[Counters.SEED] = seed;
        values[Counters.ROWS] = rows;
        values[Counters.SLOT] = slot;
        return integers("counters", values);
    }

    // ---- tensors that are written
    // ----------------------------------------------------------------

    /** Changed in place, from random values. */
    Tensor inOut(String name, int... shape) {
        return inOut(Tensor.state(name, shape), this::normal);
    }

    /** Changed in place, from random values. */
    Tensor inOut(Tensor t, DoubleSupplier next) {
        return add(t, Use.CHANGED, fill(t.size(), next));
    }

    /** Written from end to end: holds NaN before. */
    Tensor out(String name, int... shape) {
        Tensor t = Tensor.state(name, shape);
        float[] values = new float[t.size()];
        Arrays.fill(values, Float.NaN);
        return add(t, Use.WRITTEN, values);
    }

    /** Written: gradients by P poles. */
    Poles dPoles(int p) {
        return new Poles(out("dLambdaRe", p), out("dLambdaIm", p), out("dLogStep", p, 1));
    }

    /** Written, in a tensor of role OUTPUT, which the host cannot fill with NaN before. */
    Tensor output(String name, int... shape) {
        return add(Tensor.output(name, shape), Use.WRITTEN, null);
    }

    // ---- around a run
    // ----------------------------------------------------------------------------

    List<Tensor> written() {
        return entries.stream().filter(e -> e.use != Use.READ).map(e -> e.tensor).toList();
    }

    void write(Backend backend, boolean inputsToo) {
        for (Entry e : entries) {
            if (e.tensor.role() == Tensor.Role.INPUT && !inputsToo) {
                continue;
            }
            if (e.integers != null) {
                backend.write(e.tensor, e.integers);
            } else if (e.values != null) {
                backend.write(e.tensor, e.values);
            }
        }
    }

    void checkUnchanged(Backend backend) {
        for (Entry e : entries) {
            if (e.use == Use.READ && e.tensor.role() != Tensor.Role.INPUT) {
                assertArrayEquals(
                        e.values,
                        backend.read(e.tensor),
                        () -> e.tensor + " is only read, but changed");
            }
        }
    }

    /** Changes whenever the tensors or their values do. */
    int fingerprint() {
        int hash = 1;
        for (Entry e : entries) {
            hash = 31 * hash + e.tensor.toString().hashCode();
            hash = 31 * hash + Arrays.hashCode(e.values);
            hash = 31 * hash + Arrays.hashCode(e.integers);
        }
        return hash;
    }

    /** Writes to the reference, every float off by a relative 2^-24, up or down at random. */
    void writeRounded(ReferenceBackend reference) {
        write(reference, true);
        for (Entry e : entries) {
            if (e.values != null && e.use != Use.WRITTEN) {
                double[] moved = new double[e.values.length];
                for (int i = 0; i < moved.length; i++) {
                    moved[i] = e.values[i] * (1 + (random.nextBoolean() ? 0x1p-24 : -0x1p-24));
                }
                reference.write(e.tensor, moved);
            }
        }
    }
}
