package s5;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ScopeType;

import s5.cli.BenchCommand;
import s5.cli.CompletionCommand;
import s5.cli.DataCommand;
import s5.cli.DevicesCommand;
import s5.cli.DownloadCommand;
import s5.cli.EvalCommand;
import s5.cli.ExportCommand;
import s5.cli.ImportCommand;
import s5.cli.InfoCommand;
import s5.cli.InitCommand;
import s5.cli.KeysCommand;
import s5.cli.ManCommand;
import s5.cli.Mistakes;
import s5.cli.PredictCommand;
import s5.cli.ReportCommand;
import s5.cli.TrainCommand;
import s5.cli.VerifyCommand;
import s5.cli.Words;
import s5.cli.many.CompareCommand;
import s5.cli.many.SweepCommand;
import s5.config.Memory;
import s5.config.Messages;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The command line. Exit codes: 0 done, 1 failed, 2 the user's mistake, which gets one line on
 * standard error; a bug gets its stack trace and 1.
 */
@Command(
        name = "s5",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT, // every command has --help and --version
        versionProvider = Main.VersionLine.class,
        description = "Train, evaluate and run S5 sequence models.",
        customSynopsis = {"s5 CONFIG [key=value ...]", "       s5 COMMAND [word ...]"},
        subcommands = {
            TrainCommand.class,
            EvalCommand.class,
            PredictCommand.class,
            ExportCommand.class,
            ImportCommand.class,
            ReportCommand.class,
            VerifyCommand.class,
            SweepCommand.class,
            CompareCommand.class,
            BenchCommand.class,
            DevicesCommand.class,
            InfoCommand.class,
            InitCommand.class,
            DataCommand.class,
            DownloadCommand.class,
            KeysCommand.class,
            CompletionCommand.class,
            ManCommand.class,
            HelpCommand.class
        })
public final class Main implements Runnable {
    private static final int FAILED = 1;
    private static final int MISTAKE = 2;

    Main() {}

    /**
     * Runs a command line and exits with its exit code.
     *
     * @param args the words of the command line
     */
    public static void main(String[] args) {
        Optional<String> unreadable =
                Words.unreadable(List.of(args), System.getProperty("user.dir"));
        Output output = new Output(new FileOutputStream(FileDescriptor.out));
        PrintWriter out = new PrintWriter(output, true, System.out.charset());
        PrintWriter err = new PrintWriter(System.err, true, System.err.charset());
        int code = unreadable.isPresent() ? mistake(err, unreadable.get()) : run(args, out, err);
        if (code == 0 && output.lost != null) {
            mistake(err, "standard output: cannot be written (" + output.lost + ")");
            code = FAILED;
        }
        System.exit(code);
    }

    /** Tells why it could not be written: a PrintWriter says nothing of that, or only that. */
    private static final class Output extends FilterOutputStream {
        private String lost; // null while all is written

        Output(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            try {
                out.write(bytes, from, length);
            } catch (IOException e) {
                // Whoever closes a pipe, as head does, has seen enough.
                lost = "Broken pipe".equals(e.getMessage()) ? lost : e.getMessage();
                throw e;
            }
        }
    }

    /**
     * Runs a command line.
     *
     * @param args the words of the command line
     * @param out what was asked for
     * @param err what went wrong
     * @return the exit code
     */
    public static int run(String[] args, PrintWriter out, PrintWriter err) {
        Locale.setDefault(Locale.ROOT); // numbers look alike everywhere, in logs and tables too
        CommandLine commands = commands(out, err);
        try {
            String[] words = withCommand(args, commands.getSubcommands().keySet());
            if (words.length == 0) {
                commands.usage(err);
                return MISTAKE;
            }
            return commands.execute(words);
        } catch (UserError e) {
            return mistake(err, e.getMessage());
        } catch (OutOfMemoryError e) { // what reads data says so itself
            return mistake(
                    err,
                    Memory.exhausted(
                            e,
                            "lower train.batch or the model's sizes, s5 info CONFIG tells what they"
                                    + " take"));
        } finally {
            out.flush();
            err.flush();
        }
    }

    /** The commands, with what they throw turned into messages and exit codes. */
    static CommandLine commands(PrintWriter out, PrintWriter err) {
        CommandLine commands = new CommandLine(new Main());
        commands.getSubcommands()
                .get("help")
                .getCommandSpec()
                .usageMessage()
                .customSynopsis("s5 help [COMMAND]"); // it would inherit ours
        return commands.setOut(out)
                .setErr(err)
                .setExpandAtFiles(false)
                .setParameterExceptionHandler((e, words) -> mistake(err, Mistakes.describe(e)))
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    if (e instanceof UserError) {
                        return mistake(err, e.getMessage());
                    }
                    if (e instanceof Failure) {
                        mistake(err, e.getMessage());
                        return FAILED;
                    }
                    e.printStackTrace(err);
                    return FAILED;
                });
    }

    /** Not reached: {@code withCommand} leaves no command line without a command. */
    @Override
    public void run() {
        throw new IllegalStateException("no command");
    }

    /** Puts {@code train} before a config file that stands first. */
    private static String[] withCommand(String[] args, Set<String> commands) {
        if (args.length == 0 || args[0].startsWith("-") || commands.contains(args[0])) {
            return args;
        }
        String first = args[0];
        boolean pathLike = first.matches("(?i).*([/\\\\]|\\.(ya?ml|json)$).*");
        if (!Words.isSetting(first) && !pathLike && !Files.exists(Words.path(first))) {
            String hint =
                    Messages.nearest(first, commands)
                            .map(near -> "did you mean " + near + "?")
                            .orElse("s5 help lists the commands");
            throw new UserError(
                    "no config file or command %s; %s".formatted(Messages.quoted(first), hint));
        }
        List<String> words = new ArrayList<>(Arrays.asList(args));
        words.addFirst("train");
        return words.toArray(String[]::new);
    }

    private static int mistake(PrintWriter err, String message) {
        err.println("s5: " + Messages.plain(message));
        return MISTAKE;
    }

    /** The version in the jar, and the JDK that runs it. */
    static final class VersionLine implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {
                "%s (Java %s)".formatted(Version.TEXT, System.getProperty("java.version"))
            };
        }
    }
}
