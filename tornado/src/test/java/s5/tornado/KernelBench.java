package s5.tornado;

import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Times each operation's kernels at the sizes of the experiments, in a task graph that holds
 * nothing else; on CUDA as a CUDA graph. Arguments, all optional: {@code check} runs a few
 * correctness cases first; {@code plain} does without CUDA graphs, for a profiler; {@code scale=N}
 * divides the number of sequences by N; {@code sizes=sc35,text}; {@code ops=scan,batchNorm}; {@code
 * repeats=30}.
 *
 * <p>Columns: size; operation; milliseconds of an execute (median), with the time of an execute
 * that does nothing taken off; milliseconds of the first execute, compilation included; bytes that
 * the kernels ask for; GB/s; share of what the card's own copy moves; share that would be left if
 * every input were read once and every output written once.
 */
public final class KernelBench {
    /** What an H200 moves between two of its own arrays, read and write counted. */
    private static final double COPY_GB_PER_SECOND = 4300;

    private static int repeats = 30;
    private static int scale = 1;
    private static double idleMs;
    private static boolean cuda;

    /** An experiment: sequences, length, states, directions, features. */
    private record Size(
            String name, int sequences, int length, int states, int directions, int features) {}

    private static final List<Size> SIZES =
            List.of(
                    new Size("sc35", 16, 16000, 64, 2, 96),
                    new Size("text", 50, 4096, 96, 2, 256),
                    new Size("pathx", 32, 16384, 128, 2, 128),
                    new Size("smnist", 50, 784, 64, 1, 96),
                    new Size("listops", 50, 2048, 8, 2, 128),
                    new Size("image", 50, 1024, 192, 2, 512));

    private KernelBench() {}

    public static void main(String[] args) throws Exception {
        List<String> sizes = SIZES.stream().map(Size::name).toList();
        List<String> ops = List.of();
        boolean check = false;
        boolean graphs = true;
        for (String arg : args) {
            String value = arg.substring(arg.indexOf('=') + 1);
            if (arg.equals("check")) {
                check = true;
            } else if (arg.equals("plain")) {
                graphs = false;
            } else if (arg.startsWith("scale=")) {
                scale = Integer.parseInt(value);
            } else if (arg.startsWith("repeats=")) {
                repeats = Integer.parseInt(value);
            } else if (arg.startsWith("sizes=")) {
                sizes = List.of(value.split(","));
            } else if (arg.startsWith("ops=")) {
                ops = List.of(value.split(","));
            } else {
                throw new IllegalArgumentException(arg);
            }
        }
        var backend = TornadoRuntimeProvider.getTornadoRuntime().getBackend(0);
        cuda = backend.getBackendType() == TornadoVMBackendType.CUDA && graphs;
        System.out.println(backend.getDevice(0).getPhysicalDevice().getDeviceName());
        if (check) {
            check();
        }
        FloatArray tiny = filled(256);
        FloatArray tinyOut = new FloatArray(256);
        // Many executes, for the JVM to warm up.
        int wanted = repeats;
        repeats = 1000;
        idleMs =
                time(
                        tasks -> tasks.columnTotals("idle", tiny, 32, 8, Part.of(tinyOut)),
                        List.of(tiny, tinyOut))[0];
        repeats = wanted;
        System.out.printf("an execute of one tiny kernel: %.4f ms%n", idleMs);
        System.out.println(
                "size      op                    ms   first     MB    GB/s  share floor");
        for (Size size : SIZES) {
            if (sizes.contains(size.name())) {
                bench(size, ops);
            }
        }
    }

    /** A few shapes of every kind, with the tests' own assertions. */
    private static void check() {
        int[][] scans = {{2, 2049, 64, 2}, {3, 500, 8, 2}, {2, 784, 64, 1}, {1, 300, 33, 2}};
        for (int[] s : scans) {
            ScanKernelsTest.scan(ScanPlan.forward(s[0], s[1], s[2], s[3]));
            ScanKernelsTest.adjoint(ScanPlan.adjoint(s[0], s[1], s[2], s[3]));
        }
        NormKernelsTest.farFromZero();
        NormKernelsTest.batchNorm(5001, 96);
        NormKernelsTest.adjoint(5001, 96, false, true);
        NormKernelsTest.adjoint(5001, 300, true, true);
        NormKernelsTest.layerNorm(777, 96);
        MatmulKernelsTest.product(new int[] {96, 65, 3001}, 5);
        System.out.println("checks passed");
    }

