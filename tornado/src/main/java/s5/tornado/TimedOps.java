package s5.tornado;

import static s5.tornado.Recorder.list;

import s5.ops.Ops.Discretization;
import s5.ops.Tensor;

/** The scan with a time step of its own at every position. */
final class TimedOps {
    private final Recorder recorder;

    TimedOps(Recorder recorder) {
        this.recorder = recorder;
    }

    void inputMatrix(Tensor b, Tensor bMatrix) {
        String op = "inputMatrix";
        int states = b.dim(0);
        int columns = b.dim(1);
        Check.shape(op, b, states, columns, 2);
        Check.shape(op, bMatrix, columns, 2 * states);
        recorder.add(
                op,
                list(b),
                list(bMatrix),
                t ->
                        t.graph.task(
                                t.id(Launch.over(b.size())),
                                DiscretizeKernels::inputForward,
                                t.context,
                                t.array(b),
                                t.at(b),
                                t.array(bMatrix),
                                t.at(bMatrix),
                                states,
                                columns,
                                b.size()));
    }

    void inputMatrixAdjoint(Tensor dBMatrix, Tensor dB) {
        String op = "inputMatrixAdjoint";
        int states = dB.dim(0);
        int columns = dB.dim(1);
        Check.shape(op, dB, states, columns, 2);
        Check.shape(op, dBMatrix, columns, 2 * states);
        recorder.add(
                op,
                list(dBMatrix),
                list(dB),
                t ->
                        t.graph.task(
                                t.id(Launch.over(dB.size())),
                                DiscretizeKernels::inputBackward,
                                t.context,
                                t.array(dBMatrix),
                                t.at(dBMatrix),
                                t.array(dB),
                                t.at(dB),
                                states,
                                columns,
                                dB.size()));
    }

    void scanTimed(
            Tensor lambdaRe,
            Tensor lambdaIm,
            Tensor logStep,
            Tensor dt,
            Tensor w,
            Discretization method,
            boolean clip,
            float stepRescale,
            boolean bidirectional,
            Tensor x) {
        ScanPlan plan = plan("scanTimed", lambdaRe, lambdaIm, logStep, dt, w, bidirectional, x);
        recorder.whole(w, x);
        Tensor ends = recorder.temporary("ends", plan.timedEndsSize());
        recorder.add(
                "scanTimed",
                list(lambdaRe, lambdaIm, logStep, dt, w),
                list(x, ends),
                t ->
                        new TimedTasks(
                                        t.kernels,
                                        plan,
                                        t.part(lambdaRe),
                                        t.part(lambdaIm),
                                        t.part(logStep),
                                        t.part(dt),
                                        method == Discretization.BILINEAR,
                                        clip,
                                        stepRescale)
                                .scan(t.id(), t.array(w), t.array(ends), t.array(x)));
    }

    void scanTimedAdjoint(
            Tensor lambdaRe,
            Tensor lambdaIm,
            Tensor logStep,
            Tensor dt,
            Tensor w,
            Discretization method,
            boolean clip,
            float stepRescale,
            boolean bidirectional,
            Tensor x,
            Tensor dX,
            Tensor dW,
            Tensor dLambdaRe,
            Tensor dLambdaIm,
            Tensor dLogStep) {
        String op = "scanTimedAdjoint";
        ScanPlan plan = plan(op, lambdaRe, lambdaIm, logStep, dt, w, bidirectional, x);
        Check.shape(op, dX, x.shape());
        Check.shape(op, dW, w.shape());
        Check.sizes(op, plan.states(), dLambdaRe, dLambdaIm, dLogStep);
        recorder.whole(w, x, dX, dW);
        Tensor ends = recorder.temporary("ends", plan.timedEndsSize());
        Tensor partial = recorder.temporary("sums", plan.timedPartialSize());
        recorder.add(
                op,
                list(lambdaRe, lambdaIm, logStep, dt, w, x, dX),
                list(dW, dLambdaRe, dLambdaIm, dLogStep, ends, partial),
                t ->
                        new TimedTasks(
                                        t.kernels,
                                        plan,
                                        t.part(lambdaRe),
                                        t.part(lambdaIm),
                                        t.part(logStep),
                                        t.part(dt),
                                        method == Discretization.BILINEAR,
                                        clip,
                                        stepRescale)
                                .adjoint(
                                        t.id(),
                                        t.array(w),
                                        t.array(x),
                                        t.array(dX),
                                        t.array(ends),
                                        t.array(partial),
                                        t.array(dW),
                                        t.part(dLambdaRe),
                                        t.part(dLambdaIm),
                                        t.part(dLogStep)));
    }

    private static ScanPlan plan(
            String op,
            Tensor lambdaRe,
            Tensor lambdaIm,
            Tensor logStep,
            Tensor dt,
            Tensor w,
            boolean bidirectional,
            Tensor x) {
        int states = lambdaRe.size();
        int directions = bidirectional ? 2 : 1;
        Check.sizes(op, states, lambdaRe, lambdaIm, logStep);
        Check.shape(op, dt, dt.rows(), dt.columns());
        Check.shape(op, w, dt.size(), 2 * states);
        Check.shape(op, x, dt.size(), 2 * states * directions);
        return ScanPlan.timed(dt.rows(), dt.columns(), states, directions);
    }
}
