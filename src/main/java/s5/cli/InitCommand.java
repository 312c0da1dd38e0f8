package s5.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import s5.UserError;
import s5.config.ConfigLoader;
import s5.config.Memory;
import s5.config.Messages;
import s5.data.own.OwnFiles;
import s5.init.Init;
import s5.io.AtomicFile;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code s5 init FILE|FOLDER... [out=NAME.yaml]}: writes a config for data of one's own. */
@Command(
        name = "init",
        customSynopsis = "s5 init FILE|FOLDER... [out=NAME.yaml]",
        description = "Look at data of your own, and write a config that works as it is.")
public final class InitCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "WORD",
            arity = "0..*",
            description = {
                "FILE: .ts, .csv, .tsv, .jsonl, .npy or .npz",
                "FOLDER: with a folder a class of recordings or of texts, or with such files",
                "out=NAME.yaml: the config; a file that is there is not overwritten",
                "device=cpu: the device that the choices suit; data.cache_dir=FOLDER: where what is"
                        + " read is kept",
                "data.answers=position|sequence: what label or target of a table are of, where"
                        + " few sequences have a change"
            })
    private List<String> words = List.of();

    InitCommand() {}

    @Override
    public Integer call() {
        Words given = Words.of(words);
        if (given.operands().isEmpty()) {
            throw new UserError(
                    "init takes files or folders of your own; write s5 init FILE|FOLDER..."
                            + " [out=NAME.yaml]");
        }
        List<Path> paths = given.operands().stream().map(Words::path).toList();
        for (Path path : paths) {
            if (!Messages.plain(path.toString()).equals(path.toString())) {
                throw new UserError(
                        "%s: its name has control characters, which a config cannot hold; rename it"
                                .formatted(path));
            }
        }
        Path out = out(given.settings(), paths.getFirst());
        List<String> settings =
                given.settings().stream().filter(w -> !Words.key(w).equals("out")).toList();
        for (String word : settings) {
            String key = Words.key(word);
            if (!List.of("device", "threads", "data.cache_dir", "data.answers").contains(key)) {
                throw new UserError(
                        "command line: init has no use for %s; it takes out, device, threads, data.answers and data.cache_dir, the config takes the rest"
                                .formatted(Messages.quoted(key)));
            }
        }
        if (Files.exists(out)) {
            throw exists(out);
        }
        String command = "s5 init " + String.join(" ", given.operands());
        Init.Written written = Memory.reading(() -> Init.of(paths, command, out, settings));
        try {
            Files.write(
                    out,
                    written.yaml().getBytes(StandardCharsets.UTF_8),
                    StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException e) {
            throw exists(out);
        } catch (IOException e) {
            throw new UserError(
                    "out: %s cannot be written (%s)".formatted(out, AtomicFile.reason(e)), e);
        }
        ConfigLoader.load(out, List.of());
        PrintWriter print = spec.commandLine().getOut();
        written.seen().forEach(line -> print.println(Messages.plain(line)));
        print.println(Messages.plain("wrote %s; bin/s5 %s trains".formatted(out, out)));
        return 0;
    }

    private static UserError exists(Path out) {
        return new UserError(
                "out: %s is there already and is not overwritten; name another with out=NAME.yaml"
                        .formatted(out));
    }

    private static Path out(List<String> settings, Path first) {
        for (String word : settings.reversed()) {
            if (Words.key(word).equals("out")) {
                Path out = Words.path(Words.value(word));
                if (!out.toString().matches("(?i).*\\.(yaml|yml)")) {
                    throw new UserError("out: %s has to end in .yaml".formatted(out));
                }
                return out;
            }
        }
        String name = OwnFiles.plainName(first.toAbsolutePath().normalize());
        String stem = name.replaceFirst("(_train)?\\.[a-z]+$", "").replaceAll("[^a-z0-9._-]", "_");
        return Path.of((stem.isEmpty() || stem.startsWith(".") ? "own" : stem) + ".yaml");
    }
}
