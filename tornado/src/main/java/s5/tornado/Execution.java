package s5.tornado;

import s5.tornado.compile.Compilation;

import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.ProfilerMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The segments of a step on a device, with its memory there: a plan for each, made and compiled
 * when it first runs. Used by one thread only, because TornadoVM has a queue for each.
 */
final class Execution implements AutoCloseable {
    /** Runs after which the plans' results are thrown away. */
    private static final int RESULTS = 1024;

    /** A segment's plan, and what it said of its last execution. */
    private static final class Plan {
        final ImmutableTaskGraph graph;
        final TornadoExecutionPlan plan;
        final Optional<Kernels> kernels; // empty where TornadoVM compiles them by itself
        TornadoExecutionResult last; // null before the first

        Plan(
                Segment segment,
                Set<Object> narrow,
                TornadoDevice device,
                boolean cudaGraph,
                boolean each) {
            graph = segment.graph().snapshot();
            plan = new TornadoExecutionPlan(graph);
            plan.withDevice(device);
            if (cudaGraph) {
                plan.withCUDAGraph();
            }
            if (!segment.grids().keySet().isEmpty()) {
                plan.withGridScheduler(segment.grids());
            }
            kernels =
                    each
                            ? Optional.empty()
                            : Internals.kernels(graph, segment.grids(), plan, narrow);
        }

        void execute() {
            boolean first = last == null;
            last = plan.execute();
            if (first) {
                kernels.ifPresent(Kernels::executed);
            }
        }
    }

    private final List<Segment> segments;
    private final Set<Object> narrow;
    private final TornadoDevice device;
    private final boolean cudaGraph;
    private final boolean each;
    private final List<Plan> plans = new ArrayList<>();
    private long runs;

    /**
     * An execution that has not begun.
     *
     * @param narrow arrays that hold bfloat16
     * @param cudaGraph whether each segment is captured as a CUDA graph
     * @param each whether each task compiles a kernel of its own
     */
    Execution(
            List<Segment> segments,
            Set<Object> narrow,
            TornadoDevice device,
            boolean cudaGraph,
            boolean each) {
        if (each && !narrow.isEmpty()) {
            throw new IllegalArgumentException("kernels over bfloat16 are compiled once");
        }
        this.segments = segments;
        this.narrow = narrow;
        this.device = device;
        this.cudaGraph = cudaGraph;
        this.each = each;
    }

    /** Makes the plans and compiles their kernels, unless that has been done. */
    void prepare() {
        if (!plans.isEmpty()) {
            return;
        }
        segments.forEach(segment -> plans.add(new Plan(segment, narrow, device, cudaGraph, each)));
        var progress = new Compilation(kernels().mapToInt(Kernels::count).sum());
        kernels().forEach(kernels -> kernels.compile(progress::compiled));
    }

    private Stream<Kernels> kernels() {
        return plans.stream().flatMap(plan -> plan.kernels.stream());
    }

    /** Runs all segments once. */
    void run() {
        prepare();
        for (int i = 0; i < segments.size(); i++) {
            Plan plan = plans.get(i);
            if (plan.last == null) {
                segments.get(i).borrowed().forEach((block, owner) -> borrow(plan, block, owner));
            }
            plan.execute();
            if (runs % RESULTS == RESULTS - 1) {
                Internals.forgetResults(plan.plan);
            }
        }
        runs++;
    }

    private void borrow(Plan plan, Block block, int owner) {
        Internals.share(plans.get(owner).graph, plan.graph, device, block.array());
    }

    /** How many tasks have had a kernel compiled for them; 0 where that is not known. */
    int compiled() {
        return kernels().mapToInt(Kernels::compiled).sum();
    }

    /** Copies an array to its host memory. */
    void download(int segment, Block block) {
        plans.get(segment).last.transferToHost(block.array());
    }

    /**
     * Has an array that is copied to the device once copied again at the next run.
     *
     * @return false when that is not possible, and everything has to be made anew
     */
    boolean copyAgain(int segment, Block block) {
        return plans.isEmpty()
                || Internals.copyAgain(plans.get(segment).graph, device, block.array());
    }

    /** What TornadoVM's profiler wrote about some runs, after one that it does not see. */
    String profile(int count) {
        run();
        plans.forEach(plan -> plan.plan.withProfiler(ProfilerMode.SILENT));
        for (int i = 0; i < count; i++) {
            run();
        }
        StringBuilder log = new StringBuilder();
        for (Plan plan : plans) {
            log.append(plan.last.getProfilerResult().getProfileLog());
        }
        return log.toString();
    }

    /** Frees the device's memory. */
    @Override
    public void close() {
        for (int i = plans.size() - 1; i >= 0; i--) {
            Plan plan = plans.get(i);
            for (Block block : segments.get(i).borrowed().keySet()) {
                Internals.giveBack(plan.graph, device, block.array());
            }
            try {
                plan.plan.close();
            } catch (TornadoExecutionPlanException e) {
                throw new IllegalStateException(e);
            }
        }
        plans.clear();
    }
}
