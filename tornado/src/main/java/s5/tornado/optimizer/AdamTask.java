package s5.tornado.optimizer;

import s5.ops.Tensor;
import s5.ops.UpdateOp.Adam;
import s5.tornado.Recorder;
import s5.tornado.Tasks;

import java.util.List;

/** The optimizer: one task for each group, over the group's range of four arrays. */
final class AdamTask {
    private AdamTask() {}

    /** Says how {@link Adam} is done. */
    static void plan(Adam op, Recorder recorder) {
        for (Tensor g : op.g()) {
            if (g.role() == Tensor.Role.SCRATCH) {
                throw new IllegalArgumentException(
                        op.name() + ": " + g + " is scratch, a gradient here has to be an output");
            }
        }
        if (op.p().isEmpty()) {
            return;
        }
        recorder.sideBySide(op, List.of(op.p(), op.g(), op.m(), op.v()));
        recorder.add(op, t -> update(op, t));
    }

    private static void update(Adam op, Tasks t) {
        Tasks.Range range = t.range(op);
        t.graph.task(
                t.loop(range.size()),
                AdamKernels::adamUpdate,
                range.of(0),
                range.of(1),
                range.of(2),
                range.of(3),
                range.at(),
                range.at() + range.size(),
                t.array(op.rates()),
                t.at(op.rates()),
                op.rate(),
                op.weightDecay(),
                op.coupled() ? 1 : 0);
    }
}
