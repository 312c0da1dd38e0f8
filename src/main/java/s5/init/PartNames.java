package s5.init;

import s5.data.own.OwnFiles;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which files are of which part, as their names say: {@code X_TRAIN.csv} and {@code X_TEST.csv}, or
 * {@code train.csv}, {@code val.csv} and {@code test.csv}.
 *
 * @param training all where the names say nothing
 * @param validation may be empty
 * @param test may be empty
 */
record PartNames(List<Path> training, List<Path> validation, List<Path> test) {
    private static final Pattern NAME =
            Pattern.compile(
                    "(?:.*[_.-])?(?:(train(?:ing)?)|(test)|(val|valid|validation|dev))(\\.[a-z]+)",
                    Pattern.CASE_INSENSITIVE);
    private static final List<String> OTHERS = List.of("test", "val", "valid", "validation", "dev");

    /** Of files that are named; where there is no test part among them, all are to train on. */
    static PartNames of(List<Path> files) {
        PartNames parts = new PartNames(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (Path file : files) {
            Matcher name = NAME.matcher(OwnFiles.plainName(file));
            if (!name.matches()) {
                return new PartNames(files, List.of(), List.of());
            }
            List<Path> part =
                    name.group(1) != null
                            ? parts.training
                            : name.group(2) != null ? parts.test : parts.validation;
            part.add(file);
        }
        return parts.training.isEmpty() || parts.test.isEmpty()
                ? new PartNames(files, List.of(), List.of())
                : parts;
    }

    /** The files of the other parts beside one that is to train on; empty when there are none. */
    static List<Path> beside(Path training) {
        String file = training.getFileName().toString();
        Matcher name = NAME.matcher(file.replaceFirst("(?i)\\.gz$", ""));
        List<Path> others = new ArrayList<>();
        if (!name.matches() || name.group(1) == null) {
            return others;
        }
        boolean large = Character.isUpperCase(file.charAt(name.end(1) - 1));
        for (String other : OTHERS) {
            String part = large ? other.toUpperCase(Locale.ROOT) : other;
            Path path =
                    training.resolveSibling(
                            file.substring(0, name.start(1)) + part + file.substring(name.end(1)));
            if (Files.isRegularFile(path)) {
                others.add(path);
            }
        }
        return others;
    }

    /** The lines of a config that name the parts beside the training part. */
    void tell(Sighting found) {
        if (!test.isEmpty()) {
            found.with("test_files", names(test), "the names say which is the test part");
        }
        if (!validation.isEmpty()) {
            found.with("validation_files", names(validation), "and the validation part");
        }
    }

    /** Files' names as a config has them. */
    static String names(List<Path> files) {
        return files.stream()
                .map(file -> file.getFileName().toString())
                .collect(Collectors.joining(", "));
    }
}
