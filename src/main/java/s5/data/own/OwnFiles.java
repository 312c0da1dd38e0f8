package s5.data.own;

import s5.UserError;
import s5.config.DataConfig;
import s5.config.Messages;
import s5.data.format.RawFile;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Finds the files that a key names: files, folders, patterns. */
public final class OwnFiles {
    private OwnFiles() {}

    /**
     * The files that a key names, in the order of their names where one word names several.
     *
     * @param key its full name, for messages
     * @param words files, folders and patterns with commas between; below {@code root}, or else as
     *     they stand
     * @param root {@code data.root}
     * @param endings of the files that are taken from folders, such as {@code .ts}, plain or
     *     gzipped; empty for all
     * @return one file or more, none twice
     * @throws UserError when a word names no file
     */
    public static List<Path> named(String key, String words, Path root, Set<String> endings) {
        Set<Path> all = new java.util.LinkedHashSet<>();
        String whole = words.strip(); // may be one file whose name has a comma
        boolean one = whole.contains(",") && isFile(root, whole);
        for (String part : one ? new String[] {whole} : words.split(",", -1)) {
            String word = part.strip();
            if (!word.isEmpty()) {
                all.addAll(one(key, word, root, endings));
            }
        }
        if (all.isEmpty()) {
            throw new UserError(key + ": names no file");
        }
        return new ArrayList<>(all);
    }

    private static boolean isFile(Path root, String word) {
        try {
            return Files.isRegularFile(root.resolve(word)) || Files.isRegularFile(Path.of(word));
        } catch (InvalidPathException e) {
            return false; // said where the words are looked at
        }
    }

    private static Set<Path> one(String key, String word, Path root, Set<String> endings) {
        try {
            // Else a folder that is misspelled would be passed over for the current one. The
            // default need not be there: files may be named as they stand.
            if (!root.equals(Path.of(DataConfig.ROOT))
                    && !Files.isDirectory(root)
                    && !Path.of(word).isAbsolute()) {
                throw new UserError("data.root: there is no folder " + root + near(root));
            }
            for (Path path : List.of(root.resolve(word), Path.of(word))) {
                if (Files.isRegularFile(path)) {
                    return Set.of(path);
                }
                if (Files.isDirectory(path)) {
                    return some(key, word, path, below(path, "*", endings));
                }
            }
            if (word.matches(".*[*?\\[{].*")) {
                Set<Path> below = below(root, word, endings);
                // The default, which nobody has written, is not whatever lies in the current
                // folder.
                boolean said = !word.equals("*");
                Path base = Path.of("").toAbsolutePath();
                return some(
                        key,
                        word,
                        root,
                        below.isEmpty() && said ? relative(base, word, endings) : below);
            }
        } catch (InvalidPathException e) {
            throw new UserError("%s: is no path: %s".formatted(key, Messages.quoted(word)), e);
        }
        throw new UserError(
                "%s: there is no %s%s"
                        .formatted(key, root.resolve(word), near(root.resolve(word))));
    }

    private static Set<Path> relative(Path base, String word, Set<String> endings) {
        Path pattern = Path.of(word.replaceAll("[*?\\[{].*", "x")).getParent();
        Path folder = pattern == null ? base : base.resolve(pattern);
        return below(
                folder,
                word.substring(pattern == null ? 0 : pattern.toString().length() + 1),
                endings);
    }

    private static Set<Path> some(String key, String word, Path folder, Set<Path> found) {
        if (found.isEmpty()) {
            throw new UserError(
                    "%s: %s names no file that is read here%s"
                            .formatted(
                                    key,
                                    Messages.quoted(word),
                                    Files.isDirectory(folder)
                                            ? " in " + folder
                                            : ", there is no folder " + folder));
        }
        return found;
    }

    /** The files of a folder that match a pattern relative to it. */
    private static Set<Path> below(Path folder, String pattern, Set<String> endings) {
        Set<Path> found = new TreeSet<>();
        if (!Files.isDirectory(folder)) {
            return found;
        }
        PathMatcher matcher;
        try {
            matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
        } catch (java.util.regex.PatternSyntaxException e) {
            throw new UserError(
                    "%s: is no pattern: %s".formatted(Messages.quoted(pattern), e.getDescription()),
                    e);
        }
        int depth = pattern.contains("**") ? 64 : Path.of(pattern).getNameCount();
        try (Stream<Path> files = Files.walk(folder, depth)) {
            files.filter(file -> matcher.matches(folder.relativize(file)))
                    .filter(Files::isRegularFile)
                    .filter(file -> isTaken(file, endings))
                    .forEach(found::add);
        } catch (IOException e) {
            throw RawFile.damaged(folder, e);
        }
        return found;
    }

    private static boolean isTaken(Path file, Set<String> endings) {
        String name = plainName(file);
        return !name.startsWith(".")
                && (endings.isEmpty() || endings.stream().anyMatch(name::endsWith));
    }

    /**
     * {@return a file's name in small letters, without .gz}
     *
     * @param file any
     */
    public static String plainName(Path file) {
        String name = file.getFileName().toString().toLowerCase(java.util.Locale.ROOT);
        return name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
    }

    private static String near(Path path) {
        Path missing = path.toAbsolutePath();
        Path folder = missing.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            return "";
        }
        try (Stream<Path> files = Files.list(folder)) {
            List<String> names = files.map(f -> f.getFileName().toString()).sorted().toList();
            return Messages.didYouMean(missing.getFileName().toString(), names);
        } catch (IOException e) {
            return ""; // only a hint
        }
    }
}
