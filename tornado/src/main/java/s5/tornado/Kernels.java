package s5.tornado;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.common.Access;
import uk.ac.manchester.tornado.api.common.SchedulableTask;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.runtime.common.TornadoXPUDevice;
import uk.ac.manchester.tornado.runtime.graph.TornadoExecutionContext;
import uk.ac.manchester.tornado.runtime.profiler.EmptyProfiler;
import uk.ac.manchester.tornado.runtime.tasks.CompilableTask;
import uk.ac.manchester.tornado.runtime.tasks.meta.ScheduleContext;
import uk.ac.manchester.tornado.runtime.tasks.meta.TaskDataContext;

import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Compiles each distinct kernel of a graph once. TornadoVM compiles one for every task, with the
 * task's numbers as constants; but the layers of a model differ in where their tensors lie in the
 * arrays that they share, and in nothing else. So where a tensor begins stays an argument here, and
 * tasks with the same method, numbers and grid take the same kernel.
 *
 * <p>Such an argument is an {@code int} whose name ends in {@code At}; a negative one stands for a
 * tensor that is not there, and stays a constant.
 */
final class Kernels {
    private static final TornadoVMBackendType[] FLAGS = {
        TornadoVMBackendType.OPENCL, TornadoVMBackendType.PTX, TornadoVMBackendType.SPIRV
    };

    private static final Logger LOG = LoggerFactory.getLogger(Kernels.class);

    /** Nanoseconds between two lines about progress. */
    private static final long TELL = 2_000_000_000L;

    /** Stands for a task while TornadoVM looks for its kernel, which has the name of another. */
    private static final class SharedTask extends CompilableTask {
        private final String kernel;

        SharedTask(ScheduleContext context, CompilableTask task, String kernel) {
            super(context, task.getId(), task.getMethod(), task.getArguments());
            meta = task.meta();
            this.kernel = kernel;
        }

        @Override
        public String getId() {
            return kernel;
        }

        @Override
        public void forceCompilation() {
            // TornadoVM would compile the last task of a graph again
        }
    }

    /**
     * What makes the kernels of two tasks the same.
     *
     * @param arguments numbers that are constants in the kernel; classes of all else
     * @param grid threads in all and in a group
     */
    private record Kernel(Method method, List<Object> arguments, List<Long> grid) {}

    /**
     * What was compiled.
     *
     * @param kernels how many
     * @param executed to be run after the first execution
     */
    record Compiled(int kernels, Runnable executed) {}

    private Kernels() {}

    /**
     * Compiles what the tasks of a graph need, before its first execution.
     *
     * @param context of the graph
     * @param grids of its tasks
     * @param plan the number of the plan that is to execute it
     */
    static Compiled compile(TornadoExecutionContext context, GridScheduler grids, long plan) {
        List<SchedulableTask> tasks = List.copyOf(context.getTasks());
        Map<Kernel, List<Integer>> users = new LinkedHashMap<>();
        for (int i = 0; i < tasks.size(); i++) {
            // library tasks have no kernel
            if (tasks.get(i) instanceof CompilableTask task) {
                users.computeIfAbsent(kernel(task, grids), k -> new ArrayList<>()).add(i);
            }
        }
        int done = 0;
        long told = System.nanoTime();
        for (List<Integer> same : users.values()) {
            if (System.nanoTime() - told > TELL) {
                told = System.nanoTime();
                LOG.info("compiling kernels: {} of {}", done, users.size());
            }
            install(context, grids, plan, same);
            done++;
        }
        return new Compiled(
                users.size(),
                () ->
                        IntStream.range(0, tasks.size())
                                .forEach(i -> context.setTask(i, tasks.get(i))));
    }

    private static Kernel kernel(CompilableTask task, GridScheduler grids) {
        Object[] arguments = task.getArguments().clone();
        boolean[] places = places(task);
        for (int i = 0; i < arguments.length; i++) {
            if (places[i] || !(arguments[i] instanceof Number)) {
                arguments[i] = arguments[i].getClass();
            }
        }
        List<Long> grid = new ArrayList<>();
        WorkerGrid worker = grids.get(task.getId());
        if (worker != null) {
            for (long[] extent : new long[][] {worker.getGlobalWork(), worker.getLocalWork()}) {
                Arrays.stream(extent).forEach(grid::add);
            }
        }
        return new Kernel(task.getMethod(), List.of(arguments), grid);
    }

    /** Which arguments say where a tensor begins. */
    private static boolean[] places(CompilableTask task) {
        Parameter[] parameters = task.getMethod().getParameters();
        Object[] arguments = task.getArguments();
        boolean[] places = new boolean[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
            places[i] =
                    arguments[i] instanceof Integer at
                            && at >= 0
                            && parameters[i].getName().endsWith("At");
        }
        return places;
    }

    /** Compiles the kernel of the first of some tasks, and has all of them take it. */
    private static void install(
            TornadoExecutionContext context, GridScheduler grids, long plan, List<Integer> same) {
        var first = (CompilableTask) context.getTask(same.getFirst());
        TornadoXPUDevice device = first.getDevice();
        device.ensureLoaded(plan);
        TaskDataContext compiled = first.meta();
        Access[] accesses = compiled.getArgumentsAccess();
        Access[] unknown = accesses.clone();
        for (TornadoVMBackendType type : FLAGS) {
            compiled.setCompilerFlags(type, context.meta().getCompilerFlags(type));
        }
        first.enableDefaultThreadScheduler(context.useDefaultThreadScheduler());
        if (grids.get(first.getId()) != null) {
            first.setUseGridScheduler(true);
            first.setGridScheduler(grids);
        }
        first.attachProfiler(new EmptyProfiler());
        Object[] arguments = first.getArguments();
        Object[] kept = arguments.clone();
        boolean[] places = places(first);
        for (int i = 0; i < arguments.length; i++) {
            // what the compiler does not know it leaves an argument
            arguments[i] = places[i] ? null : kept[i];
        }
        try {
            device.installCode(plan, first);
        } finally {
            System.arraycopy(kept, 0, arguments, 0, kept.length);
            // Known before the graph is built, they would keep arrays that are only written from
            // being copied to the device, and with them what else lives there.
            System.arraycopy(unknown, 0, accesses, 0, unknown.length);
        }
        String kernel = first.getId();
        for (int i : same) {
            var task = (CompilableTask) context.getTask(i);
            TaskDataContext meta = task.meta();
            meta.setDomain(compiled.getDomain());
            meta.setCompiledGraph(compiled.getCompiledResolvedJavaMethod());
            context.setTask(i, new SharedTask(context.meta(), task, kernel));
        }
    }
}
