package s5.data.own.table;

import s5.data.format.Rows;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A table whose first rows have been looked at; they come again. */
final class Looked implements Rows {
    private static final int MOST = 1000;

    private final Rows rows;
    private final List<String[]> first = new ArrayList<>();
    private final List<Long> lines = new ArrayList<>();
    private int at = -1; // the present row, while it is one of the first

    Looked(Rows rows) {
        this.rows = rows;
        for (int i = 0; i < MOST; i++) {
            String[] row = rows.next();
            if (row == null) {
                break;
            }
            first.add(row.clone());
            lines.add(rows.line());
        }
    }

    /** The rows that were looked at. */
    List<String[]> first() {
        return first;
    }

    @Override
    public List<String> columns() {
        return rows.columns();
    }

    @Override
    public String[] next() {
        at = Math.min(at + 1, first.size());
        return at < first.size() ? first.get(at) : rows.next();
    }

    @Override
    public long line() {
        return at >= 0 && at < first.size() ? lines.get(at) : rows.line();
    }

    @Override
    public Path file() {
        return rows.file();
    }

    @Override
    public List<String> unread() {
        return rows.unread();
    }

    @Override
    public void close() {
        rows.close();
    }
}
