package s5.ops;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Which scratch tensors of a step can share memory. A scratch tensor lives from its first write to
 * its last use; tensors whose lives do not overlap may stand in the same slot.
 */
public final class Liveness {
    private final Map<Tensor, Integer> slotOf = new HashMap<>();
    private final List<Integer> sizes = new ArrayList<>();

    private Liveness() {}

    /**
     * What one operation does with tensors.
     *
     * @param name of the operation, for messages
     * @param reads tensors whose old values it uses
     * @param writes tensors it changes
     */
    public record Use(String name, List<Tensor> reads, List<Tensor> writes) {}

    /**
     * Plans a program, see {@link #plan}.
     *
     * @param ops of the step, in the order in which they run
     * @return a slot for each scratch tensor
     */
    public static Liveness of(List<Op> ops) {
        return plan(ops.stream().map(op -> new Use(op.name(), op.reads(), op.writes())).toList());
    }

    /**
     * Plans a step: walks the operations in order and gives each scratch tensor, at its first
     * write, the smallest free slot that holds it, or else enlarges the largest free one, or else
     * opens a new slot.
     *
     * @param ops of the step, in the order in which they run
     * @return a slot for each scratch tensor
     * @throws IllegalStateException when a scratch tensor is read before it was written
     */
    public static Liveness plan(List<Use> ops) {
        Map<Tensor, Integer> lastUse = new HashMap<>();
        for (int i = 0; i < ops.size(); i++) {
            int at = i;
            forEachScratch(ops.get(i), t -> lastUse.put(t, at));
        }
        Liveness plan = new Liveness();
        List<Integer> free = new ArrayList<>();
        for (int i = 0; i < ops.size(); i++) {
            Use op = ops.get(i);
            for (Tensor t : op.reads()) {
                if (t.role() == Tensor.Role.SCRATCH && !plan.slotOf.containsKey(t)) {
                    throw new IllegalStateException(
                            op.name() + " reads " + t + " before anything wrote it");
                }
            }
            for (Tensor t : op.writes()) {
                if (t.role() == Tensor.Role.SCRATCH && !plan.slotOf.containsKey(t)) {
                    plan.slotOf.put(t, plan.take(free, t.size()));
                }
            }
            int at = i;
            forEachScratch(
                    op,
                    t -> {
                        Integer slot = plan.slotOf.get(t);
                        if (lastUse.get(t) == at && !free.contains(slot)) {
                            free.add(slot);
                        }
                    });
        }
        return plan;
    }

    private static void forEachScratch(Use op, Consumer<Tensor> action) {
        for (List<Tensor> list : List.of(op.reads(), op.writes())) {
            for (Tensor t : list) {
                if (t.role() == Tensor.Role.SCRATCH) {
                    action.accept(t);
                }
            }
        }
    }

    /**
     * A tensor shares memory only with tensors up to this many times its size: a small one must not
     * hold a large slot.
     */
    private static final int MOST = 4;

    private int take(List<Integer> free, int size) {
        int best = -1;
        for (int slot : free) {
            long have = sizes.get(slot);
            if (have > (long) MOST * size || size > MOST * have) {
                continue;
            }
            if (best < 0) {
                best = slot;
            } else if (sizes.get(best) < size) {
                best = have > sizes.get(best) ? slot : best;
            } else if (have >= size && have < sizes.get(best)) {
                best = slot;
            }
        }
        if (best < 0) {
            sizes.add(size);
            return sizes.size() - 1;
        }
        free.remove(Integer.valueOf(best));
        sizes.set(best, Math.max(sizes.get(best), size));
        return best;
    }

    /**
     * {@return the slot of a scratch tensor of this step, from 0}
     *
     * @param t one of {@link #tensors}
     */
    public int slot(Tensor t) {
        return slotOf.get(t);
    }

    /** {@return the scratch tensors of this step} */
    public Iterable<Tensor> tensors() {
        return slotOf.keySet();
    }

    /** {@return elements of each slot, by its number} */
    public int[] slotSizes() {
        return sizes.stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public String toString() {
        return slotOf.size()
                + " tensors in "
                + sizes.size()
                + " slots of "
                + Arrays.toString(slotSizes());
    }
}
