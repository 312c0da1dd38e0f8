package s5.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import s5.config.Config;
import s5.config.ConfigLoader;
import s5.config.Messages;
import s5.data.Splits;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code s5 data CONFIG [key=value ...]}: reads a config's data set into its cache. */
@Command(
        name = "data",
        customSynopsis = "s5 data CONFIG [key=value ...]",
        description = "Read a config's data set into the cache, and describe it.")
public final class DataCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "WORD",
            arity = "0..*",
            description = {"CONFIG: a YAML file", "key=value: wins over the file: data.root=..."})
    private List<String> words = List.of();

    DataCommand() {}

    @Override
    public Integer call() {
        Words given = Words.of(words);
        Config config = ConfigLoader.load(given.only("data", "CONFIG"), given.settings());
        PrintWriter out = spec.commandLine().getOut();
        long start = System.nanoTime();
        Splits splits = config.data().open();
        out.printf("opened in %.2f s%n", (System.nanoTime() - start) * 1e-9);
        out.println(splits.shape().describe());
        out.println(Messages.plain("train: " + config.data().describe(splits.train())));
        if (splits.selectsOnTest()) {
            out.println("validation: none, the best epoch is chosen on the test set");
        } else {
            out.println(
                    Messages.plain("validation: " + config.data().describe(splits.validation())));
        }
        out.println(Messages.plain("test: " + config.data().describe(splits.test())));
        config.data().notes(splits).forEach(note -> out.println(Messages.plain(note)));
        return 0;
    }
}
