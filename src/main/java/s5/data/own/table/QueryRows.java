package s5.data.own.table;

import s5.UserError;
import s5.config.Messages;
import s5.config.Places;
import s5.data.format.Rows;
import s5.data.own.OwnKeys;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The rows that a database answers a query with, read as they come. */
final class QueryRows implements Rows {
    /** Where the password of a database is taken from: it has no place in a config file. */
    static final String PASSWORD = "S5_SQL_PASSWORD";

    private static final int FETCHED = 10_000;

    private final String key;
    private final Connection connection;
    private final ResultSet result;
    private final List<String> columns = new ArrayList<>();
    private final String[] row;
    private long line;

    /**
     * Asks.
     *
     * @param key the setting that holds the query, for messages
     * @param user none: the address says it, or nobody
     */
    QueryRows(String key, String url, String user, String query) {
        this.key = key;
        this.connection = connect(url, user);
        boolean asked = false;
        try {
            connection.setAutoCommit(false); // else some drivers read all at once
            Statement statement = connection.createStatement();
            statement.setFetchSize(FETCHED);
            result = statement.executeQuery(query);
            ResultSetMetaData about = result.getMetaData();
            for (int c = 1; c <= about.getColumnCount(); c++) {
                columns.add(about.getColumnLabel(c));
            }
            row = new String[columns.size()];
            asked = true;
        } catch (SQLException e) {
            throw failed(e);
        } finally {
            if (!asked) {
                close();
            }
        }
    }

    private static Connection connect(String url, String user) {
        try {
            return user.equals(OwnKeys.NONE)
                    ? DriverManager.getConnection(url)
                    : DriverManager.getConnection(url, user, System.getenv(PASSWORD));
        } catch (SQLException e) {
            boolean none = String.valueOf(e.getMessage()).startsWith("No suitable driver");
            throw new UserError(
                    none
                            ? "data.url: no driver for %s is on the class path; put its jar into lib/"
                                    .formatted(Messages.quoted(Places.withoutSecrets(url)))
                            : "data.url: cannot connect to %s: %s"
                                    .formatted(
                                            Messages.quoted(Places.withoutSecrets(url)),
                                            Messages.shown(String.valueOf(e.getMessage()), 300)),
                    e);
        }
    }

    private UserError failed(SQLException e) {
        return new UserError(
                "%s: the query failed%s: %s"
                        .formatted(
                                key,
                                line == 0 ? "" : " behind row " + line,
                                Messages.shown(String.valueOf(e.getMessage()), 300)),
                e);
    }

    @Override
    public List<String> columns() {
        return columns;
    }

    @Override
    public String[] next() {
        try {
            if (!result.next()) {
                return null;
            }
            line++;
            for (int c = 0; c < row.length; c++) {
                String text = result.getString(c + 1);
                row[c] = text == null ? "" : text;
            }
            return row;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    @Override
    public long line() {
        return line;
    }

    @Override
    public Path file() {
        return Path.of(key);
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            // all that was wanted has been read
        }
    }
}
