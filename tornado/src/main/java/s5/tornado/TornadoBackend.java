package s5.tornado;

import s5.Failure;
import s5.UserError;
import s5.collective.Alone;
import s5.collective.Collective;
import s5.ops.Backend;
import s5.ops.HeadOp;
import s5.ops.ImageOp;
import s5.ops.InputOp;
import s5.ops.LayerOp;
import s5.ops.Matmul;
import s5.ops.NormOp;
import s5.ops.Op;
import s5.ops.Program;
import s5.ops.Program.Rewrite;
import s5.ops.RankOp;
import s5.ops.ScanOp;
import s5.ops.Step;
import s5.ops.Tensor;
import s5.ops.TimedOp;
import s5.ops.UpdateOp;
import s5.tornado.head.HeadTasks;
import s5.tornado.input.ImageTasks;
import s5.tornado.input.InputTasks;
import s5.tornado.layer.LayerTasks;
import s5.tornado.norm.NormTasks;
import s5.tornado.optimizer.UpdateTasks;
import s5.tornado.product.MatmulTask;
import s5.tornado.rank.Nccl;
import s5.tornado.rank.RankTasks;
import s5.tornado.scan.ScanTasks;
import s5.tornado.scan.TimedTasks;

import uk.ac.manchester.tornado.api.common.TornadoDevice;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A TornadoVM device. Steps run on a thread of its own, which TornadoVM's queues are bound to:
 * while a step runs, the caller can prepare the next batch.
 */
