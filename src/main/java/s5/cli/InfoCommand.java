package s5.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import s5.config.Config;
import s5.config.ConfigLoader;
import s5.data.Data;
import s5.model.Model;
import s5.model.Parameter;
import s5.train.Optimizer;

import java.io.PrintWriter;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
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
        PrintWriter out = spec.commandLine().getOut();
        out.print(ConfigLoader.toYaml(config));
        Model model = new Model(config.model(), Data.shape(config.data()));
        Map<Optimizer.Group, Integer> sizes = new EnumMap<>(Optimizer.Group.class);
        for (Parameter p : model.parameters()) {
            sizes.merge(Optimizer.group(config.train(), p.leaf()), p.value().size(), Integer::sum);
        }
        out.printf("# %s%n", model.shape());
        out.printf("# %,d parameters%n", model.parameterCount());
        sizes.forEach((group, size) -> out.printf("#   %,10d %s%n", size, group));
        return 0;
    }
}
