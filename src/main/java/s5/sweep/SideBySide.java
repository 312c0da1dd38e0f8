package s5.sweep;

import s5.UserError;
import s5.config.Config;
import s5.config.ConfigLoader;
import s5.report.Compared;
import s5.report.Comparison;
import s5.run.Metrics;
import s5.run.Metrics.Column;
import s5.run.Metrics.Row;
import s5.run.RunFolder;
import s5.sweep.Search.Trial;
import s5.train.Checkpoint;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Runs side by side, of one search or of any.
 *
 * @param notices what to know before one looks at the numbers: that runs are of different data
 * @param runs in their order, with the settings that differ
 */
public record SideBySide(List<String> notices, List<Compared> runs) {
    private static final String DATA = "data.";
    private static final String SET = "data.set";

    /**
     * {@return whether a folder is that of a run}
     *
     * @param folder any path
     */
    public static boolean isRun(Path folder) {
        return Files.isRegularFile(folder.resolve(RunFolder.CONFIG))
                && !RunFolder.history(folder).isEmpty();
    }

    /**
     * {@return these runs}
     *
     * @param folders of runs
     * @throws UserError when a run's settings cannot be read
     */
    public static SideBySide of(List<Path> folders) {
        List<Map<String, String>> settings = new ArrayList<>();
        for (Path folder : folders) {
            Config config = ConfigLoader.load(folder.resolve(RunFolder.CONFIG), List.of());
            Map<String, String> all = new LinkedHashMap<>(ConfigLoader.settings(config));
            all.keySet().removeIf(key -> ConfigLoader.isFree(key) && !isLimit(key));
            settings.add(all);
        }
        List<String> differing = new ArrayList<>(Comparison.differing(settings));
        if (differing.contains(SET)) { // whose other keys have nothing to do with one another
            differing.removeIf(key -> key.startsWith(DATA) && !key.equals(SET));
        }
        List<String> names = names(folders);
        List<Compared> runs = new ArrayList<>();
        for (int i = 0; i < folders.size(); i++) {
            Map<String, String> own = new LinkedHashMap<>();
            for (String key : differing) {
                own.put(key, settings.get(i).getOrDefault(key, ""));
            }
            runs.add(compared(folders.get(i), names.get(i), names.get(i), own));
        }
        List<String> notices = notices(names, settings, differing);
        folders.forEach(folder -> complaint(folder).ifPresent(notices::add));
        return new SideBySide(notices, runs);
    }

    /** What is wrong with a run's best model: its numbers are then of one that there is not. */
    private static Optional<String> complaint(Path folder) {
        Path best = folder.resolve("best.safetensors");
        try {
            return Files.exists(best) ? Checkpoint.read(best).badWeights() : Optional.empty();
        } catch (UserError e) {
            return Optional.of(e.getMessage());
        }
    }

    /** Free, for a run may go on past it, but it decides what the run has come to. */
    private static boolean isLimit(String key) {
        return key.startsWith("train.max_");
    }

    private static Compared compared(
            Path folder, String name, String group, Map<String, String> settings) {
        Outcome outcome = Outcome.of(folder);
        List<Row> rows = Metrics.read(folder);
        return new Compared(
                name,
                group,
                settings,
                outcome.describe(),
                outcome.bestEpoch(),
                outcome.metrics(),
                rows,
                rows.stream().anyMatch(SideBySide::isOfNumbers));
    }

    /** Such a table has minus the squared errors where others have the share that is right. */
    private static boolean isOfNumbers(Row row) {
        return row.values().getOrDefault(Column.TRAIN_ACCURACY, 0.0) < 0;
    }

    /** The folders without what all of them begin with. */
    private static List<String> names(List<Path> folders) {
        Path parent = folders.getFirst().toAbsolutePath().normalize().getParent();
        boolean siblings =
                folders.stream()
                        .allMatch(f -> f.toAbsolutePath().normalize().getParent().equals(parent));
        return folders.stream()
                .map(f ->
                        siblings
                                ? f.toAbsolutePath().normalize().getFileName().toString()
                                : f.toString())
                .toList();
    }

    private static List<String> notices(
            List<String> names, List<Map<String, String>> settings, List<String> differing) {
        List<String> notices = new ArrayList<>();
        List<String> keys = differing.stream().filter(key -> key.startsWith(DATA)).toList();
        if (keys.isEmpty()) {
            return notices;
        }
        Map<String, List<String>> sets = new TreeMap<>();
        for (int i = 0; i < names.size(); i++) {
            Map<String, String> all = settings.get(i);
            List<String> words =
                    keys.stream()
                            .filter(all::containsKey)
                            .map(key -> key + "=" + all.get(key))
                            .toList();
            sets.computeIfAbsent(String.join(" ", words), s -> new ArrayList<>()).add(names.get(i));
        }
        List<String> parts = new ArrayList<>();
        sets.forEach((words, runs) -> parts.add("%s (%s)".formatted(words, some(runs))));
        notices.add(
                "these runs are of different data, so their numbers do not compare: "
                        + String.join("; ", parts));
        return notices;
    }

    private static String some(List<String> names) {
        return names.size() <= 3
                ? String.join(", ", names)
                : "%s and %d more".formatted(names.getFirst(), names.size() - 1);
    }

    /** {@return the runs as columns of text} */
    public List<String> lines() {
        List<List<String>> rows = new ArrayList<>();
        Map<String, Boolean> metrics = new LinkedHashMap<>();
        runs.forEach(run -> run.metrics().keySet().forEach(metric -> metrics.put(metric, true)));
        List<String> keys = List.copyOf(runs.getFirst().settings().keySet());
        List<String> header = new ArrayList<>(List.of("run"));
        header.addAll(keys);
        header.addAll(List.of("outcome", "best epoch"));
        header.addAll(metrics.keySet());
        rows.add(header);
        for (Compared run : runs) {
            List<String> row = new ArrayList<>(List.of(run.name()));
            keys.forEach(key -> row.add(run.settings().get(key)));
            row.add(run.outcome());
            row.add(run.bestEpoch() == 0 ? "" : "" + run.bestEpoch());
            for (String metric : metrics.keySet()) {
                row.add(Table.number(run.metrics().getOrDefault(metric, Double.NaN)));
            }
            rows.add(row);
        }
        return Table.columns(rows);
    }

    /** {@return the page} */
    public String page() {
        return Comparison.page(
                "Comparison of runs", notices, List.of(), List.of(), runs, Outcome::larger);
    }

    /**
     * {@return the page of a search: means over seeds, then the runs}
     *
     * @param table what its runs have come to
     */
    public static String page(Table table) {
        List<Compared> runs = new ArrayList<>();
        for (Trial trial : table.search().trials()) {
            Map<String, String> settings = new LinkedHashMap<>();
            trial.point()
                    .forEach(word ->
                            settings.put(
                                    word.substring(0, word.indexOf('=')),
                                    word.substring(word.indexOf('=') + 1)));
            runs.add(
                    compared(
                            trial.folder(),
                            trial.name(),
                            String.join(" ", trial.group()),
                            settings));
        }
        List<List<String>> rows = table.rows();
        return Comparison.page(
                table.search().name(),
                List.of(),
                rows.getFirst(),
                rows.subList(1, rows.size()),
                runs,
                Outcome::larger);
    }
}
