package s5.tornado;

import static s5.tornado.Recorder.list;

import s5.ops.Ops.Discretization;
import s5.ops.Tensor;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

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
        Tensor factors = Tensor.scratch("factors", states * DiscretizeKernels.FACTORS);
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
                                factors));
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
            Tensor factors) {
        int states = lambdaRe.size();
        String id = t.id();
        Part bar = t.part(lambdaBar);
        Part inputs = t.part(bBar);
        Part rest = t.part(factors);
        Part.together(
                (more, at) ->
                        t.graph.task(
                                t.id(id + more, new Launch(states, DiscretizeKernels.THREADS)),
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
                                at.array(),
                                at.at(bar),
                                at.at(inputs),
                                at.at(rest),
                                states,
                                b.dim(1)),
                bar,
                inputs,
                rest);
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
        Tensor factors = Tensor.scratch("factors", states * DiscretizeKernels.FACTORS);
        recorder.add(
                "discretize",
                list(lambdaRe, lambdaIm, logStep, b),
                list(factors),
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
                                null,
                                null,
                                factors));
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
        Tensor factors = factors(lambdaRe, lambdaIm, logStep, b, method, clip, stepRescale);
        recorder.add(
                op,
                list(lambdaRe, lambdaIm, logStep, b, dLambdaBar, dBBar, factors),
                list(dLambdaRe, dLambdaIm, dLogStep, dB),
                t -> {
                    String id = t.id();
                    FloatArray parameters =
                            Part.one(
                                    t.part(lambdaRe), t.part(lambdaIm), t.part(logStep), t.part(b));
                    FloatArray given = Part.one(t.part(dLambdaBar), t.part(dBBar));
                    Part re = t.part(dLambdaRe);
                    Part im = t.part(dLambdaIm);
                    Part step = t.part(dLogStep);
                    Part inputs = t.part(dB);
                    Part.together(
                            (more, at) ->
                                    t.graph.task(
                                            t.id(
                                                    id + more,
                                                    new Launch(states, DiscretizeKernels.THREADS)),
                                            DiscretizeKernels::discretizeBackward,
                                            t.context,
                                            parameters,
                                            t.at(lambdaRe),
                                            t.at(lambdaIm),
                                            t.at(logStep),
                                            t.at(b),
                                            clip ? 1 : 0,
                                            stepRescale,
                                            t.array(factors),
                                            t.at(factors),
                                            given,
                                            t.at(dLambdaBar),
                                            t.at(dBBar),
                                            at.array(),
                                            at.at(re),
                                            at.at(im),
                                            at.at(step),
                                            at.at(inputs),
                                            states,
                                            columns),
                            re,
                            im,
                            step,
                            inputs);
                });
    }

    void readout(List<Tensor> c, float factor, Tensor cMatrix) {
        String op = "readout";
        Columns columns = Columns.of(op, c, cMatrix);
        recorder.add(
                op,
                c.stream().distinct().toList(),
                list(cMatrix),
                t ->
                        columns.launch(
                                t,
                                c,
                                cMatrix,
                                (id, launch, first, step, at, n) ->
                                        t.graph.task(
                                                t.id(id, launch),
                                                DiscretizeKernels::readoutForward,
                                                t.context,
                                                first.array(),
                                                first.at(),
                                                step,
                                                columns.stride(),
                                                factor,
                                                t.array(cMatrix),
                                                at,
                                                columns.states(),
                                                cMatrix.columns(),
                                                n)));
    }

    void readoutAdjoint(Tensor dCMatrix, float factor, List<Tensor> dC) {
        String op = "readoutAdjoint";
        Columns columns = Columns.of(op, dC, dCMatrix);
        recorder.add(
                op,
                list(dCMatrix),
                dC.stream().distinct().toList(),
                t ->
                        columns.launch(
                                t,
                                dC,
                                dCMatrix,
                                (id, launch, first, step, at, n) ->
                                        t.graph.task(
                                                t.id(id, launch),
                                                DiscretizeKernels::readoutBackward,
                                                t.context,
                                                first.array(),
                                                first.at(),
                                                step,
                                                columns.stride(),
                                                factor,
                                                t.array(dCMatrix),
                                                at,
                                                columns.states(),
                                                dCMatrix.columns(),
                                                n)));
    }

    /** Adds a task for the rows of some directions that begin at element {@code at}. */
    @FunctionalInterface
    private interface ReadoutTask {
        void add(String id, Launch launch, Part first, int step, int at, int n);
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

        /**
         * One task for both directions where C is in one array, as it is in a training step; else
         * one for each.
         */
        void launch(Tasks t, List<Tensor> c, Tensor matrix, ReadoutTask task) {
            Part first = t.part(c.getFirst());
            Part last = t.part(c.getLast());
            if (first.array() == last.array()) {
                int step = last.at() + shift - first.at();
                int n = matrix.size();
                task.add(t.id(), Launch.over(n), first, step, t.at(matrix), n);
            } else {
                int n = matrix.size() / 2;
                task.add(t.id(), Launch.over(n), first, 0, t.at(matrix), n);
                task.add(t.id(), Launch.over(n), last, 0, t.at(matrix) + n, n);
            }
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
        recorder.whole(bu, x);
        ScanPlan plan = ScanPlan.forward(sequences, length, states, directions);
        Tensor ends = recorder.temporary("ends", plan.endsSize());
        recorder.add(
                op,
                list(lambdaBar, bu),
                list(x, ends),
                t ->
                        t.kernels.scan(
                                t.id(),
                                plan,
                                t.part(lambdaBar),
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
        recorder.whole(x, dX, dBu);
        ScanPlan plan = ScanPlan.adjoint(sequences, length, states, directions);
        Tensor ends = recorder.temporary("ends", plan.endsSize());
        Tensor partial = recorder.temporary("sums", plan.partialSize());
        recorder.add(
                op,
                list(lambdaBar, x, dX),
                list(dBu, dLambdaBar, ends, partial),
                t ->
                        t.kernels.scanAdjoint(
                                t.id(),
                                plan,
                                t.part(lambdaBar),
                                t.array(x),
                                t.array(dX),
                                t.array(ends),
                                t.array(partial),
                                t.array(dBu),
                                t.part(dLambdaBar)));
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
