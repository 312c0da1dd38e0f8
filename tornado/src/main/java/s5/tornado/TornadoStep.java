package s5.tornado;

import s5.ops.Step;
import s5.tornado.Block.Transfer;

import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.enums.ProfilerMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoBailoutRuntimeException;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.exceptions.TornadoInternalError;
import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;

import java.nio.BufferOverflowException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A step as one task graph, which is compiled when it first runs. */
final class TornadoStep implements Step {
    /** Runs after which a plan's results are thrown away. */
    private static final int RESULTS = 1024;

    /** Runs that {@link #profile} times. */
    private static final int PROFILED = 5;

    private final String name;
    private final TornadoBackend backend;
    private final TornadoDevice device;
    private final Layout layout;
    private final StepGraph tasks;
    private final GridScheduler grids;
    private ImmutableTaskGraph graph;
    private TornadoExecutionPlan plan;
    private TornadoExecutionResult result;
    private long runs;
    private boolean closed;

    TornadoStep(String name, TornadoBackend backend, Recorder recorder) {
        this.name = name;
        this.backend = backend;
        device = backend.device();
        layout = new Layout(recorder.calls, recorder.whole, recorder.groups, backend::kept);
        backend.checkMemory(name, layout);
        Tasks tasks = new Tasks("s5", layout, backend.cuda(), backend.tf32());
        transfers(tasks);
        try {
            for (int i = 0; i < recorder.calls.size(); i++) {
                tasks.begin(recorder.calls.get(i).name());
                recorder.tasks.get(i).accept(tasks);
            }
        } catch (BufferOverflowException e) {
            throw tasks.graph.tooLarge(name);
        } catch (TornadoBailoutRuntimeException
                | TornadoRuntimeException
                | TornadoInternalError e) {
            throw Failures.run(name, backend.id(), layout.bytes(), e);
        }
        tasks.graph.checkSize(name);
        List<Object> kept = arrays(Transfer.WHEN_NEWER);
        if (!kept.isEmpty()) {
            tasks.graph.transferToHost(DataTransferMode.UNDER_DEMAND, kept.toArray());
        }
        this.tasks = tasks.graph;
        grids = tasks.grids;
        layout.blocks().forEach(block -> block.onDownload(() -> download(block)));
    }

    /**
     * Declares how each array is copied. An array whose first task only writes it would never be
     * copied in, whatever was declared, and lose what else lives in it; so the graph begins with
     * tasks that look at such arrays.
     */
    private void transfers(Tasks tasks) {
        List<Object> in = arrays(Transfer.ALWAYS);
        List<Object> kept = arrays(Transfer.WHEN_NEWER);
        List<Object> none = arrays(Transfer.NEVER);
        if (!in.isEmpty()) {
            tasks.graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, in.toArray());
        }
        if (!kept.isEmpty()) {
            tasks.graph.transferToDevice(DataTransferMode.FIRST_EXECUTION, kept.toArray());
        }
        if (!none.isEmpty()) {
            // allocates, and copies nothing
            tasks.graph.transferToDevice(DataTransferMode.UNDER_DEMAND, none.toArray());
        }
        tasks.begin("touch");
        for (Block block : layout.blocks()) {
            if (block.overwritten()) {
                tasks.graph.task(
                        tasks.id(new Launch(1, 1)),
                        ElementKernels::touch,
                        tasks.context,
                        block.floats(),
                        0);
            }
        }
    }

    private List<Object> arrays(Transfer transfer) {
        List<Object> arrays = new ArrayList<>();
        for (Block block : layout.blocks()) {
            if (block.transfer == transfer) {
                arrays.add(block.array());
            }
        }
        return arrays;
    }

    @Override
    public void run() {
        Check.require(!closed, "step %s is closed", name);
        backend.join();
        for (Block block : layout.blocks()) {
            if (block.refresh() && block.transfer == Transfer.WHEN_NEWER && runs > 0) {
                copyAgain(block);
            }
        }
        backend.submit(this::execute, runs == 0);
        runs++;
        layout.blocks().forEach(Block::ran);
    }

    /** Has an array go to the device at the next execution, which happens by itself only once. */
    private void copyAgain(Block block) {
        boolean done =
                backend.call(
                        () -> plan == null || Internals.copyAgain(graph, device, block.array()));
        if (!done) {
            // a new plan copies everything
            layout.blocks().forEach(Block::download);
            backend.call(this::free);
        }
    }

    private void execute() {
        try {
            if (plan == null) {
                graph = tasks.snapshot();
                plan = new TornadoExecutionPlan(graph);
                plan.withDevice(device);
                if (backend.cuda()) {
                    plan.withCUDAGraph();
                }
                plan.withGridScheduler(grids);
            }
            result = plan.execute();
            if (runs % RESULTS == 0) {
                Internals.forgetResults(plan);
            }
        } catch (RuntimeException | Error e) {
            throw Failures.run(name, backend.id(), layout.bytes(), e);
        }
    }

    private void download(Block block) {
        backend.call(() -> {
            result.transferToHost(block.array());
            return null;
        });
    }

    @Override
    public long bytes() {
        return layout.scratchBytes();
    }

    /**
     * The times of {@link #PROFILED} runs of its own, with a second set of arrays on the device:
     * TornadoVM cannot time what is inside a CUDA graph. What the step has computed stays as it is.
     * Empty when the device's memory does not hold both sets.
     */
    @Override
    public Map<String, Double> profile() {
        Check.require(!closed && runs > 0, "step %s does not run", name);
        if (!backend.hasRoomFor(layout)) {
            return Map.of();
        }
        layout.blocks().forEach(Block::download);
        return backend.call(() -> {
            try (TornadoExecutionPlan timed = new TornadoExecutionPlan(tasks.snapshot())) {
                timed.withDevice(device);
                timed.withGridScheduler(grids);
                timed.execute();
                timed.withProfiler(ProfilerMode.SILENT);
                String log = "";
                for (int i = 0; i < PROFILED; i++) {
                    log = timed.execute().getProfilerResult().getProfileLog();
                }
                return Profile.parse(log, PROFILED);
            }
        });
    }

    /** Bytes of all arrays on the device. */
    long allBytes() {
        return layout.bytes();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            layout.blocks().forEach(Block::leave);
            backend.call(this::free);
            backend.closed(this);
        }
    }

    private Void free() {
        if (plan != null) {
            try {
                plan.close();
            } catch (TornadoExecutionPlanException e) {
                throw new IllegalStateException(e);
            }
            plan = null;
        }
        return null;
    }
}
