package s5.tornado;

import static s5.tornado.Recorder.list;

import s5.ops.Ops.Discretization;
import s5.ops.Tensor;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Discretization, readout and the recurrence. */
final class SsmOps {
    private final Recorder recorder;

    /** By Lambda: what the discretization leaves for its adjoint. */
    private final Map<Tensor, Discretized> discretized = new HashMap<>();

    private record Discretized(
            Tensor lambdaIm,
            Tensor logStep,
            Discretization method,
            boolean clip,
            float rescale,
            Tensor factors) {}

    SsmOps(Recorder recorder) {
        this.recorder = recorder;
    }

    void discretize(
            Tensor lambdaRe,
            Tensor lambdaIm,
            Tensor logStep,
            Tensor b,
            Discretization method,
            boolean clip,
            float stepRescale,
            Tensor lambdaBar,
            Tensor bBar) {
        String op = "discretize";
        int states = lambdaRe.size();
        int columns = b.dim(1);
        Check.sizes(op, states, lambdaIm, logStep);
        Check.shape(op, b, states, columns, 2);
        Check.sizes(op, 2 * states, lambdaBar);
        Check.shape(op, bBar, columns, 2 * states);
        recorder.whole(lambdaBar, bBar);
        Tensor factors = Recorder.temporary("factors", states * DiscretizeKernels.FACTORS);
        discretized.put(
                lambdaRe, new Discretized(lambdaIm, logStep, method, clip, stepRescale, factors));
        recorder.add(
                op,
                list(lambdaRe, lambdaIm, logStep, b),
                list(lambdaBar, bBar, factors),
                t ->
                        states(
                                t,
                                lambdaRe,
                                lambdaIm,
                                logStep,
                                b,
                                method,
                                clip,
                                stepRescale,
                                lambdaBar,
                                bBar,
                                factors,
                                columns));
    }

    private static void states(
            Tasks t,
            Tensor lambdaRe,
            Tensor lambdaIm,
            Tensor logStep,
            Tensor b,
            Discretization method,
            boolean clip,
            float stepRescale,
            Tensor lambdaBar,
            Tensor bBar,
            Tensor factors,
            int columns) {
        int states = lambdaRe.size();
        t.graph.task(
                t.id(new Launch(states, DiscretizeKernels.THREADS)),
                DiscretizeKernels::discretizeStates,
                t.context,
                t.array(lambdaRe),
                t.at(lambdaRe),
                t.array(lambdaIm),
                t.at(lambdaIm),
                t.array(logStep),
                t.at(logStep),
                t.array(b),
                t.at(b),
                method == Discretization.BILINEAR ? 1 : 0,
                clip ? 1 : 0,
                stepRescale,
                t.array(lambdaBar),
                t.array(bBar),
                t.array(factors),
                states,
                columns);
    }

    /**
     * The factors that {@link #discretize} left in this step for the same arguments, or else new
     * ones.
     */
    private Tensor factors(
            Tensor lambdaRe,
            Tensor lambdaIm,
            Tensor logStep,
            Tensor b,
            Discretization method,
            boolean clip,
            float stepRescale) {
        Discretized before = discretized.get(lambdaRe);
        if (before != null
                && before.lambdaIm() == lambdaIm
                && before.logStep() == logStep
                && before.method() == method
                && before.clip() == clip
                && before.rescale() == stepRescale) {
            return before.factors();
        }
        int states = lambdaRe.size();
        Tensor factors = Recorder.temporary("factors", states * DiscretizeKernels.FACTORS);
        Tensor lambdaBar = Recorder.temporary("lambdaBar", 2 * states);
        Tensor none = Recorder.temporary("none", 1);
        recorder.add(
                "discretize",
                list(lambdaRe, lambdaIm, logStep, b),
                list(factors, lambdaBar, none),
                t ->
                        states(
                                t,
                                lambdaRe,
                                lambdaIm,
                                logStep,
                                b,
                                method,
                                clip,
                                stepRescale,
                                lambdaBar,
                                none,
                                factors,
                                0));
        return factors;
    }

