package s5.ops.reference;

import static s5.ops.reference.Matrices.plus;

import org.ejml.data.DMatrixRMaj;

import s5.ops.Tensor;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * How the operations of a step reach their tensors: as copies in, as whole results out. It owns the
 * scratch tensors; the others are the backend's.
 */
final class ReferenceMemory {
    private final ReferenceBackend backend;
    private final Map<Tensor, double[]> scratch = new HashMap<>();

    ReferenceMemory(ReferenceBackend backend) {
        this.backend = backend;
    }

    private double[] memory(Tensor t) {
        return t.role() == Tensor.Role.SCRATCH
                ? scratch.computeIfAbsent(t, ReferenceMemory::forgotten)
                : backend.values(t);
    }

    private static double[] forgotten(Tensor t) {
        double[] values = new double[t.size()];
        Arrays.fill(values, Double.NaN);
        return values;
    }

    /** Fills scratch tensors with NaN. */
    void forget() {
        scratch.values().forEach(values -> Arrays.fill(values, Double.NaN));
    }

    /** Rounds to 8 significant bits, ties to even. */
    void round(Tensor t) {
        double[] values = memory(t);
        for (int i = 0; i < values.length; i++) {
            if (values[i] != 0 && Double.isFinite(values[i])) {
                double last = Math.scalb(1.0, Math.getExponent(values[i]) - 7);
                values[i] = Math.rint(values[i] / last) * last;
            }
        }
    }

    /** Gives scratch tensors back. */
    void free() {
        scratch.clear();
    }

    /** Bytes of the scratch tensors. */
    long bytes() {
        return scratch.values().stream().mapToLong(v -> (long) Double.BYTES * v.length).sum();
    }

    /** The values as they are now. */
    double[] vector(Tensor t) {
        return memory(t).clone();
    }

    /** The values as they are now: the first dimension by all others. */
    DMatrixRMaj matrixOf(Tensor t) {
        return new DMatrixRMaj(t.rows(), t.columns(), true, vector(t));
    }

    /** {@code a} plus a tensor, which may be null. */
    DMatrixRMaj plusResidual(DMatrixRMaj a, Tensor residual) {
        return residual == null ? a : plus(a, matrixOf(residual));
    }

    int[] integers(Tensor t) {
        return backend.integers(t).clone();
    }

    /** A complex number whose real and imaginary parts stand side by side. */
    Complex complex(Tensor t, int i) {
        return new Complex(memory(t)[2 * i], memory(t)[2 * i + 1]);
    }

    /** Which rows of x are no padding; all, where lengths is null. */
    boolean[] real(Tensor lengths, Tensor x) {
        boolean[] real = new boolean[x.rows()];
        int[] counts = lengths == null ? new int[] {x.rows()} : integers(lengths);
        int length = x.rows() / counts.length;
        for (int i = 0; i < real.length; i++) {
            real[i] = i % length < counts[i / length];
        }
        return real;
    }

    void store(Tensor t, DMatrixRMaj values) {
        store(t, values.getData());
    }

    void store(Tensor t, double[] values) {
        if (values.length != t.size()) {
            throw new IllegalStateException(t + " gets " + values.length + " values");
        }
        System.arraycopy(values, 0, memory(t), 0, values.length);
    }
}
