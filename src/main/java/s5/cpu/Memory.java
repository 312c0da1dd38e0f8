package s5.cpu;

import s5.ops.Tensor;

import java.util.HashMap;
import java.util.Map;

/** The arrays of tensors that outlive a run of a step; all of them zeros until something writes. */
final class Memory {
    private final Map<Tensor, float[]> floats = new HashMap<>();
    private final Map<Tensor, int[]> ints = new HashMap<>();
    private final Memory shared; // read before this one, never written; null for none

    Memory() {
        this(null);
    }

    /**
     * A memory besides another one.
     *
     * @param shared whose tensors are read only as long as this one lives
     */
    Memory(Memory shared) {
        this.shared = shared;
    }

    float[] floats(Tensor t) {
        float[] there = shared == null ? null : shared.found(t);
        return there != null ? there : floats.computeIfAbsent(t, _ -> new float[t.size()]);
    }

    int[] ints(Tensor t) {
        return ints.computeIfAbsent(t, _ -> new int[t.size()]);
    }

    /** Makes room for a tensor, unless it has some or lives in scratch. */
    void reserve(Tensor t) {
        if (t.type() == Tensor.Type.I32) {
            ints(t);
        } else if (t.role() != Tensor.Role.SCRATCH) {
            floats(t);
        }
    }

    void forget(Tensor t) {
        floats.remove(t);
        ints.remove(t);
    }

    boolean shares(Tensor t) {
        return shared != null && shared.found(t) != null;
    }

    private float[] found(Tensor t) {
        float[] own = floats.get(t);
        return own != null || shared == null ? own : shared.found(t);
    }

    void clear() {
        floats.clear();
        ints.clear();
    }
}
