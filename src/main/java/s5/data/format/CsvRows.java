package s5.data.format;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;

import s5.UserError;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** CSV, or with another separator: quoted fields, line ends of any kind, a mark at the begin. */
final class CsvRows implements Rows {
    private static final int PEEK = 1 << 16;
    private static final int MOST_COLUMNS = 1_000_000;

    private final Path file;
    private final CsvReader<Row> reader;
    private final CloseableIterator<Row> rows;
    private final List<String> columns;
    private final Row row;
    private boolean again; // the first row is no header, and comes first

    /** The present row; used again for each. */
    private static final class Row extends AbstractBaseCsvCallbackHandler<Row> {
        private final Path file;
        private String[] fields = new String[16];
        private int count;
        private long line;

        Row(Path file) {
            this.file = file;
        }

        @Override
        protected void handleBegin(long startingLineNumber) {
            line = startingLineNumber;
            count = 0;
        }

        @Override
        protected void handleField(int index, char[] buffer, int offset, int length, boolean q) {
            if (index == MOST_COLUMNS) {
                throw new UserError(
                        "%s:%d: a line of more than %,d columns"
                                .formatted(file, line, MOST_COLUMNS));
            }
            if (index == fields.length) {
                fields = Arrays.copyOf(fields, 2 * index);
            }
            fields[index] = length == 0 ? "" : new String(buffer, offset, length);
            count = index + 1;
        }

        @Override
        protected void handleEmpty() {
            fields[0] = "";
            count = 1;
        }

        @Override
        protected Row buildRecord() {
            return this;
        }
    }

    CsvRows(Path file, InputStream in, Format format) throws IOException {
        this.file = file;
        row = new Row(file);
        BufferedReader text =
                new BufferedReader(
                        new InputStreamReader(
                                in,
                                StandardCharsets.UTF_8
                                        .newDecoder()
                                        .onMalformedInput(CodingErrorAction.REPORT)
                                        .onUnmappableCharacter(CodingErrorAction.REPORT)),
                        2 * PEEK);
        try {
            text.mark(2);
            if (text.read() != '\ufeff') {
                text.reset();
            }
            char separator = format.separator() == 0 ? separator(text, format) : format.separator();
            reader =
                    CsvReader.builder()
                            .fieldSeparator(separator)
                            .skipEmptyLines(true)
                            .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                            .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                            .allowUnclosedQuote(false)
                            .build(row, text);
            rows = reader.iterator();
            if (!advance()) {
                throw new UserError(file + ": is empty");
            }
        } catch (CharacterCodingException e) {
            throw notUtf8(e);
        }
        if (format.header()) {
            columns = Arrays.stream(row.fields, 0, row.count).map(String::strip).toList();
            if (columns.stream().anyMatch(column -> column.indexOf('\0') >= 0)) {
                throw new UserError(file + ":1: has zero bytes, as UTF-16 has; save it as UTF-8");
            }
            Set<String> seen = new HashSet<>();
            for (String column : columns) {
                if (!seen.add(column)) {
                    throw new UserError(
                            "%s:1: column '%s' comes twice in the first line"
                                    .formatted(file, RawFile.shorten(column)));
                }
            }
        } else {
            columns = IntStream.rangeClosed(1, row.count).mapToObj(Integer::toString).toList();
            again = true;
        }
    }

    /** The one that is most frequent in the first line, outside quotes. */
    private static char separator(BufferedReader text, Format format) throws IOException {
        text.mark(PEEK);
        int[] counts = new int[4];
        // Where numbers have commas it is taken for want of another only: they stand in quotes.
        boolean rather = format.decimal() == ',';
        String marks = rather ? ";\t|," : ",;\t|";
        boolean quoted = false;
        for (int i = 0; i < PEEK - 1; i++) {
            int c = text.read();
            if (c < 0 || (!quoted && (c == '\n' || c == '\r'))) {
                break;
            }
            quoted ^= c == '"';
            int at = quoted ? -1 : marks.indexOf(c);
            if (at >= 0) {
                counts[at]++;
            }
        }
        text.reset();
        int best = 0;
        for (int i = 1; i < marks.length(); i++) {
            boolean last = rather && marks.charAt(i) == ',' && counts[best] > 0;
            best = counts[i] > counts[best] && !last ? i : best;
        }
        return marks.charAt(best);
    }

    private boolean advance() {
        try {
            if (!rows.hasNext()) {
                return false;
            }
            rows.next();
            return true;
        } catch (CsvParseException e) {
            if (e.getCause() instanceof UserError tooLong) {
                throw tooLong;
            }
            String why = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
            if (e.getCause() instanceof CharacterCodingException) {
                throw notUtf8(e);
            }
            throw new UserError(
                    "%s:%d: is no CSV: %s"
                            .formatted(file, row.line + 1, RawFile.printable(String.valueOf(why))),
                    e);
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof CharacterCodingException) {
                throw notUtf8(e);
            }
            throw RawFile.damaged(file, e.getCause());
        }
    }

    /** Decoding runs ahead of the rows: the line is looked for. */
    private UserError notUtf8(Exception e) {
        try (Lines lines = new Lines(file)) {
            while (lines.next() != null) {
                // up to the first that is none
            }
        } catch (UserError found) {
            return found;
        }
        return new UserError(file + ": is not UTF-8; save it as UTF-8", e);
    }

    @Override
    public List<String> columns() {
        return columns;
    }

    @Override
    public String[] next() {
        if (!again && !advance()) {
            return null;
        }
        again = false;
        if (row.count != columns.size()) {
            throw new UserError(
                    "%s: %d fields, where the first line has %d"
                            .formatted(place(), row.count, columns.size()));
        }
        return row.fields;
    }

    @Override
    public long line() {
        return row.line;
    }

    @Override
    public Path file() {
        return file;
    }

    @Override
    public void close() {
        try {
            reader.close();
        } catch (IOException e) {
            // all that was wanted has been read
        }
    }
}
