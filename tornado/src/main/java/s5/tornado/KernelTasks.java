package s5.tornado;

import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Appends the kernels of one operation to a task graph, in launch order and each with its grid, so
 * that no kernel is ever started with the wrong one. Arrays may be longer than the text of the
 * kernel says. Scratch arrays hold nothing between operations.
 *
 * @param graph where the tasks go
 * @param grids where their grids go; must be given to the execution plan
 * @param context stands for the thread in every kernel
 */
public record KernelTasks(TaskGraph graph, GridScheduler grids, KernelContext context) {

    public KernelTasks(TaskGraph graph, GridScheduler grids) {
        this(graph, grids, new KernelContext());
    }

    /**
     * {@link s5.ops.Ops#scan}.
     *
     * @param id begins the names of the tasks
     * @param ends scratch, {@code plan.endsSize()}
     */
    public void scan(
            String id,
            ScanPlan plan,
            FloatArray lambda,
            FloatArray u,
            FloatArray ends,
            FloatArray x) {
        if (plan.tiles() > 1) {
            plan.tileLaunch().on(graph, id + "Ends", grids);
            graph.task(
                    id + "Ends",
                    ScanKernels::scanTileEnds,
                    context,
                    lambda,
                    u,
                    ends,
                    plan.chunkLength(),
                    plan.length(),
                    plan.states(),
                    plan.lanes(),
                    plan.stateGroups(),
                    plan.chunks(),
                    plan.tiles(),
                    plan.directions());
            starts(id, plan, lambda, ends, 0);
        }
        plan.tileLaunch().on(graph, id + "Tiles", grids);
        graph.task(
                id + "Tiles",
                ScanKernels::scanTiles,
                context,
                lambda,
                u,
                ends,
                x,
                plan.chunkLength(),
                plan.length(),
                plan.states(),
                plan.lanes(),
                plan.stateGroups(),
                plan.chunks(),
                plan.tiles(),
                plan.directions(),
                plan.partialRows());
    }

    private void starts(String id, ScanPlan plan, FloatArray lambda, FloatArray ends, int adjoint) {
        plan.startLaunch().on(graph, id + "Starts", grids);
        graph.task(
                id + "Starts",
                ScanKernels::scanTileStarts,
                context,
                lambda,
                ends,
                plan.states(),
                plan.startLanes(),
                plan.startGroups(),
                plan.tileLength(),
                plan.tiles(),
                plan.startShare(),
                plan.directions(),
                adjoint);
    }

    /**
     * {@link s5.ops.Ops#scanAdjoint}.
     *
     * @param ends scratch, {@code plan.endsSize()}
     * @param partial scratch, {@code plan.partialSize()}
     */
    public void scanAdjoint(
            String id,
            ScanPlan plan,
            FloatArray lambda,
            FloatArray x,
            FloatArray dX,
            FloatArray ends,
            FloatArray partial,
            FloatArray dU,
            FloatArray dLambda) {
        if (plan.tiles() > 1) {
            plan.tileLaunch().on(graph, id + "Ends", grids);
            graph.task(
                    id + "Ends",
                    ScanAdjointKernels::scanAdjointTileEnds,
                    context,
                    lambda,
                    dX,
                    ends,
                    plan.chunkLength(),
                    plan.length(),
                    plan.states(),
                    plan.lanes(),
                    plan.stateGroups(),
                    plan.chunks(),
                    plan.tiles(),
                    plan.directions());
            starts(id, plan, lambda, ends, 1);
        }
        plan.tileLaunch().on(graph, id + "Tiles", grids);
        graph.task(
                id + "Tiles",
                ScanAdjointKernels::scanAdjointTiles,
                context,
                lambda,
                x,
                dX,
                ends,
                dU,
                partial,
                plan.chunkLength(),
                plan.length(),
                plan.states(),
                plan.lanes(),
                plan.stateGroups(),
                plan.chunks(),
                plan.tiles(),
                plan.directions(),
                plan.partialRows());
        columnTotals(
                id + "Lambda", partial, plan.partialRows(), 2 * plan.states(), Part.of(dLambda));
    }

    /** Adds up {@code rows} rows of partial sums; see {@link ColumnSums}. */
    public void columnTotals(String id, FloatArray partial, int rows, int columns, Part out) {
        ColumnSums.totalsLaunch(columns).on(graph, id, grids);
        graph.task(
                id,
                ColumnSums::columnTotals,
                context,
                partial,
                out.array(),
                out.at(),
                rows,
                columns);
    }

    /**
     * Adds up {@code rows} rows of partial sums, the first {@code columns} of them into one tensor
     * and {@code moreColumns} into another; see {@link ColumnSums}.
     *
     * @param first null when it is not wanted
     */
    public void columnTotalsOfTwo(
            String id,
            FloatArray partial,
            int rows,
            int columns,
            int moreColumns,
            Part first,
            Part second) {
        Part.together(
                (task, at) -> {
                    Launch launch = ColumnSums.totalsLaunch(columns + moreColumns);
                    launch.on(graph, id + task, grids);
                    graph.task(
                            id + task,
                            ColumnSums::columnTotalsOfTwo,
                            context,
                            partial,
                            at.array(),
                            at.at(first),
                            at.at(second),
                            rows,
                            columns,
                            moreColumns);
                },
                first,
                second);
    }

