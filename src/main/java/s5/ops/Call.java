package s5.ops;

import java.util.List;

/**
 * One recorded operation, as far as memory planning and profiles need to know it.
 *
 * @param name of the operation, for profiles and messages
 * @param reads tensors whose old values it uses
 * @param writes tensors it changes; one that is changed in place stands in both lists
 */
public record Call(String name, List<Tensor> reads, List<Tensor> writes) {
    public Call {
        reads = List.copyOf(reads);
        writes = List.copyOf(writes);
    }
}
