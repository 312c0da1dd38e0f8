package s5.init;

import s5.UserError;
import s5.config.Messages;
import s5.data.format.Rows;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Guesses what the columns of a table are: by their names first, then by their values. A row is a
 * position of a sequence where a column names sequences (long), else a sequence whose numbers are
 * its positions (wide).
 */
final class TableLook {
    private static final int MOST = 200_000; // rows
    private final List<ColumnLook> columns = new ArrayList<>();
    private final PartNames parts;
    private final Sighting found;
    private boolean header = true;
    private char decimal = '.';

    TableLook(Path root, PartNames parts) {
        this.parts = parts;
        found = Sighting.of("table").with("root", root, "");
        found.with("files", PartNames.names(parts.training()), "");
    }

    /** Looks at tables; the first one tells. */
    static Sighting at(Path root, List<Path> files) {
        return new TableLook(root, PartNames.of(files)).look();
    }

    private Sighting look() {
        Path file = parts.training().getFirst();
        readAsItIs(found);
        Sighting text = text(file);
        if (text != null) {
            return text;
        }
        ColumnLook id = id(file);
        ColumnLook time = time(file, id);
        if (id == null && time != null) {
            return forecast(file, time);
        }
        tellParts(file, found, answer(file, id, time));
        return found;
    }

    List<ColumnLook> columns() {
        return columns;
    }

    /** Reads the first file with the decimal mark and the header that it has, and tells them. */
    void readAsItIs(Sighting section) {
        Path file = parts.training().getFirst();
        read(file, '.');
        long numbers = numbers();
        if (numbers < columns.size()) {
            List<ColumnLook> points = List.copyOf(columns);
            boolean named = header;
            if (readsMore(file, numbers)) {
                section.with("decimal", "comma", "numbers are written 0,5");
                decimal = ',';
            } else {
                columns.clear();
                columns.addAll(points);
                header = named;
            }
        }
        if (!header) {
            section.with(
                    "header",
                    false,
                    "the first line has numbers already, so that no names are known");
        }
    }

    /** Names the other parts; those that are only found beside a file need its answer, too. */
    private void tellParts(Path file, Sighting section, String answer) {
        PartNames all = parts;
        if (parts.training().size() == 1 && parts.test().isEmpty()) {
            List<Path> files = new ArrayList<>(parts.training());
            for (Path other : PartNames.beside(file)) {
                try (Rows rows = Rows.open(other, new Rows.Format((char) 0, decimal, header))) {
                    if (rows.columns().contains(answer)) {
                        files.add(other);
                    }
                }
            }
            all = PartNames.of(files);
        }
        all.tell(section);
    }

    private long numbers() {
        return columns.stream().filter(ColumnLook::isNumeric).count();
    }

    /** Whether more columns are of numbers when these are written 0,5. */
    private boolean readsMore(Path file, long numbers) {
        try {
            read(file, ',');
            return numbers() > numbers;
        } catch (UserError e) {
            return false; // with commas between columns it is no table
        }
    }

    /** Reads the columns of a file. */
    void read(Path file, char decimal) {
        columns.clear();
        try (Rows rows = Rows.open(file, new Rows.Format((char) 0, decimal, false))) {
            String[] first = rows.next();
            boolean named = Look.ending(file).matches("\\.(jsonl|ndjson|json)");
            header =
                    named
                            || !Arrays.stream(first, 0, rows.columns().size())
                                    .allMatch(n -> n.matches("[-+]?[0-9.,]+([eE].*)?|"));
        }
        try (Rows rows = Rows.open(file, new Rows.Format((char) 0, decimal, header))) {
            for (String name : rows.columns()) {
                columns.add(new ColumnLook(name));
            }
            int count = 0;
            for (String[] row = rows.next(); row != null && count < MOST; row = rows.next()) {
                for (int c = 0; c < columns.size(); c++) {
                    columns.get(c).add(row[c], decimal);
                }
                count++;
            }
            if (count < 2) {
                throw new UserError(file + ": has fewer than two rows; there is nothing to learn");
            }
        }
    }

