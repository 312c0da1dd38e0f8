package s5.tornado.scan;

import s5.ops.ScanOp;
import s5.ops.Tensor;
import s5.tornado.Part;
import s5.tornado.Recorder;
import s5.tornado.Tasks;

import java.util.List;

/** The matrix that turns states into outputs. */
final class ReadoutTasks {
    private ReadoutTasks() {}

    static void readout(ScanOp.Readout op, Recorder recorder) {
        recorder.add(op, t -> add(t, false, op.c(), op.factor(), op.cMatrix()));
    }

    static void adjoint(ScanOp.ReadoutAdjoint op, Recorder recorder) {
        recorder.add(op, t -> add(t, true, op.dC(), op.factor(), op.dCMatrix()));
    }

    /**
     * How C lies in memory, and the matrix.
     *
     * @param states P
     * @param stride elements of C from one row to the next
     */
    private record Sizes(float factor, Tensor matrix, int states, int stride) {}

    /**
     * One task for both directions where C is in one array, as it is in a training step; else one
     * for each.
     */
    private static void add(Tasks t, boolean adjoint, List<Tensor> c, float factor, Tensor matrix) {
        int states = matrix.rows() / (2 * c.size());
        boolean shared = c.size() == 2 && c.getFirst() == c.getLast();
        Sizes sizes = new Sizes(factor, matrix, states, shared ? 4 * states : 2 * states);
        Part first = t.part(c.getFirst());
        Part last = t.part(c.getLast());
        if (first.array() == last.array()) {
            int step = last.at() + (shared ? 2 * states : 0) - first.at();
            rows(t, adjoint, sizes, first, step, 0, matrix.size());
        } else {
            int n = matrix.size() / 2;
            rows(t, adjoint, sizes, first, 0, 0, n);
            rows(t, adjoint, sizes, last, 0, n, n);
        }
    }

    /**
     * @param step elements of C from the first direction to the second
     * @param from element of the matrix that the rows begin at
     * @param n elements of the rows
     */
    private static void rows(
            Tasks t, boolean adjoint, Sizes sizes, Part c, int step, int from, int n) {
        t.graph.task(
                t.loop(n),
                adjoint ? DiscretizeKernels::readoutBackward : DiscretizeKernels::readoutForward,
                c.array(),
                c.at(),
                step,
                sizes.stride(),
                sizes.factor(),
                t.array(sizes.matrix()),
                t.at(sizes.matrix()) + from,
                sizes.states(),
                n / sizes.matrix().columns(),
                sizes.matrix().columns());
    }
}
