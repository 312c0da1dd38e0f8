package s5.cpu;

import s5.ops.Backend;
import s5.ops.Ops;
import s5.ops.Tensor;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** The CPU: every tensor is a Java array, every step a list of loops shared out to threads. */
public final class CpuBackend implements Backend {
    private static final String VECTOR_MODULE = "jdk.incubator.vector";

    private final Workers workers;
    private final Workspace workspace;
    private final Kernels kernels;
    private final ScratchPool pool = new ScratchPool();
    private final Map<Tensor, Buffer> kept = new HashMap<>();

    /**
     * @param threads that work, the caller included; 0 for as many as there are processors. They
     *     change the speed and no bit of any result
     * @param vector whether to use the Vector API, which needs {@code --add-modules
     *     jdk.incubator.vector}; without it plain loops run
     * @throws IllegalArgumentException when {@code threads} is negative
     */
    public CpuBackend(int threads, boolean vector) {
        if (threads < 0) {
            throw new IllegalArgumentException("threads " + threads + " is negative");
        }
        workers = new Workers(threads > 0 ? threads : Runtime.getRuntime().availableProcessors());
        workspace = new Workspace(workers.count());
        kernels = vector ? Kernels.vector() : Kernels.plain();
    }

    /**
     * A backend with the Vector API where this JVM has it. Where it does not, one line on standard
     * error says so and how to get it.
     *
     * @param threads as in the constructor
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

    /** Whether this JVM was started with the Vector API. */
    public static boolean vectorAvailable() {
        return ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent();
    }

    @Override
    public String describe() {
        int n = workers.count();
        return "CPU, " + n + (n == 1 ? " thread, " : " threads, ") + kernels.description();
    }

    @Override
    public CpuStep record(String name, Consumer<Ops> program) {
        Recorder recorder = new Recorder(workers, workspace, kernels, this::buffer);
        program.accept(new CpuOps(recorder));
        workspace.allocate();
        return new CpuStep(name, recorder, pool);
    }

    private Buffer buffer(Tensor t) {
        return kept.computeIfAbsent(
                t,
                _ -> {
                    Buffer buffer = new Buffer();
                    if (t.type() == Tensor.Type.I32) {
                        buffer.ints = new int[t.size()];
                    } else {
                        buffer.floats = new float[t.size()];
                    }
                    return buffer;
                });
    }

    @Override
    public void write(Tensor t, float[] values) {
        t.checkWrite(Tensor.Type.F32, values.length);
        System.arraycopy(values, 0, buffer(t).floats, 0, t.size());
    }

    @Override
    public void write(Tensor t, int[] values) {
        t.checkWrite(Tensor.Type.I32, values.length);
        System.arraycopy(values, 0, buffer(t).ints, 0, t.size());
    }

    @Override
    public float[] read(Tensor t) {
        t.checkRead();
        return buffer(t).floats.clone();
    }

    /** Ends the threads and frees all memory; steps of this backend can no longer run. */
    @Override
    public void close() {
        workers.close();
        kept.clear();
    }
}
