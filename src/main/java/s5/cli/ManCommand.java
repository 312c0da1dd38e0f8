package s5.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Spec;

import java.util.concurrent.Callable;

/**
 * {@code s5 man}: the manual page, from what the commands' help says; docs/s5.1 is what it prints.
 */
@Command(
        name = "man",
        customSynopsis = "s5 man",
        description = "Print the manual page: s5 man > s5.1, and man ./s5.1")
public final class ManCommand implements Callable<Integer> {
    private static final String BEGINNING =
            """
            .TH S5 1 "" "S5" "User commands"
            .SH NAME
            s5 \\- train, evaluate and run S5 sequence models
            .SH SYNOPSIS
            .B s5
            .I CONFIG
            .RI [ key=value " ...]"
            .br
            .B s5
            .I COMMAND
            .RI [ word " ...]"
            .SH DESCRIPTION
            Trains the model that a YAML file describes, or does what a command says. Settings are words
            without dashes,
            .IR key=value ,
            and win over the file;
            .B s5 keys
            lists them all. Every command has
            .BR \\-\\-help .
            .SH COMMANDS
            """;

    private static final String END =
            """
            .SH EXIT STATUS
            0 done, 1 failed, 2 a mistake in what was asked for, with one line that says which; 128 and the
            signal's number where a signal ended a run, which has saved before.
            .SH ENVIRONMENT
            .TP
            .B JAVA_HOME\\fR, \\fBJAVA25_HOME
            A JDK 25. Without them it is looked for on the PATH, in /usr/lib/jvm and in SDKMAN.
            .TP
            .B TORNADOVM_HOME
            TornadoVM's SDK, which GPUs need; without it SDKMAN's current one. Where nothing but the CPU is
            asked for, it is not looked at.
            .TP
            .B JDK_JAVA_OPTIONS
            Further options for the JVM, such as \\-Xmx8g. A collector named here takes the place of the
            launcher's.
            .TP
            .B LC_ALL\\fR, \\fBLC_CTYPE\\fR, \\fBLANG
            Where they name no locale with a charset, LC_ALL is set to C.UTF-8, for names of files that are
            not ASCII.
            .SH FILES
            .TP
            .I runs/NAME
            A run's folder: best.safetensors, last.safetensors, config.yaml, metrics.csv, log.txt,
            report.html and TensorBoard's events.
            .TP
            .I cache
            Data sets as they are read again.
            """;

    @Spec private CommandSpec spec;

    ManCommand() {}

    @Override
    public Integer call() {
        StringBuilder page = new StringBuilder(BEGINNING);
        for (CommandLine command : spec.root().subcommands().values()) {
            append(page, command.getCommandSpec());
        }
        spec.commandLine().getOut().print(page.append(END));
        return 0;
    }

    private static void append(StringBuilder page, CommandSpec command) {
        for (String synopsis : command.usageMessage().customSynopsis()) {
            page.append(".SS ").append(roff(synopsis)).append('\n');
        }
        for (String line : command.usageMessage().description()) {
            page.append(roff(line.replace("%n", " "))).append('\n');
        }
        for (PositionalParamSpec words : command.positionalParameters()) {
            for (String line : words.description()) {
                int colon = line.indexOf(": ");
                String tag = colon < 0 ? words.paramLabel() : line.substring(0, colon);
                page.append(".TP\n.B ").append(roff(tag)).append('\n');
                page.append(roff(line.substring(colon < 0 ? 0 : colon + 2))).append('\n');
            }
        }
    }

    /** A line of text: what a formatter would take for a request or an escape stays text. */
    private static String roff(String text) {
        String line = text.replace("\\", "\\e").replace("-", "\\-");
        return line.startsWith(".") || line.startsWith("'") ? "\\&" + line : line;
    }
}