    void discretizeAdjoint(
            Tensor lambdaRe,
            Tensor lambdaIm,
            Tensor logStep,
            Tensor b,
            Discretization method,
            boolean clip,
            float stepRescale,
            Tensor dLambdaBar,
            Tensor dBBar,
            Tensor dLambdaRe,
            Tensor dLambdaIm,
            Tensor dLogStep,
            Tensor dB) {
        String op = "discretizeAdjoint";
        int states = lambdaRe.size();
        int columns = b.dim(1);
        Check.sizes(op, states, lambdaIm, logStep, dLambdaRe, dLambdaIm, dLogStep);
        Check.shape(op, b, states, columns, 2);
        Check.shape(op, dB, states, columns, 2);
        Check.sizes(op, 2 * states, dLambdaBar);
        Check.shape(op, dBBar, columns, 2 * states);
        recorder.whole(dLambdaBar, dBBar);
        Tensor factors = factors(lambdaRe, lambdaIm, logStep, b, method, clip, stepRescale);
        Tensor byCoefficient = Recorder.temporary("byCoefficient", 2 * states);
        recorder.add(
                op,
                list(lambdaRe, lambdaIm, logStep, b, dLambdaBar, dBBar, factors),
                list(dLambdaRe, dLambdaIm, dLogStep, dB, byCoefficient),
                t -> {
                    t.graph.task(
                            t.id(new Launch(states, DiscretizeKernels.THREADS)),
                            DiscretizeKernels::discretizeBackwardInputs,
                            t.context,
                            t.array(logStep),
                            t.at(logStep),
                            t.array(b),
                            t.at(b),
                            stepRescale,
                            t.array(factors),
                            t.array(dBBar),
                            t.array(dB),
                            t.at(dB),
                            t.array(byCoefficient),
                            states,
                            columns);
                    String id = t.id();
                    Part re = t.part(dLambdaRe);
                    Part im = t.part(dLambdaIm);
                    Part step = t.part(dLogStep);
                    Part.together(
                            (more, at) ->
                                    t.graph.task(
                                            t.id(id + more, Launch.over(states)),
                                            DiscretizeKernels::discretizeBackwardStates,
                                            t.context,
                                            t.array(lambdaRe),
                                            t.at(lambdaRe),
                                            t.array(lambdaIm),
                                            t.at(lambdaIm),
                                            t.array(logStep),
                                            t.at(logStep),
                                            clip ? 1 : 0,
                                            stepRescale,
                                            t.array(factors),
                                            t.array(byCoefficient),
                                            t.array(dLambdaBar),
                                            at.array(),
                                            at.at(re),
                                            at.at(im),
                                            at.at(step),
                                            states),
                            re,
                            im,
                            step);
                });
    }

    void readout(List<Tensor> c, float factor, Tensor cMatrix) {
        String op = "readout";
        Columns columns = Columns.of(op, c, cMatrix);
        recorder.whole(cMatrix);
        recorder.add(
                op,
                c.stream().distinct().toList(),
                list(cMatrix),
                t ->
                        t.graph.task(
                                t.id(Launch.over(cMatrix.size())),
                                DiscretizeKernels::readoutForward,
                                t.context,
                                t.array(c.getFirst()),
                                t.at(c.getFirst()),
                                t.array(c.getLast()),
                                t.at(c.getLast()) + columns.shift(),
                                columns.stride(),
                                factor,
                                t.array(cMatrix),
                                columns.states(),
                                cMatrix.columns(),
                                cMatrix.size()));
    }

