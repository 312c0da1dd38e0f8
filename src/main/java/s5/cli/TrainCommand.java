package s5.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import s5.Devices;
import s5.config.Config;
import s5.config.ConfigLoader;
import s5.data.Data;
import s5.data.Splits;
import s5.ops.Backend;
import s5.train.Trainer;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code s5 train CONFIG [key=value ...]}, also the default: {@code s5 CONFIG [key=value ...]}. */
@Command(
        name = "train",
        customSynopsis = "s5 train CONFIG [key=value ...]",
        description = "Train a model as a config file says; may be left out: s5 CONFIG.")
public final class TrainCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "WORD",
            arity = "0..*",
            description = {"CONFIG: a YAML file", "key=value: wins over the file: train.epochs=3"})
    private List<String> words = List.of();

    @Override
    public Integer call() {
        Words given = Words.of(words);
        Config config = ConfigLoader.load(given.only("train", "CONFIG"), given.settings());
        PrintWriter out = spec.commandLine().getOut();
        Splits data = Data.open(config.data());
        try (Backend backend =
                Devices.open(config.device(), config.precision(), config.threads())) {
            out.println("device: " + backend.describe());
            try (Trainer trainer = new Trainer(config, data, backend, out)) {
                Trainer.Summary best = trainer.run();
                out.printf(
                        "best epoch %d: validation accuracy %.2f %%, test accuracy %.2f %%"
                                + " (majority class: %.2f %%)%n",
                        best.epoch(),
                        100 * best.validation().accuracy(),
                        100 * best.test().accuracy(),
                        100 * best.test().majority());
            }
        }
        return 0;
    }
}
