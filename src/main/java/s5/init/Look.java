package s5.init;

import s5.UserError;
import s5.config.Messages;
import s5.data.format.RawFile;
import s5.data.own.OwnFiles;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Sees what files and folders hold, by their names and their first rows. */
final class Look {
    private static final List<String> SOUNDS =
            List.of(".wav", ".wave", ".aif", ".aiff", ".aifc", ".au", ".snd");
    private static final List<String> TABLES = List.of(".csv", ".tsv", ".jsonl", ".ndjson", ".tab");
    private static final int DEEPEST = 8;
    private static final int MOST = 2_000_000; // files

    private Look() {}

    /**
     * Looks at what the command line names.
     *
     * @param paths files and folders, one or more
     * @throws UserError when one does not exist, or nothing in them is of a kind that is read
     */
    static Sighting at(List<Path> paths) {
        for (Path path : paths) {
            if (!Files.exists(path)) {
                throw new UserError(path + ": no such file or folder");
            }
        }
        if (paths.size() == 1 && Files.isDirectory(paths.getFirst())) {
            return folder(paths.getFirst());
        }
        if (paths.stream().allMatch(Files::isDirectory)) {
            return classes(paths);
        }
        return files(paths);
    }

    /** Folders of one folder: classes. */
    private static Sighting classes(List<Path> paths) {
        Sighting first = folder(paths.getFirst());
        Path root = parent(paths.getFirst());
        for (Path path : paths) {
            if (!parent(path).equals(root) || !folder(path).set().equals(first.set())) {
                throw new UserError(
                        "%s: is no folder of the same kind beside %s"
                                .formatted(path, paths.getFirst()));
            }
        }
        String names =
                paths.stream()
                        .map(p -> p.getFileName().toString())
                        .collect(Collectors.joining(", "));
        return Sighting.of(first.set())
                .with("root", root, "")
                .with("files", names, "these folders are the classes");
    }

    private static Sighting files(List<Path> paths) {
        Path root = parent(paths.getFirst());
        for (Path path : paths) {
            if (Files.isDirectory(path) || !parent(path).equals(root)) {
                throw new UserError(
                        "%s: init takes one folder, or files of one folder; %s is elsewhere"
                                .formatted(path, paths.getFirst()));
            }
        }
        String names = PartNames.names(paths);
        String ending = ending(paths.getFirst());
        if (paths.stream().anyMatch(path -> !ending(path).equals(ending))) {
            throw new UserError("init: the files are of several kinds: " + names);
        }
        if (ending.equals(".ts")) {
            return series(root, names, paths);
        } else if (ending.equals(".npy") || ending.equals(".npz")) {
            return arrays(root, paths);
        } else if (TABLES.contains(ending)) {
            Sighting filesOfSequences = FilesLook.at(root, paths);
            return filesOfSequences == null ? TableLook.at(root, paths) : filesOfSequences;
        } else if (SOUNDS.contains(ending) || ending.equals(".txt")) {
            throw new UserError(
                    "%s: one file says nothing of classes; name the folder whose folders are the classes"
                            .formatted(paths.getFirst()));
        }
        throw new UserError(
                "%s: is of no kind that is read here: .ts, .npy, .npz, .csv, .tsv, .jsonl, or folders of .wav or .txt"
                        .formatted(paths.getFirst()));
    }

    private static Path parent(Path file) {
        Path parent = file.getParent();
        return parent == null ? Path.of(".") : parent;
    }

    private static Sighting arrays(Path root, List<Path> paths) {
        List<Path> all = new ArrayList<>(paths);
        if (paths.size() == 1) {
            all.addAll(PartNames.beside(paths.getFirst()));
        }
        PartNames parts = PartNames.of(all);
        Sighting found = Sighting.of("arrays").with("root", root, "");
        found.with("files", PartNames.names(parts.training()), "");
        parts.tell(found);
        return found;
    }

