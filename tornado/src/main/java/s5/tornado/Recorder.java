package s5.tornado;

import s5.ops.Call;
import s5.ops.Tensor;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Collects the calls of a step and, for each, what will add its tasks to the task graph once it is
 * known where the tensors live.
 */
final class Recorder {
    final List<Call> calls = new ArrayList<>();
    final List<Consumer<Tasks>> tasks = new ArrayList<>();
    final Set<Tensor> whole = new HashSet<>();
    final Set<Tensor> apart = new HashSet<>();
    final List<Layout.Group> groups = new ArrayList<>();

    /**
     * Adds an operation.
     *
     * @param reads may hold nulls, which are left out; as may {@code writes} and {@code inPlace}
     * @param inPlace tensors that may be read and written
     * @param body adds the tasks
     */
    void add(
            String op,
            List<Tensor> reads,
            List<Tensor> writes,
            List<Tensor> inPlace,
            Consumer<Tasks> body) {
        calls.add(Call.of(op, reads, writes, inPlace));
        tasks.add(body);
    }

    /** As {@link #add(String, List, List, List, Consumer)}, with nothing in place. */
    void add(String op, List<Tensor> reads, List<Tensor> writes, Consumer<Tasks> body) {
        add(op, reads, writes, List.of(), body);
    }

    /**
     * Says that kernels take these tensors, some of which may be null, without an offset: they are
     * large. Others share an array.
     */
    void whole(Tensor... tensors) {
        for (Tensor t : tensors) {
            if (t != null) {
                whole.add(t);
            }
        }
    }

    /**
     * Says that what writes these tensors must find them in an array that no other tensor is in.
     */
    void apart(Tensor... tensors) {
        apart.addAll(List.of(tensors));
    }

    /** Scratch memory of one operation, to stand among its writes. */
    Tensor temporary(String name, int... shape) {
        Tensor t = Tensor.scratch(name, shape);
        whole.add(t);
        return t;
    }

    /** A list that may hold nulls. */
    static List<Tensor> list(Tensor... tensors) {
        return java.util.Arrays.asList(tensors);
    }
}