    void readoutAdjoint(Tensor dCMatrix, float factor, List<Tensor> dC) {
        String op = "readoutAdjoint";
        Columns columns = Columns.of(op, dC, dCMatrix);
        recorder.whole(dCMatrix);
        recorder.add(
                op,
                list(dCMatrix),
                dC.stream().distinct().toList(),
                t -> {
                    String id = t.id();
                    Part first = t.part(dC.getFirst());
                    Part last = t.part(dC.getLast());
                    Part second = new Part(last.array(), last.at() + columns.shift());
                    Part.together(
                            (more, at) ->
                                    t.graph.task(
                                            t.id(id + more, Launch.over(dCMatrix.size())),
                                            DiscretizeKernels::readoutBackward,
                                            t.context,
                                            at.array(),
                                            at.at(first),
                                            at.at(second),
                                            columns.stride(),
                                            factor,
                                            t.array(dCMatrix),
                                            columns.states(),
                                            dCMatrix.columns(),
                                            dCMatrix.size()),
                            first,
                            second);
                });
    }

    /**
     * How C lies in memory.
     *
     * @param states P
     * @param stride elements from one row to the next
     * @param shift where the backward direction begins in a tensor that holds both
     */
    private record Columns(int states, int stride, int shift) {

        static Columns of(String op, List<Tensor> c, Tensor matrix) {
            int directions = c.size();
            Check.require(
                    (directions == 1 || directions == 2) && matrix.rows() % (2 * directions) == 0,
                    "%s: %s does not go with %s",
                    op,
                    c,
                    matrix);
            int states = matrix.rows() / (2 * directions);
            boolean shared = directions == 2 && c.getFirst() == c.getLast();
            int columns = shared ? 2 * states : states;
            for (Tensor t : c) {
                Check.shape(op, t, matrix.columns(), columns, 2);
            }
            return new Columns(states, 2 * columns, shared ? 2 * states : 0);
        }
    }

    void scan(Tensor lambdaBar, Tensor bu, int length, boolean bidirectional, Tensor x) {
        String op = "scan";
        int states = lambdaBar.size() / 2;
        int directions = bidirectional ? 2 : 1;
        int sequences = sequences(op, bu, length);
        Check.sizes(op, 2 * states, lambdaBar);
        Check.shape(op, bu, bu.rows(), 2 * states);
        Check.shape(op, x, bu.rows(), 2 * states * directions);
        recorder.whole(lambdaBar, bu, x);
        ScanPlan plan = ScanPlan.forward(sequences, length, states, directions);
        Tensor ends = Recorder.temporary("ends", plan.endsSize());
        recorder.add(
                op,
                list(lambdaBar, bu),
                list(x, ends),
                t ->
                        t.kernels.scan(
                                t.id(),
                                plan,
                                t.array(lambdaBar),
                                t.array(bu),
                                t.array(ends),
                                t.array(x)));
    }

    void scanAdjoint(
            Tensor lambdaBar,
            Tensor x,
            Tensor dX,
            int length,
            boolean bidirectional,
            Tensor dBu,
            Tensor dLambdaBar) {
        String op = "scanAdjoint";
        int states = lambdaBar.size() / 2;
        int directions = bidirectional ? 2 : 1;
        int sequences = sequences(op, x, length);
        Check.sizes(op, 2 * states, lambdaBar, dLambdaBar);
        Check.shape(op, x, x.rows(), 2 * states * directions);
        Check.shape(op, dX, x.rows(), 2 * states * directions);
        Check.shape(op, dBu, x.rows(), 2 * states);
        recorder.whole(lambdaBar, x, dX, dBu, dLambdaBar);
        ScanPlan plan = ScanPlan.adjoint(sequences, length, states, directions);
        Tensor ends = Recorder.temporary("ends", plan.endsSize());
        Tensor partial = Recorder.temporary("sums", plan.partialSize());
        recorder.add(
                op,
                list(lambdaBar, x, dX),
                list(dBu, dLambdaBar, ends, partial),
                t ->
                        t.kernels.scanAdjoint(
                                t.id(),
                                plan,
                                t.array(lambdaBar),
                                t.array(x),
                                t.array(dX),
                                t.array(ends),
                                t.array(partial),
                                t.array(dBu),
                                t.array(dLambdaBar)));
    }

    private static int sequences(String op, Tensor x, int length) {
        Check.require(
                length > 0 && x.rows() % length == 0,
                "%s: the rows of %s are no multiple of the length %d",
                op,
                x,
                length);
        return x.rows() / length;
    }
}
