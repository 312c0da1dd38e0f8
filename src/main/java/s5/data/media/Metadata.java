package s5.data.media;

import s5.UserError;
import s5.config.Messages;
import s5.data.format.Rows;
import s5.data.own.Input;
import s5.data.own.OwnFiles;
import s5.data.own.OwnKeys;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code metadata.csv} (or {@code .jsonl}) says of the files in its folder and below: the
 * columns {@code file_name} and {@code label}.
 */
final class Metadata {
    private static final String FILE = "file_name";

    /**
     * A file's row.
     *
     * @param label the class; null where the row has none
     * @param group the value of the column that {@code data.split_by} names; null without
     */
    record Row(String label, String group) {}

    private final Map<Path, Row> rows = new HashMap<>();
    private final List<Path> folders = new ArrayList<>();

    private Metadata() {}

    /** {@return whether a file is one of them} */
    static boolean is(Path file) {
        return OwnFiles.plainName(file).startsWith("metadata.");
    }

    /**
     * Reads those among some files.
     *
     * @param label the column of the class
     * @param group that of what stays in one part, or {@link OwnKeys#NONE}
     * @param notes gets the columns that are not used
     * @throws UserError when a column or a file that is named does not exist
     */
    static Metadata read(List<Input> inputs, String label, String group, List<String> notes) {
        Metadata metadata = new Metadata();
        for (Input input : inputs) {
            if (is(input.file())) {
                metadata.read(input.file(), label, group, notes);
            }
        }
        return metadata;
    }

    private void read(Path file, String label, String group, List<String> notes) {
        Path folder = file.toAbsolutePath().normalize().getParent();
        folders.add(folder);
        try (Rows table = Rows.open(file, new Rows.Format((char) 0, '.', true))) {
            int name = column(table, FILE, "every row names a file in it");
            int answer = column(table, label, "data.label names the column of the class");
            int together =
                    group.equals(OwnKeys.NONE)
                            ? -1
                            : column(table, group, "data.split_by names another");
            List<String> unused = new ArrayList<>(table.columns());
            unused.removeIf(c -> c.equals(FILE) || c.equals(label) || c.equals(group));
            if (!unused.isEmpty()) {
                notes.add(
                        Messages.plain(
                                "%s: columns not used: %s"
                                        .formatted(file, String.join(", ", unused))));
            }
            for (String[] row = table.next(); row != null; row = table.next()) {
                Path clip;
                try {
                    clip = folder.resolve(row[name].strip()).normalize();
                } catch (InvalidPathException e) {
                    throw new UserError(table.place() + ": names no file: " + e.getReason(), e);
                }
                if (!Files.isRegularFile(clip)) {
                    throw new UserError(
                            "%s: there is no file %s"
                                    .formatted(table.place(), Messages.plain(clip.toString())));
                }
                Row its =
                        new Row(
                                row[answer].isBlank() ? null : row[answer].strip(),
                                together < 0 ? null : row[together]);
                if (rows.put(clip, its) != null) {
                    throw new UserError(
                            "%s: %s comes twice"
                                    .formatted(table.place(), Messages.quoted(row[name])));
                }
            }
        }
    }

    private static int column(Rows table, String name, String remedy) {
        int column = table.columns().indexOf(name);
        if (column < 0) {
            throw new UserError(
                    "%s: has no column %s%s; %s"
                            .formatted(
                                    table.file(),
                                    Messages.quoted(name),
                                    Messages.didYouMean(name, table.columns()),
                                    remedy));
        }
        return column;
    }

    boolean isEmpty() {
        return folders.isEmpty();
    }

    /** {@return what is said of a file; null when nothing is} */
    Row of(Path file) {
        return rows.get(file.toAbsolutePath().normalize());
    }

    /** {@return whether a file lies below a folder whose metadata should name it} */
    boolean covers(Path file) {
        Path path = file.toAbsolutePath().normalize();
        return folders.stream().anyMatch(path::startsWith);
    }
}