    /** A table of texts has a column of long ones and no numbers of positions. */
    private Sighting text(Path file) {
        ColumnLook text =
                columns.stream()
                        .filter(c -> c.isText() && c.letters > 15 * c.present())
                        .filter(c -> c.distinct.size() > 0.3 * Math.min(c.present(), 10_000))
                        .findFirst()
                        .orElse(null);
        ColumnLook label = text == null ? null : label(text, null);
        if (label == null) {
            return null;
        }
        Sighting texts = Sighting.of("text");
        texts.lines().addAll(found.lines().subList(0, 2));
        texts.with("text", text.name, "the longest texts");
        texts.with("label", label.name, label.distinct.size() + " classes");
        tellParts(file, texts, label.name);
        return texts;
    }

    /** The column that names sequences: its value stays the same for some rows. */
    private ColumnLook id(Path file) {
        ColumnLook best = null;
        for (ColumnLook c : columns) {
            boolean repeats = c.changes > 1 && c.changes <= c.present() / 3;
            boolean together = c.changes <= 1.5 * c.distinct.size();
            if (mayName(c) && repeats && c.isCalled(ColumnNames.IDS)) {
                return c;
            }
            if (mayName(c)
                    && repeats
                    && together
                    && (endsWithId(c) || c.distinct.size() > 20)
                    && best == null) {
                best = c;
            }
        }
        return best == null ? scattered(file) : best;
    }

    private static boolean mayName(ColumnLook c) {
        return c.missing == 0 && (c.isText() || c.whole == c.numbers) && !c.isDates();
    }

    private static boolean endsWithId(ColumnLook c) {
        return c.name.toLowerCase(java.util.Locale.ROOT).matches(".*[ _]id");
    }

    /** Rows of a sequence may stand anywhere where their times say which comes first. */
    private ColumnLook scattered(Path file) {
        for (ColumnLook c : columns) {
            boolean named = c.isCalled(ColumnNames.IDS) || endsWithId(c);
            if (named && mayName(c) && c.repeats() && anyTime(file, c) != null) {
                return c;
            }
        }
        return null;
    }

    /** A column of times that no two rows of a sequence share; null when there is none. */
    private ColumnLook anyTime(Path file, ColumnLook id) {
        for (ColumnLook c : columns) {
            if (c != id && mayBeTime(c) && differ(file, id, c)) {
                return c;
            }
        }
        return null;
    }

    private static boolean mayBeTime(ColumnLook c) {
        return c.isDates()
                || (c.isNumeric() && c.isCalled(ColumnNames.TIMES) && c.distinct.size() > 2);
    }

    /** Whether no two rows have the same in both columns. */
    private boolean differ(Path file, ColumnLook id, ColumnLook time) {
        Set<List<String>> seen = new HashSet<>();
        int a = columns.indexOf(id);
        int b = columns.indexOf(time);
        try (Rows rows = Rows.open(file, new Rows.Format((char) 0, decimal, header))) {
            int count = 0;
            for (String[] row = rows.next(); row != null && count < MOST; row = rows.next()) {
                if (!seen.add(List.of(row[a].strip(), row[b].strip()))) {
                    return false;
                }
                count++;
            }
        }
        return true;
    }

    ColumnLook time(Path file, ColumnLook id) {
        ColumnLook time = id == null ? null : anyTime(file, id);
        long sequences = id == null ? 1 : id.changes;
        for (ColumnLook c : columns) {
            boolean rises = c.isNumeric() && c.falls <= sequences;
            boolean named = id == null || c.isCalled(ColumnNames.TIMES);
            if (time == null && c != id && mayBeTime(c) && (rises || (c.isDates() && named))) {
                time = c; // where it repeats, the reader says where
            }
        }
        return time;
    }

