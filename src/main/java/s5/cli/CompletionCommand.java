package s5.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.util.concurrent.Callable;

/** {@code s5 completion}: what a shell needs to complete s5's commands, options and files. */
@Command(
        name = "completion",
        customSynopsis = "s5 completion",
        description = "Print what bash and zsh need to complete commands: source <(s5 completion)")
public final class CompletionCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    CompletionCommand() {}

    @Override
    public Integer call() {
        spec.commandLine().getOut().print(AutoComplete.bash("s5", spec.root().commandLine()));
        return 0;
    }
}