    private static void bench(Size s, List<String> ops) throws Exception {
        int sequences = Math.max(1, s.sequences() / scale);
        int rows = sequences * s.length();
        int states = 2 * s.states();
        int d = s.directions();
        if (wanted(ops, "scan")) {
            ScanPlan plan = ScanPlan.forward(sequences, s.length(), s.states(), d);
            scan(s.name(), "scan", plan);
        }
        if (wanted(ops, "scanAdjoint")) {
            ScanPlan plan = ScanPlan.adjoint(sequences, s.length(), s.states(), d);
            scanAdjoint(s.name(), "scanAdjoint", plan);
        }
        int h = s.features();
        FloatArray x = filled(rows * h);
        FloatArray dY = filled(rows * h);
        FloatArray y = filled(rows * h);
        FloatArray residual = filled(rows * h);
        FloatArray[] v = new FloatArray[8];
        Part[] parts = new Part[8];
        for (int i = 0; i < v.length; i++) {
            v[i] = filled(h);
            parts[i] = Part.of(v[i]);
        }
        ColumnPlan sums = ColumnPlan.sums(rows, h);
        FloatArray partial = new FloatArray(Math.max(sums.partialSize(2), 1));
        double unit = 4.0 * rows * h;
        if (wanted(ops, "batchNorm")) {
            report(
                    s.name(),
                    "batchNorm",
                    3 * unit,
                    2 * unit,
                    t ->
                            t.norms()
                                    .batchNorm(
                                            "n",
                                            rows,
                                            h,
                                            x,
                                            parts[0],
                                            parts[1],
                                            parts[2],
                                            parts[3],
                                            0.9f,
                                            partial,
                                            Part.of(v[4]),
                                            Part.of(v[5]),
                                            y),
                    concat(List.of(x, y, partial), v));
        }
        if (wanted(ops, "batchNormAdjoint")) {
            report(
                    s.name(),
                    "batchNormAdjoint",
                    6 * unit,
                    4 * unit,
                    t ->
                            t.norms()
                                    .batchNormAdjoint(
                                            "n",
                                            rows,
                                            h,
                                            x,
                                            parts[0],
                                            Part.of(v[1]),
                                            Part.of(v[2]),
                                            dY,
                                            residual,
                                            partial,
                                            parts[3],
                                            parts[4],
                                            y),
                    concat(List.of(x, y, dY, residual, partial), v));
        }
        if (wanted(ops, "batchNormFrozen")) {
            report(
                    s.name(),
                    "batchNormFrozen",
                    2 * unit,
                    2 * unit,
                    t ->
                            t.norms()
                                    .batchNormFrozen(
                                            "n", rows, h, x, parts[0], parts[1], parts[2], parts[3],
                                            y),
                    concat(List.of(x, y), v));
        }
        if (wanted(ops, "layerNorm")) {
            FloatArray mean = filled(rows);
            FloatArray rstd = filled(rows);
            report(
                    s.name(),
                    "layerNorm",
                    2 * unit,
                    2 * unit,
                    t -> t.norms().layerNorm("n", rows, h, x, parts[0], parts[1], mean, rstd, y),
                    concat(List.of(x, y, mean, rstd), v));
            FloatArray rowPartial = new FloatArray(RowPlan.adjoint(rows, h).partialSize(2));
            report(
                    s.name(),
                    "layerNormAdjoint",
                    4 * unit,
                    4 * unit,
                    t ->
                            t.norms()
                                    .layerNormAdjoint(
                                            "n",
                                            rows,
                                            h,
                                            x,
                                            parts[0],
                                            mean,
                                            rstd,
                                            dY,
                                            residual,
                                            rowPartial,
                                            parts[3],
                                            parts[4],
                                            y),
                    concat(List.of(x, y, dY, residual, mean, rstd, rowPartial), v));
        }
        if (wanted(ops, "columnSums")) {
            report(
                    s.name(),
                    "columnSums",
                    unit,
                    unit,
                    t -> t.columnSums("n", sums, x, partial, parts[0]),
                    concat(List.of(x, partial), v));
        }
        if ((ops.isEmpty() && !cuda) || ops.contains("matmul")) {
            matmul(s.name(), "matmulNN", rows, states, h, false, false);
            matmul(s.name(), "matmulNT", rows, h, states, false, true);
            matmul(s.name(), "matmulTN", h, states, rows, true, false);
        }
    }

    private static boolean wanted(List<String> ops, String op) {
        return ops.isEmpty() || ops.contains(op);
    }

    private static void scan(String size, String name, ScanPlan plan) throws Exception {
        int rows = plan.sequences() * plan.length();
        int width = 2 * plan.states();
        FloatArray lambda = lambda(plan.states());
        FloatArray u = filled(rows * width);
        FloatArray ends = filled(plan.endsSize());
        FloatArray x = filled(rows * width * plan.directions());
        double unit = 4.0 * rows * width;
        report(
                size,
                name,
                (plan.tiles() > 1 ? 2 + plan.directions() : 1 + plan.directions()) * unit,
                (1 + plan.directions()) * unit,
                t -> t.scan("s", plan, Part.of(lambda), u, ends, x),
                List.of(lambda, u, ends, x));
    }

