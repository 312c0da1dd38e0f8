package s5.exchange;

import s5.config.Messages;
import s5.io.Safetensors.Array;
import s5.model.Model;
import s5.ops.Tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which tensor of a file is which of a model, whatever program has written it.
 *
 * @param tensors those of the model that were found, by their official names, in its order and
 *     shapes
 * @param missing those that were not
 * @param others what does not go together, a line each: tensors that the model has no place for, of
 *     another shape, or with a value that is no finite number
 * @param leftOut how many arrays are no weights, such as an optimizer's moments
 */
public record Fit(
        Map<String, Array> tensors, List<Tensor> missing, List<String> others, int leftOut) {

    /**
     * {@return the fit of a file's arrays}
     *
     * @param arrays by the names that the file gives them; complex ones with a last dimension of 2
     * @param model to fit them to
     */
    public static Fit of(Map<String, Array> arrays, Model model) {
        List<String> others = new ArrayList<>();
        Map<String, Array> named = new TreeMap<>();
        int leftOut = 0;
        for (Map.Entry<String, Array> entry : arrays.entrySet()) {
            Optional<String> official = Names.official(entry.getKey());
            if (official.isEmpty()) {
                leftOut++;
                continue;
            }
            for (Map.Entry<String, Array> part :
                    parts(official.get(), entry.getValue()).entrySet()) {
                if (named.put(part.getKey(), part.getValue()) != null) {
                    others.add(
                            "twice: %s is %s, which another array is too"
                                    .formatted(quoted(entry.getKey()), part.getKey()));
                }
            }
        }
        Map<String, Array> tensors = new LinkedHashMap<>();
        List<Tensor> missing = new ArrayList<>();
        for (Tensor t : weights(model)) {
            Array found = Optional.ofNullable(named.remove(t.name())).orElse(directions(t, named));
            if (found == null) {
                missing.add(t);
            } else if (!sameButOnes(found.shape(), t.shape())) {
                others.add(
                        "shape: %s is %s, the model's is %s"
                                .formatted(t.name(), text(found.shape()), text(t.shape())));
            } else {
                notFinite(found.values())
                        .ifPresent(
                                value -> others.add("not finite: " + t.name() + " has " + value));
                tensors.put(t.name(), new Array(t.shape(), found.values()));
            }
        }
        // What went into another tensor in parts is no longer wanted by any.
        named.keySet().removeIf(name -> tensors.keySet().stream().anyMatch(t -> inParts(t, name)));
        named.forEach((name, array) ->
                others.add("extra: %s %s".formatted(quoted(name), text(array.shape()))));
        return new Fit(tensors, List.copyOf(missing), List.copyOf(others), leftOut);
    }

    /**
     * {@return the tensors of a model that make up its weights: parameters, then running
     * statistics}
     *
     * @param model whose tensors they are
     */
    public static List<Tensor> weights(Model model) {
        List<Tensor> all = new ArrayList<>();
        model.parameters().forEach(p -> all.add(p.value()));
        all.addAll(model.statistics());
        return all;
    }

    /** {@return what of the fit fails, a line each; empty when all is well} */
    public List<String> complaints() {
        List<String> lines = new ArrayList<>();
        missing.forEach(t -> lines.add("missing: %s %s".formatted(t.name(), text(t.shape()))));
        lines.addAll(others);
        return lines;
    }

    /** One array as the official ones that it is: PyTorch's weights, Lambda in one. */
    private static Map<String, Array> parts(String name, Array array) {
        int[] shape = array.shape();
        if (leaf(name).equals("weight") && shape.length <= 2) {
            return shape.length == 2
                    ? Map.of(sibling(name, "kernel"), transposed(array))
                    : Map.of(sibling(name, "scale"), array);
        }
        if (leaf(name).equals("Lambda") && shape.length == 2 && shape[1] == 2) {
            return Map.of(
                    sibling(name, "Lambda_re"), column(array, 0),
                    sibling(name, "Lambda_im"), column(array, 1));
        }
        return Map.of(name, array);
    }

    private static String leaf(String name) {
        return name.substring(name.lastIndexOf('/') + 1);
    }

    private static String sibling(String name, String leaf) {
        return name.substring(0, name.lastIndexOf('/') + 1) + leaf;
    }

    private static Array transposed(Array array) {
        int rows = array.shape()[0];
        int columns = array.shape()[1];
        float[] values = new float[rows * columns];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                values[j * rows + i] = array.values()[i * columns + j];
            }
        }
        return new Array(new int[] {columns, rows}, values);
    }

    private static Array column(Array array, int column) {
        int n = array.shape()[0];
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = array.values()[2 * i + column];
        }
        return new Array(new int[] {n}, values);
    }

    /**
     * The output matrices of two directions, (H, P, 2) each, from one of (H, 2P, 2), or the other
     * way round: which of them a model has depends on its start only.
     *
     * @return null when the file has neither
     */
    private static Array directions(Tensor t, Map<String, Array> named) {
        String leaf = leaf(t.name());
        if (leaf.equals("C")) {
            Array c1 = named.get(sibling(t.name(), "C1"));
            Array c2 = named.get(sibling(t.name(), "C2"));
            return c1 == null || c2 == null || !Arrays.equals(c1.shape(), c2.shape())
                    ? null
                    : joined(c1, c2);
        }
        if (leaf.equals("C1") || leaf.equals("C2")) {
            Array c = named.get(sibling(t.name(), "C"));
            boolean both = c != null && c.shape().length == 3 && c.shape()[1] == 2 * t.shape()[1];
            return both ? half(c, leaf.equals("C1") ? 0 : 1) : null;
        }
        return null;
    }

    /** Whether an array that is left has become part of a tensor, see {@link #directions}. */
    private static boolean inParts(String tensor, String name) {
        String c = sibling(tensor, "C");
        Set<String> halves = Set.of(sibling(tensor, "C1"), sibling(tensor, "C2"));
        return (tensor.equals(c) && halves.contains(name))
                || (halves.contains(tensor) && name.equals(c));
    }

    private static Array joined(Array c1, Array c2) {
        int[] shape = c1.shape().clone();
        int row = c1.values().length / Math.max(1, shape[0]);
        float[] values = new float[2 * c1.values().length];
        for (int i = 0; i < shape[0]; i++) {
            System.arraycopy(c1.values(), i * row, values, 2 * i * row, row);
            System.arraycopy(c2.values(), i * row, values, (2 * i + 1) * row, row);
        }
        shape[1] *= 2;
        return new Array(shape, values);
    }

    private static Array half(Array c, int which) {
        int[] shape = c.shape().clone();
        shape[1] /= 2;
        int row = shape[1] * shape[2];
        float[] values = new float[shape[0] * row];
        for (int i = 0; i < shape[0]; i++) {
            System.arraycopy(c.values(), (2 * i + which) * row, values, i * row, row);
        }
        return new Array(shape, values);
    }

    /** Whether shapes are equal but for dimensions of 1. */
    private static boolean sameButOnes(int[] a, int[] b) {
        return Arrays.equals(
                Arrays.stream(a).filter(n -> n != 1).toArray(),
                Arrays.stream(b).filter(n -> n != 1).toArray());
    }

    private static Optional<String> notFinite(float[] values) {
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                return Optional.of("%s at place %d of %d".formatted(values[i], i, values.length));
            }
        }
        return Optional.empty();
    }

    private static String text(int[] shape) {
        return Arrays.toString(shape);
    }

    private static String quoted(String name) {
        return Messages.quoted(name);
    }
}
