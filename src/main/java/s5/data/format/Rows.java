package s5.data.format;

import s5.UserError;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/** A table, a row at a time: CSV, TSV or lines of JSON. Its columns have names. */
public interface Rows extends AutoCloseable {
    /**
     * How a text is to be read.
     *
     * @param separator of columns; 0 to see it in the first line
     * @param decimal the mark in numbers, point or comma
     * @param header whether the first line names the columns; else they are {@code 1}, {@code 2},
     *     ...
     */
    record Format(char separator, char decimal, boolean header) {}

    /** {@return the columns' names; of lines of JSON, the first one's} */
    List<String> columns();

    /**
     * {@return the next row's values in the order of the columns, empty texts where it has none;
     * null at the end. Valid until the next call}
     *
     * @throws UserError when the row is damaged, with file and line
     */
    String[] next();

    /** {@return the line that the row began on, from 1} */
    long line();

    /** {@return the file} */
    Path file();

    /** {@return {@code file:line} of the row} */
    default String place() {
        return file() + ":" + line();
    }

    /** {@return columns that only later rows have, and which are not read} */
    default List<String> unread() {
        return List.of();
    }

    @Override
    void close();

    /**
     * Opens a table: lines of JSON when the first letter is a brace, else CSV.
     *
     * @param file plain or gzipped; {@code -} for standard input
     * @param format of CSV
     * @return its rows
     * @throws UserError when it cannot be read or is empty
     */
    static Rows open(Path file, Format format) {
        InputStream in = new BufferedInputStream(RawFile.openOrStandard(file), 1 << 16);
        boolean opened = false;
        try {
            in.mark(1 << 12);
            int first = in.read();
            while (first == 0xef
                    || first == 0xbb
                    || first == 0xbf
                    || (first >= 0 && first <= ' ')) {
                first = in.read();
            }
            in.reset();
            if (first < 0) {
                throw new UserError(file + ": is empty");
            }
            Rows rows = first == '{' ? new JsonRows(file, in) : new CsvRows(file, in, format);
            opened = true;
            return rows;
        } catch (NoClassDefFoundError e) { // an optional dependency
            throw new UserError(
                    file
                            + ": tables are read with the library de.siegmar:fastcsv, which is not"
                            + " on the class path; add it",
                    e);
        } catch (IOException e) {
            throw RawFile.damaged(file, e);
        } finally {
            if (!opened) {
                RawFile.close(in);
            }
        }
    }
}
