package s5.data.media;

import s5.config.Check;
import s5.config.Inlined;
import s5.config.Key;
import s5.data.own.Input;
import s5.data.own.OwnKeys;
import s5.data.own.OwnSource;
import s5.data.own.Preparation;
import s5.data.own.RawReader;
import s5.data.own.Texts;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Own texts: a folder a class of {@code .txt} files, or CSV, TSV or lines of JSON with a column of
 * texts and one of classes. Their characters, bytes or words are tokens.
 */
public final class Text extends OwnSource<Text.Settings> {
    private static final Set<String> ENDINGS = Set.of(".txt");
    private static final Set<String> TABLES = Set.of(".csv", ".tsv", ".jsonl", ".ndjson");

    /** For {@link java.util.ServiceLoader}. */
    public Text() {}

    /** What a token is. */
    enum Unit {
        /** A Unicode code point; case, blanks and markup are kept. */
        CHARACTERS,
        /** A byte of UTF-8. */
        BYTES,
        /** A run of letters, or of digits, or any other sign but blanks; in small letters. */
        WORDS
    }

    /** The set's own keys. */
    record Settings(
            @Inlined OwnKeys keys,
            @Key(
                            value =
                                    "what a position holds: characters (Unicode), bytes (of UTF-8)"
                                            + " or words (runs of letters or of digits, and other"
                                            + " signs, in small letters)",
                            unset = "characters")
                    Unit tokens,
            @Key(
                            value =
                                    "tokens that occur less often in the training part are unknown"
                                            + " ones; 1 or more",
                            unset = "2")
                    int minCount,
            @Key(value = "the most tokens that are told apart, from 4 to 1000000", unset = "20000")
                    int vocabulary,
            @Key(value = "the column of a table that has the text", unset = "text") String text,
            @Key(value = "the column of a table that has the class", unset = "label")
                    String label) {
        /**
         * @throws s5.UserError when a value is out of range
         */
        Settings {
            Check.within("data.min_count", minCount, 1, 1_000_000_000);
            Check.within("data.vocabulary", vocabulary, 4, 1_000_000);
        }
    }

    @Override
    public String name() {
        return "text";
    }

    @Override
    public String title() {
        return "texts of your own: a folder a class, or CSV or JSON lines with text and label";
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
        return Set.of(".txt", ".csv", ".tsv", ".jsonl", ".ndjson");
    }

    /** Its reader looks into folders itself. */
    @Override
    protected List<Input> raw(Path file) {
        return List.of(new Input(file, null));
    }

    private static Folders find(Settings settings, Path root) {
        return new Folders(ENDINGS, TABLES).find(settings.keys(), root);
    }

    @Override
    protected List<Input> inputs(Settings settings, Path root) {
        return find(settings, root).inputs();
    }

    @Override
    protected List<String> leftOut(Settings settings, Path root) {
        return find(settings, root).leftOut();
    }

    @Override
    protected RawReader reader(Settings settings, List<Input> inputs, Preparation fitted) {
        if (fitted == null) {
            return new TextFiles(settings, inputs, List.of(), true);
        }
        Folders files = new Folders(ENDINGS, TABLES);
        inputs.forEach(input -> files.at(input.file()));
        return new TextFiles(settings, files.inputs(), files.leftOut(), false);
    }

    @Override
    protected Texts texts(Settings settings) {
        return new Tokens(settings);
    }
}
