package s5.cpu;

import s5.cpu.head.HeadTasks;
import s5.cpu.input.ImageTasks;
import s5.cpu.input.InputTasks;
import s5.cpu.layer.LayerTasks;
import s5.cpu.norm.HalfNorm;
import s5.cpu.norm.NormTasks;
import s5.cpu.product.MatmulTask;
import s5.cpu.scan.ScanTasks;
import s5.cpu.scan.TimedTasks;
import s5.ops.Adam;
import s5.ops.Backend;
import s5.ops.HeadOp;
import s5.ops.ImageOp;
import s5.ops.InputOp;
import s5.ops.LayerOp;
import s5.ops.Matmul;
import s5.ops.NormOp;
import s5.ops.Op;
import s5.ops.Program;
import s5.ops.Rewrite;
import s5.ops.ScanOp;
import s5.ops.Step;
import s5.ops.Tensor;
import s5.ops.TimedOp;

import java.util.List;

/** The CPU: every tensor is a Java array, every step a list of tasks shared out to threads. */
public final class CpuBackend implements Backend {
    private static final String VECTOR_MODULE = "jdk.incubator.vector";

    private final Workers workers;
    private final Workspace workspace;
    private final boolean vector;
    private final List<Rewrite> rewrites;
    private final ScratchPool pool = new ScratchPool();
    private final Memory kept = new Memory();

    /** Fewer passes over memory, and the same bits. */
    private static final List<Rewrite> FUSIONS = List.of(HalfNorm::split, Chains::link);

    /**
     * A backend.
     *
     * @param threads that work, the caller included; 0 for as many as there are processors. They
     *     change the speed and no bit of any result
     * @param vector whether to use the Vector API, which needs {@code --add-modules
     *     jdk.incubator.vector}; without it plain loops run
     * @throws IllegalArgumentException when {@code threads} is negative
     */
    public CpuBackend(int threads, boolean vector) {
        this(threads, vector, FUSIONS);
    }

    /**
     * A backend that fuses operations as it is told.
     *
     * @param threads as in the other constructor, as {@code vector}
     * @param rewrites applied to every program, in this order. What they put into it must be
     *     operations of {@link s5.ops} or {@link CpuFused}
     */
    CpuBackend(int threads, boolean vector, List<Rewrite> rewrites) {
        if (threads < 0) {
            throw new IllegalArgumentException("threads " + threads + " is negative");
        }
        workers = new Workers(threads > 0 ? threads : Runtime.getRuntime().availableProcessors());
        workspace = new Workspace(workers.count());
        this.vector = vector;
        this.rewrites = List.copyOf(rewrites);
    }

    /**
     * A backend with the Vector API where this JVM has it. Where it does not, one line on standard
     * error says so and how to get it.
     *
     * @param threads as in the constructor
     * @return a backend; to be closed
     */
    public static CpuBackend create(int threads) {
        boolean vector = vectorAvailable();
        if (!vector) {
            System.err.println(
                    "The Vector API is off, so plain loops run, several times slower:"
                            + " start java with --add-modules "
                            + VECTOR_MODULE
                            + " to turn it on");
        }
        return new CpuBackend(threads, vector);
    }

    /**
     * {@return a program as the CPU runs it}
     *
     * @param program any
     */
    public static Program fused(Program program) {
        return program.rewritten(FUSIONS);
    }

    /** {@return whether this JVM was started with the Vector API} */
    public static boolean vectorAvailable() {
        return ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent();
    }

    @Override
    public String describe() {
        int n = workers.count();
        String loops = vector ? "Vector API with " + VectorMath.V + " lanes" : "plain loops";
        return "CPU, " + n + (n == 1 ? " thread, " : " threads, ") + loops;
    }

    /**
     * Prepares a program to run.
     *
     * @throws IllegalArgumentException when it holds a fused operation that is not one of the CPU's
     */
    @Override
    public Step compile(String name, Program program) {
        List<Op> ops = List.copyOf(program.rewritten(rewrites).ops());
        Machine machine = new Machine(workers, workspace, vector, kept);
        Runnable[] tasks = new Runnable[ops.size()];
        for (int i = 0; i < tasks.length; i++) {
            ops.get(i).reads().forEach(kept::reserve);
            ops.get(i).writes().forEach(kept::reserve);
            tasks[i] = task(ops.get(i), machine);
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
            case Adam o -> AdamTask.of(o, machine);
            case CpuFused o -> o.task(machine);
            case Op.Fused o ->
                    throw new IllegalArgumentException(
                            o.name() + ": the CPU does not know this fused operation");
        };
    }

    @Override
    public void write(Tensor t, float[] values) {
        t.checkWrite(Tensor.Type.F32, values.length);
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
