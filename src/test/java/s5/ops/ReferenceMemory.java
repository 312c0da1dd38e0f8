package s5.ops;

import org.ejml.data.DMatrixRMaj;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** How the operations of the reference reach their tensors: as copies in, as whole results out. */
abstract class ReferenceMemory {
    private final ReferenceBackend backend;
    private final Map<Tensor, double[]> scratch;

    /** What to do in a run, in order. */
    final List<Runnable> calls;

    /**
     * @param scratch memory of scratch tensors, filled here
     * @param calls what to do in a run, filled here
     */
    ReferenceMemory(ReferenceBackend backend, Map<Tensor, double[]> scratch, List<Runnable> calls) {
        this.backend = backend;
        this.scratch = scratch;
        this.calls = calls;
    }

    private double[] memory(Tensor t) {
        return t.role() == Tensor.Role.SCRATCH
                ? scratch.computeIfAbsent(t, key -> filled(key.size(), Double.NaN))
                : backend.values(t);
    }

    private static double[] filled(int size, double value) {
        double[] values = new double[size];
        Arrays.fill(values, value);
        return values;
    }

    /** The values as they are now. */
    double[] vector(Tensor t) {
        return memory(t).clone();
    }

    /** The values as they are now: the first dimension by all others. */
    DMatrixRMaj matrixOf(Tensor t) {
        return new DMatrixRMaj(t.rows(), t.columns(), true, vector(t));
    }

    int[] integers(Tensor t) {
        return backend.integers(t).clone();
    }

    /** A complex number whose real and imaginary parts stand side by side. */
    Complex complex(Tensor t, int i) {
        return new Complex(memory(t)[2 * i], memory(t)[2 * i + 1]);
    }

    void store(Tensor t, DMatrixRMaj values) {
        store(t, values.getData());
    }

    void store(Tensor t, double[] values) {
        if (t.role() == Tensor.Role.INPUT) {
            throw new IllegalArgumentException(t + " is an INPUT, which a step only reads");
        }
        check(values.length == t.size(), t + " gets " + values.length + " values");
        System.arraycopy(values, 0, memory(t), 0, values.length);
    }

    static void check(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
