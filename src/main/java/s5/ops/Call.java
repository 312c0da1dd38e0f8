package s5.ops;

import java.util.List;
import java.util.Objects;

/**
 * One recorded operation, as far as memory planning and profiles need to know it; goes when nothing
 * records calls any more.
 *
 * @param name of the operation, for profiles and messages
 * @param reads tensors whose old values it uses
 * @param writes tensors it changes; one that is changed in place stands in both lists
 */
public record Call(String name, List<Tensor> reads, List<Tensor> writes) implements Op.Fused {
    public Call {
        reads = List.copyOf(reads);
        writes = List.copyOf(writes);
    }

    /**
     * A call that keeps the rules of every backend.
     *
     * @param reads may hold nulls, which are left out; as may {@code writes} and {@code inPlace}
     * @param inPlace tensors that may be both read and written
     * @throws IllegalArgumentException when it writes an input, a tensor twice, or one that it
     *     reads
     */
    public static Call of(
            String name, List<Tensor> reads, List<Tensor> writes, List<Tensor> inPlace) {
        Call call = new Call(name, present(reads), present(writes));
        for (int i = 0; i < call.writes.size(); i++) {
            Tensor t = call.writes.get(i);
            require(t.role() != Tensor.Role.INPUT, name, "writes the input", t, "");
            require(!call.writes.subList(0, i).contains(t), name, "writes", t, " twice");
            boolean both = call.reads.contains(t);
            require(!both || inPlace.contains(t), name, "reads and writes", t, "");
        }
        return call;
    }

    private static void require(boolean good, String name, String does, Tensor t, String how) {
        if (!good) {
            throw new IllegalArgumentException(name + ": " + does + " " + t + how);
        }
    }

    private static List<Tensor> present(List<Tensor> tensors) {
        return tensors.stream().filter(Objects::nonNull).toList();
    }
}
