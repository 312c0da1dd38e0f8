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
    private static final String[] IDS = {
        "id",
        "sequence",
        "seq",
        "sample",
        "series",
        "recording",
        "record",
        "case",
        "trial",
        "unit",
        "session",
        "series_id",
        "sequence_id",
        "sample_id",
        "recording_id",
        "unique_id",
        "trial_id",
        "case_id",
        "run",
        "name",
        "file",
        "window",
        "subject",
        "patient",
        "sequence_number",
        "key"
    };
    private static final String[] TIMES = {
        "time",
        "timestamp",
        "t",
        "date",
        "datetime",
        "ts",
        "ds",
        "seconds",
        "step",
        "index",
        "time_s",
        "time_ms",
        "ms",
        "epoch",
        "hour",
        "day",
        "position",
        "measurement_number"
    };
    private static final String[] LABELS = {
        "label", "class", "category", "activity", "gesture", "kind", "type", "state", "condition",
        "diagnosis", "fault", "outcome", "target", "y", "event", "emotion", "surface", "sentiment",
        "rating", "stars", "polarity", "intent", "topic", "language", "author", "score"
    };
    private static final String[] TARGETS = {"target", "y", "value", "score", "rul", "label"};

    private final List<ColumnLook> columns = new ArrayList<>();
    private final Sighting found;
    private boolean header = true;
    private char decimal = '.';

    private TableLook(Path root, String names) {
        found = Sighting.of("table").with("root", root, "").with("files", names, "");
    }

    /** Looks at tables; the first one tells. */
    static Sighting at(Path root, String names, List<Path> files) {
        return new TableLook(root, names).look(files);
    }

    private Sighting look(List<Path> files) {
        Path file = files.getFirst();
        read(file, '.');
        long numbers = numbers();
        if (numbers < columns.size()) {
            List<ColumnLook> points = List.copyOf(columns);
            boolean named = header;
            if (readsMore(file, numbers)) {
                found.with("decimal", "comma", "numbers are written 0,5");
                decimal = ',';
            } else {
                columns.clear();
                columns.addAll(points);
                header = named;
            }
        }
        Sighting text = text();
        if (text != null) {
            return text;
        }
        if (!header) {
            found.with(
                    "header",
                    false,
                    "the first line has numbers already, so that no names are known");
        }
        ColumnLook id = id(file);
        ColumnLook time = time(file, id);
        if (id == null && time != null) {
            return forecast(file, time);
        }
        answer(file, id, time);
        return found;
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
    private void read(Path file, char decimal) {
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
    private Sighting text() {
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
        return texts.with("label", label.name, label.distinct.size() + " classes");
    }

    /** The column that names sequences: its value stays the same for some rows. */
    private ColumnLook id(Path file) {
        ColumnLook best = null;
        for (ColumnLook c : columns) {
            boolean repeats = c.changes > 1 && c.changes <= c.present() / 3;
            boolean together = c.changes <= 1.5 * c.distinct.size();
            if (mayName(c) && repeats && c.isCalled(IDS)) {
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
            boolean named = c.isCalled(IDS) || endsWithId(c);
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
        return c.isDates() || (c.isNumeric() && c.isCalled(TIMES) && c.distinct.size() > 2);
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

    private ColumnLook time(Path file, ColumnLook id) {
        ColumnLook time = id == null ? null : anyTime(file, id);
        long sequences = id == null ? 1 : id.changes;
        for (ColumnLook c : columns) {
            boolean rises = c.isNumeric() && c.falls <= sequences;
            boolean named = id == null || c.isCalled(TIMES);
            if (time == null && c != id && mayBeTime(c) && (rises || (c.isDates() && named))) {
                time = c; // where it repeats, the reader says where
            }
        }
        return time;
    }

    /** A column of few values. */
    private ColumnLook label(ColumnLook not, ColumnLook norThis) {
        List<ColumnLook> others =
                columns.stream().filter(c -> c != not && c != norThis && !c.isDates()).toList();
        for (String name : LABELS) {
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

    private void answer(Path file, ColumnLook id, ColumnLook time) {
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
        ColumnLook target = null;
        for (String name : label == null ? TARGETS : new String[0]) {
            for (ColumnLook c : columns) {
                target = target == null && c.isCalled(name) && c.isNumeric() ? c : target;
            }
        }
        if (label != null) {
            found.with("label", label.name, label.distinct.size() + " classes");
        } else if (target != null) {
            found.with("target", target.name, "numbers to be told");
        } else {
            for (ColumnLook c : columns) {
                if (c != id && c.isCalled(LABELS) && c.distinct.size() == 1) {
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
