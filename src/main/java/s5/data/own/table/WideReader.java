package s5.data.own.table;

import s5.UserError;
import s5.config.Messages;
import s5.data.format.Numbers;
import s5.data.format.Rows;
import s5.data.own.Preparation;
import s5.data.own.RawReader;
import s5.data.own.RawSequence;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Sequences of one input that are rows of tables: their columns are the positions. Where values are
 * missing at the end, the sequence is shorter.
 */
final class WideReader implements RawReader {
    private final TableKeys keys;
    private final String splitBy;
    private final char decimal;
    private final LongReader.Tables tables;
    private final Preparation fitted;
    private final Set<String> unused = new LinkedHashSet<>();
    private TableColumns columns;
    private Rows rows; // null behind the last file
    private long sequences;

    WideReader(
            TableKeys keys,
            String splitBy,
            char decimal,
            LongReader.Tables tables,
            Preparation fitted) {
        this.keys = keys;
        this.splitBy = splitBy;
        this.decimal = decimal;
        this.tables = tables;
        this.fitted = fitted;
        open();
    }

    private boolean open() {
        Rows next = tables.next();
        if (next == null) {
            rows = null;
            return false;
        }
        boolean opened = false;
        try {
            Looked looked = new Looked(next);
            if (looked.first().isEmpty()) {
                throw new UserError(next.file() + ": has no rows below the first line");
            }
            TableColumns before = columns;
            columns = columns(looked);
            if (before != null && before.inputs().length != columns.inputs().length) {
                throw new UserError(
                        "%s:1: %d columns of inputs, where the first file has %d"
                                .formatted(
                                        next.file(),
                                        columns.inputs().length,
                                        before.inputs().length));
            }
            unused.addAll(columns.unused(keys));
            rows = looked;
            opened = true;
            return true;
        } finally {
            if (!opened) {
                next.close();
            }
        }
    }

    /** The positions are those that the keys name, to predict as to train. */
    private TableColumns columns(Looked looked) {
        if (fitted == null) {
            return TableColumns.of(keys, splitBy, decimal, looked, looked.first(), null);
        }
        List<String> names = looked.columns();
        Set<Integer> taken =
                new LinkedHashSet<>(
                        List.of(
                                names.indexOf(keys.id()),
                                names.indexOf(keys.label()),
                                names.indexOf(splitBy)));
        keys.targets().forEach(t -> taken.add(names.indexOf(t)));
        int[] inputs =
                TableColumns.inputs(keys, names, looked.file(), taken, looked.first(), decimal);
        int id = TableColumns.find("data.id", keys.id(), names, looked.file());
        return new TableColumns(names, id, -1, -1, -1, new int[0], inputs, decimal, 0);
    }

    @Override
    public List<String> inputs() {
        return List.of("value");
    }

    @Override
    public List<String> targets() {
        return keys.targets();
    }

    @Override
    public boolean named() {
        return columns.id() >= 0;
    }

    @Override
    public RawSequence next() {
        String[] row = rows == null ? null : rows.next();
        while (row == null) {
            if (rows == null) {
                return null;
            }
            unused.addAll(rows.unread());
            rows.close();
            if (!open()) {
                return null;
            }
            row = rows.next();
        }
        sequences++;
        int[] inputs = columns.inputs();
        double[] values = new double[inputs.length];
        int length = 0;
        for (int k = 0; k < inputs.length; k++) {
            values[k] = columns.number(row, inputs[k], rows);
            length = Double.isNaN(values[k]) ? length : k + 1;
        }
        if (length == 0) {
            throw new UserError(rows.place() + ": a sequence without a value");
        }
        String id = columns.id() < 0 ? Long.toString(sequences) : row[columns.id()].strip();
        if (id.isEmpty()) {
            throw new UserError(
                    "%s: column %s is empty".formatted(rows.place(), Messages.quoted(keys.id())));
        }
        RawSequence s =
                RawSequence.ofNumbers(id, rows.place(), length, Arrays.copyOf(values, length))
                        .of(columns.group() < 0 ? null : row[columns.group()].strip())
                        .in(tables.part());
        if (columns.label() >= 0) {
            String label = row[columns.label()].strip();
            return s.labelled(Numbers.isMissing(label) ? null : label);
        }
        if (columns.targets().length > 0) {
            double[] told = new double[columns.targets().length];
            for (int t = 0; t < told.length; t++) {
                told[t] = columns.number(row, columns.targets()[t], rows);
            }
            return s.with(told);
        }
        return s;
    }

    @Override
    public List<String> notes() {
        return unused.stream()
                .map(c -> "column %s is not used".formatted(Messages.quoted(c)))
                .toList();
    }

    @Override
    public void close() {
        if (rows != null) {
            rows.close();
        }
    }
}
