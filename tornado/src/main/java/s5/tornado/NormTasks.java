package s5.tornado;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

import java.util.List;

/**
 * Appends the kernels of a normalization to a task graph; see {@link KernelTasks}.
 *
 * @param kernels names the graph and its grids
 */
public record NormTasks(KernelTasks kernels) {

    /**
     * {@link s5.ops.Ops#batchNorm} over (rows, columns).
     *
     * @param partial scratch, {@code ColumnPlan.sums(rows, columns).partialSize(2)}
     */
    public void batchNorm(
            String id,
            int rows,
            int columns,
            FloatArray x,
            Part scale,
            Part bias,
            Part runningMean,
            Part runningVar,
            float momentum,
            FloatArray partial,
            Part mean,
            Part rstd,
            FloatArray y) {
        ColumnPlan sums = ColumnPlan.sums(rows, columns);
        sums.launch().on(kernels.graph(), id + "Partials", kernels.grids());
        kernels.graph()
                .task(
                        id + "Partials",
                        BatchNormKernels::batchNormPartials,
                        kernels.context(),
                        x,
                        partial,
                        rows,
                        columns,
                        sums.lanes(),
                        sums.columnGroups(),
                        sums.sweeps(),
                        sums.groupRows());
        Part.pairs(
                (task, running, statistics) -> {
                    ColumnSums.totalsLaunch(columns)
                            .on(kernels.graph(), id + "Finish" + task, kernels.grids());
                    kernels.graph()
                            .task(
                                    id + "Finish" + task,
                                    BatchNormKernels::batchNormFinish,
                                    kernels.context(),
                                    partial,
                                    running.array(),
                                    running.at(runningMean),
                                    running.at(runningVar),
                                    statistics.array(),
                                    statistics.at(mean),
                                    statistics.at(rstd),
                                    momentum,
                                    rows,
                                    columns,
                                    sums.groupRows(),
                                    sums.rowGroups());
                },
                List.of(runningMean, runningVar),
                List.of(mean, rstd));
        ColumnPlan elements = ColumnPlan.elements(rows, columns);
        elements.launch().on(kernels.graph(), id + "Apply", kernels.grids());
        kernels.graph()
                .task(
                        id + "Apply",
                        BatchNormKernels::batchNormApply,
                        kernels.context(),
                        x,
                        scale.array(),
                        scale.at(),
                        bias.array(),
                        bias.at(),
                        mean.array(),
                        mean.at(),
                        rstd.array(),
                        rstd.at(),
                        y,
                        rows,
                        columns,
                        elements.lanes(),
                        elements.columnGroups(),
                        elements.sweeps(),
                        elements.rowGroups());
    }

    /** {@link s5.ops.Ops#batchNormFrozen} over (rows, columns). */
    public void batchNormFrozen(
            String id,
            int rows,
            int columns,
            FloatArray x,
            Part scale,
            Part bias,
            Part runningMean,
            Part runningVar,
            FloatArray y) {
        ColumnPlan plan = ColumnPlan.elements(rows, columns);
        plan.launch().on(kernels.graph(), id, kernels.grids());
        kernels.graph()
                .task(
                        id,
                        BatchNormKernels::batchNormFrozen,
                        kernels.context(),
                        x,
                        scale.array(),
                        scale.at(),
                        bias.array(),
                        bias.at(),
                        runningMean.array(),
                        runningMean.at(),
                        runningVar.array(),
                        runningVar.at(),
                        y,
                        rows,
                        columns,
                        plan.lanes(),
                        plan.columnGroups(),
                        plan.sweeps());
    }

