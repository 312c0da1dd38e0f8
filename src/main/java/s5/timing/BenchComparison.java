package s5.timing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import s5.UserError;
import s5.data.format.RawFile;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code s5 bench compare FILE OTHER}: what two programs, or two versions of one, need for a step,
 * side by side.
 *
 * <p>A file is what {@code bench ... json=FILE} writes, or what another program's script does: an
 * object whose {@code res} has, by the experiment's name, {@code step_ms} and {@code eval_ms}, both
 * means of many steps in a row, and whose {@code device} names what they ran on.
 */
public final class BenchComparison {
    /** Long Range Arena's names of sets that have others here. */
    private static final Map<String, String> OTHER_NAMES =
            Map.of("text", "imdb", "retrieval", "aan", "speech35", "sc35");

    /** Milliseconds a step in a row, and of an evaluation step; NaN where not told. */
    private record Steps(double train, double evaluation) {}

    private record Measured(String device, Map<String, Steps> experiments) {}

    private BenchComparison() {}

    /**
     * Prints a row for each experiment that both files have, and says which only one has.
     *
     * @param out what is printed to
     * @param file with the times that are divided
     * @param other with the times that they are divided by
     * @throws UserError when a file is not of either kind, or they have no experiment in common
     */
    public static void print(PrintWriter out, Path file, Path other) {
        Measured ours = read(file);
        Measured theirs = read(other);
        out.printf("%s: %s%n%s: %s%n", file, ours.device, other, theirs.device);
        List<String> both = new ArrayList<>(ours.experiments.keySet());
        both.retainAll(theirs.experiments.keySet());
        if (both.isEmpty()) {
            throw new UserError(
                    "%s and %s have no experiment in common: %s; %s"
                            .formatted(
                                    file,
                                    other,
                                    String.join(", ", ours.experiments.keySet()),
                                    String.join(", ", theirs.experiments.keySet())));
        }
        String columns = "%-14s %11s %11s %7s   %11s %11s %7s%n";
        out.printf(columns, "ms a step", "train", "other", "ratio", "eval", "other", "ratio");
        for (String name : both) {
            Steps one = ours.experiments.get(name);
            Steps two = theirs.experiments.get(name);
            out.printf(
                    columns,
                    name,
                    told(one.train),
                    told(two.train),
                    told(one.train / two.train),
                    told(one.evaluation),
                    told(two.evaluation),
                    told(one.evaluation / two.evaluation));
        }
        alone(out, file, ours, both);
        alone(out, other, theirs, both);
        out.flush();
    }

    private static void alone(PrintWriter out, Path file, Measured all, List<String> both) {
        List<String> alone = new ArrayList<>(all.experiments.keySet());
        alone.removeAll(both);
        if (!alone.isEmpty()) {
            out.printf("only in %s: %s%n", file, String.join(", ", alone));
        }
    }

    private static String told(double value) {
        return Double.isNaN(value) ? "-" : "%.2f".formatted(value);
    }

    private static Measured read(Path file) {
        JsonNode root;
        try {
            String text = new String(RawFile.bytes(file), StandardCharsets.UTF_8);
            root = new JsonMapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new UserError(file + ": is no JSON (" + e.getOriginalMessage() + ")", e);
        }
        Map<String, Steps> experiments = new LinkedHashMap<>();
        for (JsonNode row : root.path("experiments")) {
            JsonNode train = row.path("train");
            JsonNode inARow = train.path("in_a_row_ms");
            add(
                    experiments,
                    row.path("name").asText(),
                    inARow.isMissingNode() ? train.path("median_ms") : inARow,
                    row.path("eval").path("median_ms"));
        }
        root.path("res")
                .properties()
                .forEach(e -> {
                    String name = OTHER_NAMES.getOrDefault(e.getKey(), e.getKey());
                    add(
                            experiments,
                            name,
                            e.getValue().path("step_ms"),
                            e.getValue().path("eval_ms"));
                });
        if (experiments.isEmpty()) {
            throw new UserError(
                    file
                            + ": has no experiments; it should be what bench ... json=FILE writes,"
                            + " or {\"res\": {NAME: {\"step_ms\": ..., \"eval_ms\": ...}}}");
        }
        return new Measured(
                RawFile.printable(root.path("device").asText("device not told")), experiments);
    }

    private static void add(
            Map<String, Steps> experiments, String name, JsonNode train, JsonNode evaluation) {
        experiments.put(
                RawFile.printable(name), new Steps(milliseconds(train), milliseconds(evaluation)));
    }

    private static double milliseconds(JsonNode node) {
        return node.isNumber() && node.asDouble() > 0 ? node.asDouble() : Double.NaN;
    }
}
