package s5.exchange;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The official name of a tensor that another program calls by one of its own: {@code
 * params.encoder.layers_0.seq.B} and {@code model.encoder.layers.0.seq.seq.B} are {@code
 * encoder/layers_0/seq/B}.
 */
final class Names {
    /** Collections and wrappers that hold a model, and say nothing of its parts. */
    private static final Set<String> AROUND =
            Set.of("params", "batch_stats", "state", "state_dict", "model", "module", "_orig_mod");

    /** What stands in such files besides weights: moments, counters, samples to check with. */
    private static final Pattern NO_WEIGHT =
            Pattern.compile(
                    "(m|v|check|opt_state|optimizer|opt)[/.].*|(.*[/.])?(step|num_batches_tracked)");

    /** PyTorch's names of what Flax calls otherwise, where the shape does not matter. */
    private static String leaf(String name) {
        return switch (name) {
            case "running_mean" -> "mean";
            case "running_var" -> "var";
            default -> name;
        };
    }

    private Names() {}

    /**
     * {@return the official name, with {@code weight} where the shape has to say whether it is a
     * kernel or a scale, and {@code Lambda} where both parts are in one; empty when it is none of a
     * weight}
     *
     * @param name in a file, its parts with slashes or dots between
     */
    static Optional<String> official(String name) {
        List<String> parts =
                new ArrayList<>(Arrays.asList(name.split(name.contains("/") ? "/" : "\\.")));
        while (parts.size() > 1 && AROUND.contains(parts.getFirst())) {
            parts.removeFirst();
        }
        if (NO_WEIGHT.matcher(String.join("/", parts)).matches()) {
            return Optional.empty();
        }
        List<String> out = new ArrayList<>();
        for (String part : parts) {
            boolean number = part.matches("[0-9]+") && !out.isEmpty();
            if (number && out.getLast().equals("layers")) {
                out.set(out.size() - 1, "layers_" + part);
            } else if (part.equals("seq") && !out.isEmpty() && isAroundSsm(out.getLast())) {
                out.set(out.size() - 1, "seq"); // a module around the state space
            } else {
                out.add(part);
            }
        }
        out.set(out.size() - 1, leaf(out.getLast()));
        if (out.getFirst().equals("seq")) { // one layer alone
            out.addFirst("layers_0");
        }
        if (out.getFirst().startsWith("layers_")) {
            out.addFirst("encoder");
        }
        return Optional.of(String.join("/", out));
    }

    private static boolean isAroundSsm(String part) {
        return part.equals("seq") || part.equals("s5");
    }
}
