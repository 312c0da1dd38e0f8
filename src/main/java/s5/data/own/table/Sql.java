package s5.data.own.table;

import s5.UserError;
import s5.config.Check;
import s5.config.Inlined;
import s5.config.Key;
import s5.data.format.Rows;
import s5.data.own.Input;
import s5.data.own.OwnKeys;
import s5.data.own.OwnSource;
import s5.data.own.Part;
import s5.data.own.Preparation;
import s5.data.own.RawReader;
import s5.data.own.table.TableKeys.Layout;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * Own sequences in a database: the rows that a query gives are those of a {@link Table}. Its models
 * predict tables in files, with columns of the same names.
 */
public final class Sql extends OwnSource<Sql.Settings> {
    /** For {@link java.util.ServiceLoader}. */
    public Sql() {}

    /** The set's own keys. */
    record Settings(
            @Key(
                            value =
                                    "the database's address, jdbc:...; its driver has to be on the"
                                            + " class path (lib/). The result is kept in the cache:"
                                            + " delete it to ask again",
                            unset = OwnKeys.NONE,
                            free = true,
                            place = true)
                    String url,
            @Key(
                            value =
                                    "the user; the password is taken from the environment,"
                                            + " S5_SQL_PASSWORD. none: the address says all",
                            unset = OwnKeys.NONE,
                            free = true,
                            place = true)
                    String user,
            @Key(
                            value = "the query whose rows are read",
                            unset = OwnKeys.NONE,
                            free = true,
                            place = true)
                    String query,
            @Key(
                            value = "the query of the test part; none: data.test says its share",
                            unset = OwnKeys.NONE,
                            free = true,
                            place = true)
                    String testQuery,
            @Inlined TableKeys table,
            @Inlined OwnKeys keys) {
        /**
         * @throws UserError when a key is given that has no meaning for a database
         */
        Settings {
            Check.that(keys.files().equals("*"), "data.files", "is for files; leave it out");
            Check.that(
                    keys.testFiles().equals(OwnKeys.NONE),
                    "data.test_files",
                    "use data.test_query");
            Check.that(
                    keys.validationFiles().equals(OwnKeys.NONE),
                    "data.validation_files",
                    "is for files; leave it out");
        }
    }

    /** A query and what its rows are for. */
    private record Asked(String key, String query, Part part) {}

    @Override
    public String name() {
        return "sql";
    }

    @Override
    public String title() {
        return "sequences of your own in a database: the rows of a query, as those of a table";
    }

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    protected OwnKeys keys(Settings settings) {
        return settings.keys();
    }

    @Override
    protected Set<String> endings() {
        return Table.ENDINGS; // to predict
    }

    @Override
    protected List<Input> inputs(Settings settings, Path root) {
        return List.of();
    }

    @Override
    protected RawReader reader(Settings settings, List<Input> inputs, Preparation fitted) {
        TableKeys keys = settings.table();
        keys.checkId();
        Check.that(keys.layout() != Layout.FILES, "data.layout", "files is for files, not for sql");
        boolean wide = keys.layout() == Layout.WIDE || !TableKeys.given(keys.id());
        LongReader.Tables tables =
                fitted == null
                        ? new Queries(settings)
                        : new Table.FileTables(
                                inputs,
                                TableKeys.format("auto", TableKeys.Decimal.POINT, true),
                                false);
        if (fitted == null) {
            keys.checkAnswer();
            keys.checkAnswers(!wide);
        }
        String splitBy = settings.keys().splitBy();
        return wide
                ? new WideReader(keys, splitBy, '.', tables, fitted)
                : new LongReader(keys, splitBy, '.', tables, null, fitted);
    }

    private static final class Queries implements LongReader.Tables {
        private final Settings settings;
        private final Deque<Asked> left = new ArrayDeque<>();
        private Part part;

        Queries(Settings settings) {
            this.settings = settings;
            if (!TableKeys.given(settings.url()) || !TableKeys.given(settings.query())) {
                throw new UserError(
                        "data.url: give the database's address, and in data.query what to read");
            }
            boolean test = TableKeys.given(settings.testQuery());
            List<Asked> all = new ArrayList<>();
            all.add(new Asked("data.query", settings.query(), test ? Part.TRAIN : null));
            if (test) {
                all.add(new Asked("data.test_query", settings.testQuery(), Part.TEST));
            }
            left.addAll(all);
        }

        @Override
        public Rows next() {
            if (left.isEmpty()) {
                return null;
            }
            Asked asked = left.remove();
            part = asked.part();
            return new QueryRows(asked.key(), settings.url(), settings.user(), asked.query());
        }

        @Override
        public Part part() {
            return part;
        }

        @Override
        public String id() {
            return null;
        }
    }
}
