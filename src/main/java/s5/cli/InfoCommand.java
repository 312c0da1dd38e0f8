package s5.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import s5.config.Config;
import s5.config.ConfigLoader;

import java.util.List;
import java.util.concurrent.Callable;

/** {@code s5 info CONFIG [key=value ...]}: what a run with this config would be. */
@Command(
        name = "info",
        customSynopsis = "s5 info CONFIG [key=value ...]",
        description = "Show a config with every setting resolved.")
public final class InfoCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "WORD",
            arity = "0..*",
            description = {"CONFIG: a YAML file", "key=value: wins over the file: train.epochs=3"})
    private List<String> words = List.of();

    @Override
    public Integer call() {
        Words given = Words.of(words);
        Config config = ConfigLoader.load(given.only("info", "CONFIG"), given.settings());
        spec.commandLine().getOut().print(ConfigLoader.toYaml(config));
        return 0;
    }
}
