package s5.data.own.table;

import s5.UserError;
import s5.config.Messages;
import s5.data.format.Numbers;
import s5.data.format.Rows;
import s5.data.own.Part;
import s5.data.own.Preparation;
import s5.data.own.RawReader;
import s5.data.own.RawSequence;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Sequences whose positions are rows of tables. All rows are read first, into a {@link Spill}:
 * those of a sequence may stand anywhere.
 */
final class LongReader implements RawReader {
    /** Opens the tables one after the other. */
    interface Tables {
        /** The next one; null after the last. */
        Rows next();

        /** What its sequences are for. */
        Part part();

        /** The id of all its rows; null where a column has it. */
        String id();
    }

    /** What is kept with a model of sequences that are files. */
    static final String FILES = "files";

    private static final long LINES = 1L << 40;

    private final TableKeys keys;
    private final String splitBy;
    private final char decimal;
    private final Preparation fitted;
    private final boolean answered; // whether rows hold answers
    private final Map<String, String[]> answers; // by id, from a file of their own; null for none

    private final Map<String, Integer> numbers = new HashMap<>(); // of the ids
    private final List<String> ids = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();
    private final List<String> groups = new ArrayList<>();
    private final List<String> labels = new ArrayList<>(); // all that occur
    private final Map<String, Integer> labelNumbers = new HashMap<>();
    private final List<Path> files = new ArrayList<>();
    private final Set<String> unused = new LinkedHashSet<>();
    private final List<String> notes = new ArrayList<>();

    private final RowRuns runs = new RowRuns(); // of the spilled rows, by id

    private TableColumns columns; // of the present file
    private List<String> inputNames;
    private Spill spill;
    private boolean each;
    private boolean dated;
    private boolean byFile; // whether a file's name is its rows' id
    private int next; // id

    /**
     * Reads all rows.
     *
     * @param answers label or targets by id, where a file of their own has them; null for none
     */
    LongReader(
            TableKeys keys,
            String splitBy,
            char decimal,
            Tables tables,
            Map<String, String[]> answers,
            Preparation fitted) {
        this.keys = keys;
        this.splitBy = splitBy;
        this.decimal = decimal;
        this.fitted = fitted;
        this.answers = answers;
        this.answered = fitted == null && answers == null;
        boolean complete = false;
        try {
            for (Rows next = tables.next(); next != null; next = tables.next()) {
                try (Rows rows = next) {
                    byFile = tables.id() != null;
                    table(new Looked(rows), tables);
                }
            }
            if (spill != null) {
                spill.end();
                runs.end(ids.size(), spill.size());
                each = answered && toldEach();
            }
            complete = true;
        } finally {
            if (!complete && spill != null) {
                spill.close();
            }
        }
    }

    /** Columns of a spilled row: time, line, answers, inputs. */
    private int answerCount() {
        return answered ? Math.max(1, keys.targets().size()) : 0;
    }

    private void table(Looked rows, Tables tables) {
        List<String[]> first = rows.first();
        if (inputNames != null) {
            // The first file has said which are the inputs.
            TableColumns before = columns;
            int[] inputs =
                    inputNames.stream()
                            .mapToInt(n ->
                                    TableColumns.find(
                                            "data.inputs", n, rows.columns(), rows.file()))
                            .toArray();
            columns = columns(rows, first).with(inputs);
            if (before.names().equals(columns.names())) {
                columns = before;
            }
        } else {
            columns = columns(rows, first);
            inputNames = Arrays.stream(columns.inputs()).mapToObj(columns.names()::get).toList();
            spill = new Spill(2 + answerCount() + inputNames.size());
        }
        unused.addAll(columns.unused(keys));
        files.add(rows.file());
        dated = columns.time() >= 0 && !first.isEmpty() && columns.dated(first.getFirst());
        double[] row = new double[2 + answerCount() + inputNames.size()];
        int last = -1;
        String lastId = null;
        for (String[] fields = rows.next(); fields != null; fields = rows.next()) {
            String id = tables.id() == null ? fields[columns.id()].strip() : tables.id();
            if (!id.equals(lastId)) {
                last = number(id, rows, tables.part(), fields);
                lastId = id;
                runs.begin(last, spill.size());
            } else if (columns.group() >= 0) {
                checkGroup(last, fields, rows);
            }
            int at = 0;
            row[at++] = columns.time() < 0 ? 0 : columns.time(fields, rows);
            row[at++] = (files.size() - 1) * LINES + rows.line();
            if (answered && !keys.targets().isEmpty()) {
                for (int target : columns.targets()) {
                    row[at++] = columns.number(fields, target, rows);
                }
            } else if (answered) {
                row[at++] = columns.label() < 0 ? -1 : label(fields[columns.label()].strip());
            }
            for (int input : columns.inputs()) {
                row[at++] = columns.number(fields, input, rows);
            }
            spill.add(row);
        }
        if (first.isEmpty()) {
            throw new UserError(rows.file() + ": has no rows below the first line");
        }
        unused.addAll(rows.unread());
    }

