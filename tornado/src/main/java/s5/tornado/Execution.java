package s5.tornado;

import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.ProfilerMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;

import java.util.ArrayList;
import java.util.List;

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
        TornadoExecutionResult last;
        Kernels.Compiled compiled;

        Plan(ImmutableTaskGraph graph) {
            this.graph = graph;
            plan = new TornadoExecutionPlan(graph);
        }
    }

    private final List<Segment> segments;
    private final TornadoDevice device;
    private final boolean cudaGraph;
    private final List<Plan> plans = new ArrayList<>();
    private long runs;

    /**
     * An execution that has not begun.
     *
     * @param cudaGraph whether each segment is captured as a CUDA graph
     */
    Execution(List<Segment> segments, TornadoDevice device, boolean cudaGraph) {
        this.segments = segments;
        this.device = device;
        this.cudaGraph = cudaGraph;
    }

    /** Runs all segments once. */
    void run() {
        for (int i = 0; i < segments.size(); i++) {
            if (i == plans.size()) {
                plans.add(make(segments.get(i)));
            }
            Plan plan = plans.get(i);
            plan.last = plan.plan.execute();
            if (runs == 0) {
                plan.compiled.executed().run();
            }
            if (runs % RESULTS == RESULTS - 1) {
                Internals.forgetResults(plan.plan);
            }
        }
        runs++;
    }

    private Plan make(Segment segment) {
        Plan made = new Plan(segment.graph().snapshot());
        segment.borrowed()
                .forEach((block, owner) ->
                        Internals.share(plans.get(owner).graph, made.graph, device, block.array()));
        made.plan.withDevice(device);
        if (cudaGraph) {
            made.plan.withCUDAGraph();
        }
        if (!segment.grids().keySet().isEmpty()) {
            made.plan.withGridScheduler(segment.grids());
        }
        made.compiled = Internals.compile(made.graph, segment.grids(), made.plan);
        return made;
    }

    /** How many kernels have been compiled. */
    int kernels() {
        return plans.stream().mapToInt(plan -> plan.compiled.kernels()).sum();
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
