package s5.tornado.compile;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import s5.tornado.stored.StoredTasks;

import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.runtime.common.TornadoXPUDevice;
import uk.ac.manchester.tornado.runtime.sketcher.TornadoSketcher;
import uk.ac.manchester.tornado.runtime.tasks.CompilableTask;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Compiles kernels for CUDA as TornadoVM does, several at a time. TornadoVM makes CUDA C of a
 * kernel, in a few hundredths of a second, and then NVRTC machine code of that, in a tenth. The
 * first must be done one after the other; NVRTC compiles different sources at once.
 *
 * <p>The classes of TornadoVM's driver for CUDA are not there when this is built for OpenCL, so
 * they are used by their names.
 */
public final class CudaCompiler implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CudaCompiler.class);

    /** More sources at a time gain little. */
    private static final int THREADS = 8;

    private static final String COMPILER =
            "uk.ac.manchester.tornado.drivers.cuda.graal.compiler.CUDACompiler";

    private final long plan;
    private final Object backend;
    private final Object providers;
    private final Object context;
    private final Method look;
    private final Method access;
    private final Method toCuda;
    private final Method install;
    private final ExecutorService threads =
            Executors.newFixedThreadPool(
                    Math.min(THREADS, Runtime.getRuntime().availableProcessors()),
                    Thread.ofPlatform().daemon().name("s5-nvrtc-", 0).factory());
    private final List<Future<?>> running = new ArrayList<>();

    private CudaCompiler(TornadoXPUDevice device, long plan) throws ReflectiveOperationException {
        this.plan = plan;
        backend = method(device.getClass(), "getBackend", 0).invoke(device);
        providers = method(backend.getClass(), "getProviders", 0).invoke(backend);
        context = method(device.getClass(), "getDeviceContext", 0).invoke(device);
        look = method(TornadoSketcher.class, "lookup", 3);
        access = method(look.getReturnType(), "getArgumentsAccess", 0);
        Class<?> compiler = Class.forName(COMPILER, true, device.getClass().getClassLoader());
        toCuda = method(compiler, "compileSketchForDevice", 5);
        install = method(context.getClass(), "installCode", 2);
        // the plan's kernels are kept in a map that is made at the first look
        method(context.getClass(), "getCodeCache", 1).invoke(context, plan);
    }

    /**
     * One for a plan.
     *
     * @return empty for OpenCL, and, with a warning, where TornadoVM's driver is another one than
     *     expected: it then compiles one kernel after the other
     */
    public static Optional<CudaCompiler> of(TornadoXPUDevice device, long plan) {
        if (device.getTornadoVMBackend() != TornadoVMBackendType.CUDA) {
            return Optional.empty();
        }
        try {
            return Optional.of(new CudaCompiler(device, plan));
        } catch (ReflectiveOperationException e) {
            LOG.warn(
                    "this version of TornadoVM compiles one kernel after the other: {}",
                    e.toString());
            return Optional.empty();
        }
    }

    private static Method method(Class<?> owner, String name, int parameters)
            throws NoSuchMethodException {
        return Arrays.stream(owner.getMethods())
                .filter(m -> m.getName().equals(name) && m.getParameterCount() == parameters)
                .filter(m -> !m.isBridge())
                .findFirst()
                .orElseThrow(() -> new NoSuchMethodException(owner.getName() + "." + name));
    }

    /**
     * Begins to compile the kernel of a task.
     *
     * @param compiled run when it has been compiled, by any thread
     */
    public void submit(CompilableTask task, Runnable compiled) {
        Object source = toCuda(task);
        running.add(
                threads.submit(() -> {
                    call(install, context, plan, source);
                    compiled.run();
                }));
    }

    private Object toCuda(CompilableTask task) {
        Object kernel = StoredTasks.resolve(task.getMethod());
        var meta = task.meta();
        Object sketch = call(look, null, kernel, meta.getBackendIndex(), meta.getDeviceIndex());
        Object[] accesses = (Object[]) call(access, sketch);
        System.arraycopy(accesses, 0, meta.getArgumentsAccess(), 0, accesses.length);
        return call(toCuda, null, sketch, task, providers, backend, task.getProfiler());
    }

    private static Object call(Method method, Object object, Object... arguments) {
        try {
            return method.invoke(object, arguments);
        } catch (InvocationTargetException e) {
            throw unchecked(e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static RuntimeException unchecked(Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException e ? e : new IllegalStateException(cause);
    }

    /** Waits until all have been compiled. */
    @Override
    public void close() {
        threads.shutdown();
        for (Future<?> one : running) {
            try {
                one.get();
            } catch (ExecutionException e) {
                throw unchecked(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }
}
