package s5.data.media;

import s5.UserError;
import s5.config.Messages;
import s5.data.format.RawFile;
import s5.data.format.Rows;
import s5.data.own.Input;
import s5.data.own.OwnFiles;
import s5.data.own.OwnKeys;
import s5.data.own.RawReader;
import s5.data.own.RawSequence;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads texts: a {@code .txt} file is one, a table has one in each row. */
final class TextFiles implements RawReader {
    private static final int LARGEST = 1 << 28;

    private final Text.Settings settings;
    private final List<Input> inputs;
    private final boolean training;
    private final List<String> notes;
    private int next; // of the inputs
    private int empty; // texts without a letter

    private Rows table; // the one that is being read; null for none
    private Columns columns;

    /** Where a table's columns are; -1 for those that it does not have. */
    private record Columns(Input input, int text, int label, int group, int id) {}

    /**
     * @param leftOut what was passed over before
     * @param training whether classes have to be known
     */
    TextFiles(Text.Settings settings, List<Input> inputs, List<String> leftOut, boolean training) {
        this.settings = settings;
        this.inputs = inputs;
        this.training = training;
        this.notes = new ArrayList<>(leftOut);
    }

    @Override
    public List<String> inputs() {
        return List.of();
    }

    @Override
    public RawSequence next() {
        while (true) {
            RawSequence text = table != null ? row() : next < inputs.size() ? file() : null;
            if (text == null && table == null && next == inputs.size()) {
                return null;
            }
            if (text != null && training && text.text().isBlank()) {
                empty++;
            } else if (text != null) {
                return text;
            }
        }
    }

    /** The next file's text; null when it is a table, which is open then. */
    private RawSequence file() {
        Input input = inputs.get(next++);
        Path file = input.file();
        if (!OwnFiles.plainName(file).endsWith(".txt")) {
            open(input);
            return null;
        }
        byte[] content;
        try (InputStream in = RawFile.open(file)) {
            content = in.readNBytes(LARGEST + 1);
        } catch (IOException e) {
            throw RawFile.damaged(file, e);
        }
        if (content.length > LARGEST) {
            throw new UserError(file + ": has more than 256 MiB, which is no text to classify");
        }
        String text = RawFile.text(content, file.toString()).replaceFirst("^\ufeff", "");
        String label = Folders.label(file);
        String id = training ? label + "/" + file.getFileName() : file.toString();
        RawSequence raw = RawSequence.ofText(id, file.toString(), text).in(input.part());
        return training ? raw.labelled(label) : raw;
    }

    private void open(Input input) {
        table = Rows.open(input.file(), new Rows.Format((char) 0, '.', true));
        String group = settings.keys().splitBy();
        boolean grouped = training && !group.equals(OwnKeys.NONE);
        columns =
                new Columns(
                        input,
                        column(settings.text(), "data.text"),
                        training ? column(settings.label(), "data.label") : -1,
                        grouped ? column(group, "data.split_by") : -1,
                        table.columns().indexOf("id"));
        List<String> unused = new ArrayList<>(table.columns());
        unused.removeIf(c ->
                c.equals(settings.text())
                        || c.equals(settings.label())
                        || c.equals("id")
                        || (grouped && c.equals(group)));
        if (training && !unused.isEmpty()) {
            notes.add(
                    Messages.plain(
                            "%s: columns not used: %s"
                                    .formatted(input.file(), String.join(", ", unused))));
        }
    }

    private int column(String name, String key) {
        int column = table.columns().indexOf(name);
        if (column < 0) {
            throw new UserError(
                    "%s: has no column %s%s; %s names it"
                            .formatted(
                                    table.file(),
                                    Messages.quoted(name),
                                    Messages.didYouMean(name, table.columns()),
                                    key));
        }
        return column;
    }

    /** The open table's next text; null at its end, when it is closed. */
    private RawSequence row() {
        String[] row = table.next();
        if (row == null) {
            table.close();
            table = null;
            return null;
        }
        String id =
                columns.id >= 0
                        ? row[columns.id]
                        : "%s:%d".formatted(columns.input.file().getFileName(), table.line());
        RawSequence raw =
                RawSequence.ofText(id, table.place(), row[columns.text]).in(columns.input.part());
        if (columns.group >= 0) {
            raw = raw.of(row[columns.group]);
        }
        String label = columns.label < 0 ? "" : row[columns.label].strip();
        return label.isEmpty() ? raw : raw.labelled(label);
    }

    @Override
    public List<String> notes() {
        List<String> all = new ArrayList<>(notes);
        if (empty > 0) {
            all.add("%,d texts left out: they are empty".formatted(empty));
        }
        return all;
    }

    @Override
    public void close() {
        if (table != null) {
            table.close();
        }
    }
}