    /**
     * {@link s5.ops.Ops#batchNormAdjoint} over (rows, columns).
     *
     * @param residual or null
     * @param partial scratch, {@code ColumnPlan.sums(rows, columns).partialSize(2)}
     */
    public void batchNormAdjoint(
            String id,
            int rows,
            int columns,
            FloatArray x,
            Part scale,
            Part mean,
            Part rstd,
            FloatArray dY,
            FloatArray residual,
            FloatArray partial,
            Part dScale,
            Part dBias,
            FloatArray dX) {
        ColumnPlan sums = ColumnPlan.sums(rows, columns);
        sums.launch().on(kernels.graph(), id + "Sums", kernels.grids());
        kernels.graph()
                .task(
                        id + "Sums",
                        BatchNormAdjointKernels::batchNormAdjointSums,
                        kernels.context(),
                        x,
                        mean.array(),
                        mean.at(),
                        rstd.array(),
                        rstd.at(),
                        dY,
                        partial,
                        rows,
                        columns,
                        sums.lanes(),
                        sums.columnGroups(),
                        sums.sweeps(),
                        sums.groupRows());
        kernels.columnTotalsOfTwo(
                id + "Totals", partial, sums.rowGroups(), columns, columns, dBias, dScale);
        ColumnPlan elements = ColumnPlan.elements(rows, columns);
        elements.launch().on(kernels.graph(), id + "Apply", kernels.grids());
        kernels.graph()
                .task(
                        id + "Apply",
                        BatchNormAdjointKernels::batchNormAdjointApply,
                        kernels.context(),
                        x,
                        scale.array(),
                        scale.at(),
                        mean.array(),
                        mean.at(),
                        rstd.array(),
                        rstd.at(),
                        dY,
                        residual == null ? dY : residual,
                        dScale.array(),
                        dScale.at(),
                        dBias.array(),
                        dBias.at(),
                        dX,
                        residual == null ? 0 : 1,
                        rows,
                        columns,
                        elements.lanes(),
                        elements.rowGroups());
    }

    /** {@link s5.ops.Ops#layerNorm} over (rows, columns). */
    public void layerNorm(
            String id,
            int rows,
            int columns,
            FloatArray x,
            Part scale,
            Part bias,
            FloatArray mean,
            FloatArray rstd,
            FloatArray y) {
        RowPlan plan = RowPlan.forward(rows, columns);
        plan.launch().on(kernels.graph(), id, kernels.grids());
        kernels.graph()
                .task(
                        id,
                        LayerNormKernels::layerNormRows,
                        kernels.context(),
                        x,
                        scale.array(),
                        scale.at(),
                        bias.array(),
                        bias.at(),
                        mean,
                        rstd,
                        y,
                        rows,
                        columns,
                        plan.lanes(),
                        plan.sweeps(),
                        plan.tileRows());
    }

    /**
     * {@link s5.ops.Ops#layerNormAdjoint} over (rows, columns).
     *
     * @param residual or null
     * @param partial scratch, {@code RowPlan.adjoint(rows, columns).partialSize(2)}
     */
    public void layerNormAdjoint(
            String id,
            int rows,
            int columns,
            FloatArray x,
            Part scale,
            FloatArray mean,
            FloatArray rstd,
            FloatArray dY,
            FloatArray residual,
            FloatArray partial,
            Part dScale,
            Part dBias,
            FloatArray dX) {
        RowPlan plan = RowPlan.adjoint(rows, columns);
        plan.launch().on(kernels.graph(), id + "Rows", kernels.grids());
        kernels.graph()
                .task(
                        id + "Rows",
                        LayerNormKernels::layerNormAdjointRows,
                        kernels.context(),
                        x,
                        scale.array(),
                        scale.at(),
                        mean,
                        rstd,
                        dY,
                        residual == null ? dY : residual,
                        dX,
                        partial,
                        residual == null ? 0 : 1,
                        rows,
                        columns,
                        plan.lanes(),
                        plan.sweeps(),
                        plan.tileRows(),
                        plan.groupRows());
        kernels.columnTotalsOfTwo(
                id + "Totals", partial, plan.rowGroups(), columns, columns, dBias, dScale);
    }
}
