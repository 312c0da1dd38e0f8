package s5.train;

import s5.config.Config;
import s5.data.Splits;
import s5.model.Model;
import s5.report.Findings;
import s5.report.Report;
import s5.run.Console;
import s5.run.Metrics;
import s5.run.Metrics.Column;
import s5.run.Metrics.Kind;
import s5.run.Metrics.Row;
import s5.run.RunFolder;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** report.html of a run: puts together what the {@link Report} shows. */
public final class RunReport {
    /** Its name in the run's folder. */
    public static final String FILE = "report.html";

    private RunReport() {}

    /**
     * The page.
     *
     * @param folder of the run, with its table of numbers and its history
     * @param evaluator whose backend holds the checkpoint's values
     * @param best checkpoint of the best epoch
     */
    public static String of(
            Path folder, Config config, Splits data, Evaluator evaluator, Checkpoint best) {
        Findings findings = Inspection.of(config, data.test(), evaluator, best);
        List<Row> rows = Metrics.read(folder);
        return Report.of(
                config,
                results(config, data, best, rows),
                rows,
                RunFolder.history(folder),
                findings);
    }

    private static Map<String, String> results(
            Config config, Splits data, Checkpoint best, List<Row> rows) {
        Trainer.Summary summary = best.progress().best;
        Map<String, String> results = new LinkedHashMap<>();
        put(results, "test ", summary.test());
        if (!data.selectsOnTest()) {
            put(results, "validation ", summary.validation());
        }
        if (!summary.test().regression()) {
            results.put("majority class", percent(summary.test().majority()));
        }
        for (RateEvaluations.Result at : summary.atRates()) {
            put(results, "test at 1/" + at.rate() + " of the rate, ", at.test());
        }
        List<Row> epochs = rows.stream().filter(r -> r.kind() == Kind.EPOCH).toList();
        int done = epochs.isEmpty() ? 0 : epochs.getLast().epoch();
        results.put("best epoch", "%d of %d".formatted(summary.epoch(), done));
        Model model = new Model(config.model(), data.shape());
        results.put("parameters", String.format(Locale.ROOT, "%,d", model.parameterCount()));
        results.put(
                "time",
                rows.isEmpty()
                        ? "unknown"
                        : Console.time(rows.getLast().values().getOrDefault(Column.SECONDS, 0.0)));
        double speed =
                epochs.stream()
                        .filter(r -> r.values().containsKey(Column.SAMPLES_PER_SECOND))
                        .mapToDouble(r -> r.values().get(Column.SAMPLES_PER_SECOND))
                        .average()
                        .orElse(0);
        if (speed > 0) {
            results.put("samples a second", String.format(Locale.ROOT, "%,.0f", speed));
        }
        return results;
    }

    /** {@code accuracy 91.5 %} becomes a name and a value. */
    private static void put(Map<String, String> results, String split, Evaluator.Result result) {
        String score = result.score();
        int blank = score.indexOf(' ');
        results.put(split + score.substring(0, blank), score.substring(blank + 1));
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f %%", 100 * share);
    }
}