    /** A column of few values. */
    ColumnLook label(ColumnLook not, ColumnLook norThis) {
        List<ColumnLook> others =
                columns.stream().filter(c -> c != not && c != norThis && !c.isDates()).toList();
        for (String name : ColumnNames.LABELS) {
            for (ColumnLook c : others) {
                if (c.isCalled(name) && c.isClasses()) {
                    return c;
                }
            }
        }
        for (ColumnLook c : others.reversed()) {
            if (c.isText() && c.isClasses()) {
                return c;
            }
        }
        return null;
    }

    /** A column of numbers that is called as those to be told are; null when there is none. */
    ColumnLook target() {
        for (String name : ColumnNames.TARGETS) {
            for (ColumnLook c : columns) {
                if (c.isCalled(name) && c.isNumeric()) {
                    return c;
                }
            }
        }
        return null;
    }

    /** The name of the column of answers. */
    private String answer(Path file, ColumnLook id, ColumnLook time) {
        if (id != null) {
            found.with(
                    "id",
                    id.name,
                    "names the sequences, %,d of %,d rows".formatted(id.sequences(), id.rows));
        }
        if (time != null) {
            found.with("time", time.name, "rows are put in its order");
        }
        ColumnLook label = label(id, time);
        if (label == null && id == null) {
            // Without names: the first or the last column of whole numbers, as in the UCR archive.
            for (ColumnLook c : List.of(columns.getFirst(), columns.getLast())) {
                label = label == null && c.isClasses() ? c : label;
            }
        }
        ColumnLook target = label == null ? target() : null;
        if (label != null) {
            found.with("label", label.name, label.distinct.size() + " classes");
        } else if (target != null) {
            found.with("target", target.name, "numbers to be told");
        } else {
            for (ColumnLook c : columns) {
                if (c != id && c.isCalled(ColumnNames.LABELS) && c.distinct.size() == 1) {
                    throw new UserError(
                            "%s: column %s has one class alone, %s; there have to be two or more"
                                    .formatted(
                                            file,
                                            Messages.quoted(c.name),
                                            Messages.quoted(c.distinct.iterator().next())));
                }
            }
            throw new UserError(
                    "%s: no column looks like a class or a number to be told, of %s; write data.label or data.target into a config after docs/own-data.md"
                            .formatted(file, names(columns)));
        }
        List<ColumnLook> inputs = new ArrayList<>(columns);
        inputs.removeIf(c -> c == id || c == time || !c.isNumeric());
        inputs.remove(label);
        inputs.remove(target);
        if (inputs.isEmpty()) {
            throw new UserError(file + ": no column of numbers is left for the inputs");
        }
        if (id == null) {
            found.with(
                    "layout",
                    "wide",
                    "no column names sequences: a row is one, of %,d positions"
                            .formatted(inputs.size()));
        } else if (inputs.size() <= 20) {
            found.with(
                    "inputs",
                    inputs.stream().map(c -> c.name).collect(Collectors.joining(", ")),
                    "the other columns of numbers");
        }
        return label == null ? target.name : label.name;
    }

    private static String names(List<ColumnLook> columns) {
        String some = columns.stream().limit(8).map(c -> c.name).collect(Collectors.joining(", "));
        return columns.size() > 8 ? some + ", ..." : some;
    }

    /** One long series: what comes next is to be told. */
    private Sighting forecast(Path file, ColumnLook time) {
        if (columns.stream().noneMatch(c -> c != time && c.isNumeric())) {
            throw new UserError(file + ": no column of numbers is left to be told");
        }
        found.with("time", time.name, "one series: no column names several");
        found.with("task", "forecast", "no class: the next rows are to be told");
        int context = Math.clamp(time.rows / 16 / 8 * 8, 8, 336);
        found.with("context", context, "rows that are seen");
        return found.with("horizon", Math.min(24, context), "rows that are told");
    }
}
