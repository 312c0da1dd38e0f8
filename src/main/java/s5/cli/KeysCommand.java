package s5.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import s5.UserError;
import s5.config.Documentation;
import s5.config.Messages;

import java.util.concurrent.Callable;

/** {@code s5 keys [PREFIX]}: every key of a config file; the whole is docs/configuration.md. */
@Command(
        name = "keys",
        customSynopsis = "s5 keys [PREFIX]",
        description = "List the keys of a config file: default, values, meaning.")
public final class KeysCommand implements Callable<Integer> {
    private static final String INTRODUCTION =
            """
            # Configuration

            A run is described by a YAML file (see `configs/`), and by `key=value` words after it that
            win over the file:

                bin/s5 configs/quickstart.yaml train.epochs=5 model.dropout=0.2

            In the file a key stands below its section; a word names both:

            ```yaml
            model:
              dropout: 0.2
            train:
              epochs: 5
            ```

            Only `data.set` has to be given; a data set has keys of its own besides those of all sets. Everything else has the default of the official code where
            that has the setting (its flag is named), so a file says what differs. The value of a word is
            taken as typed. Enumerated values may be written in any case. Relative paths are relative to
            the current directory, not to the file; ~ is not expanded. A key that does not exist, a value of the wrong type
            or out of range, and settings that contradict each other are errors.

            `bin/s5 info CONFIG` prints all settings of a file; `bin/s5 keys` prints this page, and
            `bin/s5 keys model` the part of it that begins so.

            """;

    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "PREFIX",
            arity = "0..1",
            description = "Only the keys that begin so, such as model or train.lr")
    private String prefix;

    KeysCommand() {}

    @Override
    public Integer call() {
        String tables = Documentation.tables(prefix == null ? "" : prefix);
        if (tables.isEmpty()) {
            throw new UserError(
                    "no key begins with " + Messages.quoted(prefix) + "; s5 keys lists them all");
        }
        spec.commandLine().getOut().print(prefix == null ? INTRODUCTION + tables : tables);
        return 0;
    }
}