    private TableColumns columns(Rows rows, List<String[]> first) {
        TableKeys there = answers == null ? keys : keys.withoutAnswers();
        return TableColumns.of(there, splitBy, decimal, rows, first, fitted);
    }

    private int label(String text) {
        if (Numbers.isMissing(text)) {
            return -1;
        }
        return labelNumbers.computeIfAbsent(
                text,
                t -> {
                    labels.add(t);
                    return labels.size() - 1;
                });
    }

    private int number(String id, Rows at, Part part, String[] fields) {
        if (id.isEmpty()) {
            throw new UserError(
                    "%s: column %s is empty; each row has to name its sequence"
                            .formatted(at.place(), Messages.quoted(keys.id())));
        }
        Integer known = numbers.get(id);
        if (known == null) {
            known = ids.size();
            numbers.put(id, known);
            ids.add(id);
            parts.add(part);
            groups.add(columns.group() < 0 ? null : fields[columns.group()].strip());
        } else {
            if (parts.get(known) != part) {
                throw new UserError(
                        "%s: the id %s is in two parts, the files of another part have it, too"
                                .formatted(at.place(), Messages.quoted(id)));
            }
            checkGroup(known, fields, at);
        }
        return known;
    }

    private void checkGroup(int id, String[] fields, Rows at) {
        if (columns.group() >= 0 && !fields[columns.group()].strip().equals(groups.get(id))) {
            throw new UserError(
                    "%s: column %s changes within the sequence %s, from %s to %s"
                            .formatted(
                                    at.place(),
                                    Messages.quoted(splitBy),
                                    Messages.quoted(ids.get(id)),
                                    Messages.quoted(groups.get(id)),
                                    Messages.quoted(fields[columns.group()])));
        }
    }

    /** Whether answers are told of each position. */
    private boolean toldEach() {
        boolean classes = keys.targets().isEmpty();
        AnswerChanges changes = AnswerChanges.of(runs, spill, ids.size(), answerCount(), classes);
        String column = classes ? keys.label() : keys.targets().get(changes.answer());
        boolean told =
                changes.each(
                        keys.answers(),
                        row -> {
                            double value = spill.get(row, 2 + changes.answer());
                            return "%s: %s is %s"
                                    .formatted(
                                            place(row),
                                            Messages.quoted(column),
                                            classes
                                                    ? Messages.quoted(labels.get((int) value))
                                                    : value);
                        });
        if (told && keys.answers() == TableKeys.Answers.AUTO) {
            notes.add(changes.note(column));
        }
        return told;
    }

    @Override
    public List<String> inputs() {
        return inputNames == null ? List.of() : inputNames;
    }

    @Override
    public List<String> targets() {
        return keys.targets();
    }

    @Override
    public boolean each() {
        return each;
    }

    @Override
    public String kept() {
        return byFile ? FILES : "";
    }

    @Override
    public String timeUnit() {
        return dated || columns.unit() > 0 ? "s" : "";
    }

    @Override
    public List<String> notes() {
        List<String> all = new ArrayList<>(notes);
        unused.forEach(c -> all.add("column %s is not used".formatted(Messages.quoted(c))));
        return all;
    }

