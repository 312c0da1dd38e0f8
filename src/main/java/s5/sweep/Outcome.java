package s5.sweep;

import com.fasterxml.jackson.databind.JsonNode;

import s5.run.RunFolder;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What a run has come to, as its {@code run.json} says.
 *
 * @param state how its last session ended; empty where there is none
 * @param bestEpoch from 1; 0 where none is known
 * @param metrics of the best epoch, {@code validation accuracy} and so on, in their order
 */
public record Outcome(String state, int bestEpoch, Map<String, Double> metrics) {
    private static final Set<String> LARGER = Set.of("accuracy", "f1", "auroc", "r2");

    /**
     * {@return that of a run}
     *
     * @param folder of the run
     */
    public static Outcome of(Path folder) {
        JsonNode root = RunFolder.history(folder);
        JsonNode sessions = root.path("sessions");
        JsonNode result = root.path("result");
        Map<String, Double> metrics = new LinkedHashMap<>();
        for (String split : new String[] {"validation", "test"}) {
            result.path(split)
                    .properties()
                    .forEach(entry -> {
                        if (entry.getValue().isNumber()) {
                            metrics.put(split + " " + entry.getKey(), entry.getValue().asDouble());
                        }
                    });
        }
        return new Outcome(
                sessions.path(sessions.size() - 1).path("outcome").asText(""),
                result.path("best_epoch").asInt(0),
                metrics);
    }

    /** {@return whether it came to its end} */
    public boolean finished() {
        return state.equals("finished");
    }

    /** {@return how it ended, in a few words} */
    public String describe() {
        return switch (state) {
            case "" -> "not begun";
            case "going on" -> "going on or killed";
            default -> state;
        };
    }

    /**
     * {@return whether the larger of two values of a metric is the better one}
     *
     * @param metric its name, with or without a split before it
     */
    public static boolean larger(String metric) {
        String name = metric.replaceFirst("^(validation|test) ", "");
        return LARGER.stream().anyMatch(name::startsWith);
    }
}
