package s5.data.media;

import s5.UserError;
import s5.config.Messages;
import s5.data.format.RawFile;
import s5.data.own.Input;
import s5.data.own.OwnFiles;
import s5.data.own.OwnKeys;
import s5.data.own.Part;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The files of folders whose names are classes. Where a folder has a folder {@code train} and one
 * for the test or validation, these name the parts, and the classes are in them.
 */
final class Folders {
    private static final Map<String, Part> PARTS =
            Map.of(
                    "train", Part.TRAIN,
                    "training", Part.TRAIN,
                    "validation", Part.VALIDATION,
                    "valid", Part.VALIDATION,
                    "val", Part.VALIDATION,
                    "dev", Part.VALIDATION,
                    "test", Part.TEST,
                    "testing", Part.TEST);

    private final Set<String> endings;
    private final Set<String> tables;
    private final Map<Path, Input> found = new LinkedHashMap<>();
    private final Map<String, Integer> leftOut = new TreeMap<>(); // why, and how many files

    /**
     * @param endings of the files that belong to the class that their folder names: {@code .wav}
     * @param tables names or endings of the files that name classes inside: {@code metadata.csv}
     */
    Folders(Set<String> endings, Set<String> tables) {
        this.endings = endings;
        this.tables = tables;
    }

    /**
     * Finds what the keys name.
     *
     * @param root {@code data.root}
     * @throws UserError when a key names nothing, or a file is in two parts
     */
    Folders find(OwnKeys keys, Path root) {
        boolean test = !keys.testFiles().equals(OwnKeys.NONE);
        boolean validation = !keys.validationFiles().equals(OwnKeys.NONE);
        if (test) {
            named("data.test_files", keys.testFiles(), root, Part.TEST);
        }
        if (validation) {
            named("data.validation_files", keys.validationFiles(), root, Part.VALIDATION);
        }
        named("data.files", keys.files(), root, test ? Part.TRAIN : null);
        return this;
    }

    /**
     * Finds the files of a folder, or takes a file, to predict.
     *
     * @param file either
     */
    Folders at(Path file) {
        if (Files.isDirectory(file)) {
            folder(file, null);
        } else {
            found.put(file, new Input(file, null));
        }
        return this;
    }

    private void named(String key, String words, Path root, Part part) {
        int before = found.size();
        for (String each : words.split(",", -1)) {
            String word = each.strip().equals("*") ? "." : each.strip();
            if (word.isEmpty()) {
                continue;
            }
            Path folder = folder(word, root);
            if (folder != null) {
                folder(folder, part);
            } else {
                OwnFiles.named(key, word, root, endings).forEach(file -> add(file, part));
            }
        }
        if (found.size() == before) {
            throw new UserError(
                    "%s: %s holds no %s"
                            .formatted(key, root.resolve(words), String.join(" or ", all())));
        }
    }

    private List<String> all() {
        return Stream.concat(endings.stream().sorted(), tables.stream().sorted()).toList();
    }

    /** The folder that a word names; null when it names none. */
    private static Path folder(String word, Path root) {
        try {
            for (Path path : List.of(root.resolve(word).normalize(), Path.of(word))) {
                if (Files.isDirectory(path)) {
                    return path;
                }
            }
            return root.toString().isEmpty() && word.equals(".") ? Path.of(".") : null;
        } catch (InvalidPathException e) {
            return null; // a pattern, on some systems
        }
    }

    private void add(Path file, Part part) {
        Path key = file.toAbsolutePath().normalize();
        found.putIfAbsent(key, new Input(file, part)); // the test part's come first
    }

    private void folder(Path folder, Part part) {
        List<Path> below = entries(folder);
        Map<Path, Part> parts = new LinkedHashMap<>();
        for (Path entry : below) {
            Part named = PARTS.get(name(entry));
            if (part == null && named != null && Files.isDirectory(entry)) {
                parts.put(entry, named);
            }
        }
        boolean divided =
                parts.containsValue(Part.TRAIN) && parts.values().stream().distinct().count() > 1;
        List<Path> inFolders = new ArrayList<>();
        for (Path entry : below) {
            if (!Files.isDirectory(entry)) {
                continue;
            }
            if (divided && !parts.containsKey(entry)) {
                walk(entry).forEach(file -> leave("in %s, which is no part".formatted(entry)));
            } else if (name(entry).startsWith("_")) {
                walk(entry).forEach(file -> leave("in %s, which is no class".formatted(entry)));
            } else {
                for (Path file : walk(entry)) {
                    if (is(file, endings) || is(file, tables)) {
                        add(file, divided ? parts.get(entry) : part);
                        inFolders.add(file);
                    } else {
                        leave("*" + ending(file));
                    }
                }
            }
        }
        boolean classes = inFolders.stream().anyMatch(file -> is(file, endings));
        for (Path file : below) {
            if (Files.isDirectory(file)) {
                continue;
            }
            boolean table = is(file, tables);
            if (!table && !is(file, endings)) {
                leave("*" + ending(file));
            } else if (classes && !table) {
                leave("beside the classes' folders, in " + folder);
            } else {
                add(file, part);
            }
        }
    }

    private void leave(String why) {
        leftOut.merge(why, 1, Integer::sum);
    }

    private static boolean is(Path file, Set<String> endings) {
        String name = OwnFiles.plainName(file);
        return endings.stream().anyMatch(name::endsWith);
    }

    private static String name(Path path) {
        return path.getFileName().toString().toLowerCase(Locale.ROOT);
    }

    private static String ending(Path file) {
        String name = OwnFiles.plainName(file);
        return name.lastIndexOf('.') <= 0 ? "" : name.substring(name.lastIndexOf('.'));
    }

    /** What is visible in a folder, sorted. */
    private static List<Path> entries(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry -> !isHidden(entry)).sorted().toList();
        } catch (IOException e) {
            throw RawFile.damaged(folder, e);
        }
    }

    private static boolean isHidden(Path path) {
        String name = path.getFileName().toString();
        return name.startsWith(".") || name.equals("__MACOSX");
    }

    /** The visible files below a folder, sorted; links are followed. */
    private static List<Path> walk(Path folder) {
        try (Stream<Path> all = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> !isHiddenBelow(folder, file))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw RawFile.damaged(folder, e);
        } catch (UncheckedIOException e) {
            throw RawFile.damaged(folder, e.getCause()); // a link to a folder above, say
        }
    }

    private static boolean isHiddenBelow(Path folder, Path file) {
        for (Path name : folder.relativize(file)) {
            if (isHidden(name)) {
                return true;
            }
        }
        return false;
    }

    /** {@return what was found, in the order of the names; the test part's first} */
    List<Input> inputs() {
        return List.copyOf(found.values());
    }

    /**
     * {@return the class that a file's folder names}
     *
     * @param file in a folder
     */
    static String label(Path file) {
        Path folder = file.toAbsolutePath().normalize().getParent();
        return folder == null || folder.getFileName() == null
                ? "."
                : folder.getFileName().toString();
    }

    /** {@return what was left out and why, a line each} */
    List<String> leftOut() {
        return leftOut.entrySet().stream()
                .map(e ->
                        "%,d files left out: %s"
                                .formatted(e.getValue(), Messages.plain(e.getKey())))
                .toList();
    }
}
