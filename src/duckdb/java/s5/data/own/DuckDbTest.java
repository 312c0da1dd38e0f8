package s5.data.own;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.config.ConfigLoader;
import s5.data.Splits;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Parquet through DuckDB's driver, which {@code mvn -Pduckdb test} fetches; {@code .ci/run} does.
 */
class DuckDbTest {
    @TempDir Path root;

    private static final String QUERY =
            "data.query=select id, time, a, b, label from '%s/*.parquet' order by nr";

    private OwnBed parquet() throws IOException, SQLException {
        OwnBed bed = new OwnBed(root);
        bed.write("d.csv", OwnBed.waves(20, 1, true));
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "create table d as select *, row_number() over () as nr, timestamptz '2024-03-31 00:00:00+00' + interval 1 second * time as stamp from read_csv('%s/d.csv')"
                            .formatted(root));
            for (String half : List.of("in (select min(id) from d)", "> (select min(id) from d)")) {
                statement.execute(
                        "copy (select * from d where id %s) to '%s/%d.parquet'"
                                .formatted(half, root, half.length()));
            }
        }
        return bed;
    }

    /**
     * Two files of Parquet give what the same rows in CSV give, with times as numbers and dates.
     */
    @Test
    void parquetGivesWhatTheTableGives() throws IOException, SQLException {
        OwnBed bed = parquet();
        Splits read =
                bed.open(
                        "table",
                        "data.files=d.csv",
                        "data.id=id",
                        "data.time=time",
                        "data.label=label",
                        "data.inputs=a,b");
        for (String time : List.of("time", "stamp")) {
            Splits asked =
                    bed.open(
                            "sql",
                            "data.url=jdbc:duckdb:",
                            QUERY.replace("time", time).formatted(root),
                            "data.id=id",
                            "data.time=" + time,
                            "data.label=label",
                            "data.inputs=a,b");
            assertEquals(read.train().size(), asked.train().size());
            assertEquals(read.test().size(), asked.test().size());
            for (int i = 0; i < read.test().size(); i++) {
                assertEquals(read.test().id(i), asked.test().id(i));
                assertArrayEquals(
                        OwnBed.read(read.test(), i).x, OwnBed.read(asked.test(), i).x, time);
                assertArrayEquals(
                        OwnBed.read(read.test(), i).dt, OwnBed.read(asked.test(), i).dt, 1e-4f);
            }
        }
    }

    @Test
    void mistakesAreOneLine() throws IOException, SQLException {
        OwnBed bed = parquet();
        bed.refuses(
                List.of("data.query: the query failed", "nothing"),
                "sql",
                "data.url=jdbc:duckdb:",
                "data.query=select nothing from '%s/*.parquet'".formatted(root),
                "data.id=id",
                "data.label=label");
    }

    /** The example of docs/own-data.md, on files that have its columns. */
    @Test
    void thePagesExampleIsRead() throws IOException, SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "copy (select * from read_csv('examples/gestures.csv')) to '%s/g.parquet'"
                            .formatted(root));
        }
        String page = Files.readString(Path.of("docs/own-data.md"));
        int from = page.indexOf("    data:\n      set: sql\n");
        assertTrue(from >= 0);
        String yaml =
                page.substring(from, page.indexOf("\n\n", from))
                        .replace("measurements/", root + "/");
        Path file = Files.writeString(root.resolve("duck.yaml"), yaml.stripIndent() + "\n");
        Splits splits =
                ConfigLoader.load(file, List.of("data.cache_dir=" + root.resolve("cache")))
                        .data()
                        .open();
        assertEquals(154, splits.train().size());
        assertEquals(4, splits.shape().classes());
    }
}
