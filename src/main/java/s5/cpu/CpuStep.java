package s5.cpu;

import s5.ops.Liveness;
import s5.ops.Step;
import s5.ops.Tensor;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** A recorded list of tasks with their memory. */
public final class CpuStep implements Step {
    private final String name;
    private final String[] ops;
    private final Runnable[] tasks;
    private final long[] nanos;
    private final long[] scratchSizes;
    private final Buffer[][] slots;
    private final ScratchPool pool;
    private final long bytes;
    private long runs;
    private long bound = -1;
    private boolean closed;

    CpuStep(String name, Recorder recorder, ScratchPool pool) {
        this.name = name;
        this.pool = pool;
        ops = recorder.calls.stream().map(c -> c.name()).toArray(String[]::new);
        tasks = recorder.tasks.toArray(Runnable[]::new);
        nanos = new long[tasks.length];
        Liveness plan = Liveness.of(recorder.calls);
        int[] sizes = plan.slotSizes();
        // Largest first, so that steps of one backend share the pool's arrays with little waste.
        Integer[] order = new Integer[sizes.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> Integer.compare(sizes[b], sizes[a]));
        scratchSizes = new long[sizes.length];
        int[] rank = new int[sizes.length];
        for (int i = 0; i < sizes.length; i++) {
            scratchSizes[i] = sizes[order[i]];
            rank[order[i]] = i;
        }
        slots = new Buffer[sizes.length][0];
        for (Tensor t : plan.tensors()) {
            int slot = rank[plan.slot(t)];
            slots[slot] = Arrays.copyOf(slots[slot], slots[slot].length + 1);
            slots[slot][slots[slot].length - 1] = recorder.scratch.get(t);
        }
        long outputs = recorder.outputs.keySet().stream().mapToLong(t -> t.size()).sum();
        bytes = Float.BYTES * (Arrays.stream(scratchSizes).sum() + outputs);
        pool.open(scratchSizes);
    }

    @Override
    public void run() {
        if (closed) {
            throw new IllegalStateException("step " + name + " is closed");
        }
        if (bound != pool.generation()) {
            bind();
        }
        for (int i = 0; i < tasks.length; i++) {
            long start = System.nanoTime();
            tasks[i].run();
            nanos[i] += System.nanoTime() - start;
        }
        runs++;
    }

    private void bind() {
        for (int slot = 0; slot < slots.length; slot++) {
            for (Buffer buffer : slots[slot]) {
                buffer.floats = pool.array(slot);
            }
        }
        bound = pool.generation();
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public Map<String, Double> profile() {
        Map<String, Double> sums = new LinkedHashMap<>();
        for (int i = 0; i < ops.length; i++) {
            sums.merge(ops[i], nanos[i] * 1e-6 / Math.max(1, runs), Double::sum);
        }
        Map<String, Double> sorted = new LinkedHashMap<>();
        sums.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .forEach(e -> sorted.put(e.getKey(), e.getValue()));
        return sorted;
    }

    /** Forgets what {@link #profile} has gathered. */
    public void resetProfile() {
        Arrays.fill(nanos, 0);
        runs = 0;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            pool.close();
            for (Buffer[] slot : slots) {
                for (Buffer buffer : slot) {
                    buffer.floats = null;
                }
            }
        }
    }
}
