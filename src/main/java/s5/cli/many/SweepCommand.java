package s5.cli.many;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import s5.UserError;
import s5.cli.Words;
import s5.config.ConfigLoader;
import s5.config.Key;
import s5.io.AtomicFile;
import s5.run.Console;
import s5.run.Stop;
import s5.sweep.Search;
import s5.sweep.Search.Trial;
import s5.sweep.SideBySide;
import s5.sweep.Sweep;
import s5.sweep.Table;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code s5 sweep CONFIG seed=1..5 train.ssm_lr=0.001,0.004 [random=20] [jobs=2]}: many runs. */
@Command(
        name = "sweep",
        customSynopsis =
                "s5 sweep CONFIG key=1,2 [key=1..5] [random=20] [jobs=2] [print=true] [key=value"
                        + " ...]",
        description = "Train with every combination of settings, or with some drawn at random.")
public final class SweepCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "WORD",
            arity = "0..*",
            description = {
                "CONFIG: a YAML file; the runs go to folders in its out, runs/NAME",
                "key=1,2 or key=1..5: values of a setting, of which every combination is a run",
                "random=20: draw so many combinations, each with every seed; of a range of"
                        + " numbers, train.ssm_lr=1e-4..1e-2, only so",
                "jobs=2: runs at a time, on the CPU",
                "print=true: only print a command for each run that is left, for a scheduler",
                "key=value: wins over the file, in all runs"
            })
    private List<String> words = List.of();

    /** Options of this command. */
    record Options(
            @Key(value = "combinations that are drawn; 0: every one", unset = "0") int random,
            @Key(value = "runs at a time", unset = "1") int jobs,
            @Key(value = "whether to print commands instead of training", unset = "false")
                    boolean print) {
        Options {
            if (random < 0 || random > 10_000) {
                throw new UserError("random: must be from 0 to 10000, not " + random);
            }
            if (jobs < 1 || jobs > 256) {
                throw new UserError("jobs: must be from 1 to 256, not " + jobs);
            }
        }
    }

    SweepCommand() {}

    @Override
    public Integer call() {
        Words given = Words.of(words);
        Words.Split split = given.split(Options.class);
        Options options = ConfigLoader.options(Options.class, split.own());
        Path file = given.only("sweep", "CONFIG");
        Search search = Search.of(file, split.config(), options.random());
        PrintWriter out = spec.commandLine().getOut();
        if (options.print()) {
            List<Trial> left =
                    search.trials().stream().filter(trial -> !Sweep.isDone(trial)).toList();
            Search.commands(file, left).forEach(out::println);
            return 0;
        }
        Console console = Console.plain(out);
        try (Stop stop =
                Stop.onSignals(() ->
                        System.err.println(
                                "s5: finishing the steps and saving; again to end at once"))) {
            Sweep sweep = new Sweep(search, options.jobs(), console, stop::requested);
            int failed = sweep.run();
            write(search, console);
            if (stop.requested()) {
                console.line("stopped; the same command goes on");
                return stop.exitCode();
            }
            return failed == 0 ? 0 : 1;
        }
    }

    private static void write(Search search, Console console) {
        Table table = Table.of(search);
        table.lines().forEach(line -> console.line("%s", line));
        Path folder = search.folder();
        try {
            Files.createDirectories(folder);
            AtomicFile.write(folder.resolve("sweep.csv"), table.csv());
            AtomicFile.write(folder.resolve("sweep.json"), table.json());
            AtomicFile.write(folder.resolve("sweep.html"), SideBySide.page(table));
        } catch (IOException e) {
            throw new UserError(
                    "%s: cannot be written (%s)".formatted(folder, AtomicFile.reason(e)), e);
        }
        console.line("tables and curves: %s, sweep.csv, sweep.json", folder.resolve("sweep.html"));
    }
}
