package s5.report;

import s5.config.Config;
import s5.data.Splits;
import s5.model.Model;
import s5.run.Console;
import s5.run.Metrics;
import s5.run.Metrics.Column;
import s5.run.Metrics.Kind;
import s5.run.Metrics.Row;
import s5.run.RunFolder;
import s5.train.Checkpoint;
import s5.train.Evaluator;
import s5.train.Learner;
import s5.train.RateEvaluations;
import s5.train.Summary;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** report.html of a run: puts together what the {@code Report} shows. */
public final class RunReport {
    /** Its name in the run's folder. */
    public static final String FILE = "report.html";

    /** Nanoseconds for the look at a model when the user waits for the process to end. */
    private static final long STOPPED_LOOK = 5_000_000_000L;

    private RunReport() {}

    /**
     * Writes the page of a run that has just ended in this process. Whatever goes wrong is told in
     * a line and no more: the run has come to its end without the page, too.
     *
     * @param run where the page goes
     * @param config of the run
     * @param data whose test split is predicted
     * @param learner of the run; gets the values of the checkpoint that is looked at
     * @param evaluator of the same model
     * @param stop whether the user waits for the process to end
     */
    public static void write(
            RunFolder run,
            Config config,
            Splits data,
            Learner learner,
            Evaluator evaluator,
            BooleanSupplier stop) {
        long begun = System.nanoTime();
        try {
            Checkpoint checkpoint = checkpoint(run.path());
            if (checkpoint != null) {
                learner.load(checkpoint);
            }
            String page =
                    of(
                            run.path(),
                            config,
                            checkpoint == null
                                    ? Findings.none()
                                    : Inspection.of(
                                            config,
                                            data.test(),
                                            evaluator,
                                            checkpoint,
                                            () ->
                                                    stop.getAsBoolean()
                                                            && System.nanoTime() - begun
                                                                    > STOPPED_LOOK),
                            checkpoint);
            run.save(FILE, page);
            run.console().line("report: %s", run.path().resolve(FILE));
        } catch (RuntimeException | Error e) {
            run.console()
                    .line(
                            "no report: %s; s5 report %s tries again",
                            String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
                            run.path());
        }
    }

    /**
     * {@return the checkpoint that is looked at: of the best epoch, or else the newest; null when
     * there is none}
     *
     * @param folder of the run
     */
    public static Checkpoint checkpoint(Path folder) {
        return Stream.of(RunFolder.best(folder), RunFolder.last(folder))
                .filter(Files::exists)
                .findFirst()
                .map(Checkpoint::read)
                .orElse(null);
    }

    /**
     * The page.
     *
     * @param folder of the run, with its table of numbers and its history
     * @param config of the run
     * @param findings about the checkpoint's model
     * @param checkpoint see {@link #checkpoint}
     * @return HTML
     */
    public static String of(Path folder, Config config, Findings findings, Checkpoint checkpoint) {
        List<Row> rows = Metrics.read(folder);
        return Report.of(
                config,
                results(config, checkpoint, rows),
                rows,
                RunFolder.history(folder),
                findings,
                Files.exists(RunFolder.best(folder)) ? NextSteps.of(config, folder) : Map.of(),
                checkpoint == null
                        ? !config.data().set().learned() && config.data().shape().regression()
                        : checkpoint.shape().regression());
    }

    private static Map<String, String> results(
            Config config, Checkpoint checkpoint, List<Row> rows) {
        Map<String, String> results = new LinkedHashMap<>();
        List<Row> epochs = rows.stream().filter(r -> r.kind() == Kind.EPOCH).toList();
        if (checkpoint != null) {
            Summary best = checkpoint.best();
            if (best != null) {
                scores(results, best);
                int done = epochs.isEmpty() ? best.epoch() : epochs.getLast().epoch();
                results.put(Report.BEST, "%d of %d".formatted(best.epoch(), done));
            }
            Model model = new Model(config.model(), checkpoint.shape());
            results.put("parameters", count(model.parameterCount()));
        }
        if (!rows.isEmpty()) {
            Row last = rows.getLast();
            results.put("steps", count(last.step()));
            results.put("time", Console.time(last.values().getOrDefault(Column.SECONDS, 0.0)));
        }
        mean(epochs.isEmpty() ? rows : epochs, Column.SAMPLES_PER_SECOND)
                .ifPresent(speed -> results.put("samples a second", count(Math.round(speed))));
        mean(epochs.isEmpty() ? rows : epochs, Column.STEPS_PER_SECOND)
                .ifPresent(speed ->
                        results.put(
                                "a training step",
                                String.format(Locale.ROOT, "%.3g ms", 1000 / speed)));
        return results;
    }

    private static void scores(Map<String, String> results, Summary best) {
        put(results, "test ", best.test());
        if (!best.validation()
                .equals(best.test())) { // else the best epoch is chosen on the test set
            put(results, "validation ", best.validation());
        }
        if (!best.test().regression()) {
            results.put("majority class", percent(best.test().majority()));
        }
        more(results, best.test());
        for (RateEvaluations.Result at : best.atRates()) {
            put(results, "test at 1/" + at.rate() + " of the rate, ", at.test());
        }
    }

    /** Metrics of the test set besides the score, and the rivals'. */
    private static void more(Map<String, String> results, Evaluator.Result test) {
        for (String name : List.of("f1", "auroc", "rmse", "mae", "r2")) {
            Double value = test.metrics().get(name);
            if (value != null) {
                results.put("test " + name, "%.4g".formatted(value));
            }
        }
        for (String rival : List.of("mean", "last", "season")) {
            Double value = test.metrics().get(rival + "_mse");
            if (value != null) {
                results.put("%s, mse".formatted(rival), "%.4g".formatted(value));
            }
        }
    }

    private static OptionalDouble mean(List<Row> rows, Column column) {
        return rows.stream()
                .filter(r -> r.values().containsKey(column))
                .mapToDouble(r -> r.values().get(column))
                .average();
    }

    private static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
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
