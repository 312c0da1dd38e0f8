package s5.tornado;

import s5.UserError;
import s5.ops.Step;
import s5.tornado.Block.Transfer;

import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;

import java.util.ArrayList;
import java.util.List;

/** A step as one task graph, which is compiled when it first runs. */
final class TornadoStep implements Step {
    /** TornadoExecutionContext.MAX_TASKS. */
    private static final int MAX_TASKS = 256;

    /** Runs after which a plan's results are thrown away. */
    private static final int RESULTS = 1024;

    private final String name;
    private final TornadoBackend backend;
    private final TornadoDevice device;
    private final Layout layout;
    private final ImmutableTaskGraph graph;
    private final GridScheduler grids;
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
        for (int i = 0; i < recorder.calls.size(); i++) {
            tasks.begin(recorder.calls.get(i).name());
            recorder.tasks.get(i).accept(tasks);
        }
        int count = tasks.graph.tasks().size();
        if (count > MAX_TASKS) {
            throw new UserError(
                    "step %s has %d tasks, TornadoVM takes %d in a graph; lower model.layers, or set device: cpu"
                            .formatted(name, count, MAX_TASKS));
        }
        List<Object> kept = arrays(Transfer.KEPT);
        if (!kept.isEmpty()) {
            tasks.graph.transferToHost(DataTransferMode.UNDER_DEMAND, kept.toArray());
        }
        graph = tasks.graph.snapshot();
        grids = tasks.grids;
        layout.blocks().forEach(block -> block.onDownload(() -> download(block)));
    }

    /**
     * Declares how each array is copied. An array whose first task only writes it would never be
     * copied in, whatever was declared, and lose what else lives in it: so the first task of all
     * looks at every array that keeps values.
     */
    private void transfers(Tasks tasks) {
        List<Object> in = arrays(Transfer.IN);
        List<Object> kept = arrays(Transfer.KEPT);
        List<Object> none = arrays(Transfer.NONE);
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
        layout.blocks().stream()
                .filter(b -> b.transfer == Transfer.KEPT)
                .forEach(b ->
                        tasks.graph.task(
                                tasks.id(new Launch(1, 1)),
                                ElementKernels::touch,
                                tasks.context,
                                b.floats(),
                                0));
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
            if (block.refresh() && block.transfer == Transfer.KEPT && plan != null) {
                copyAgain(block);
            }
        }
        backend.submit(this::execute, runs == 0);
        runs++;
        layout.blocks().forEach(Block::ran);
    }

    private void copyAgain(Block block) {
        boolean possible = backend.call(() -> Internals.copyAgain(graph, device, block.array()));
        if (!possible) {
            throw new IllegalStateException("step " + name + ": cannot copy again");
        }
    }

    private void execute() {
        try {
            if (plan == null) {
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

    /** Bytes of all arrays on the device. */
    long allBytes() {
        return layout.bytes();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            layout.blocks().forEach(Block::leave);
            backend.call(() -> {
                free();
                return null;
            });
            backend.closed(this);
        }
    }

    private void free() {
        if (plan != null) {
            try {
                plan.close();
            } catch (TornadoExecutionPlanException e) {
                throw new IllegalStateException(e);
            }
            plan = null;
        }
    }
}