    private static Sighting series(Path root, String names, List<Path> paths) {
        Sighting found = Sighting.of("series").with("root", root, "").with("files", names, "");
        String first = paths.getFirst().getFileName().toString();
        Path test =
                paths.getFirst().resolveSibling(first.replaceFirst("(?i)_train\\.ts", "_TEST.ts"));
        if (paths.size() == 1
                && !test.getFileName().toString().equals(first)
                && Files.exists(test)) {
            found.lines().removeLast();
            found.with(
                    "files",
                    names + ", " + test.getFileName(),
                    "the names say which is the test part");
        }
        return found;
    }

    private static Sighting folder(Path folder) {
        Map<String, Integer> endings = new TreeMap<>();
        boolean metadata = false;
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder, DEEPEST, FileVisitOption.FOLLOW_LINKS)) {
            files =
                    all.filter(Files::isRegularFile)
                            .filter(file -> !hidden(folder.relativize(file)))
                            .limit(MOST)
                            .sorted()
                            .toList();
        } catch (IOException | java.io.UncheckedIOException e) {
            throw new UserError(
                    "%s: cannot be read (%s)"
                            .formatted(folder, RawFile.printable(String.valueOf(e.getMessage()))),
                    e);
        }
        for (Path file : files) {
            endings.merge(ending(file), 1, Integer::sum);
            metadata |= OwnFiles.plainName(file).startsWith("metadata.");
        }
        int sounds = count(endings, SOUNDS);
        int texts = endings.getOrDefault(".txt", 0);
        int tables = count(endings, TABLES);
        int series = endings.getOrDefault(".ts", 0);
        int arrays = count(endings, List.of(".npy", ".npz"));
        int most = Stream.of(sounds, texts, tables, series, arrays).max(Integer::compare).get();
        if (most == 0) {
            throw new UserError(
                    "%s: holds nothing that is read here: .wav, .txt, .csv, .tsv, .jsonl, .ts, .npy or .npz; it has %s"
                            .formatted(
                                    folder,
                                    endings.isEmpty()
                                            ? "no files"
                                            : Messages.plain(
                                                    endings.entrySet().stream()
                                                            .limit(6)
                                                            .map(e ->
                                                                    e.getValue()
                                                                            + " *"
                                                                            + e.getKey())
                                                            .collect(Collectors.joining(", ")))));
        }
        if (most == sounds) {
            return Sighting.of("audio")
                    .with(
                            "root",
                            folder,
                            metadata
                                    ? "metadata.csv says which recording is of which class"
                                    : "its folders are the classes");
        } else if (most == texts) {
            return Sighting.of("text").with("root", folder, "its folders are the classes");
        }
        Collection<String> kind =
                most == series ? List.of(".ts") : most == arrays ? List.of(".npy", ".npz") : TABLES;
        List<Path> chosen = files.stream().filter(file -> kind.contains(ending(file))).toList();
        if (chosen.stream().anyMatch(file -> !parent(file).equals(folder)) || most > 1000) {
            throw new UserError(
                    "%s: holds %d files of kind %s in several folders; name the files, or write a config after docs/own-data.md"
                            .formatted(folder, chosen.size(), ending(chosen.getFirst())));
        }
        return files(chosen);
    }

    private static int count(Map<String, Integer> endings, Collection<String> kinds) {
        return kinds.stream().mapToInt(kind -> endings.getOrDefault(kind, 0)).sum();
    }

    private static boolean hidden(Path path) {
        for (Path name : path) {
            if (name.toString().startsWith(".") || name.toString().equals("__MACOSX")) {
                return true;
            }
        }
        return false;
    }

    /** The end of a name, in small letters and without .gz. */
    static String ending(Path file) {
        String name = OwnFiles.plainName(file).toLowerCase(Locale.ROOT);
        return name.lastIndexOf('.') < 0 ? "" : name.substring(name.lastIndexOf('.'));
    }
}
