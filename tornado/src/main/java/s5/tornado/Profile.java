package s5.tornado;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Kernel times by operation, out of what TornadoVM's profiler writes. */
final class Profile {
    private static final Pattern TASK =
            Pattern.compile(
                    "\"[^\".]+\\.([A-Za-z]+)_[^\"]*\"\\s*:\\s*\\{[^}]*?\"TASK_KERNEL_TIME\"\\s*:\\s*\"(\\d+)\"");

    private Profile() {}

    /**
     * Milliseconds of one run by operation, the costliest first.
     *
     * @param log of so many runs; a task is named by its graph, its operation and a number:
     *     "s5.scan_12Tiles"
     */
    static Map<String, Double> parse(String log, int runs) {
        Map<String, Double> sums = new HashMap<>();
        Matcher task = TASK.matcher(log);
        while (task.find()) {
            double ms = Long.parseLong(task.group(2)) * 1e-6 / runs;
            sums.merge(task.group(1), ms, Double::sum);
        }
        Map<String, Double> sorted = new LinkedHashMap<>();
        sums.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .forEach(e -> sorted.put(e.getKey(), e.getValue()));
        return sorted;
    }
}
