package s5.tornado;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;

/**
 * A small tensor inside an array that it shares with others.
 *
 * @param at its first element
 */
public record Part(FloatArray array, int at) {

    /** A tensor that begins where its array does. */
    public static Part of(FloatArray array) {
        return new Part(array, 0);
    }

    /** One array, and where tensors are in it. */
    public record Array(FloatArray array) {

        /** The first element of a tensor; -1 for null or a tensor in another array. */
        public int at(Part part) {
            return part != null && part.array == array ? part.at : -1;
        }
    }

    /**
     * For a task that writes several tensors. TornadoVM never ends compiling a graph in which a
     * task has the same array for two arguments and writes the first of them. So a kernel has one
     * argument for all of its tensors that share an array, and an offset for each, negative for
     * those that it is to leave alone: one task where all are in one array, as they are in a
     * training step, else one for each array.
     *
     * @param task adds a task; the string goes into its name
     * @param parts may hold nulls
     */
    public static void together(BiConsumer<String, Array> task, Part... parts) {
        List<FloatArray> arrays =
                Arrays.stream(parts).filter(Objects::nonNull).map(Part::array).distinct().toList();
        for (int i = 0; i < arrays.size(); i++) {
            task.accept(i == 0 ? "" : "_" + i, new Array(arrays.get(i)));
        }
    }
}
