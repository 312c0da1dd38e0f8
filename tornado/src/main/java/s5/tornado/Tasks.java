package s5.tornado;

import s5.ops.Op;
import s5.ops.Tensor;
import s5.tornado.Block.Transfer;

import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

import java.util.List;

/**
 * The tasks of a step under construction: the graph, its grids, and where the tensors live. An
 * operation adds its kernels in launch order, each with its launch, so that none is ever started
 * with the wrong grid.
 */
public final class Tasks {

    /** Elements from {@code at} on, the same in each of the arrays. */
    public record Range(List<FloatArray> arrays, int at, int size) {

        /** The array of a list of tensors. */
        public FloatArray of(int list) {
            return arrays.get(list);
        }
    }

    /** What becomes one task with others of its kind that follow. */
    @FunctionalInterface
    public interface Deferred {

        /** Adds the task. */
        void addTo(TaskGraph graph, String id);
    }

    /** What stands for an int32 tensor that is null; nothing is in it. */
    private static final class None {
        static final IntArray ARRAY =
                IntArray.fromSegmentShallow(
                        HostMemory.take(TornadoNativeArray.ARRAY_HEADER + Integer.BYTES));

        private None() {}
    }

    /** Where the tasks go. */
    public final TaskGraph graph;

    /** Stands for the thread in every kernel. */
    public final KernelContext context = new KernelContext();

    /** Whether matrix products go to cuBLAS. */
    public final boolean cuda;

    /** Whether they may round their inputs to TF32. */
    public final boolean tf32;

    final GridScheduler grids = new GridScheduler();
    private final Layout layout;
    private Deferred deferred;
    private boolean none;
    private String op = "";
    private int number;

    Tasks(StepGraph graph, Layout layout, boolean cuda, boolean tf32) {
        this.graph = graph;
        this.layout = layout;
        this.cuda = cuda;
        this.tf32 = tf32;
    }

    /** Says which operation the next tasks belong to. */
    void begin(String op) {
        if (!op.equals(this.op)) {
            end();
        }
        this.op = op;
    }

    /** What has been put off, or null. */
    public Deferred deferred() {
        return deferred;
    }

    /** Puts something off until {@link #end}, or until another operation than this one begins. */
    public void defer(Deferred later) {
        end();
        deferred = later;
    }

    /** Adds what has been put off. */
    public void end() {
        if (deferred != null) {
            deferred.addTo(graph, id());
            deferred = null;
        }
    }

    /** A new name for a task, or for several that add something to it. */
    public String id() {
        return op + "_" + number++;
    }

    /** The id of a new task with this launch. */
    public String id(Launch launch) {
        return id(id(), launch);
    }

    /**
     * The id of a new task that is an annotated loop over n items, in groups that suit a GPU. Left
     * to itself, TornadoVM takes the largest divisor of n below 1,024, which may be 1, and may be
     * more than the registers allow. A loop with a launch must not have a bare argument for its
     * bound: TornadoVM would put the number of threads in its place.
     */
    public String loop(int n) {
        return id(Launch.loop(n));
    }

    /** As {@link #loop(int)}, with an id. */
    public String loop(String id, int n) {
        return id(id, Launch.loop(n));
    }

    /** Gives the task of this id a launch, and returns the id. */
    public String id(String id, Launch launch) {
        launch.on(graph, id, grids);
        return id;
    }

    /** The array that a tensor lives in. */
    public FloatArray array(Tensor t) {
        return layout.place(t).block().floats();
    }

    /** The array of a tensor, or that of {@code other} for null: a task has no null arguments. */
    public FloatArray arrayOr(Tensor t, Tensor other) {
        return array(t == null ? other : t);
    }

    /**
     * As {@link #arrayOr}, for an argument that the kernel writes to. TornadoVM would take the
     * array for one that is only written and fill it with zeros on the device, at a moment of
     * CUDA's choice: after its values have come from the host, say.
     */
    public FloatArray writtenOr(Tensor t, Tensor other) {
        if (t == null && layout.place(other).block().transfer() != Transfer.NEVER) {
            touch(layout.place(other).block());
        }
        return arrayOr(t, other);
    }

    /**
     * The array of a tensor of which the kernel leaves some elements as they are; see {@link
     * #writtenOr}.
     */
    public FloatArray writtenInPart(Tensor t) {
        return writtenOr(null, t);
    }

    /** Adds a task that looks at an array, and so tells TornadoVM that its values count. */
    void touch(Block block) {
        graph.task(id(new Launch(1, 1)), Touch::touch, context, block.floats(), 0);
    }

    /** The array that an int32 tensor lives in. */
    public IntArray integers(Tensor t) {
        return layout.place(t).block().ints();
    }

    /** The array of an int32 tensor, or one that nothing is in for null. */
    public IntArray integersOr(Tensor t) {
        if (t != null) {
            return integers(t);
        }
        if (!none) {
            none = true;
            graph.transferToDevice(DataTransferMode.FIRST_EXECUTION, None.ARRAY);
        }
        return None.ARRAY;
    }

    /** The first element of a tensor in its array; -1 for null. */
    public int at(Tensor t) {
        return t == null ? -1 : layout.place(t).at();
    }

    /** Whether a tensor is stored in bfloat16. */
    public boolean isNarrow(Tensor t) {
        return layout.place(t).block().isNarrow();
    }

    /** A tensor that may share its array, or null. */
    public Part part(Tensor t) {
        return t == null ? null : new Part(array(t), at(t));
    }

    /**
     * Where the tensors of an operation are that {@linkplain Recorder#sideBySide lie side by side}.
     * What is between them is 0 wherever nothing else has been written.
     */
    public Range range(Op update) {
        Layout.Range range = layout.range(update);
        return new Range(
                range.blocks().stream().map(Block::floats).toList(), range.at(), range.size());
    }
}