    private static void scanAdjoint(String size, String name, ScanPlan plan) throws Exception {
        int rows = plan.sequences() * plan.length();
        int width = 2 * plan.states();
        int d = plan.directions();
        FloatArray lambda = lambda(plan.states());
        FloatArray x = filled(rows * width * d);
        FloatArray dX = filled(rows * width * d);
        FloatArray ends = filled(plan.endsSize());
        FloatArray partial = filled(plan.partialSize());
        FloatArray dU = filled(rows * width);
        FloatArray dLambda = filled(width);
        double unit = 4.0 * rows * width;
        report(
                size,
                name,
                (plan.tiles() > 1 ? 3 * d + 1 : 2 * d + 1) * unit,
                (2 * d + 1) * unit,
                t ->
                        t.scanAdjoint(
                                "s",
                                plan,
                                Part.of(lambda),
                                x,
                                dX,
                                ends,
                                partial,
                                dU,
                                Part.of(dLambda)),
                List.of(lambda, x, dX, ends, partial, dU, dLambda));
    }

    private static void matmul(
            String size, String name, int m, int n, int k, boolean transposeA, boolean transposeB)
            throws Exception {
        MatmulPlan plan = MatmulPlan.of(m, n, k);
        FloatArray a = filled(m * k);
        FloatArray b = filled(k * n);
        FloatArray out = filled(m * n);
        FloatArray partial = filled(Math.max(1, plan.partialSize()));
        double bytes = 4.0 * ((double) m * k + (double) k * n + (double) m * n);
        double ms =
                report(
                        size,
                        name,
                        bytes,
                        bytes,
                        t ->
                                t.matmul(
                                        "m",
                                        plan,
                                        a,
                                        transposeA,
                                        Part.of(b),
                                        transposeB,
                                        false,
                                        partial,
                                        Part.of(out)),
                        List.of(a, b, out, partial));
        System.out.printf("          %d x %d x %d: %.1f GFLOP/s%n", m, n, k, 2e-6 * m * n * k / ms);
    }

    private static double report(
            String size,
            String op,
            double moved,
            double floor,
            Consumer<KernelTasks> tasks,
            List<FloatArray> arrays)
            throws Exception {
        double[] ms = time(tasks, arrays);
        double busy = Math.max(1e-6, ms[0] - idleMs);
        System.out.printf(
                "%-9s %-18s %7.4f %7.0f %6.1f %7.0f  %4.0f%%  %4.0f%%%n",
                size,
                op,
                busy,
                ms[1],
                moved / 1e6,
                moved / 1e6 / busy,
                moved / 1e4 / busy / COPY_GB_PER_SECOND,
                floor / 1e4 / busy / COPY_GB_PER_SECOND);
        return busy;
    }

    /** Median of an execute and time of the first, in milliseconds. */
    private static double[] time(Consumer<KernelTasks> tasks, List<FloatArray> arrays)
            throws Exception {
        GridScheduler grids = new GridScheduler();
        TaskGraph graph = new TaskGraph("bench");
        graph.transferToDevice(DataTransferMode.FIRST_EXECUTION, arrays.toArray());
        tasks.accept(new KernelTasks(graph, grids));
        graph.transferToHost(DataTransferMode.UNDER_DEMAND, arrays.get(0));
        try (TornadoExecutionPlan plan = new TornadoExecutionPlan(graph.snapshot())) {
            if (cuda) {
                plan.withCUDAGraph();
            }
            plan.withGridScheduler(grids);
            long start = System.nanoTime();
            plan.execute();
            double first = (System.nanoTime() - start) / 1e6;
            for (int i = 0; i < 3; i++) {
                plan.execute();
            }
            double[] ms = new double[repeats];
            for (int i = 0; i < repeats; i++) {
                start = System.nanoTime();
                plan.execute();
                ms[i] = (System.nanoTime() - start) / 1e6;
            }
            Arrays.sort(ms);
            return new double[] {ms[repeats / 2], first};
        }
    }

    private static List<FloatArray> concat(List<FloatArray> first, FloatArray[] rest) {
        List<FloatArray> all = new ArrayList<>(first);
        all.addAll(Arrays.asList(rest));
        return all;
    }

    static FloatArray lambda(int states) {
        return FloatArray.fromArray(new Bed(states).lambda(states));
    }

    /** Normally distributed values, the first ones over and over. */
    static FloatArray filled(int size) {
        int block = Math.min(size, 1 << 18);
        Random random = new Random(size);
        float[] values = new float[block];
        for (int i = 0; i < block; i++) {
            values[i] = (float) random.nextGaussian();
        }
        FloatArray array = new FloatArray(size);
        MemorySegment from = MemorySegment.ofArray(values);
        MemorySegment to = array.getSegment();
        for (long at = 0; at < size; at += block) {
            long count = Math.min(block, size - at);
            MemorySegment.copy(from, 0, to, at * Float.BYTES, count * Float.BYTES);
        }
        return array;
    }
}