    @Override
    public RawSequence next() {
        if (next == ids.size()) {
            return null;
        }
        int id = next++;
        long[] rows = runs.rows(id);
        return sequence(id, columns.time() < 0 ? rows : inOrder(id, rows));
    }

    /** By their times, which must not come twice. */
    private long[] inOrder(int id, long[] rows) {
        boolean rising = true;
        for (int k = 1; k < rows.length && rising; k++) {
            rising = spill.get(rows[k], 0) > spill.get(rows[k - 1], 0);
        }
        if (rising) {
            return rows;
        }
        long[] sorted =
                Arrays.stream(rows)
                        .boxed()
                        .sorted((a, b) -> Double.compare(spill.get(a, 0), spill.get(b, 0)))
                        .mapToLong(r -> r)
                        .toArray();
        for (int k = 1; k < sorted.length; k++) {
            if (spill.get(sorted[k], 0) == spill.get(sorted[k - 1], 0)) {
                throw new UserError(
                        "%s: sequence %s has the same time as %s"
                                .formatted(
                                        place(sorted[k]),
                                        Messages.quoted(ids.get(id)),
                                        beside(sorted[k - 1], sorted[k])));
            }
        }
        return sorted;
    }

    private String place(long row) {
        long line = (long) spill.get(row, 1);
        return files.get((int) (line / LINES)) + ":" + line % LINES;
    }

    /** Where a row stands, for a message that begins with the place of another one. */
    private String beside(long row, long other) {
        long line = (long) spill.get(row, 1);
        long file = (long) spill.get(other, 1) / LINES;
        return line / LINES == file ? "on line " + line % LINES : place(row);
    }

    private RawSequence sequence(int id, long[] rows) {
        int answers = answerCount();
        int inputs = inputNames.size();
        double[] values = new double[rows.length * inputs];
        double[] times = columns.time() < 0 ? null : new double[rows.length];
        for (int k = 0; k < rows.length; k++) {
            for (int c = 0; c < inputs; c++) {
                values[k * inputs + c] = spill.get(rows[k], 2 + answers + c);
            }
            if (times != null) {
                times[k] = spill.get(rows[k], 0);
            }
        }
        RawSequence s =
                RawSequence.ofNumbers(ids.get(id), place(rows[0]), rows.length, values)
                        .at(times)
                        .of(groups.get(id))
                        .in(parts.get(id));
        if (this.answers != null) {
            return told(s, this.answers.get(ids.get(id)));
        }
        if (!answered) {
            return s;
        }
        return keys.targets().isEmpty() ? labelled(s, rows) : targeted(s, rows, answers);
    }

    /** The answer that a file of answers has. */
    private RawSequence told(RawSequence s, String[] answer) {
        if (keys.targets().isEmpty()) {
            return s.labelled(answer == null ? null : answer[0]);
        }
        double[] targets = new double[keys.targets().size()];
        Arrays.setAll(
                targets, t -> answer == null ? Double.NaN : Numbers.parse(answer[t], decimal));
        return s.with(targets);
    }

    private RawSequence labelled(RawSequence s, long[] rows) {
        String[] told = new String[each ? rows.length : 1];
        for (int k = 0; k < rows.length; k++) {
            int label = (int) spill.get(rows[k], 2);
            if (label >= 0) {
                told[each ? k : 0] = labels.get(label);
            }
        }
        return s.labelled(told);
    }

    private RawSequence targeted(RawSequence s, long[] rows, int answers) {
        double[] told = new double[each ? rows.length * answers : answers];
        Arrays.fill(told, Double.NaN);
        for (int k = 0; k < rows.length; k++) {
            for (int a = 0; a < answers; a++) {
                double value = spill.get(rows[k], 2 + a);
                if (!Double.isNaN(value)) {
                    told[(each ? k * answers : 0) + a] = value;
                }
            }
        }
        return s.with(told);
    }

    @Override
    public void close() {
        if (spill != null) {
            spill.close();
        }
    }
}
