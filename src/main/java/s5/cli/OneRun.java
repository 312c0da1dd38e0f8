package s5.cli;

import s5.Failure;
import s5.UserError;
import s5.config.Config;
import s5.data.Splits;
import s5.ops.Backend;
import s5.report.RunReport;
import s5.run.Console;
import s5.run.RunFolder;
import s5.train.Steps;
import s5.train.Summary;
import s5.train.Trainer;

import java.util.List;
import java.util.function.BooleanSupplier;

/** Trains one run in its folder: the records around it, and the report behind it. */
final class OneRun {
    private OneRun() {}

    /**
     * Trains a run to its end, or until it has to stop.
     *
     * @param steps that it uses on the backend
     * @param words of the command line, for the records
     * @param stop asked after each step whether to end
     * @throws Failure when it fails; run.json then says so
     */
    static void train(
            Config config,
            Splits data,
            Backend backend,
            Steps.Source steps,
            RunFolder run,
            List<String> words,
            BooleanSupplier stop) {
        Trainer trainer = null;
        String outcome = "failed"; // all that is said of a bug, whose stack trace says the rest
        try {
            trainer = new Trainer(config, data, steps, run, stop);
            run.begin(config, backend, words);
            announce(trainer.run(), run.console());
            outcome = stop.getAsBoolean() ? "stopped by a signal" : "finished";
        } catch (UserError | Failure e) {
            outcome = "failed: " + e.getMessage();
            run.console().note(outcome);
            throw e;
        } finally {
            Summary best = trainer == null ? null : trainer.best();
            run.end(outcome, best == null ? null : best.toJson()); // before the report
            if (trainer != null) {
                report(config, data, run, trainer, stop);
                trainer.close();
            }
        }
    }

    private static void report(
            Config config, Splits data, RunFolder run, Trainer trainer, BooleanSupplier stop) {
        if (trainer.begun()) {
            RunReport.write(run, config, data, trainer.learner(), trainer.evaluator(), stop);
        }
    }

    private static void announce(Summary best, Console console) {
        if (best != null) {
            console.line(
                    "best epoch %d: validation %s, test %s%s",
                    best.epoch(),
                    best.validation().score(),
                    best.test().score(),
                    best.test().guessing());
            best.atRates().forEach(result -> console.line("  %s", result.describe()));
        }
    }
}
