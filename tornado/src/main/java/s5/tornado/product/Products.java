package s5.tornado.product;

import s5.tornado.Tasks;

import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.common.Access;
import uk.ac.manchester.tornado.api.common.LibraryTaskDescriptor;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Products of row-major matrices, one after the other, as one library task for cuBLAS; {@link
 * GemmProvider} carries it out. TornadoVM's own binding takes whole arrays and 13 arguments for one
 * product; a parameter is a part of an array here, and tasks and arguments are scarce.
 */
final class Products implements Tasks.Deferred {
    /** Names our {@link GemmProvider}. */
    static final String LIBRARY = "s5/gemm";

    /**
     * {@code c = op(a) op(b)}, or {@code c += op(a) op(b)}.
     *
     * @param m rows of c
     * @param n columns of c
     * @param k what is summed over
     * @param tf32 whether a and b may be rounded to TF32
     * @param narrow whether a and b hold bfloat16
     * @param narrowC whether c does
     * @param a number of the array that a is in, as {@code b} and {@code c}
     * @param aAt first element of a there, as {@code bAt} and {@code cAt}
     */
    record Gemm(
            int m,
            int n,
            int k,
            boolean transposeA,
            boolean transposeB,
            boolean accumulate,
            boolean tf32,
            boolean narrow,
            boolean narrowC,
            int a,
            int aAt,
            int b,
            int bAt,
            int c,
            int cAt) {}

    private final List<FloatArray> arrays = new ArrayList<>();
    private final List<Gemm> gemms = new ArrayList<>();

    List<Gemm> gemms() {
        return gemms;
    }

    /** The number of an array. */
    int number(FloatArray array) {
        if (!arrays.contains(array)) {
            arrays.add(array);
        }
        return arrays.indexOf(array);
    }

    void add(Gemm gemm) {
        gemms.add(gemm);
    }

    @Override
    public void addTo(TaskGraph graph, String id) {
        Access[] access = new Access[arrays.size()];
        Arrays.fill(access, Access.READ_ONLY);
        // a part of the array may be written, so the rest of it is kept
        gemms.forEach(gemm -> access[gemm.c()] = Access.READ_WRITE);
        LibraryTaskDescriptor call =
                new LibraryTaskDescriptor()
                        .withLibrary(LIBRARY)
                        .withFunction("products")
                        .withParameters(arrays.toArray())
                        .withAccess(access)
                        .withTuning(this);
        graph.libraryTask(id, first -> call, arrays.getFirst());
    }
}
