package s5.cli.many;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import s5.UserError;
import s5.cli.Words;
import s5.config.ConfigLoader;
import s5.config.Key;
import s5.config.Messages;
import s5.io.AtomicFile;
import s5.sweep.SideBySide;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code s5 compare runs/* [out=compare.html]}: runs side by side. */
@Command(
        name = "compare",
        customSynopsis = "s5 compare RUN... [out=compare.html]",
        description = "Lay runs side by side: settings that differ, best values, curves.")
public final class CompareCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "WORD",
            arity = "0..*",
            description = {"RUN: folders of runs, runs/*", "out=compare.html: the page to write"})
    private List<String> words = List.of();

    /** Options of this command. */
    record Options(@Key(value = "the page to write", unset = "compare.html") String out) {}

    CompareCommand() {}

    @Override
    public Integer call() {
        Words given = Words.of(words);
        Options options = ConfigLoader.options(Options.class, given.settings());
        if (given.operands().isEmpty()) {
            throw new UserError("compare takes the folders of runs; write s5 compare runs/*");
        }
        List<Path> runs = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (String word : given.operands()) {
            Path path = Words.path(word);
            if (SideBySide.isRun(path)) {
                runs.add(path);
            } else {
                others.add(word);
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        if (runs.isEmpty()) {
            throw new UserError(
                    "%s: is no run's folder, which has a run.json and a config.yaml"
                            .formatted(others.getFirst()));
        }
        if (!others.isEmpty()) {
            out.println(
                    Messages.plain(
                            "left out, for they are no folders of runs: "
                                    + String.join(", ", others)));
        }
        SideBySide compared = SideBySide.of(runs);
        compared.notices().forEach(notice -> out.println(Messages.plain("note: " + notice)));
        compared.lines().forEach(line -> out.println(Messages.plain(line)));
        Path page = Words.path(options.out());
        try {
            AtomicFile.write(page, compared.page());
        } catch (IOException e) {
            throw new UserError(
                    "%s: cannot be written (%s)".formatted(page, AtomicFile.reason(e)), e);
        }
        out.println(Messages.plain("page: " + page));
        return 0;
    }
}
