package s5.tornado;

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
import uk.ac.manchester.tornado.runtime.common.KernelStackFrame;
import uk.ac.manchester.tornado.runtime.common.TornadoXPUDevice;
import uk.ac.manchester.tornado.runtime.common.XPUDeviceBufferState;
import uk.ac.manchester.tornado.runtime.graph.TornadoExecutionContext;
import uk.ac.manchester.tornado.runtime.graph.TornadoGraphBuilder;

import java.lang.foreign.MemorySegment;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * The places where TornadoVM's public interface does not reach, in one file: private fields of its
 * open modules. Each method says what happens in a version whose fields are other ones: nothing
 * wrong, something slower or smaller.
 */
final class Internals {
    /** Tasks in a graph, TornadoExecutionContext.MAX_TASKS. */
    private static final int TASKS = 256;

    /** Tasks in an enlarged graph, and bytes for their description: 15 each, 5 an argument. */
    private static final int MANY_TASKS = 1024;

    private static final int MANY_BYTES = MANY_TASKS * 128;

    private Internals() {}

    /**
     * Gives a new task graph room for more than 256 tasks with a description of 8192 bytes, of
     * which some 130 tasks take all. Where that is not possible, a longer step fails while it is
     * recorded, and says so.
     *
     * @return how many tasks the graph takes
     */
    static int enlarge(TornadoTaskGraphInterface graph) {
        try {
            Object context = get(graph.getClass(), graph, "executionContext");
            byte[] code = new byte[MANY_BYTES];
            ByteBuffer buffer = ByteBuffer.wrap(code).order(ByteOrder.LITTLE_ENDIAN);
            Class<?> type = context.getClass();
            set(type, context, "kernelStackFrame", new KernelStackFrame[MANY_TASKS]);
            set(type, context, "taskToDeviceMapTable", new TornadoXPUDevice[MANY_TASKS]);
            set(graph.getClass(), graph, "highLevelCode", code);
            set(graph.getClass(), graph, "hlBuffer", buffer);
            return MANY_TASKS;
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            return TASKS;
        }
    }

    /**
     * Whether TornadoVM can build the graph of its own that it makes of a task graph: it has 1,024
     * nodes, for constants, arrays, tasks and what each writes. Where it cannot be asked, it is
     * supposed to.
     */
    static boolean nodesFit(TornadoTaskGraphInterface graph) {
        try {
            // a copy, because this assigns tasks to devices
            Object copy = graph.createImmutableTaskGraph();
            var context = (TornadoExecutionContext) get(copy.getClass(), copy, "executionContext");
            var position = (ByteBuffer) get(copy.getClass(), copy, "hlBuffer");
            byte[] code = (byte[]) get(copy.getClass(), copy, "highLevelCode");
            ByteBuffer buffer = ByteBuffer.wrap(code).order(ByteOrder.LITTLE_ENDIAN);
            buffer.limit(position.position());
            context.scheduleTaskToDevices();
            TornadoGraphBuilder.buildGraph(context, buffer);
            return true;
        } catch (TornadoInternalError e) {
            return false;
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }

    /** Whether graphs can share arrays on the device. */
    static boolean canShare() {
        try {
            field(ImmutableTaskGraph.class, "taskGraph");
            field(TaskGraph.class, "taskGraphImpl");
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }

    /**
     * Gives a graph that has not run yet the device memory that an array has in another one, which
     * has. TornadoVM's own way ({@code consumeFromDevice}) is unsafe in 5.2; this does what that
     * does, once and for all.
     */
    static void share(
            ImmutableTaskGraph from, ImmutableTaskGraph to, TornadoDevice device, Object array) {
        try {
            XPUDeviceBufferState theirs = state(from, device, array);
            XPUDeviceBufferState ours = state(to, device, array);
            ours.setXPUBuffer(theirs.getXPUBuffer());
            ours.setContents(true);
            ours.setLockBuffer(true);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ends {@link #share}, before the graph is freed. */
    static void giveBack(ImmutableTaskGraph to, TornadoDevice device, Object array) {
        try {
            state(to, device, array).setXPUBuffer(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static XPUDeviceBufferState state(
            ImmutableTaskGraph graph, TornadoDevice device, Object array)
            throws ReflectiveOperationException {
        Object taskGraph = get(ImmutableTaskGraph.class, graph, "taskGraph");
        Object inner = get(TaskGraph.class, taskGraph, "taskGraphImpl");
        Object context = get(inner.getClass(), inner, "executionContext");
        return ((TornadoExecutionContext) context)
                .getLocalStateObject(array, Access.READ_ONLY)
                .getDataObjectState()
                .getDeviceBufferState(device);
    }

    /**
     * Has an array that is copied to the device once copied again at the next execution.
     *
     * @return false when that is not possible, and the plan has to be built anew
     */
    static boolean copyAgain(ImmutableTaskGraph graph, TornadoDevice device, Object array) {
        try {
            state(graph, device, array).setContents(false);
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }

    /**
     * An array with no memory on the host, for what never leaves the device: TornadoVM keeps a host
     * copy of every array and pins it, which for a long sequence is tens of gigabytes. Its host
     * address is 0, so a copy from or to it ends the JVM rather than do something else. Where that
     * is not possible, an ordinary array.
     */
    @SuppressWarnings("restricted") // of memory that is never accessed
    static FloatArray deviceOnly(int size) {
        long bytes = TornadoNativeArray.ARRAY_HEADER + 4L * size;
        try {
            FloatArray array = new FloatArray(1);
            var segment = (TornadoMemorySegment) get(FloatArray.class, array, "segment");
            set(FloatArray.class, array, "numberOfElements", size);
            set(FloatArray.class, array, "segmentByteSize", bytes);
            segment.setSegment(MemorySegment.NULL.reinterpret(bytes));
            return array;
        } catch (ReflectiveOperationException e) {
            return new FloatArray(size);
        }
    }

    /** Forgets the results of past executions, of which a plan keeps every one. */
    static void forgetResults(TornadoExecutionPlan plan) {
        try {
            ((List<?>) get(TornadoExecutionPlan.class, plan, "planResults")).clear();
        } catch (ReflectiveOperationException e) {
            // some hundred bytes a step stay
        }
    }

    private static Object get(Class<?> type, Object object, String name)
            throws ReflectiveOperationException {
        return field(type, name).get(object);
    }

    private static void set(Class<?> type, Object object, String name, Object value)
            throws ReflectiveOperationException {
        field(type, name).set(object, value);
    }

    private static Field field(Class<?> type, String name) throws ReflectiveOperationException {
        try {
            Field field = type.getDeclaredField(name);
            field.setAccessible(true);
            return field;
        } catch (RuntimeException e) {
            throw new ReflectiveOperationException(e);
        }
    }
}
