package s5.cpu;

import s5.ops.Tensor;

import java.util.HashMap;
import java.util.Map;

/** The arrays of tensors that outlive a run of a step; all of them zeros until something writes. */
final class Memory {
    private final Map<Tensor, float[]> floats = new HashMap<>();
    private final Map<Tensor, int[]> ints = new HashMap<>();

    float[] floats(Tensor t) {
        return floats.computeIfAbsent(t, _ -> new float[t.size()]);
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

    void clear() {
        floats.clear();
        ints.clear();
    }
}
