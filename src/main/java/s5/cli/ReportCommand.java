package s5.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import s5.Devices;
import s5.UserError;
import s5.config.Config;
import s5.data.Data;
import s5.data.Splits;
import s5.io.AtomicFile;
import s5.model.Model;
import s5.ops.Backend;
import s5.train.Checkpoint;
import s5.train.Evaluator;
import s5.train.RunReport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code s5 report FOLDER [key=value ...]}: the pictures of a run that is not over, or was cut. */
@Command(
        name = "report",
        customSynopsis = "s5 report FOLDER [key=value ...]",
        description = "Write report.html of a run; training does so at its end.")
public final class ReportCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "WORD",
            arity = "0..*",
            description = {
                "FOLDER: of a run, runs/NAME",
                "key=value: wins over the run's settings: device=cpu"
            })
    private List<String> words = List.of();

    @Override
    public Integer call() {
        Words given = Words.of(words);
        Path folder = given.only("report", "FOLDER");
        Path best = folder.resolve("best.safetensors");
        if (Files.isDirectory(folder) && !Files.exists(best)) {
            throw new UserError(best + ": no such file; a report needs an epoch that has ended");
        }
        Checkpoint checkpoint = Checkpoint.read(best);
        Config config = checkpoint.config(given.settings());
        Splits data = Data.open(config.data());
        Path file = folder.resolve(RunReport.FILE);
        try (Backend backend =
                Devices.open(config.device(), config.precision(), config.threads())) {
            Model model = new Model(config.model(), data.shape());
            checkpoint.load(backend, model);
            try (Evaluator evaluator =
                    new Evaluator(
                            backend,
                            model,
                            config.train().evaluationBatch(),
                            data.shape().length(),
                            1)) {
                AtomicFile.write(file, RunReport.of(folder, config, data, evaluator, checkpoint));
            } catch (IOException e) {
                throw new UserError(
                        "%s: cannot be written (%s)".formatted(file, AtomicFile.reason(e)), e);
            }
        }
        spec.commandLine().getOut().println("written: " + file);
        return 0;
    }
}
