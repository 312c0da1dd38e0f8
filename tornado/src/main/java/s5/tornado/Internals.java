package s5.tornado;

import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoTaskGraphInterface;
import uk.ac.manchester.tornado.api.common.Access;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoMemorySegment;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;
import uk.ac.manchester.tornado.runtime.common.KernelStackFrame;
import uk.ac.manchester.tornado.runtime.common.TornadoXPUDevice;
import uk.ac.manchester.tornado.runtime.graph.TornadoExecutionContext;

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
     * Has an array that is copied to the device once copied again at the next execution.
     *
     * @return false when that is not possible, and the plan has to be built anew
     */
    static boolean copyAgain(ImmutableTaskGraph graph, TornadoDevice device, Object array) {
        try {
            Object taskGraph = get(ImmutableTaskGraph.class, graph, "taskGraph");
            Object inner = get(TaskGraph.class, taskGraph, "taskGraphImpl");
            Object context = get(inner.getClass(), inner, "executionContext");
            ((TornadoExecutionContext) context)
                    .getLocalStateObject(array, Access.READ_ONLY)
                    .getDataObjectState()
                    .getDeviceBufferState(device)
                    .setContents(false);
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
