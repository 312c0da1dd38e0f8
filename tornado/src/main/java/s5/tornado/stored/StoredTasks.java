package s5.tornado.stored;

import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.runtime.ASMClassVisitorProvider;
import uk.ac.manchester.tornado.runtime.TornadoCoreRuntime;
import uk.ac.manchester.tornado.runtime.graph.TornadoExecutionContext;
import uk.ac.manchester.tornado.runtime.tasks.CompilableTask;
import uk.ac.manchester.tornado.runtime.tasks.TornadoTaskGraph;
import uk.ac.manchester.tornado.runtime.tasks.meta.ScheduleContext;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Tasks of a graph whose kernels are to be those over bfloat16; see {@link StoredKernels}. */
public final class StoredTasks {
    private StoredTasks() {}

    /** A task with the grid and the device of another one, and another kernel. */
    private static final class Task extends CompilableTask {
        Task(ScheduleContext context, CompilableTask task, Method kernel) {
            super(context, task.getId(), kernel, task.getArguments());
            meta = task.meta();
        }
    }

    /**
     * The task with the kernel for its arrays: itself when none of them holds bfloat16.
     *
     * @param narrow arrays that hold bfloat16
     */
    public static CompilableTask of(
            TornadoExecutionContext context, CompilableTask task, Set<Object> narrow) {
        List<Boolean> narrows = Arrays.stream(task.getArguments()).map(narrow::contains).toList();
        if (!narrows.contains(true)) {
            return task;
        }
        boolean cuda = task.getDevice().getTornadoVMBackend() == TornadoVMBackendType.CUDA;
        Method kernel = StoredKernels.of(task.getMethod(), narrows, isPaired(task), cuda);
        Task stored = new Task(context.meta(), task, kernel);
        // in a graph that is thrown away: TornadoVM takes a look at each kernel that joins one
        new TornadoTaskGraph("look").addInner(stored);
        return stored;
    }

    /** Whether its kernel takes {@link Pairs}: there is a {@code twin}, and it is not 0. */
    private static boolean isPaired(CompilableTask task) {
        Parameter[] parameters = task.getMethod().getParameters();
        return IntStream.range(0, parameters.length)
                .filter(i -> parameters[i].getName().equals("twin"))
                .anyMatch(i -> !task.getArguments()[i].equals(0));
    }

    /**
     * What tells TornadoVM the annotations of a kernel, which it reads from the class file: for
     * kernels over bfloat16, which have none, those of the kernel that each was made from.
     *
     * @param theirs what tells them for all others
     */
    public static ASMClassVisitorProvider annotations(Object theirs) {
        return (ASMClassVisitorProvider)
                Proxy.newProxyInstance(
                        StoredTasks.class.getClassLoader(),
                        new Class<?>[] {ASMClassVisitorProvider.class},
                        (proxy, method, arguments) -> {
                            Object[] original = arguments.clone();
                            original[0] = original(arguments[0]);
                            try {
                                return method.invoke(theirs, original);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    /** The method, as JVMCI has it, that one was made from; itself when it was not made. */
    private static Object original(Object resolved) {
        for (Map.Entry<Method, Method> made : StoredKernels.originals().entrySet()) {
            if (resolve(made.getKey()).equals(resolved)) {
                return resolve(made.getValue());
            }
        }
        return resolved;
    }

    /** As JVMCI has it; by reflection, because the compiler does not see JVMCI's classes. */
    public static Object resolve(Method method) {
        try {
            return TornadoCoreRuntime.class
                    .getMethod("resolveMethod", Method.class)
                    .invoke(TornadoCoreRuntime.getTornadoRuntime(), method);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
