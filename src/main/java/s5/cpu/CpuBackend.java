package s5.cpu;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import s5.collective.Alone;
import s5.collective.Collective;
import s5.cpu.head.HeadTasks;
import s5.cpu.input.ImageTasks;
import s5.cpu.input.InputTasks;
import s5.cpu.layer.LayerTasks;
import s5.cpu.norm.NormTasks;
import s5.cpu.product.MatmulTask;
import s5.cpu.scan.ScanTasks;
import s5.cpu.scan.TimedTasks;
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

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** The CPU: every tensor is a Java array, every step a list of tasks shared out to threads. */
public final class CpuBackend implements Backend {
    private static final Logger LOG = LoggerFactory.getLogger(CpuBackend.class);
    private static final AtomicBoolean TOLD = new AtomicBoolean();
    private static final String VECTOR_MODULE = "jdk.incubator.vector";

    private final Workers workers;
    private final Workspace workspace;
    private final boolean vector;
    private final List<Rewrite> rewrites;
    private final boolean bf16;
    private final ScratchPool pool = new ScratchPool();
    private final Memory kept;
    private Collective ranks = Alone.PROCESS;

    /**
     * A backend that runs every program as it is.
     *
     * @param threads that work, the caller included; 0 for as many as there are processors. They
     *     change the speed and no bit of any result
     * @param vector whether to use the Vector API, which needs {@code --add-modules
     *     jdk.incubator.vector}; without it plain loops run
     * @throws IllegalArgumentException when {@code threads} is negative
     */
    public CpuBackend(int threads, boolean vector) {
        this(threads, vector, List.of());
    }

    /**
     * A backend that fuses operations.
     *
     * @param threads as in the other constructor, as {@code vector}
     * @param rewrites applied to every program, in this order. What they put into it must be
     *     operations of {@link s5.ops} or {@link CpuFused}
     */
    CpuBackend(int threads, boolean vector, List<Rewrite> rewrites) {
        this(threads, vector, rewrites, false, new Memory());
    }

    private CpuBackend(
            int threads, boolean vector, List<Rewrite> rewrites, boolean bf16, Memory kept) {
        if (threads < 0) {
            throw new IllegalArgumentException("threads " + threads + " is negative");
        }
        workers = new Workers(threads > 0 ? threads : Runtime.getRuntime().availableProcessors());
        workspace = new Workspace(workers.count());
        this.vector = vector;
        this.rewrites = List.copyOf(rewrites);
        this.bf16 = bf16;
        this.kept = kept;
    }

    /**
     * {@return a backend that runs on the calling thread alone and shares the memory of all tensors
     * that this one holds now} From then on nobody may write to them; any number of such backends
     * may run at the same time.
     */
    public CpuBackend sharing() {
        return new CpuBackend(1, vector, rewrites, bf16, new Memory(kept));
    }

    /** {@return whether it uses the Vector API} */
    public boolean vector() {
        return vector;
    }

    /**
     * A backend whose activations are rounded to bfloat16 whenever an operation has written them,
     * as a GPU stores them. They still take four bytes each here, so that nothing is gained: it
     * tells beforehand what a GPU in this precision will learn.
     *
     * @param threads as in the constructor, as {@code vector}
     * @param vector whether to use the Vector API
     * @return a backend; to be closed
     */
    public static CpuBackend bf16(int threads, boolean vector) {
        return new CpuBackend(threads, vector, List.of(), true, new Memory());
    }

    /**
     * Frees tensors that no step uses any more.
     *
     * @param tensors that were inputs or outputs of closed steps
     */
    public void forget(Iterable<Tensor> tensors) {
        tensors.forEach(kept::forget);
    }

    /**
     * {@return the values of a tensor themselves, without a copy; not to be changed}
     *
     * @param t float32, PARAMETER or STATE
     */
    public float[] values(Tensor t) {
        t.checkRead();
        return kept.floats(t);
    }

