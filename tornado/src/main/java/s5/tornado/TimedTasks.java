package s5.tornado;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Appends the kernels of the scan with time steps of its own to a task graph; see {@link
 * KernelTasks}.
 *
 * @param kernels names the graph and its grids
 * @param plan how it is cut up, from {@link ScanPlan#timed}
 * @param lambdaRe in one array with {@code lambdaIm} and {@code logStep}
 * @param dt (B, L)
 * @param bilinear the bilinear method, rather than zero-order hold
 * @param clip whether the real part of Lambda is limited
 * @param rescale of the time steps
 */
public record TimedTasks(
        KernelTasks kernels,
        ScanPlan plan,
        Part lambdaRe,
        Part lambdaIm,
        Part logStep,
        Part dt,
        boolean bilinear,
        boolean clip,
        float rescale) {

    private FloatArray parameters() {
        return Part.one(lambdaRe, lambdaIm, logStep);
    }

    private int flags() {
        return (bilinear ? TimedScanKernels.BILINEAR : 0)
                | (clip ? TimedScanKernels.CLIP : 0)
                | (plan.directions() == 2 ? TimedScanKernels.BIDIRECTIONAL : 0);
    }

    private String launched(String id, Launch launch) {
        launch.on(kernels.graph(), id, kernels.grids());
        return id;
    }

    /**
     * {@link s5.ops.Ops#scanTimed}.
     *
     * @param id begins the names of the tasks
     * @param ends scratch, {@code plan.timedEndsSize()}
     */
    public void scan(String id, FloatArray w, FloatArray ends, FloatArray x) {
        if (plan.tiles() > 1) {
            kernels.graph()
                    .task(
                            launched(id + "Ends", plan.tileLaunch()),
                            TimedEndKernels::timedTileEnds,
                            kernels.context(),
                            parameters(),
                            lambdaRe.at(),
                            lambdaIm.at(),
                            logStep.at(),
                            dt.array(),
                            dt.at(),
                            w,
                            ends,
                            flags(),
                            rescale,
                            plan.length(),
                            plan.states(),
                            plan.lanes(),
                            plan.chunks(),
                            plan.tiles());
            starts(id, ends, 0);
        }
        kernels.graph()
                .task(
                        launched(id + "Tiles", plan.tileLaunch()),
                        TimedScanKernels::timedTiles,
                        kernels.context(),
                        parameters(),
                        lambdaRe.at(),
                        lambdaIm.at(),
                        logStep.at(),
                        dt.array(),
                        dt.at(),
                        w,
                        ends,
                        x,
                        flags(),
                        rescale,
                        plan.length(),
                        plan.states(),
                        plan.lanes(),
                        plan.chunks(),
                        plan.tiles());
    }

    private void starts(String id, FloatArray ends, int adjoint) {
        kernels.graph()
                .task(
                        launched(id + "Starts", plan.startLaunch()),
                        TimedScanKernels::timedTileStarts,
                        kernels.context(),
                        ends,
                        plan.states(),
                        plan.startLanes(),
                        plan.startGroups(),
                        plan.tiles(),
                        plan.startShare(),
                        plan.directions(),
                        adjoint);
    }

    /**
     * {@link s5.ops.Ops#scanTimedAdjoint}.
     *
     * @param ends scratch, {@code plan.timedEndsSize()}
     * @param partial scratch, {@code plan.timedPartialSize()}
     */
    public void adjoint(
            String id,
            FloatArray w,
            FloatArray x,
            FloatArray dX,
            FloatArray ends,
            FloatArray partial,
            FloatArray dW,
            Part dLambdaRe,
            Part dLambdaIm,
            Part dLogStep) {
        if (plan.tiles() > 1) {
            kernels.graph()
                    .task(
                            launched(id + "Ends", plan.tileLaunch()),
                            TimedEndKernels::timedAdjointTileEnds,
                            kernels.context(),
                            parameters(),
                            lambdaRe.at(),
                            lambdaIm.at(),
                            logStep.at(),
                            dt.array(),
                            dt.at(),
                            dX,
                            ends,
                            flags(),
                            rescale,
                            plan.length(),
                            plan.states(),
                            plan.lanes(),
                            plan.chunks(),
                            plan.tiles());
            starts(id, ends, 1);
        }
        kernels.graph()
                .task(
                        launched(id + "Tiles", plan.tileLaunch()),
                        TimedAdjointKernels::timedAdjointTiles,
                        kernels.context(),
                        parameters(),
                        lambdaRe.at(),
                        lambdaIm.at(),
                        logStep.at(),
                        dt.array(),
                        dt.at(),
                        w,
                        x,
                        dX,
                        ends,
                        dW,
                        partial,
                        flags(),
                        rescale,
                        plan.length(),
                        plan.states(),
                        plan.lanes(),
                        plan.chunks(),
                        plan.tiles());
        int states = plan.states();
        kernels.columnTotalsOfThree(
                id + "Sums",
                partial,
                plan.partialRows(),
                states,
                states,
                states,
                dLambdaRe,
                dLambdaIm,
                dLogStep);
    }
}
