package s5.tornado.stored;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Two neighbouring elements of a row at once: with {@code twin} 1 pair p is elements 2 p and 2 p +
 * 1. In bfloat16 they are one word in memory, so that a thread moves as many bytes at a time as one
 * that has an element of float32; see {@link StoredKernels}. With {@code twin} 0 both elements of
 * pair p are element p, what is done with the second one is what is done with the first one, and
 * the compiler leaves it out.
 */
public final class Pairs {
    private Pairs() {}

    /**
     * Whether a kernel takes the rows of a matrix in pairs.
     *
     * @param narrow whether it is stored in bfloat16
     * @return {@code twin}
     */
    public static int twin(boolean narrow, int columns) {
        return narrow && columns % 2 == 0 ? 1 : 0;
    }

    /** The first element of a pair. */
    public static float first(FloatArray a, int pair, int twin) {
        return a.get(pair * (1 + twin));
    }

    /** The second one; the first one where {@code twin} is 0. */
    public static float second(FloatArray a, int pair, int twin) {
        return a.get(pair * (1 + twin) + twin);
    }

    /** Writes both; {@code second} has no effect where {@code twin} is 0. */
    public static void set(FloatArray a, int pair, int twin, float first, float second) {
        a.set(pair * (1 + twin), first);
        if (twin != 0) {
            a.set(pair * (1 + twin) + twin, second);
        }
    }
}