final class TornadoBackend implements Backend {
    private final TornadoDevices.Found found;
    private final boolean tf32;
    private final boolean bf16;
    private final boolean plain;
    private final List<Rewrite> rewrites;
    private final Map<Tensor, Kept> kept = new HashMap<>();
    private final List<TornadoStep> steps = new ArrayList<>();
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("tornado").factory());
    private Collective ranks = Alone.PROCESS;
    private Nccl nccl; // null where there is one process
    private boolean closing;
    private Future<?> running;
    private int segments = 1;
    private boolean compilesEach;

    /**
     * @param tf32 whether products of float32 may round their inputs to TF32
     * @param bf16 whether activations are stored in bfloat16
     * @param plain whether scans run as plain loops
     * @param rewrites applied to every program
     * @throws UserError when this version of TornadoVM lacks what bfloat16 needs
     */
    TornadoBackend(
            TornadoDevices.Found found,
            boolean tf32,
            boolean bf16,
            boolean plain,
            List<Rewrite> rewrites) {
        if (bf16) {
            Internals.requireStored(found.device().id(), found.cuda());
        }
        this.found = found;
        this.tf32 = tf32;
        this.bf16 = bf16;
        this.plain = plain;
        this.rewrites = List.copyOf(rewrites);
    }

    @Override
    public String describe() {
        String products =
                cuda()
                        ? "matrix products by cuBLAS in " + (tf32 ? "TF32" : "FP32")
                        : "own matrix products in FP32";
        String stored = bf16 ? "; activations in bfloat16, products of them with FP32 sums" : "";
        String scans = plain ? "; scans in plain loops" : "";
        String line =
                "%s: %s; %s%s%s"
                        .formatted(id(), found.device().description(), products, stored, scans);
        if (nccl != null) {
            line += "; sums over %d GPUs by NCCL %s".formatted(ranks.size(), nccl.version());
        }
        List<String> missing = Internals.missing();
        return missing.isEmpty()
                ? line
                : line + "; with this version of TornadoVM " + String.join("; ", missing);
    }

    String id() {
        return found.device().id();
    }

    TornadoDevices.Found found() {
        return found;
    }

    TornadoDevice device() {
        return found.tornado();
    }

    boolean cuda() {
        return found.cuda();
    }

    boolean tf32() {
        return tf32;
    }

    boolean bf16() {
        return bf16;
    }

    int segments() {
        return segments;
    }

    /** The open steps, in the order in which they were compiled. */
    List<TornadoStep> steps() {
        return steps;
    }

    boolean compilesEach() {
        return compilesEach;
    }

    /** Whether each task of the steps recorded from now on compiles its own kernel; for tests. */
    void compileEach(boolean each) {
        compilesEach = each;
    }

    /** Has the steps recorded from now on cut into at least so many graphs; for tests. */
    void cutInto(int segments) {
        this.segments = segments;
    }

    @Override
    public void join(Collective ranks) {
        if (ranks.size() > 1) {
            if (!cuda()) {
                throw new UserError(
                        "device %s: several processes work on NVIDIA GPUs by TornadoVM's CUDA backend, or with device=cpu"
                                .formatted(id()));
            }
            nccl = call(() -> Nccl.join(ranks, Internals.cudaContext(device())));
            ranks.whenLost(nccl::abort); // which ends what the device waits for
        }
        this.ranks = ranks;
    }

    @Override
    public Collective ranks() {
        return ranks;
    }

    @Override
    public Step compile(String name, Program program) {
        Recorder recorder = new Recorder(plain, bf16);
        program.rewritten(rewrites).ops().forEach(op -> plan(op, nccl, recorder));
        TornadoStep step = call(() -> new TornadoStep(name, this, recorder));
        steps.add(step);
        return step;
    }

    /**
     * Has the family of an operation say what memory it needs and how its tasks are added.
     *
     * @param nccl sums over the processes; null where there is one
     */
    static void plan(Op op, Nccl nccl, Recorder recorder) {
        switch (op) {
            case InputOp o -> InputTasks.plan(o, recorder);
            case ImageOp o -> ImageTasks.plan(o, recorder);
            case Matmul o -> MatmulTask.plan(o, recorder);
            case NormOp o -> NormTasks.plan(o, recorder);
            case ScanOp o -> ScanTasks.plan(o, recorder);
            case TimedOp o -> TimedTasks.plan(o, recorder);
            case LayerOp o -> LayerTasks.plan(o, recorder);
            case HeadOp o -> HeadTasks.plan(o, recorder);
            case UpdateOp o -> UpdateTasks.plan(o, recorder);
            case RankOp o -> RankTasks.plan(o, nccl, recorder);
            case TornadoFused o -> o.plan(recorder);
            case Op.Fused o ->
                    throw new IllegalArgumentException(o.name() + " is for another backend");
        }
    }

    /** Throws when a step does not fit beside those that are open. */
    void checkMemory(String name, Layout layout) {
        if (!hasRoomFor(layout)) {
            throw Failures.memory(name, id(), layout.bytes(), null);
        }
    }

    /** Whether these arrays fit on the device beside those of the open steps. */
    boolean hasRoomFor(Layout layout) {
        long open = steps.stream().mapToLong(TornadoStep::allBytes).sum();
        long largest = layout.blocks().stream().mapToLong(Block::bytes).max().orElse(0);
        return open + layout.bytes() <= device().getMaxGlobalMemory()
                && largest <= device().getMaxAllocMemory();
    }

    /** The values of a tensor that is not scratch. */
    Kept kept(Tensor t) {
        return kept.computeIfAbsent(t, Kept::new);
    }

    /** Runs something on the device's thread and waits for it. */
    <T> T call(Callable<T> action) {
        finish();
        return get(thread.submit(action));
    }

    /**
     * Runs something on the device's thread.
     *
     * @param wait until it has ended; else the next call waits
     */
    void submit(Runnable action, boolean wait) {
        finish();
        running = thread.submit(action);
        if (wait) {
            finish();
        }
    }

    private static <T> T get(Future<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                default -> throw new IllegalStateException(e.getCause());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a step ran", e);
        }
    }

    @Override
    public void write(Tensor t, float[] values) {
        t.checkWrite(Tensor.Type.F32, values.length);
        kept(t).write(values);
    }

    @Override
    public void write(Tensor t, int[] values) {
        t.checkWrite(Tensor.Type.I32, values.length);
        kept(t).write(values);
    }

    @Override
    public float[] read(Tensor t) {
        t.checkRead();
        return kept(t).read();
    }

    @Override
    public void finish() {
        if (running != null) {
            Future<?> last = running;
            running = null;
            get(last);
            requireAll();
        }
    }

    /** Demands that no process is lost: what a step has summed since then is not to be used. */
    private void requireAll() {
        if (!closing && ranks.lost() != null) {
            throw new Failure(ranks.lost());
        }
    }

    void closed(TornadoStep step) {
        steps.remove(step);
    }

    @Override
    public void close() {
        closing = true;
        List.copyOf(steps).forEach(TornadoStep::close);
        if (nccl != null) {
            call(() -> {
                nccl.close();
                return null;
            });
        }
        thread.shutdown();
        kept.clear();
    }
}
