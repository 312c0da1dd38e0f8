package s5.tornado;

import s5.tornado.compile.CudaCompiler;
import s5.tornado.stored.StoredTasks;

import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;
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
import java.util.Optional;
import java.util.Set;

/**
 * The distinct kernels of a graph, each compiled once. TornadoVM compiles one for every task, with
 * the task's numbers as constants; but the layers of a model differ in where their tensors lie in
 * the arrays that they share, and in nothing else. So where a tensor begins stays an argument here,
 * and tasks with the same method, numbers and grid take the same kernel.
 *
 * <p>Such an argument is an {@code int} whose name ends in {@code At}; a negative one stands for a
 * tensor that is not there, and stays a constant. So is {@code site}, which tells dropout masks
 * apart. The size of an array is no part of a kernel: none asks for it.
 */
final class Kernels {
    private static final TornadoVMBackendType[] FLAGS = {
        TornadoVMBackendType.OPENCL, TornadoVMBackendType.PTX, TornadoVMBackendType.SPIRV
    };

    /**
     * What makes the kernels of two tasks the same.
     *
     * @param arguments numbers that are constants in the kernel; classes of arrays and places
     * @param grid threads in all and in a group
     */
    private record Kernel(Method method, List<Object> arguments, List<Long> grid) {}

    /**
     * Stands for a task. Until the graph has run once it goes by the name of the task that its
     * kernel was compiled for: so TornadoVM, which keeps kernels by the names of tasks, finds that
     * one. TornadoVM also looks tasks up in lists, so it is equal to itself alone.
     */
    private static final class SharedTask extends CompilableTask {
        private String kernel; // null once it has been found

        SharedTask(ScheduleContext context, CompilableTask task, String kernel) {
            super(context, task.getId(), task.getMethod(), task.getArguments());
            meta = task.meta();
            this.kernel = kernel;
        }

        @Override
        public String getId() {
            return kernel == null ? super.getId() : kernel;
        }

        @Override
        public void forceCompilation() {
            // TornadoVM would compile the last task of a graph again
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    private final TornadoExecutionContext context;
    private final GridScheduler grids;
    private final long plan;
    private final Map<Kernel, List<Integer>> users = new LinkedHashMap<>(); // indices of tasks
    private final List<SharedTask> tasks = new ArrayList<>();

    /**
     * The kernels of a graph that has not run yet.
     *
     * @param context of the graph
     * @param grids of its tasks
     * @param plan the number of the plan that is to execute it
     * @param narrow arrays that hold bfloat16
     */
    Kernels(TornadoExecutionContext context, GridScheduler grids, long plan, Set<Object> narrow) {
        this.context = context;
        this.grids = grids;
        this.plan = plan;
        for (int i = 0; i < context.getTasks().size(); i++) {
            // library tasks have no kernel
            if (context.getTask(i) instanceof CompilableTask plain) {
                CompilableTask task = StoredTasks.of(context, plain, narrow);
                context.setTask(i, task);
                users.computeIfAbsent(kernel(task), k -> new ArrayList<>()).add(i);
            }
        }
    }

    private Kernel kernel(CompilableTask task) {
        Object[] arguments = task.getArguments().clone();
        boolean[] places = places(task);
        for (int i = 0; i < arguments.length; i++) {
            if (places[i]
                    || arguments[i] instanceof TornadoNativeArray
                    || arguments[i] instanceof KernelContext) {
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

    /** Which arguments say where a tensor begins, or another place in the model. */
    private static boolean[] places(CompilableTask task) {
        Parameter[] parameters = task.getMethod().getParameters();
        Object[] arguments = task.getArguments();
        boolean[] places = new boolean[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
            String name = parameters[i].getName();
            places[i] =
                    arguments[i] instanceof Integer at
                            && at >= 0
                            && (name.endsWith("At") || name.equals("site"));
        }
        return places;
    }

    /** How many distinct kernels there are. */
    int count() {
        return users.size();
    }

    /**
     * Compiles all, before the graph's first execution.
     *
     * @param each run after each kernel, by any thread
     */
    void compile(Runnable each) {
        if (users.isEmpty()) {
            return;
        }
        List<CompilableTask> firsts =
                users.values().stream()
                        .map(same -> (CompilableTask) context.getTask(same.getFirst()))
                        .toList();
        TornadoXPUDevice device = firsts.getFirst().getDevice();
        device.ensureLoaded(plan);
        Optional<CudaCompiler> compiler = CudaCompiler.of(device, plan);
        if (compiler.isPresent()) {
            try (CudaCompiler cuda = compiler.get()) {
                firsts.forEach(task -> compile(task, () -> cuda.submit(task, each)));
            }
        } else {
            for (CompilableTask task : firsts) {
                compile(task, () -> device.installCode(plan, task));
                each.run();
            }
        }
        for (List<Integer> same : users.values()) {
            CompilableTask first = (CompilableTask) context.getTask(same.getFirst());
            for (int i : same) {
                tasks.add(share((CompilableTask) context.getTask(i), first));
                context.setTask(i, tasks.getLast());
            }
        }
    }

    /** Compiles the kernel of a task, as TornadoVM does when it first comes to it. */
    private void compile(CompilableTask task, Runnable compiler) {
        for (TornadoVMBackendType type : FLAGS) {
            task.meta().setCompilerFlags(type, context.meta().getCompilerFlags(type));
        }
        task.enableDefaultThreadScheduler(context.useDefaultThreadScheduler());
        if (grids.get(task.getId()) != null) {
            task.setUseGridScheduler(true);
            task.setGridScheduler(grids);
        }
        task.attachProfiler(new EmptyProfiler());
        Object[] arguments = task.getArguments();
        Object[] kept = arguments.clone();
        boolean[] places = places(task);
        for (int i = 0; i < arguments.length; i++) {
            // what the compiler does not know it leaves an argument
            arguments[i] = places[i] ? null : kept[i];
        }
        try {
            compiler.run();
        } finally {
            System.arraycopy(kept, 0, arguments, 0, kept.length);
        }
    }

    /** A task with what compilation has found out about another one. */
    private SharedTask share(CompilableTask task, CompilableTask compiled) {
        TaskDataContext meta = task.meta();
        if (compiled.meta().getDomain() != null) {
            meta.setDomain(compiled.meta().getDomain());
        }
        meta.setCompiledGraph(compiled.meta().getCompiledResolvedJavaMethod());
        return new SharedTask(context.meta(), task, compiled.getId());
    }

    /** To be called after the graph's first execution: every task has its own name again. */
    void executed() {
        tasks.forEach(task -> task.kernel = null);
    }

    /** How many tasks have had a kernel compiled for them, after the first execution. */
    int compiled() {
        return (int)
                tasks.stream()
                        .filter(task -> task.getDevice().getCodeFromCache(plan, task) != null)
                        .count();
    }
}
