package s5.report;

import s5.Failure;
import s5.UserError;
import s5.collective.Collective;
import s5.collective.Meetings;
import s5.config.Config;
import s5.config.Messages;
import s5.data.Splits;
import s5.ops.Backend;
import s5.run.Console;
import s5.run.RunFolder;
import s5.train.Steps;
import s5.train.Summary;
import s5.train.Trainer;
import s5.train.TrainingListener;

import java.util.List;
import java.util.function.BooleanSupplier;

/** A training from its first step to its report, in a run's folder. */
public final class ReportedRun {
    private ReportedRun() {}

    /**
     * Trains.
     *
     * @param config of the run
     * @param data its splits
     * @param backend to train on
     * @param steps that it uses there
     * @param run its folder
     * @param words of the command line, for the records
     * @param stop asked after each step whether the run should end
     * @param stopped what to write down when it was
     * @param listener hears how it goes
     * @return whether it was stopped, in this process or in another that trains with it
     * @throws UserError when the data or a checkpoint does not go with the settings
     * @throws Failure when the loss is no number, or a file cannot be written
     */
    public static boolean train(
            Config config,
            Splits data,
            Backend backend,
            Steps.Source steps,
            RunFolder run,
            List<String> words,
            BooleanSupplier stop,
            String stopped,
            TrainingListener listener) {
        Meetings meetings = new Meetings(backend.ranks(), stop);
        Trainer trainer = null;
        String outcome = "failed"; // all that is said of a bug, whose stack trace says the rest
        try {
            trainer = new Trainer(config, data, steps, run, meetings);
            trainer.listen(listener);
            run.begin(config, backend, words);
            for (String note : config.data().notes(data)) {
                run.console().line("%s", Messages.plain(note));
            }
            announce(trainer.run(), run.console());
            outcome = meetings.stopped() ? stopped : "finished";
            return meetings.stopped();
        } catch (UserError | Failure e) {
            outcome = "failed: " + e.getMessage();
            run.console().note(outcome);
            throw e;
        } finally {
            Summary best = trainer == null ? null : trainer.best();
            run.end(outcome, best == null ? null : best.toJson()); // before the report
            if (trainer != null) {
                Collective ranks = backend.ranks();
                if (trainer.begun() && ranks.leads() && ranks.lost() == null) {
                    RunReport.write(
                            run,
                            config,
                            data,
                            trainer.learner(),
                            trainer.evaluator(),
                            meetings::stopped);
                }
                trainer.close();
            }
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
            if (best.test().regression()) { // beside it the simplest predictors
                best.test().details().forEach(line -> console.line("%s", line));
            }
            best.atRates().forEach(result -> console.line("  %s", result.describe()));
        }
    }
}
