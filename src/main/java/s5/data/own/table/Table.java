package s5.data.own.table;

import s5.UserError;
import s5.config.Check;
import s5.config.Inlined;
import s5.config.Key;
import s5.config.Messages;
import s5.data.forecast.ForecastKeys;
import s5.data.format.Rows;
import s5.data.own.Input;
import s5.data.own.OwnFiles;
import s5.data.own.OwnKeys;
import s5.data.own.OwnSource;
import s5.data.own.Part;
import s5.data.own.Preparation;
import s5.data.own.RawReader;
import s5.data.own.table.TableKeys.Decimal;
import s5.data.own.table.TableKeys.Layout;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Own sequences in tables: CSV, TSV or lines of JSON. */
public final class Table extends OwnSource<Table.Settings> {
    /** Of the files that are tables. */
    static final Set<String> ENDINGS =
            Set.of(".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".json", ".tab");

    /** For {@link java.util.ServiceLoader}. */
    public Table() {}

    /** The set's own keys. */
    record Settings(
            @Inlined TableKeys table,
            @Key(
                            value =
                                    "a table with a row for each file, of layout files: its column"
                                        + " id (left out: the first) has the file's name, and label"
                                        + " or target the answer; none: the tables have it",
                            unset = OwnKeys.NONE,
                            free = true,
                            place = true)
                    String labels,
            @Key(
                            value =
                                    "between the columns of CSV: one letter, or tab; auto: the most"
                                        + " frequent of comma, semicolon, tab and | in the first"
                                        + " line",
                            unset = "auto")
                    String separator,
            @Key(value = "the mark in numbers, as in 1.5 or 1,5", unset = "point") Decimal decimal,
            @Key(
                            value =
                                    "whether CSV's first line names the columns; else they are 1,"
                                            + " 2, ...",
                            unset = "true")
                    boolean header,
            @Inlined ForecastKeys forecast,
            @Inlined OwnKeys keys) {
        /**
         * @throws UserError when two values contradict each other
         */
        Settings {
            Check.that(
                    separator.length() == 1
                            || separator.equalsIgnoreCase("tab")
                            || separator.equalsIgnoreCase("auto"),
                    "data.separator",
                    "must be auto, tab or one letter, not " + Messages.quoted(separator));
        }

        Layout layout() {
            if (table.layout() != Layout.AUTO) {
                return table.layout();
            }
            return TableKeys.given(labels)
                    ? Layout.FILES
                    : TableKeys.given(table.id()) ? Layout.LONG : Layout.WIDE;
        }
    }

    @Override
    public String name() {
        return "table";
    }

    @Override
    public String title() {
        return "sequences of your own in CSV, TSV or lines of JSON: a row a position, or a row a"
                + " sequence";
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
    protected ForecastKeys forecast(Settings settings) {
        return settings.forecast();
    }

    @Override
    protected List<String> forecastTargets(Settings settings) {
        return settings.table().targets();
    }

    @Override
    protected Set<String> endings() {
        return ENDINGS;
    }

    @Override
    protected List<Input> inputs(Settings settings, Path root) {
        List<Input> inputs = super.inputs(settings, root);
        if (!TableKeys.given(settings.labels())) {
            return inputs;
        }
        Path labels = labels(settings, root).toAbsolutePath().normalize();
        List<Input> data =
                new java.util.ArrayList<>(
                        inputs.stream()
                                .filter(i -> !i.file().toAbsolutePath().normalize().equals(labels))
                                .toList());
        data.add(new Input(labels, null)); // last, and part of what the cache is made from
        return data;
    }

    private static Path labels(Settings settings, Path root) {
        return OwnFiles.named("data.labels", settings.labels(), root, Set.of()).getFirst();
    }

    @Override
    protected RawReader reader(Settings settings, List<Input> inputs, Preparation fitted) {
        boolean forecast = settings.keys().task() == OwnKeys.Task.FORECAST;
        TableKeys keys = forecast ? settings.table().withoutAnswers() : settings.table();
        if (!forecast) {
            keys.checkId();
        }
        char decimal = settings.decimal() == Decimal.COMMA ? ',' : '.';
        Rows.Format format =
                TableKeys.format(settings.separator(), settings.decimal(), settings.header());
        boolean training = fitted == null;
        if (training && !forecast) {
            keys.checkAnswer();
            keys.checkAnswers(
                    settings.layout() != Layout.WIDE && !TableKeys.given(settings.labels()));
        }
        boolean apart = training && TableKeys.given(settings.labels());
        List<Input> files = apart ? inputs.subList(0, inputs.size() - 1) : inputs;
        // Of a model's settings, data.labels is not kept: what it said of the layout is.
        boolean byFile = !training && fitted.reader().equals(LongReader.FILES);
        Layout layout = byFile ? Layout.FILES : settings.layout();
        if (forecast && layout == Layout.WIDE) {
            layout = Layout.FILES; // a row a time
        }
        LongReader.Tables tables = new FileTables(files, format, layout == Layout.FILES);
        String splitBy = settings.keys().splitBy();
        if (layout == Layout.WIDE) {
            return new WideReader(keys, splitBy, decimal, tables, fitted);
        }
        Map<String, String[]> answers =
                apart ? answers(keys, inputs.getLast().file(), format, files) : null;
        TableKeys columns = layout == Layout.FILES ? keys.withoutId() : keys;
        return new LongReader(columns, splitBy, decimal, tables, answers, fitted);
    }

    /** The answers by the files' names. */
    private static Map<String, String[]> answers(
            TableKeys keys, Path file, Rows.Format format, List<Input> files) {
        Map<String, String> ids = new HashMap<>(); // of the files, by what a row may call them
        for (Input input : files) {
            String name = input.file().getFileName().toString();
            ids.put(name, name);
            ids.put(name.replaceFirst("(\\.[A-Za-z0-9]+)?(\\.gz)?$", ""), name);
        }
        Map<String, String[]> answers = new HashMap<>();
        try (Rows rows = Rows.open(file, format)) {
            List<String> names = rows.columns();
            int id = Math.max(0, TableColumns.find("data.id", keys.id(), names, file));
            List<String> told = keys.targets().isEmpty() ? List.of(keys.label()) : keys.targets();
            int[] columns =
                    told.stream()
                            .mapToInt(n -> TableColumns.find("data.label", n, names, file))
                            .toArray();
            for (String[] row = rows.next(); row != null; row = rows.next()) {
                String name = Path.of(row[id].strip()).getFileName().toString();
                String known = ids.get(name);
                if (known == null) {
                    throw new UserError(
                            "%s: there is no file %s among those of data.files"
                                    .formatted(rows.place(), Messages.quoted(row[id])));
                }
                String[] answer = new String[columns.length];
                for (int a = 0; a < answer.length; a++) {
                    answer[a] = row[columns[a]].strip();
                }
                if (answers.put(known, answer) != null) {
                    throw new UserError(
                            "%s: the file %s comes twice"
                                    .formatted(rows.place(), Messages.quoted(row[id])));
                }
            }
        }
        return answers;
    }

    /** Opens files, one after the other. */
    static final class FileTables implements LongReader.Tables {
        private final List<Input> files;
        private final Rows.Format format;
        private final boolean named;
        private int next;

        FileTables(List<Input> files, Rows.Format format, boolean named) {
            this.files = files;
            this.format = format;
            this.named = named;
        }

        @Override
        public Rows next() {
            return next == files.size() ? null : Rows.open(files.get(next++).file(), format);
        }

        @Override
        public Part part() {
            return files.get(next - 1).part();
        }

        @Override
        public String id() {
            return named ? files.get(next - 1).file().getFileName().toString() : null;
        }
    }
}
