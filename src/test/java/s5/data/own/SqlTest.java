package s5.data.own;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.config.Config;
import s5.data.Splits;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Against H2 in memory. */
class SqlTest {
    @TempDir Path root;

    private static final String URL = "jdbc:h2:mem:s5;DB_CLOSE_DELAY=-1";

    static final String[] WORDS = {
        "data.url=" + URL,
        "data.query=select \"id\", \"time\", \"a\", \"b\", \"label\" from \"waves\"",
        "data.id=id",
        "data.time=time",
        "data.label=label"
    };

    /** Has the database hold a table of waves. */
    static void fill(Path root) throws IOException, SQLException {
        OwnBed bed = new OwnBed(root);
        bed.write("d.csv", OwnBed.waves(20, 1, true));
        try (Connection connection = DriverManager.getConnection(URL);
                Statement statement = connection.createStatement()) {
            statement.execute("drop table if exists \"waves\"");
            statement.execute(
                    "create table \"waves\"(\"id\" varchar, \"time\" double, \"a\" double, \"b\" double, \"note\" varchar, \"person\" varchar, \"label\" varchar, \"level\" double) as select * from csvread('%s')"
                            .formatted(root.resolve("d.csv")));
        }
    }

    @Test
    void aQueryGivesWhatTheTableGives() throws IOException, SQLException {
        fill(root);
        OwnBed bed = new OwnBed(root);
        Config config = bed.config("sql", WORDS);
        Splits asked = config.data().open();
        Splits read =
                bed.open(
                        "table",
                        "data.files=d.csv",
                        "data.id=id",
                        "data.time=time",
                        "data.label=label",
                        "data.inputs=a,b");
        assertEquals(read.test().size(), asked.test().size());
        for (int i = 0; i < read.test().size(); i++) {
            assertEquals(read.test().id(i), asked.test().id(i));
            assertTrue(
                    java.util.Arrays.equals(
                            OwnBed.read(read.test(), i).x, OwnBed.read(asked.test(), i).x));
        }
        OwnBed.assertSame(
                asked.test(), config.data().samples(root.resolve("d.csv"), OwnBed.fitted(asked)));
    }

    @Test
    void mistakesAreOneLine() throws IOException, SQLException {
        fill(root);
        OwnBed bed = new OwnBed(root);
        String[] words = WORDS.clone();
        words[1] = "data.query=select nothing from nowhere";
        bed.refuses(List.of("data.query: the query failed", "NOWHERE"), "sql", words);
        words[1] = "data.query=select \"id\", \"time\" from \"waves\"";
        bed.refuses(List.of("data.query:1", "data.label", "'label'"), "sql", words);
        words[1] = "data.query=select \"id\", \"time\", \"label\" \"a\", \"label\" from \"waves\"";
        bed.refuses(List.of("data.query", "no column of numbers"), "sql", words);
        words[0] = "data.url=jdbc:nobody:thing;password=secret";
        bed.refuses(
                List.of("no driver for 'jdbc:nobody:thing;password=...'", "lib/"), "sql", words);
    }
}
