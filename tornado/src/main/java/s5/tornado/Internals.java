package s5.tornado;

import s5.UserError;
import s5.tornado.product.Bfloat16Gemm;
import s5.tornado.stored.StoredTasks;

import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoTaskGraphInterface;
import uk.ac.manchester.tornado.api.common.Access;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.exceptions.TornadoInternalError;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoMemorySegment;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;
import uk.ac.manchester.tornado.runtime.ASMClassVisitorProvider;
import uk.ac.manchester.tornado.runtime.common.KernelStackFrame;
import uk.ac.manchester.tornado.runtime.common.TornadoXPUDevice;
import uk.ac.manchester.tornado.runtime.common.XPUDeviceBufferState;
import uk.ac.manchester.tornado.runtime.graal.phases.sketcher.TornadoApiReplacement;
import uk.ac.manchester.tornado.runtime.graph.TornadoExecutionContext;
import uk.ac.manchester.tornado.runtime.graph.TornadoGraphBuilder;
import uk.ac.manchester.tornado.runtime.tasks.TornadoTaskGraph;

import java.lang.foreign.MemorySegment;
import java.lang.reflect.Field;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The places where TornadoVM's public interface does not reach, in one file: private fields of its
 * open modules. Each {@link Hook} says what is lost in a version whose fields are other ones:
 * nothing is wrong then, something is slower or smaller, and {@link #missing} tells the user.
 */
final class Internals {
    /** Tasks in a graph, TornadoExecutionContext.MAX_TASKS. */
    private static final int TASKS = 256;

    /** Tasks in an enlarged graph, and bytes for their description: 15 each, 5 an argument. */
    private static final int MANY_TASKS = 1024;

    private static final int MANY_BYTES = MANY_TASKS * 128;

    /** A private field, of the type that is expected there. */
    record Place(Class<?> owner, String field, Class<?> type) {

        /** Whether this TornadoVM has it, and lets it be used. */
        boolean live() {
            try {
                return find().getType() == type;
            } catch (ReflectiveOperationException e) {
                return false;
            }
        }

        private Field find() throws ReflectiveOperationException {
            try {
                Field found = owner.getDeclaredField(field);
                found.setAccessible(true);
                return found;
            } catch (RuntimeException e) {
                throw new ReflectiveOperationException(e);
            }
        }

        Object get(Object object) {
            try {
                return find().get(object);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }

        void set(Object object, Object value) {
            try {
                find().set(object, value);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static final Place TASK_GRAPH =
            new Place(ImmutableTaskGraph.class, "taskGraph", TaskGraph.class);
    private static final Place INNER_GRAPH =
            new Place(TaskGraph.class, "taskGraphImpl", TornadoTaskGraphInterface.class);
    private static final Place CONTEXT =
            new Place(TornadoTaskGraph.class, "executionContext", TornadoExecutionContext.class);
    private static final Place CODE =
            new Place(TornadoTaskGraph.class, "highLevelCode", byte[].class);
    private static final Place CODE_BUFFER =
            new Place(TornadoTaskGraph.class, "hlBuffer", ByteBuffer.class);
    private static final Place FRAMES =
            new Place(TornadoExecutionContext.class, "kernelStackFrame", KernelStackFrame[].class);
    private static final Place DEVICES =
            new Place(
                    TornadoExecutionContext.class,
                    "taskToDeviceMapTable",
                    TornadoXPUDevice[].class);
    private static final Place SEGMENT =
            new Place(FloatArray.class, "segment", TornadoMemorySegment.class);
    private static final Place ELEMENTS =
            new Place(FloatArray.class, "numberOfElements", int.class);
    private static final Place BYTES = new Place(FloatArray.class, "segmentByteSize", long.class);
    private static final Place ANNOTATIONS =
            new Place(
                    TornadoApiReplacement.class,
                    "asmClassVisitorProvider",
                    ASMClassVisitorProvider.class);
    private static final Place PLAN_RESULTS =
            new Place(TornadoExecutionPlan.class, "planResults", List.class);

    /**
     * Something that needs private fields.
     *
     * @param lost what is lost without it
     * @param live whether this TornadoVM has all of them
     */
    record Hook(String lost, List<Place> places, boolean live) {
        private static Hook of(String lost, Place... places) {
            return new Hook(lost, List.of(places), Stream.of(places).allMatch(Place::live));
        }
    }

    private static final Hook LARGE_GRAPHS =
            Hook.of(
                    "steps of more than " + TASKS + " tasks do not run",
                    CONTEXT,
                    CODE,
                    CODE_BUFFER,
                    FRAMES,
                    DEVICES);
    private static final Hook ARRAYS_ON_DEVICE =
            Hook.of(
                    "steps of several graphs do not run, and what the host writes builds a step"
                            + " anew",
                    TASK_GRAPH,
                    INNER_GRAPH,
                    CONTEXT);
    private static final Hook TASKS_OF_GRAPHS =
            Hook.of(
                    "every task compiles a kernel of its own, which takes longer",
                    TASK_GRAPH,
                    INNER_GRAPH,
                    CONTEXT);
    private static final Hook DEVICE_ONLY_ARRAYS =
            Hook.of("scratch memory takes as much of the host's", SEGMENT, ELEMENTS, BYTES);
    private static final Hook RESULTS =
            Hook.of("memory grows by some hundred bytes a step", PLAN_RESULTS);

    private static final Hook STORED_KERNELS =
            Hook.of("precision bf16 does not run", TASK_GRAPH, INNER_GRAPH, CONTEXT, ANNOTATIONS);

    /** All there are. */
    static final List<Hook> HOOKS =
            List.of(
                    LARGE_GRAPHS,
                    ARRAYS_ON_DEVICE,
                    TASKS_OF_GRAPHS,
                    DEVICE_ONLY_ARRAYS,
                    RESULTS,
                    STORED_KERNELS);

    private Internals() {}

    /** What is lost in this version of TornadoVM, for the user; mostly nothing. */
    static List<String> missing() {
        return HOOKS.stream().filter(hook -> !hook.live()).map(Hook::lost).toList();
    }

    /**
     * Gives a new task graph room for more than 256 tasks with a description of 8192 bytes, of
     * which some 130 tasks take all. Without {@link #LARGE_GRAPHS} a longer step fails while it is
     * recorded, and says so.
     *
     * @return how many tasks the graph takes
     */
    static int enlarge(TornadoTaskGraphInterface graph) {
        if (!LARGE_GRAPHS.live()) {
            return TASKS;
        }
        byte[] code = new byte[MANY_BYTES];
        ByteBuffer buffer = ByteBuffer.wrap(code).order(ByteOrder.LITTLE_ENDIAN);
        Object context = CONTEXT.get(graph);
        FRAMES.set(context, new KernelStackFrame[MANY_TASKS]);
        DEVICES.set(context, new TornadoXPUDevice[MANY_TASKS]);
        CODE.set(graph, code);
        CODE_BUFFER.set(graph, buffer);
        return MANY_TASKS;
    }

    /**
     * Whether TornadoVM can build the graph of its own that it makes of a task graph: it has 1,024
     * nodes, for constants, arrays, tasks and what each writes. Without {@link #LARGE_GRAPHS} it
     * cannot be asked, and is supposed to.
     */
    static boolean nodesFit(TornadoTaskGraphInterface graph) {
        if (!LARGE_GRAPHS.live()) {
            return true;
        }
        try {
            // a copy, because this assigns tasks to devices
            Object copy = graph.createImmutableTaskGraph();
            var context = (TornadoExecutionContext) CONTEXT.get(copy);
            var position = (ByteBuffer) CODE_BUFFER.get(copy);
            byte[] code = (byte[]) CODE.get(copy);
            ByteBuffer buffer = ByteBuffer.wrap(code).order(ByteOrder.LITTLE_ENDIAN);
            buffer.limit(position.position());
            context.scheduleTaskToDevices();
            TornadoGraphBuilder.buildGraph(context, buffer);
            return true;
        } catch (TornadoInternalError e) {
            return false;
        }
    }

    /** Whether graphs can share arrays on the device. */
    static boolean canShare() {
        return ARRAYS_ON_DEVICE.live();
    }

    /**
     * Gives a graph that has not run yet the device memory that an array has in another one, which
     * has. TornadoVM's own way ({@code consumeFromDevice}) is unsafe in 5.2; this does what that
     * does, once and for all.
     */
    static void share(
            ImmutableTaskGraph from, ImmutableTaskGraph to, TornadoDevice device, Object array) {
        XPUDeviceBufferState theirs = state(from, device, array);
        XPUDeviceBufferState ours = state(to, device, array);
        ours.setXPUBuffer(theirs.getXPUBuffer());
        ours.setContents(true);
        ours.setLockBuffer(true);
    }

    /** Ends {@link #share}, before the graph is freed. */
    static void giveBack(ImmutableTaskGraph to, TornadoDevice device, Object array) {
        state(to, device, array).setXPUBuffer(null);
    }

    private static XPUDeviceBufferState state(
            ImmutableTaskGraph graph, TornadoDevice device, Object array) {
        return context(graph)
                .getLocalStateObject(array, Access.READ_ONLY)
                .getDataObjectState()
                .getDeviceBufferState(device);
    }

    /**
     * Has an array that is copied to the device once copied again at the next execution.
     *
     * @return false without {@link #ARRAYS_ON_DEVICE}: the plan has to be built anew
     */
    static boolean copyAgain(ImmutableTaskGraph graph, TornadoDevice device, Object array) {
        if (!ARRAYS_ON_DEVICE.live()) {
            return false;
        }
        state(graph, device, array).setContents(false);
        return true;
    }

    /**
     * An array with no memory on the host, for what never leaves the device: TornadoVM keeps a host
     * copy of every array and pins it, which for a long sequence is tens of gigabytes. Its host
     * address is 0, so a copy from or to it ends the JVM rather than do something else. Without
     * {@link #DEVICE_ONLY_ARRAYS} an ordinary array.
     */
    @SuppressWarnings("restricted") // of memory that is never accessed
    static FloatArray deviceOnly(int size) {
        if (!DEVICE_ONLY_ARRAYS.live()) {
            return new FloatArray(size);
        }
        long bytes = TornadoNativeArray.ARRAY_HEADER + 4L * size;
        FloatArray array = new FloatArray(1);
        var segment = (TornadoMemorySegment) SEGMENT.get(array);
        ELEMENTS.set(array, size);
        BYTES.set(array, bytes);
        segment.setSegment(MemorySegment.NULL.reinterpret(bytes));
        return array;
    }

    /**
     * The distinct kernels of a graph.
     *
     * @param narrow arrays that hold bfloat16
     * @return empty without {@link #TASKS_OF_GRAPHS}: TornadoVM compiles one for every task when
     *     the plan first runs
     */
    static Optional<Kernels> kernels(
            ImmutableTaskGraph graph,
            GridScheduler grids,
            TornadoExecutionPlan plan,
            Set<Object> narrow) {
        return TASKS_OF_GRAPHS.live()
                ? Optional.of(new Kernels(context(graph), grids, plan.getId(), narrow))
                : Optional.empty();
    }

    /**
     * Has TornadoVM look for the annotations of a kernel over bfloat16 where there are some: in the
     * class file of the kernel that it was made from.
     *
     * @throws UserError without {@link #STORED_KERNELS}, or without cuBLAS's products of bfloat16
     */
    static synchronized void requireStored(String device, boolean cuda) {
        if (!STORED_KERNELS.live() || (cuda && !Bfloat16Gemm.live())) {
            throw new UserError(
                    "precision bf16: not with this version of TornadoVM on "
                            + device
                            + "; choose tf32 or fp32");
        }
        Object theirs = ANNOTATIONS.get(null);
        if (!Proxy.isProxyClass(theirs.getClass())) {
            ANNOTATIONS.set(null, StoredTasks.annotations(theirs));
        }
    }

    /**
     * Where TornadoVM keeps the context of a CUDA device, by methods that it exports to nobody in
     * particular: a native record of the context's handle and the device's number.
     *
     * @return its address
     * @throws UserError when this version of TornadoVM has no such methods
     */
    static long cudaContext(TornadoDevice device) {
        Object at = device;
        try {
            for (String step : List.of("getDeviceContext", "getPlatformContext", "getContextId")) {
                at = at.getClass().getMethod(step).invoke(at);
            }
            return (long) at;
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw new UserError(
                    "several GPUs: not with this version of TornadoVM, which does not tell its CUDA"
                            + " context",
                    e);
        }
    }

    private static TornadoExecutionContext context(ImmutableTaskGraph graph) {
        return (TornadoExecutionContext) CONTEXT.get(INNER_GRAPH.get(TASK_GRAPH.get(graph)));
    }

    /** Forgets the results of past executions, of which a plan keeps every one. */
    static void forgetResults(TornadoExecutionPlan plan) {
        if (RESULTS.live()) {
            ((List<?>) PLAN_RESULTS.get(plan)).clear();
        }
    }
}
