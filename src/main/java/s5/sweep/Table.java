package s5.sweep;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import s5.sweep.Search.Trial;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the runs of a search have come to.
 *
 * @param search the runs
 * @param outcomes of each, in their order
 */
public record Table(Search search, List<Outcome> outcomes) {
    /**
     * Runs that differ in their seed alone.
     *
     * @param point their settings but for the seed
     * @param ended how many have results
     * @param runs how many there are
     * @param means of each metric over those that ended
     * @param deviations of each metric: the square root of the unbiased variance, NaN of one run
     */
    public record Group(
            List<String> point,
            int ended,
            int runs,
            Map<String, Double> means,
            Map<String, Double> deviations) {}

    /**
     * {@return the table as it is now, read from the folders of the runs}
     *
     * @param search the runs
     */
    public static Table of(Search search) {
        return new Table(
                search, search.trials().stream().map(trial -> Outcome.of(trial.folder())).toList());
    }

    /** {@return all metrics that a run has, in their order} */
    public List<String> metrics() {
        Set<String> names = new LinkedHashSet<>();
        outcomes.forEach(outcome -> names.addAll(outcome.metrics().keySet()));
        return List.copyOf(names);
    }

    /** {@return the groups, in the order of their first runs} */
    public List<Group> groups() {
        Map<List<String>, List<Outcome>> members = new LinkedHashMap<>();
        for (int i = 0; i < outcomes.size(); i++) {
            members.computeIfAbsent(search.trials().get(i).group(), g -> new ArrayList<>())
                    .add(outcomes.get(i));
        }
        List<Group> groups = new ArrayList<>();
        members.forEach((point, all) -> {
            List<Outcome> ended = all.stream().filter(Outcome::finished).toList();
            Map<String, Double> means = new LinkedHashMap<>();
            Map<String, Double> deviations = new LinkedHashMap<>();
            for (String metric : metrics()) {
                double[] values =
                        ended.stream()
                                .filter(outcome -> outcome.metrics().containsKey(metric))
                                .mapToDouble(outcome -> outcome.metrics().get(metric))
                                .toArray();
                if (values.length > 0) {
                    double mean = Arrays.stream(values).average().orElseThrow();
                    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
                    means.put(metric, mean);
                    deviations.put(metric, Math.sqrt(squares / (values.length - 1)));
                }
            }
            groups.add(new Group(point, ended.size(), all.size(), means, deviations));
        });
        return groups;
    }

    /** A number of a table. */
    static String number(double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.5g", value);
    }

    private static String spread(Group group, String metric) {
        double mean = group.means().getOrDefault(metric, Double.NaN);
        double deviation = group.deviations().getOrDefault(metric, Double.NaN);
        String text = number(mean);
        return Double.isNaN(deviation)
                ? text
                : text + String.format(Locale.ROOT, " +- %.2g", deviation);
    }

    /**
     * {@return a header, and a row for each group: its settings, how many runs it has, mean and
     * deviation of each metric}
     */
    public List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        List<String> metrics = metrics();
        List<String> keys = keys();
        List<String> header = new ArrayList<>(keys);
        header.add("runs");
        header.addAll(metrics);
        rows.add(header);
        for (Group group : groups()) {
            List<String> row = new ArrayList<>();
            keys.forEach(key -> row.add(value(group.point(), key)));
            String runs = Integer.toString(group.runs());
            row.add(group.ended() == group.runs() ? runs : group.ended() + " of " + runs);
            metrics.forEach(metric -> row.add(spread(group, metric)));
            rows.add(row);
        }
        return rows;
    }

    /** {@return {@link #rows} as columns of text} */
    public List<String> lines() {
        return columns(rows());
    }

    /** Rows of cells as lines whose columns stand one below the other. */
    static List<String> columns(List<List<String>> rows) {
        int[] widths = new int[rows.getFirst().size()];
        rows.forEach(row -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        });
        return rows.stream()
                .map(row -> {
                    StringBuilder line = new StringBuilder();
                    for (int i = 0; i < widths.length; i++) {
                        String gap = " ".repeat(widths[i] - row.get(i).length());
                        line.append(row.get(i)).append(gap).append("  ");
                    }
                    return line.toString().stripTrailing();
                })
                .toList();
    }

    private List<String> keys() {
        return search.keys().stream().filter(key -> !key.equals("seed")).toList();
    }

    private static String value(List<String> point, String key) {
        return point.stream()
                .filter(word -> word.startsWith(key + "="))
                .map(word -> word.substring(key.length() + 1))
                .findFirst()
                .orElse("");
    }

    /** {@return a line for each run: its settings, how it ended, its metrics} */
    public String csv() {
        List<String> metrics = metrics();
        StringBuilder csv = new StringBuilder("run");
        search.keys().forEach(key -> csv.append(',').append(key));
        csv.append(",outcome,best_epoch");
        metrics.forEach(metric -> csv.append(',').append(metric.replace(' ', '_')));
        csv.append('\n');
        for (int i = 0; i < outcomes.size(); i++) {
            Trial trial = search.trials().get(i);
            Outcome outcome = outcomes.get(i);
            List<String> fields = new ArrayList<>(List.of(trial.name()));
            search.keys().forEach(key -> fields.add(value(trial.point(), key)));
            fields.add(outcome.describe());
            fields.add(outcome.bestEpoch() == 0 ? "" : "" + outcome.bestEpoch());
            for (String metric : metrics) {
                Double value = outcome.metrics().get(metric);
                fields.add(value == null ? "" : value.toString());
            }
            csv.append(fields.stream().map(Table::field).collect(Collectors.joining(",")))
                    .append('\n');
        }
        return csv.toString();
    }

    private static String field(String text) {
        return text.matches("[^\",\\r\\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }

    /** {@return runs and groups with all their numbers} */
    public String json() {
        ObjectNode root = new JsonMapper().createObjectNode().put("name", search.name());
        ArrayNode runs = root.putArray("runs");
        for (int i = 0; i < outcomes.size(); i++) {
            Trial trial = search.trials().get(i);
            Outcome outcome = outcomes.get(i);
            ObjectNode run = runs.addObject().put("run", trial.name());
            settings(run.putObject("settings"), trial.point());
            run.put("outcome", outcome.describe());
            if (outcome.bestEpoch() > 0) {
                run.put("best_epoch", outcome.bestEpoch());
            }
            ObjectNode metrics = run.putObject("metrics");
            outcome.metrics().forEach(metrics::put);
        }
        ArrayNode groups = root.putArray("groups");
        for (Group group : groups()) {
            ObjectNode node = groups.addObject();
            settings(node.putObject("settings"), group.point());
            node.put("runs", group.runs()).put("ended", group.ended());
            ObjectNode means = node.putObject("mean");
            group.means().forEach(means::put);
            ObjectNode deviations = node.putObject("deviation");
            group.deviations()
                    .forEach((metric, value) -> {
                        if (!Double.isNaN(value)) {
                            deviations.put(metric, value);
                        }
                    });
        }
        return root.toPrettyString() + "\n";
    }

    private static void settings(ObjectNode node, List<String> point) {
        point.forEach(word ->
                node.put(
                        word.substring(0, word.indexOf('=')),
                        word.substring(word.indexOf('=') + 1)));
    }
}
