package s5.tornado;

import s5.ops.Adam;
import s5.ops.Liveness;
import s5.ops.Liveness.Use;
import s5.ops.Tensor;
import s5.tornado.Block.Transfer;
import s5.tornado.Recorder.Planned;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Where each tensor of a step lives. Scratch tensors share arrays by liveness; parameters,
 * gradients and moments that one optimizer call updates lie side by side at the same offsets of
 * four arrays, so that one task updates them all; other small tensors share an array by their role.
 */
final class Layout {

    /** A tensor's block and its first element in it. */
    record Place(Block block, int at) {}

    /** Elements from {@code at} on, the same in the four blocks of the optimizer. */
    record Range(Block p, Block g, Block m, Block v, int at, int size) {}

    private final Map<Tensor, Place> places = new HashMap<>();
    private final List<Block> blocks = new ArrayList<>();
    private final Map<Adam, Range> ranges = new HashMap<>();
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
        placeScratch(calls, whole);
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
                    places.get(t).block().changes(t, call.op() instanceof Adam);
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

    /** Large tensors in slots by liveness, all small ones side by side. */
    private void placeScratch(List<Planned> calls, Set<Tensor> whole) {
        List<Use> large = new ArrayList<>();
        Block small = new Block(Transfer.NEVER, false);
        for (Planned call : calls) {
            for (Tensor t : call.writes()) {
                if (t.role() == Tensor.Role.SCRATCH
                        && !whole.contains(t)
                        && !places.containsKey(t)) {
                    places.put(t, new Place(small, small.reserve(t.size())));
                }
            }
            large.add(
                    new Use(
                            call.name(),
                            call.reads().stream().filter(whole::contains).toList(),
                            call.writes().stream().filter(whole::contains).toList()));
        }
        if (small.size() > 0) {
            blocks.add(small);
        }
        Liveness liveness = Liveness.plan(large);
        List<Block> slots = new ArrayList<>();
        for (int size : liveness.slotSizes()) {
            Block slot = new Block(Transfer.NEVER, false);
            slot.reserve(size);
            slots.add(slot);
        }
        blocks.addAll(slots);
        for (Tensor t : liveness.tensors()) {
            places.put(t, new Place(slots.get(liveness.slot(t)), 0));
        }
    }

    private void placeSideBySide(List<Adam> updates) {
        Block p = new Block(Transfer.WHEN_NEWER, false);
        Block g = new Block(Transfer.WHEN_NEWER, false);
        Block m = new Block(Transfer.WHEN_NEWER, false);
        Block v = new Block(Transfer.WHEN_NEWER, false);
        for (Adam update : updates) {
            int at = p.size();
            for (int i = 0; i < update.p().size(); i++) {
                place(update.p().get(i), p);
                place(update.g().get(i), g);
                place(update.m().get(i), m);
                place(update.v().get(i), v);
            }
            ranges.put(update, new Range(p, g, m, v, at, p.size() - at));
        }
    }

    Place place(Tensor t) {
        return places.get(t);
    }

    Range range(Adam update) {
        return ranges.get(update);
    }

    List<Block> blocks() {
        return blocks;
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
