package s5.tornado;

import s5.ops.Tensor;
import s5.tornado.Block.Transfer;

import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** The tasks of a step under construction: the graph, its grids, and where the tensors live. */
final class Tasks {
    /**
     * Multiply-adds up to which a product is not rounded to TF32: a large GPU takes a microsecond
     * for them in FP32, less than for the launch.
     */
    private static final long EXACT = 1 << 25;

    /** What stands for an int32 tensor that is null; nothing is in it. */
    private static final class None {
        static final IntArray ARRAY =
                IntArray.fromSegmentShallow(
                        HostMemory.take(TornadoNativeArray.ARRAY_HEADER + Integer.BYTES));

        private None() {}
    }

    final StepGraph graph;
    final GridScheduler grids = new GridScheduler();
    final KernelContext context = new KernelContext();
    final KernelTasks kernels;

    /** Whether matrix products go to cuBLAS. */
    final boolean cuda;

    /** Whether they may round their inputs to TF32. */
    final boolean tf32;

    private final Layout layout;
    private Products products = new Products();
    private boolean none;
    private String op = "";
    private int number;

    Tasks(String name, Layout layout, boolean cuda, boolean tf32) {
        this.layout = layout;
        this.cuda = cuda;
        this.tf32 = tf32;
        graph = new StepGraph(name);
        kernels = new KernelTasks(graph, grids, context);
    }

    /** Says which operation the next tasks belong to. */
    void begin(String op) {
        if (!op.equals(this.op)) {
            end();
        }
        this.op = op;
    }

    /** Adds what has been put off. */
    void end() {
        if (!products.isEmpty()) {
            products.addTo(graph, id());
            products = new Products();
        }
    }

    /**
     * A matrix product by cuBLAS. Those that follow each other become one task.
     *
     * @param m rows of c
     * @param n columns of c
     * @param k what is summed over
     */
    void product(
            int m,
            int n,
            int k,
            Tensor a,
            boolean transposeA,
            Tensor b,
            boolean transposeB,
            boolean accumulate,
            Tensor c) {
        products.add(
                new Products.Gemm(
                        m,
                        n,
                        k,
                        transposeA,
                        transposeB,
                        accumulate,
                        tf32 && (long) m * n * k > EXACT,
                        products.number(array(a)),
                        at(a),
                        products.number(array(b)),
                        at(b),
                        products.number(array(c)),
                        at(c)));
    }

    /** A new name for a task, or for several that add something to it. */
    String id() {
        return op + "_" + number++;
    }

    /** The id of a new task with this launch. */
    String id(Launch launch) {
        return id(id(), launch);
    }

    /** Gives the task of this id a launch, and returns the id. */
    String id(String id, Launch launch) {
        launch.on(graph, id, grids);
        return id;
    }

    /** The array that a tensor lives in. */
    FloatArray array(Tensor t) {
        return layout.place(t).block().floats();
    }

    /** The array of a tensor, or that of {@code other} for null: a task has no null arguments. */
    FloatArray arrayOr(Tensor t, Tensor other) {
        return array(t == null ? other : t);
    }

    /**
     * As {@link #arrayOr}, for an argument that the kernel writes to. TornadoVM would take the
     * array for one that is only written and fill it with zeros on the device, at a moment of
     * CUDA's choice: after its values have come from the host, say.
     */
    FloatArray writtenOr(Tensor t, Tensor other) {
        if (t == null && layout.place(other).block().transfer() != Transfer.NEVER) {
            touch(layout.place(other).block());
        }
        return arrayOr(t, other);
    }

    /** Adds a task that looks at an array, and so tells TornadoVM that its values count. */
    void touch(Block block) {
        graph.task(id(new Launch(1, 1)), ElementKernels::touch, context, block.floats(), 0);
    }

    /** The array that an int32 tensor lives in. */
    IntArray integers(Tensor t) {
        return layout.place(t).block().ints();
    }

    /** The array of an int32 tensor, or one that nothing is in for null. */
    IntArray integersOr(Tensor t) {
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
    int at(Tensor t) {
        return t == null ? -1 : layout.place(t).at();
    }

    /** A tensor that may share its array, or null. */
    Part part(Tensor t) {
        return t == null ? null : new Part(array(t), at(t));
    }

    Layout.Range range(Layout.Group group) {
        return layout.range(group);
    }
}
