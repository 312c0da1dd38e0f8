package s5.data.format;

import s5.UserError;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Reads rows of fields separated by tabs, some of them in double quotes, as pandas' C parser does
 * (and Python's csv module, not strict), which is what the official code reads AAN with. A field
 * that starts with a quote goes on to the next single one, over tabs and line ends; two quotes
 * inside stand for one; what follows the closing quote up to the tab belongs to the field, quotes
 * there being characters like any other, as they are in a field that does not start with one. Rows
 * end in LF, CR LF or CR; blank lines are skipped. (CSV libraries refuse text behind a closing
 * quote, or read it in another way.)
 */
public final class QuotedTsv implements AutoCloseable {
    private static final int LONGEST_ROW = 1 << 24;
    private static final int END = -1;

    private final Path path;
    private final InputStream in;
    private final byte[] buffer = new byte[1 << 16];
    private int next;
    private int filled;
    private int line = 1; // that the next byte is in

    private byte[] row = new byte[1 << 12]; // the fields, one after the other
    private int used;
    private int[] ends = new int[8]; // of the fields
    private int fields;
    private int firstLine; // of the row
    private long rowsOfLines; // rows that go over several lines
    private int firstOfThem; // its line

    /**
     * Opens a file.
     *
     * @param path of the file; gzipped when it ends in .gz
     * @throws UserError when the file cannot be opened
     */
    public QuotedTsv(Path path) {
        this.path = path;
        this.in = RawFile.open(path);
        boolean complete = false;
        try {
            // A byte order mark is no part of the first field.
            if (peek() == 0xef) {
                next += filled >= 3 && buffer[1] == (byte) 0xbb && buffer[2] == (byte) 0xbf ? 3 : 0;
            }
            complete = true;
        } finally {
            if (!complete) {
                close();
            }
        }
    }

    /**
     * Goes to the next row.
     *
     * @return false at the end of the file
     * @throws UserError when the file is damaged or ends inside quotes
     */
    public boolean next() {
        do {
            if (peek() == END) {
                return false;
            }
            firstLine = line;
            used = 0;
            fields = 0;
            while (field()) {
                // until the row ends
            }
        } while (fields == 1 && isBlank());
        if (line > firstLine + 1 && rowsOfLines++ == 0) {
            firstOfThem = firstLine;
        }
        return true;
    }

    /** {@return how many fields the row has} */
    public int fields() {
        return fields;
    }

    /**
     * {@return field {@code i} of the row, its quotes removed}
     *
     * @param i from 0
     */
    public byte[] field(int i) {
        return Arrays.copyOfRange(row, i == 0 ? 0 : ends[i - 1], ends[i]);
    }

    /**
     * {@return what to say where rows went on over line ends in quotes, which may be quotes that
     * are opened and not closed: rows in them are none; empty where no row did}
     */
    public String overLines() {
        return rowsOfLines == 0
                ? ""
                : "%s: quotes take %,d rows over line ends, the first at line %d; if texts have none, a quote there is not closed and rows are lost"
                        .formatted(path, rowsOfLines, firstOfThem);
    }

    /** {@return where the row starts, for a message} */
    public String place() {
        return "%s line %d".formatted(path, firstLine);
    }

    private boolean isBlank() {
        for (int i = 0; i < used; i++) {
            if (row[i] != ' ') {
                return false;
            }
        }
        return true;
    }

    /** Reads a field; whether the row goes on behind it. */
    private boolean field() {
        if (peek() == '"') {
            next++;
            quoted();
        }
        while (true) {
            int c = read();
            if (c == '\t' || c == '\n' || c == '\r' || c == END) {
                if (c == '\r' && peek() == '\n') {
                    next++;
                }
                if (c == '\n' || c == '\r') {
                    line++;
                }
                if (fields == ends.length) {
                    ends = Arrays.copyOf(ends, 2 * fields);
                }
                ends[fields++] = used;
                return c == '\t';
            }
            append(c);
        }
    }

    /** What is in quotes, to behind the closing one. */
    private void quoted() {
        int opened = line;
        while (true) {
            int c = read();
            if (c == END) {
                throw new UserError(
                        "%s line %d: quotes are opened and not closed before the end of the file; download it again"
                                .formatted(path, opened));
            }
            if (c == '"') {
                if (peek() != '"') {
                    return;
                }
                next++;
            }
            if (c == '\n' || (c == '\r' && peek() != '\n')) {
                line++;
            }
            append(c);
        }
    }

    private void append(int c) {
        if (used == row.length) {
            if (used >= LONGEST_ROW) {
                throw new UserError(
                        "%s: the row is longer than %d bytes; quotes may be opened and not closed"
                                .formatted(place(), LONGEST_ROW));
            }
            row = Arrays.copyOf(row, 2 * used);
        }
        row[used++] = (byte) c;
    }

    private int read() {
        int c = peek();
        if (c != END) {
            next++;
        }
        return c;
    }

    private int peek() {
        if (next == filled) {
            try {
                next = 0;
                filled = Math.max(0, in.readNBytes(buffer, 0, buffer.length));
            } catch (IOException e) {
                throw RawFile.damaged(path, e);
            }
            if (filled == 0) {
                return END;
            }
        }
        return buffer[next] & 0xff;
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw RawFile.damaged(path, e);
        }
    }
}
