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
    /**
     * Elements; every tensor of an array begins at a multiple, so that a warp's accesses stay in
     * few cache lines. Less is never between two with a third one between them.
     */
    public static final int ALIGNMENT = 32;

    /** Adds a task; the string goes into its name. */
    @FunctionalInterface
    public interface PairTask {
        void add(String name, Array first, Array second);
    }

    /**
     * As {@link #together}, for a task that writes to two arrays, which must not be the same: each
     * tensor is offered once.
     */
    public static void pairs(PairTask task, List<Part> first, List<Part> second) {
        List<FloatArray> one = first.stream().map(Part::array).distinct().toList();
        List<FloatArray> two = second.stream().map(Part::array).distinct().toList();
        for (int i = 0; i < Math.max(one.size(), two.size()); i++) {
            task.add(
                    i == 0 ? "" : "_" + i,
                    new Array(one.get(Math.min(i, one.size() - 1)), i < one.size()),
                    new Array(two.get(Math.min(i, two.size() - 1)), i < two.size()));
        }
    }

    /**
     * One array, and where tensors are in it.
     *
     * @param offered whether a task is to write any of them
     */
    public record Array(FloatArray array, boolean offered) {

        /**
         * The first element of a tensor; -1 for null, a tensor in another array or none offered.
         */
        public int at(Part part) {
            return offered && part != null && part.array == array ? part.at : -1;
        }
    }

    /**
     * The array that all these tensors are in.
     *
     * @throws IllegalArgumentException when it is not one
     */
    public static FloatArray one(Part... parts) {
        for (Part part : parts) {
            if (part.array != parts[0].array) {
                throw new IllegalArgumentException("the tensors are not in one array");
            }
        }
        return parts[0].array;
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
            task.accept(i == 0 ? "" : "_" + i, new Array(arrays.get(i), true));
        }
    }
}
