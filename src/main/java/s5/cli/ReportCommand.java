package s5.cli;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import s5.Devices;
import s5.UserError;
import s5.config.Config;
import s5.config.ConfigLoader;
import s5.config.Messages;
import s5.data.Splits;
import s5.io.AtomicFile;
import s5.model.Model;
import s5.ops.Backend;
import s5.report.Findings;
import s5.report.Inspection;
import s5.report.RunReport;
import s5.run.RunFolder;
import s5.train.Checkpoint;
import s5.train.Evaluator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code s5 report FOLDER [key=value ...]}: the pictures of a run that is not over, or was cut. */
@Command(
        name = "report",
        customSynopsis = "s5 report FOLDER [key=value ...]",
        description = "Write report.html of a run; training does so at its end.")
public final class ReportCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(ReportCommand.class);

    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "WORD",
            arity = "0..*",
            description = {
                "FOLDER: of a run, runs/NAME",
                "key=value: wins over the run's settings: device=cpu"
            })
    private List<String> words = List.of();

    ReportCommand() {}

    @Override
    public Integer call() {
        Words given = Words.of(words);
        Path folder = given.only("report", "FOLDER");
        Path yaml = folder.resolve(RunFolder.CONFIG);
        if (!Files.exists(yaml)) {
            throw new UserError(yaml + ": no such file; a report needs the folder of a run");
        }
        Checkpoint checkpoint = RunReport.checkpoint(folder);
        Path file = folder.resolve(RunReport.FILE);
        try {
            // A checkpoint's settings do not say where its run is; the user does.
            List<String> settings = new ArrayList<>(given.settings());
            settings.addFirst("out=" + folder);
            String page =
                    checkpoint == null
                            ? RunReport.of(
                                    folder,
                                    ConfigLoader.load(yaml, given.settings()),
                                    Findings.none(),
                                    null)
                            : page(folder, checkpoint, settings);
            AtomicFile.writeShared(file, AtomicFile.text(page));
        } catch (IOException e) {
            throw new UserError(
                    "%s: cannot be written (%s)".formatted(file, AtomicFile.reason(e)), e);
        }
        spec.commandLine().getOut().println("written: " + Messages.plain(file.toString()));
        return 0;
    }

    private static String page(Path folder, Checkpoint checkpoint, List<String> settings) {
        Config config = checkpoint.config(settings);
        Splits data = checkpoint.data(settings);
        try (Backend backend = Devices.open(config)) {
            Model model = new Model(config.model(), data.shape());
            checkpoint.badWeights().ifPresent(bad -> LOG.warn("{}", bad));
            checkpoint.load(backend, model);
            int samples = config.train().evaluationBatch();
            try (Evaluator evaluator =
                    new Evaluator(backend, model, samples, data.shape().length(), 1)) {
                Findings findings =
                        Inspection.of(config, data.test(), evaluator, checkpoint, () -> false);
                return RunReport.of(folder, config, findings, checkpoint);
            }
        }
    }
}
