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
            String id, ScanPlan plan, Part lambda, FloatArray u, FloatArray ends, FloatArray x) {
        if (plan.tiles() > 1) {
            plan.tileLaunch().on(graph, id + "Ends", grids);
            graph.task(
                    id + "Ends",
                    ScanKernels::scanTileEnds,
                    context,
                    lambda.array(),
                    lambda.at(),
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
                lambda.array(),
                lambda.at(),
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

    private void starts(String id, ScanPlan plan, Part lambda, FloatArray ends, int adjoint) {
        plan.startLaunch().on(graph, id + "Starts", grids);
        graph.task(
                id + "Starts",
                ScanKernels::scanTileStarts,
                context,
                lambda.array(),
                lambda.at(),
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
            Part lambda,
            FloatArray x,
            FloatArray dX,
            FloatArray ends,
            FloatArray partial,
            FloatArray dU,
            Part dLambda) {
        if (plan.tiles() > 1) {
            plan.tileLaunch().on(graph, id + "Ends", grids);
            graph.task(
                    id + "Ends",
                    ScanAdjointKernels::scanAdjointTileEnds,
                    context,
                    lambda.array(),
                    lambda.at(),
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
                lambda.array(),
                lambda.at(),
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
        columnTotals(id + "Lambda", partial, plan.partialRows(), 2 * plan.states(), dLambda);
    }

    /** Adds up {@code rows} rows of partial sums; see {@link ColumnSums}. */
    public void columnTotals(String id, FloatArray partial, int rows, int columns, Part out) {
        columnTotalsOfThree(id, partial, rows, columns, 0, 0, out, null, null);
    }

    /** {@link #columnTotalsOfThree} with two. */
    public void columnTotalsOfTwo(
            String id,
            FloatArray partial,
            int rows,
            int columns,
            int moreColumns,
            Part first,
            Part second) {
        columnTotalsOfThree(id, partial, rows, columns, moreColumns, 0, first, second, null);
    }

    /**
     * Adds up {@code rows} rows of partial sums, the first {@code columns} of them into one tensor,
     * the next into another, the last into a third; see {@link ColumnSums}.
     *
     * @param first null when it is not wanted, as {@code second} and {@code third}
     */
    public void columnTotalsOfThree(
            String id,
            FloatArray partial,
            int rows,
            int columns,
            int secondColumns,
            int thirdColumns,
            Part first,
            Part second,
            Part third) {
        Part.together(
                (task, at) -> {
                    Launch launch = ColumnSums.totalsLaunch(columns + secondColumns + thirdColumns);
                    launch.on(graph, id + task, grids);
                    graph.task(
                            id + task,
                            ColumnSums::columnTotals,
                            context,
                            partial,
                            at.array(),
                            at.at(first),
                            at.at(second),
                            at.at(third),
                            rows,
                            columns,
                            secondColumns,
                            thirdColumns);
                },
                first,
                second,
                third);
    }

    /** The normalizations, for the same graph. */
    public NormTasks norms() {
        return new NormTasks(this);
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
