package s5.cpu;

import s5.ops.Liveness;
import s5.ops.Op;
import s5.ops.Step;
import s5.ops.Tensor;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A list of tasks with their memory. */
final class CpuStep implements Step {
    private final String name;
    private final List<Op> ops;
    private final Runnable[] tasks;
    private final long[] nanos;

    /** Threads that share each operation. */
    private final int[] threads;

    private final Machine machine;
    private final ScratchPool pool;
    private final Liveness plan;

    /** Which array of the pool stands behind each slot of the plan. */
    private final int[] arrayOf;

    private final long bytes;
    private long runs;
    private long bound = -1;
    private boolean closed;

    /**
     * @param tasks one for each of {@code ops}
     */
    CpuStep(String name, List<Op> ops, Runnable[] tasks, Machine machine, ScratchPool pool) {
        this.name = name;
        this.ops = ops;
        this.tasks = tasks;
        this.machine = machine;
        this.pool = pool;
        nanos = new long[tasks.length];
        threads = ops.stream().mapToInt(op -> Work.threads(op, machine.threads())).toArray();
        plan = Liveness.of(ops);
        int[] sizes = plan.slotSizes();
        // Largest first, so that steps of one backend share the pool's arrays with little waste.
        Integer[] order = new Integer[sizes.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> Integer.compare(sizes[b], sizes[a]));
        long[] scratchSizes = new long[sizes.length];
        arrayOf = new int[sizes.length];
        for (int i = 0; i < sizes.length; i++) {
            scratchSizes[i] = sizes[order[i]];
            arrayOf[order[i]] = i;
        }
        long outputs =
                ops.stream()
                        .flatMap(op -> Stream.concat(op.reads().stream(), op.writes().stream()))
                        .filter(t -> t.role() == Tensor.Role.OUTPUT)
                        .distinct()
                        .mapToLong(Tensor::size)
                        .sum();
        bytes = Float.BYTES * (Arrays.stream(scratchSizes).sum() + outputs);
        pool.open(scratchSizes);
    }

    @Override
    public void run() {
        if (closed) {
            throw new IllegalStateException("step " + name + " is closed");
        }
        if (bound != pool.generation()) {
            for (Tensor t : plan.tensors()) {
                machine.bind(t, pool.array(arrayOf[plan.slot(t)]));
            }
            bound = pool.generation();
        }
        for (int i = 0; i < tasks.length; i++) {
            long start = System.nanoTime();
            machine.share(threads[i]);
            tasks[i].run();
            nanos[i] += System.nanoTime() - start;
        }
        runs++;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public Map<String, Double> profile() {
        Map<String, Double> sums = new LinkedHashMap<>();
        for (int i = 0; i < tasks.length; i++) {
            sums.merge(ops.get(i).name(), nanos[i] * 1e-6 / Math.max(1, runs), Double::sum);
        }
        Map<String, Double> sorted = new LinkedHashMap<>();
        sums.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .forEach(e -> sorted.put(e.getKey(), e.getValue()));
        return sorted;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            pool.close();
            machine.release();
        }
    }
}
