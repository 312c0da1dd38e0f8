package s5.tornado;

import s5.ops.Rates;
import s5.ops.Tensor;

import java.util.ArrayList;
import java.util.List;

/** The optimizer: one task for each group, over the group's range of four arrays. */
final class AdamOp {
    /** The name of the operation. */
    static final String NAME = "adam";

    private final Recorder recorder;

    AdamOp(Recorder recorder) {
        this.recorder = recorder;
    }

    void adam(
            List<Tensor> p,
            List<Tensor> g,
            List<Tensor> m,
            List<Tensor> v,
            Tensor rates,
            int rate,
            float weightDecay) {
        String op = NAME;
        int count = p.size();
        Check.require(
                g.size() == count && m.size() == count && v.size() == count,
                "%s: lists of different lengths",
                op);
        Check.sizes(op, Rates.SIZE, rates);
        for (int i = 0; i < count; i++) {
            Check.sizes(op, p.get(i).size(), g.get(i), m.get(i), v.get(i));
            Check.require(
                    g.get(i).role() != Tensor.Role.SCRATCH,
                    "%s: %s is scratch, a gradient here has to be an output",
                    op,
                    g.get(i));
        }
        if (count == 0) {
            return;
        }
        Layout.Group group =
                new Layout.Group(List.copyOf(p), List.copyOf(g), List.copyOf(m), List.copyOf(v));
        recorder.groups.add(group);
        List<Tensor> reads = new ArrayList<>(p);
        reads.addAll(g);
        reads.addAll(m);
        reads.addAll(v);
        reads.add(rates);
        List<Tensor> writes = new ArrayList<>(p);
        writes.addAll(m);
        writes.addAll(v);
        recorder.add(
                op,
                reads,
                writes,
                writes,
                t -> {
                    Layout.Range range = t.range(group);
                    t.graph.task(
                            t.id(ElementKernels.launch(range.size())),
                            ElementKernels::adamUpdate,
                            t.context,
                            range.p().floats(),
                            range.g().floats(),
                            range.m().floats(),
                            range.v().floats(),
                            range.at(),
                            t.array(rates),
                            t.at(rates),
                            rate,
                            weightDecay,
                            range.size());
                });
    }
}
