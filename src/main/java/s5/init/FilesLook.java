package s5.init;

import s5.UserError;
import s5.config.Messages;
import s5.data.own.OwnFiles;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Sees tables that are a sequence each, with a table of their answers among them. */
final class FilesLook {
    private static final Set<String> NAMES =
            Set.of(
                    "labels",
                    "label",
                    "metadata",
                    "meta",
                    "index",
                    "targets",
                    "target",
                    "classes",
                    "annotations",
                    "answers");

    private FilesLook() {}

    /**
     * Looks at tables of one folder.
     *
     * @return null when none of them has the answers of the others
     */
    static Sighting at(Path root, List<Path> files) {
        for (Path file : files) {
            if (files.size() > 2 && NAMES.contains(stem(file))) {
                List<Path> others = files.stream().filter(f -> !f.equals(file)).toList();
                TableLook answers =
                        new TableLook(root, new PartNames(others, List.of(), List.of()));
                answers.read(file, '.');
                ColumnLook name = naming(answers, others);
                if (name != null) {
                    return of(root, file, others, answers, name);
                }
            }
        }
        return null;
    }

    private static String stem(Path file) {
        return OwnFiles.plainName(file).replaceFirst("\\.[a-z0-9]+$", "");
    }

    /** The column whose values are names of files. */
    private static ColumnLook naming(TableLook answers, List<Path> files) {
        Set<String> names = new HashSet<>();
        for (Path file : files) {
            String name = file.getFileName().toString();
            names.add(name);
            names.add(name.replaceFirst("(\\.[A-Za-z0-9]+)?(\\.gz)?$", "")); // as Table takes them
        }
        for (ColumnLook c : answers.columns()) {
            boolean all =
                    c.distinct.stream().allMatch(v -> names.contains(v.replaceFirst(".*/", "")));
            if (all && !c.distinct.isEmpty()) {
                return c;
            }
        }
        return null;
    }

    private static Sighting of(
            Path root, Path labels, List<Path> files, TableLook answers, ColumnLook name) {
        ColumnLook label = answers.label(name, null);
        ColumnLook target = label == null ? answers.target() : null;
        if (label == null && target == null) {
            throw new UserError(
                    "%s: no column looks like a class or a number to be told of the files in column %s"
                            .formatted(labels, Messages.quoted(name.name)));
        }
        Sighting found = Sighting.of("table").with("root", root, "");
        found.with("files", pattern(root, files, labels), "a file a sequence");
        found.with("labels", labels.getFileName(), "their answers");
        found.with("id", name.name, "names the files there");
        if (label != null) {
            found.with("label", label.name, label.distinct.size() + " classes");
        } else {
            found.with("target", target.name, "numbers to be told");
        }
        TableLook data = new TableLook(root, new PartNames(files, List.of(), List.of()));
        data.readAsItIs(found);
        ColumnLook time = data.time(files.getFirst(), null);
        if (time != null) {
            found.with("time", time.name, "rows are put in its order");
        }
        String inputs =
                data.columns().stream()
                        .filter(c -> c != time && c.isNumeric())
                        .map(c -> c.name)
                        .collect(Collectors.joining(", "));
        if (inputs.isEmpty()) {
            throw new UserError(files.getFirst() + ": has no column of numbers for the inputs");
        }
        return found.with("inputs", inputs, "the columns of numbers");
    }

    /** *.csv where these are all that the folder has; else their names. */
    private static String pattern(Path root, List<Path> files, Path labels) {
        String ending = Look.ending(files.getFirst());
        try (Stream<Path> all = Files.list(root)) {
            long others =
                    all.filter(f -> f.getFileName().toString().endsWith(ending))
                            .filter(f -> !f.getFileName().equals(labels.getFileName()))
                            .count();
            boolean plain = files.stream().allMatch(f -> f.toString().endsWith(ending));
            return plain && others == files.size() ? "*" + ending : PartNames.names(files);
        } catch (IOException e) {
            return PartNames.names(files);
        }
    }
}
