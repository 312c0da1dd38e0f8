package s5.data.format;

import s5.UserError;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Reads lines of fields separated by tabs, below a header line that names the columns, as bytes: a
 * few hundred megabytes a second. It knows no quotes: it is for files whose fields are numbers and
 * symbols of a fixed set, where a quote is a mistake and can be named by its place. Lines end in LF
 * or CR LF; empty ones are skipped, as Python's reader does.
 */
public final class TsvReader implements AutoCloseable {
    private static final int LONGEST_LINE = 1 << 24;

    private final Path path;
    private final InputStream in;
    private final int columns;
    private final int[] wanted; // which column each wanted one is

    private byte[] buffer = new byte[1 << 18];
    private int start; // of the line
    private int end; // of the line, its line end excluded
    private int next; // where the line after starts
    private int filled;
    private int line;
    private final int[] starts; // of the fields of the line
    private final int[] ends;

    /**
     * Opens a file and reads its header.
     *
     * @param path of the file; gzipped when it ends in .gz
     * @param names the columns to read; the header may have others and any order
     * @throws UserError when the file is missing, damaged or empty, or lacks a column
     */
    public TsvReader(Path path, List<String> names) {
        this.path = path;
        this.in = RawFile.open(path);
        boolean complete = false;
        try {
            if (!nextLine()) {
                throw new UserError(
                        "%s: the file is empty; it should start with a header line that names %s"
                                .formatted(path, String.join(" and ", names)));
            }
            String first = text(start, end).replaceFirst("^\ufeff", ""); // Excel begins so
            List<String> header = Arrays.asList(first.split("\t", -1));
            this.columns = header.size();
            this.starts = new int[columns];
            this.ends = new int[columns];
            this.wanted = new int[names.size()];
            for (int i = 0; i < wanted.length; i++) {
                wanted[i] = header.indexOf(names.get(i));
                if (wanted[i] < 0) {
                    throw new UserError(
                            "%s line %d: the header names no column %s; it should name %s, with a tab between them"
                                    .formatted(
                                            path, line, names.get(i), String.join(" and ", names)));
                }
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
     * @throws UserError when the row has more or fewer fields than the header
     */
    public boolean next() {
        do {
            if (!nextLine()) {
                return false;
            }
        } while (start == end);
        int fields = 0;
        int from = start;
        for (int i = start; i <= end; i++) {
            if (i == end || buffer[i] == '\t') {
                if (fields < columns) {
                    starts[fields] = from;
                    ends[fields] = i;
                }
                fields++;
                from = i + 1;
            }
        }
        if (fields != columns) {
            throw error(
                    "%d fields where the header names %d columns; %s"
                            .formatted(
                                    fields,
                                    columns,
                                    fields < columns
                                            ? "a column is missing"
                                            : "remove the extra tabs"));
        }
        return true;
    }

    /** {@return the bytes that {@link #from} and {@link #to} are places in, until the next row} */
    public byte[] bytes() {
        return buffer;
    }

    /**
     * {@return where field {@code i} of the row starts in {@link #bytes}}
     *
     * @param i counts the names given to the constructor, from 0
     */
    public int from(int i) {
        return starts[wanted[i]];
    }

    /**
     * {@return where field {@code i} of the row ends (exclusive)}
     *
     * @param i counts the names given to the constructor, from 0
     */
    public int to(int i) {
        return ends[wanted[i]];
    }

    /**
     * {@return some of the row as text, for a message}
     *
     * @param from first place in {@link #bytes}
     * @param to the place after the last
     */
    public String text(int from, int to) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(buffer, from, to - from))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new UserError(
                    "%s line %d: invalid UTF-8 near byte %d of the line; download it again"
                            .formatted(path, line, from - start + 1),
                    e);
        }
    }

    /**
     * {@return a mistake in this line, to be thrown}
     *
     * @param what is wrong
     */
    public UserError error(String what) {
        return new UserError("%s line %d: %s".formatted(path, line, what));
    }

    /**
     * {@return a mistake at a place of this line, to be thrown}
     *
     * @param at the place in {@link #bytes}
     * @param what is wrong there
     */
    public UserError error(int at, String what) {
        return new UserError(
                "%s line %d, column %d: %s".formatted(path, line, at - start + 1, what));
    }

    private boolean nextLine() {
        int scanned = next;
        while (true) {
            for (; scanned < filled; scanned++) {
                if (buffer[scanned] == '\n') {
                    endLine(scanned, scanned + 1);
                    return true;
                }
            }
            scanned -= next;
            if (!fill()) {
                if (filled == next) {
                    return false;
                }
                endLine(filled, filled); // the last line may lack its end
                return true;
            }
            scanned += next;
        }
    }

    private void endLine(int lineEnd, int after) {
        line++;
        start = next;
        end = lineEnd > start && buffer[lineEnd - 1] == '\r' ? lineEnd - 1 : lineEnd;
        next = after;
    }

    /** Moves what is left to the front and reads more behind it; false at the end of the file. */
    private boolean fill() {
        System.arraycopy(buffer, next, buffer, 0, filled - next);
        filled -= next;
        next = 0;
        if (filled == buffer.length) {
            if (filled >= LONGEST_LINE) {
                throw new UserError(
                        "%s line %d: longer than %d bytes; is it another file?"
                                .formatted(path, line + 1, LONGEST_LINE));
            }
            buffer = Arrays.copyOf(buffer, 2 * filled);
        }
        try {
            int count = in.read(buffer, filled, buffer.length - filled);
            filled += Math.max(count, 0);
            return count > 0;
        } catch (IOException e) {
            throw RawFile.damaged(path, e);
        }
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
