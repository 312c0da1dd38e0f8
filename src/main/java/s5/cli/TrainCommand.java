package s5.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import s5.config.Config;
import s5.config.ConfigLoader;

import java.util.List;
import java.util.concurrent.Callable;

/** {@code s5 train CONFIG [key=value ...]}, also the default: {@code s5 CONFIG [key=value ...]}. */
@Command(
        name = "train",
        customSynopsis = "s5 train CONFIG [key=value ...]",
        description = "Train a model as a config file says; may be left out: s5 CONFIG.")
public final class TrainCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "WORD",
            arity = "0..*",
            description = {"CONFIG: a YAML file", "key=value: wins over the file: train.epochs=3"})
    private List<String> words = List.of();

    @Override
    public Integer call() {
        Words given = Words.of(words);
        Config config = ConfigLoader.load(given.only("train", "CONFIG"), given.settings());
        throw new UnsupportedOperationException("no trainer yet for " + config.name());
    }
}