    /**
     * {@code out = column sums of x}.
     *
     * @param partial scratch, {@code plan.partialSize(1)}, from {@code ColumnPlan.sums}
     */
    public void columnSums(String id, ColumnPlan plan, FloatArray x, FloatArray partial, Part out) {
        plan.launch().on(graph, id + "Partials", grids);
        graph.task(
                id + "Partials",
                ColumnSums::columnPartials,
                context,
                x,
                partial,
                plan.rows(),
                plan.columns(),
                plan.lanes(),
                plan.columnGroups(),
                plan.sweeps(),
                plan.groupRows());
        columnTotals(id + "Totals", partial, plan.rowGroups(), plan.columns(), out);
    }

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
            FloatArray mean,
            FloatArray rstd,
            FloatArray y) {
        ColumnPlan sums = ColumnPlan.sums(rows, columns);
        sums.launch().on(graph, id + "Partials", grids);
        graph.task(
                id + "Partials",
                BatchNormKernels::batchNormPartials,
                context,
                x,
                partial,
                rows,
                columns,
                sums.lanes(),
                sums.columnGroups(),
                sums.sweeps(),
                sums.groupRows());
        Part.together(
                (task, at) -> {
                    ColumnSums.totalsLaunch(columns).on(graph, id + "Finish" + task, grids);
                    graph.task(
                            id + "Finish" + task,
                            BatchNormKernels::batchNormFinish,
                            context,
                            partial,
                            at.array(),
                            at.at(runningMean),
                            at.at(runningVar),
                            mean,
                            rstd,
                            momentum,
                            rows,
                            columns,
                            sums.groupRows(),
                            sums.rowGroups());
                },
                runningMean,
                runningVar);
        ColumnPlan elements = ColumnPlan.elements(rows, columns);
        elements.launch().on(graph, id + "Apply", grids);
        graph.task(
                id + "Apply",
                BatchNormKernels::batchNormApply,
                context,
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
        plan.launch().on(graph, id, grids);
        graph.task(
                id,
                BatchNormKernels::batchNormFrozen,
                context,
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
            FloatArray mean,
            FloatArray rstd,
            FloatArray dY,
            FloatArray residual,
            FloatArray partial,
            Part dScale,
            Part dBias,
            FloatArray dX) {
        ColumnPlan sums = ColumnPlan.sums(rows, columns);
        sums.launch().on(graph, id + "Sums", grids);
        graph.task(
                id + "Sums",
                BatchNormKernels::batchNormAdjointSums,
                context,
                x,
                mean,
                rstd,
                dY,
                partial,
                rows,
                columns,
                sums.lanes(),
                sums.columnGroups(),
                sums.sweeps(),
                sums.groupRows());
        columnTotalsOfTwo(
                id + "Totals", partial, sums.rowGroups(), columns, columns, dBias, dScale);
        ColumnPlan elements = ColumnPlan.elements(rows, columns);
        elements.launch().on(graph, id + "Apply", grids);
        graph.task(
                id + "Apply",
                BatchNormKernels::batchNormAdjointApply,
                context,
                x,
                scale.array(),
                scale.at(),
                mean,
                rstd,
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
                elements.columnGroups(),
                elements.sweeps(),
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
        plan.launch().on(graph, id, grids);
        graph.task(
                id,
                LayerNormKernels::layerNormRows,
                context,
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
        plan.launch().on(graph, id + "Rows", grids);
        graph.task(
                id + "Rows",
                LayerNormKernels::layerNormAdjointRows,
                context,
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
        columnTotalsOfTwo(
                id + "Totals", partial, plan.rowGroups(), columns, columns, dBias, dScale);
    }

    /**
     * {@link s5.ops.Ops#matmul} by own kernels.
     *
     * @param partial scratch, {@code plan.partialSize()}; may be null when that is 0
     */
    public void matmul(
            String id,
            MatmulPlan plan,
            FloatArray a,
            boolean transposeA,
            Part b,
            boolean transposeB,
            boolean accumulate,
            FloatArray partial,
            Part out) {
        boolean split = plan.splits() > 1;
        plan.launch().on(graph, id + "Tiles", grids);
        graph.task(
                id + "Tiles",
                MatmulKernels::matmulTiles,
                context,
                a,
                b.array(),
                b.at(),
                split ? partial : out.array(),
                split ? 0 : out.at(),
                plan.m(),
                plan.n(),
                plan.k(),
                transposeA ? 1 : plan.k(),
                transposeA ? plan.m() : 1,
                transposeB ? 1 : plan.n(),
                transposeB ? plan.k() : 1,
                plan.rowTiles(),
                plan.columnTiles(),
                plan.share(),
                accumulate && !split ? 1 : 0);
        if (split) {
            plan.combineLaunch().on(graph, id + "Combine", grids);
            graph.task(
                    id + "Combine",
                    MatmulKernels::matmulCombine,
                    context,
                    partial,
                    out.array(),
                    out.at(),
                    plan.splits(),
                    plan.m() * plan.n(),
                    accumulate ? 1 : 0);
        }
    }
}
