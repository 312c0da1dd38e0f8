package s5.tornado;

import uk.ac.manchester.tornado.api.common.Access;
import uk.ac.manchester.tornado.api.common.LibraryTaskDescriptor;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * A product of row-major matrices for cuBLAS, {@code c = op(a) op(b)} or {@code c += op(a) op(b)}:
 * what {@link GemmProvider} needs to know besides the three arrays. TornadoVM's own binding takes
 * whole arrays and 13 arguments; a parameter is a part of an array here, and arguments are scarce.
 *
 * @param m rows of c
 * @param n columns of c
 * @param k what is summed over
 * @param aAt first element of a, as {@code bAt} and {@code cAt}
 */
record Gemm(
        int m,
        int n,
        int k,
        boolean transposeA,
        boolean transposeB,
        boolean accumulate,
        boolean tf32,
        int aAt,
        int bAt,
        int cAt) {
    /** Names our {@link GemmProvider}. */
    static final String LIBRARY = "s5/gemm";

    /** The task's call. */
    LibraryTaskDescriptor call(FloatArray a, FloatArray b, FloatArray c) {
        return new LibraryTaskDescriptor()
                .withLibrary(LIBRARY)
                .withFunction("product")
                .withParameters(new Object[] {a, b, c})
                // part of an array may be written, so the rest of it is kept
                .withAccess(new Access[] {Access.READ_ONLY, Access.READ_ONLY, Access.READ_WRITE})
                .withTuning(this);
    }
}
