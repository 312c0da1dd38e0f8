package s5.data.set;

import s5.UserError;
import s5.config.Key;
import s5.data.Characters;
import s5.data.DataSource;
import s5.data.DataSource.TextReader;
import s5.data.Fitted;
import s5.data.Official;
import s5.data.Place;
import s5.data.Shape;
import s5.data.Splits;
import s5.data.TokenSet;
import s5.data.cache.Cache;
import s5.data.cache.CacheSource;
import s5.data.cache.CacheWriter;
import s5.data.format.QuotedTsv;
import s5.data.format.RawFile;
import s5.download.RemoteFile;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * AAN, the retrieval task of Long Range Arena: two papers of the ACL Anthology as characters; class
 * 1 when one cites the other, else 0.
 *
 * <p>Preprocessing (reference: the official S5 loader, which reads the files with pandas): see
 * {@link QuotedTsv} and {@link Characters}; all characters of the training texts, first and second
 * together and after cutting, have an id. The one-hot size is the vocabulary's, 98 for the official
 * files.
 */
public final class Aan implements DataSource<Aan.Settings> {
    /** For {@link java.util.ServiceLoader}. */
    public Aan() {}

    /** Part of the cache's key: raise it when the same files give other tokens. */
    private static final int VERSION = 1;

    private static final int OFFICIAL_INPUTS = 98;
    private static final int CLASSES = 2;
    private static final int COLUMNS = 5; // label, id1, id2, text1, text2
    private static final String WHAT = "Long Range Arena's AAN";
    private static final List<String> NAMES = List.of("no citation", "citation");
    private static final List<String> SPLITS = List.of("train", "eval", "test");

    /** The set's own keys. */
    record Settings(@Key(value = Keys.LENGTH, unset = "4000") int length) {
        /**
         * @throws UserError when the length is out of range
         */
        Settings {
            Keys.checkLength(length);
        }
    }

    @Override
    public String name() {
        return "aan";
    }

    @Override
    public String title() {
        return "pairs of papers (AAN) as characters: does one cite the other";
    }

    @Override
    public boolean official() {
        return true;
    }

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    public boolean padded(Settings settings) {
        return true;
    }

    @Override
    public Shape shape(Settings settings, Place place) {
        return shape(settings.length());
    }

    @Override
    public Splits open(Settings settings, Place place, long seed) {
        return open(place.root(), place.cache(), settings.length());
    }

    @Override
    public TextReader texts(Fitted fitted) {
        return Characters.reader(fitted);
    }

    @Override
    public List<RemoteFile> published() {
        return Lra.published("tsv_data", "aan");
    }

    /** The shape with the official vocabulary; that of {@link #open} has the files'. */
    static Shape shape(int length) {
        return shape(length, OFFICIAL_INPUTS);
    }

    private static Shape shape(int length, int inputs) {
        return new Shape(length, inputs, true, true, CLASSES, 2);
    }

    /**
     * Long Range Arena's files new_aan_pairs.{train,eval,test}.tsv, plain or gzipped: a row per
     * pair with label, id and id, text and text, without a header.
     *
     * @param root the folder that holds aan/ (or lra_release/lra_release/tsv_data/ and the like, or
     *     the files)
     * @param cacheDir the folder of the cache; made when missing
     * @param length L of each text; officially 4000
     * @return training, validation and test split
     * @throws UserError when a file is missing or damaged, with the line and what is wrong there,
     *     or when the cache cannot be written
     */
    public static Splits open(Path root, Path cacheDir, int length) {
        Cache cache =
                Cache.of(
                        cacheDir,
                        "aan",
                        "version=%d length=%d".formatted(VERSION, length),
                        () -> files(root).stream().map(CacheSource::of).toList(),
                        writer -> write(writer, files(root), length));
        Shape shape = shape(length, TokenSet.vocabulary(cache).size());
        List<TokenSet> sets =
                SPLITS.stream().map(split -> TokenSet.open(cache, split, shape, NAMES)).toList();
        Splits splits = new Splits(sets.get(0), sets.get(1), sets.get(2), false);
        Official.compare("AAN", "pairs", splits, 147_086, 18_090, 17_437);
        return splits;
    }

    private static List<Path> files(Path root) {
        Path folder =
                RawFile.folder(
                        root,
                        List.of(
                                "aan",
                                "tsv_data",
                                "lra_release/tsv_data",
                                "lra_release/lra_release/tsv_data",
                                ""),
                        "new_aan_pairs.train.tsv",
                        WHAT,
                        "aan");
        return SPLITS.stream()
                .map(split -> RawFile.find(folder, "new_aan_pairs." + split + ".tsv", WHAT))
                .toList();
    }

    /** Twice over the training texts, as they are too large to be kept: to count, and to write. */
    private static void write(CacheWriter writer, List<Path> files, int length) throws IOException {
        Characters.Counter counter = new Characters.Counter(length);
        try (QuotedTsv rows = new QuotedTsv(files.getFirst())) {
            while (next(rows)) {
                counter.add(text(rows, 3));
                counter.add(text(rows, 4));
            }
        }
        Characters characters = counter.characters(1, files.getFirst().toString());
        TokenSet.write(writer, characters.vocabulary());
        List<String> left = new ArrayList<>();
        for (int split = 0; split < SPLITS.size(); split++) {
            TokenSet.Writer tokens = new TokenSet.Writer(writer, SPLITS.get(split));
            try (QuotedTsv rows = new QuotedTsv(files.get(split))) {
                while (next(rows)) {
                    for (int column = 3; column < COLUMNS; column++) {
                        int count = characters.encode(text(rows, column));
                        tokens.add(characters.sequence(), count);
                    }
                    tokens.endSample(label(rows));
                }
                if (!rows.overLines().isEmpty()) {
                    left.add(rows.overLines());
                }
            }
            if (tokens.samples() == 0) {
                throw new UserError(files.get(split) + ": the file is empty; download it again");
            }
            tokens.finish();
        }
        writer.leftOut(left);
    }

    private static boolean next(QuotedTsv rows) {
        if (!rows.next()) {
            return false;
        }
        if (rows.fields() != COLUMNS) {
            throw new UserError(
                    "%s: %d columns where AAN has 5: label, id, id, text, text, with a tab between them"
                            .formatted(rows.place(), rows.fields()));
        }
        return true;
    }

    private static String text(QuotedTsv rows, int column) {
        String place = "%s, column %d".formatted(rows.place(), column + 1);
        String text = RawFile.text(rows.field(column), place);
        if (text.isEmpty()) {
            throw new UserError(place + ": the text is empty; download the file again");
        }
        return text;
    }

    /** The label as pandas reads a number and casts it to an integer: 1 or 1.0. */
    private static int label(QuotedTsv rows) {
        String label = new String(rows.field(0), StandardCharsets.ISO_8859_1);
        if (!label.matches("[01](\\.0*)?")) {
            throw new UserError(
                    "%s, column 1: the label \"%s\" is not 0 or 1"
                            .formatted(rows.place(), RawFile.shorten(label)));
        }
        return label.charAt(0) - '0';
    }
}
