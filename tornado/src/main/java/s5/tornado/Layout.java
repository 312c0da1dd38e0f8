package s5.tornado;

import s5.ops.Liveness;
import s5.ops.Liveness.Use;
import s5.ops.Op;
import s5.ops.Tensor;
import s5.tornado.Block.Transfer;
import s5.tornado.Recorder.Planned;
import s5.tornado.Recorder.SideBySide;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Where each tensor of a step lives. Scratch tensors share arrays by liveness; parameters,
 * gradients and moments that one optimizer call updates lie side by side at the same offsets of an
 * array each, so that one task updates them all; other small tensors share an array by their role.
 */
final class Layout {

    /** A tensor's block and its first element in it. */
    record Place(Block block, int at) {}

    /** Elements from {@code at} on, the same in each of the blocks. */
    record Range(List<Block> blocks, int at, int size) {}

    private final Map<Tensor, Place> places = new HashMap<>();
    private final List<Block> blocks = new ArrayList<>();
    private final IdentityHashMap<Op, Range> ranges = new IdentityHashMap<>();
    private final Function<Tensor, Kept> kept;

    /**
     * @param kept the values of a tensor that is not scratch
     */
    Layout(Recorder recorder, Function<Tensor, Kept> kept) {
        this.kept = kept;
        List<Planned> calls = recorder.planned();
        Set<Tensor> whole = recorder.whole;
        Set<Tensor> written = new HashSet<>();
        calls.forEach(call -> written.addAll(call.writes()));
        placeSideBySide(recorder.updates);
        placeSmall(calls, whole);
        placeLarge(calls, t -> whole.contains(t) && !recorder.isNarrow(t), false);
        placeLarge(calls, recorder::isNarrow, true);
        Block integers = new Block(Transfer.ALWAYS, true);
        Block inputs = new Block(Transfer.ALWAYS, false);
        Block read = new Block(Transfer.WHEN_NEWER, false);
        Block changed = new Block(Transfer.WHEN_NEWER, false);
        Block outputs = new Block(Transfer.WHEN_NEWER, false);
        for (Tensor t : inOrder(calls)) {
            if (!places.containsKey(t)) {
                Block shared;
                if (t.type() == Tensor.Type.I32) {
                    shared = integers;
                } else if (t.role() == Tensor.Role.INPUT) {
                    shared = inputs;
                } else if (!written.contains(t)) {
                    shared = read;
                } else if (t.role() == Tensor.Role.OUTPUT) {
                    shared = outputs;
                } else {
                    shared = changed;
                }
                place(
                        t,
                        whole.contains(t) || recorder.apart.contains(t)
                                ? new Block(shared.transfer(), false)
                                : shared);
            }
        }
        for (Planned call : calls) {
            for (Tensor t : call.writes()) {
                if (t.role() != Tensor.Role.SCRATCH) {
                    places.get(t).block().changes(t, isUpdated(call.op(), t));
                }
            }
        }
        blocks.forEach(Block::allocate);
    }

    private static List<Tensor> inOrder(List<Planned> calls) {
        List<Tensor> all = new ArrayList<>();
        for (Planned call : calls) {
            all.addAll(call.reads());
            all.addAll(call.writes());
        }
        return all;
    }

    private void place(Tensor t, Block block) {
        if (!blocks.contains(block)) {
            blocks.add(block);
        }
        places.put(t, new Place(block, block.add(kept.apply(t))));
    }

    /** Small scratch tensors, all side by side. */
    private void placeSmall(List<Planned> calls, Set<Tensor> whole) {
        Block small = new Block(Transfer.NEVER, false);
        for (Planned call : calls) {
            for (Tensor t : call.writes()) {
                if (t.role() == Tensor.Role.SCRATCH
                        && !whole.contains(t)
                        && !places.containsKey(t)) {
                    places.put(t, new Place(small, small.reserve(t.size())));
                }
            }
        }
        if (small.size() > 0) {
            blocks.add(small);
        }
    }

    /** Large scratch tensors of one kind, in slots by liveness. */
    private void placeLarge(List<Planned> calls, Predicate<Tensor> kind, boolean narrow) {
        List<Use> uses =
                calls.stream()
                        .map(call ->
                                new Use(
                                        call.name(),
                                        call.reads().stream().filter(kind).toList(),
                                        call.writes().stream().filter(kind).toList()))
                        .toList();
        Liveness liveness = Liveness.plan(uses);
        List<Block> slots = new ArrayList<>();
        for (int size : liveness.slotSizes()) {
            Block slot = narrow ? Block.narrow() : new Block(Transfer.NEVER, false);
            slot.reserve(size);
            slots.add(slot);
        }
        blocks.addAll(slots);
        for (Tensor t : liveness.tensors()) {
            places.put(t, new Place(slots.get(liveness.slot(t)), 0));
        }
    }

    private boolean isUpdated(Op op, Tensor t) {
        return ranges.containsKey(op) && op.inPlace().contains(t);
    }

    private void placeSideBySide(List<SideBySide> updates) {
        Map<List<Object>, Block> companions = new HashMap<>();
        for (SideBySide update : updates) {
            List<List<Tensor>> lists = update.lists();
            // What goes with tensors that have their place is a block with the same places.
            Place lead = placeOf(lists, 0);
            Object leader = lead == null ? "" : lead.block();
            List<Block> found = new ArrayList<>();
            for (int list = 0; list < lists.size(); list++) {
                Place first = places.get(lists.get(list).getFirst());
                List<Object> key = List.of(leader, update.op().getClass(), list);
                found.add(
                        first != null
                                ? first.block()
                                : companions.computeIfAbsent(
                                        key, k -> new Block(Transfer.WHEN_NEWER, false)));
            }
            int at = lead == null ? found.getFirst().size() : lead.at();
            int end = at;
            for (int i = 0; i < lists.getFirst().size(); i++) {
                for (int list = 0; list < lists.size(); list++) {
                    Tensor t = lists.get(list).get(i);
                    if (!places.containsKey(t)) {
                        found.get(list).skipTo(end);
                        place(t, found.get(list));
                    }
                    Place place = places.get(t);
                    if (place.block() != found.get(list) || place.at() != end) {
                        throw new IllegalArgumentException(
                                "%s: %s lies elsewhere".formatted(update.op().name(), t));
                    }
                }
                end += Block.aligned(lists.getFirst().get(i).size());
            }
            ranges.put(update.op(), new Range(List.copyOf(found), at, end - at));
        }
    }

    /** Where one of the i-th tensors lies; null when none has a place yet. */
    private Place placeOf(List<List<Tensor>> lists, int i) {
        return lists.stream()
                .map(list -> places.get(list.get(i)))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    Place place(Tensor t) {
        return places.get(t);
    }

    Range range(Op update) {
        return ranges.get(update);
    }

    List<Block> blocks() {
        return blocks;
    }

    /** The arrays that hold bfloat16. */
    Set<Object> narrowArrays() {
        Set<Object> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
        blocks.stream().filter(Block::isNarrow).map(Block::array).forEach(arrays::add);
        return arrays;
    }

    /** Bytes of scratch memory and outputs on the device. */
    long scratchBytes() {
        long bytes =
                blocks.stream()
                        .filter(b -> b.transfer() == Transfer.NEVER)
                        .mapToLong(Block::bytes)
                        .sum();
        for (Tensor t : places.keySet()) {
            bytes += t.role() == Tensor.Role.OUTPUT ? 4L * t.size() : 0;
        }
        return bytes;
    }

    /** Bytes of everything on the device. */
    long bytes() {
        return blocks.stream().mapToLong(Block::bytes).sum();
    }
}