    /**
     * A backend with the Vector API where this JVM has it. Where it does not, one line of the log
     * says so, once, and how to get it.
     *
     * @param threads as in the constructor
     * @return a backend; to be closed
     */
    public static CpuBackend create(int threads) {
        return new CpuBackend(threads, tellVector());
    }

    /** {@return {@link #vectorAvailable}; where it is not, the log says so, once} */
    public static boolean tellVector() {
        boolean vector = vectorAvailable();
        if (!vector && !TOLD.getAndSet(true)) {
            LOG.warn(
                    "The Vector API is off, so plain loops run, several times slower: start java"
                            + " with --add-modules {} to turn it on",
                    VECTOR_MODULE);
        }
        return vector;
    }

    /** {@return whether this JVM was started with the Vector API} */
    public static boolean vectorAvailable() {
        return ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent();
    }

    @Override
    public String describe() {
        int n = workers.count();
        String loops = vector ? "Vector API with " + VectorMath.V + " lanes" : "plain loops";
        String line = "CPU, " + n + (n == 1 ? " thread, " : " threads, ") + loops;
        return bf16 ? line + ", activations rounded to bfloat16" : line;
    }

    @Override
    public void join(Collective ranks) {
        this.ranks = ranks;
    }

    @Override
    public Collective ranks() {
        return ranks;
    }

    /**
     * Prepares a program to run.
     *
     * @throws IllegalArgumentException when it holds a fused operation that is not one of the CPU's
     */
    @Override
    public Step compile(String name, Program program) {
        List<Op> ops = List.copyOf(program.rewritten(rewrites).ops());
        Machine machine = new Machine(workers, workspace, vector, kept, ranks);
        Runnable[] tasks = new Runnable[ops.size()];
        for (int i = 0; i < tasks.length; i++) {
            ops.get(i).reads().forEach(kept::reserve);
            ops.get(i).writes().forEach(kept::reserve);
            Runnable task = task(ops.get(i), machine);
            tasks[i] = bf16 ? Bfloat16.rounding(ops.get(i), task, machine) : task;
        }
        workspace.allocate();
        return new CpuStep(name, ops, tasks, machine, pool);
    }

    private static Runnable task(Op op, Machine machine) {
        return switch (op) {
            case InputOp o -> new InputTasks(machine).task(o);
            case ImageOp o -> new ImageTasks(machine).task(o);
            case Matmul o -> MatmulTask.of(o, machine);
            case NormOp o -> new NormTasks(machine).task(o);
            case ScanOp o -> new ScanTasks(machine).task(o);
            case TimedOp o -> new TimedTasks(machine).task(o);
            case LayerOp o -> new LayerTasks(machine).task(o);
            case HeadOp o -> new HeadTasks(machine).task(o);
            case UpdateOp o -> UpdateTasks.of(o, machine);
            case RankOp o -> RankTasks.of(o, machine);
            case CpuFused o -> o.task(machine);
            case Op.Fused o ->
                    throw new IllegalArgumentException(
                            o.name() + ": the CPU does not know this fused operation");
        };
    }

    @Override
    public void write(Tensor t, float[] values) {
        t.checkWrite(Tensor.Type.F32, values.length);
        if (kept.shares(t)) {
            throw new IllegalStateException("write: " + t + " is shared");
        }
        System.arraycopy(values, 0, kept.floats(t), 0, t.size());
    }

    @Override
    public void write(Tensor t, int[] values) {
        t.checkWrite(Tensor.Type.I32, values.length);
        System.arraycopy(values, 0, kept.ints(t), 0, t.size());
    }

    @Override
    public float[] read(Tensor t) {
        t.checkRead();
        return kept.floats(t).clone();
    }

    /** Ends the threads and frees all memory; steps of this backend can no longer run. */
    @Override
    public void close() {
        workers.close();
        kept.clear();
    }
}
