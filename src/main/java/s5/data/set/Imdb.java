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
import s5.data.format.RawFile;
import s5.data.format.TarGz;
import s5.download.RemoteFile;

import java.io.IOException;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * IMDb movie reviews as characters (Maas et al., 2011), the text task of Long Range Arena: classes
 * 0 negative and 1 positive, 25,000 reviews to train on and 25,000 to test.
 *
 * <p>Preprocessing (reference: the official S5 loader on Hugging Face's "imdb"): see {@link
 * Characters}; characters that occur 15 times or more in the training reviews, after cutting, have
 * an id, 134 in all with the special tokens; the one-hot size is 135. There is no official
 * validation set. Reviews come in the order of their numbers, the negative ones first; training
 * shuffles them.
 */
public final class Imdb implements DataSource<Imdb.Settings> {
    /** For {@link java.util.ServiceLoader}. */
    public Imdb() {}

    /** Part of the cache's key: raise it when the same files give other tokens. */
    private static final int VERSION = 1;

    private static final int INPUTS = 135;
    private static final int CLASSES = 2;
    private static final int MIN_FREQUENCY = 15;
    private static final String ARCHIVE = "aclImdb_v1.tar.gz";
    private static final List<String> SPLITS = List.of("train", "test");
    private static final List<String> LABELS = List.of("neg", "pos");
    private static final List<String> NAMES = List.of("negative", "positive");
    private static final Pattern NAME =
            Pattern.compile("aclImdb/(train|test)/(neg|pos)/([^/]+)"); // in the archive
    private static final Pattern FOREIGN =
            Pattern.compile("aclImdb/((train|test)/(?!neg/|pos/|unsup/)[^/]+)/.*");
    private static final Pattern REVIEW = Pattern.compile("([0-9]{1,9})_[0-9]{1,2}\\.txt");

    private record Review(int number, String place, byte[] text) {}

    /** The set's own keys. */
    record Settings(
            @Key(value = Keys.VALIDATION + "; officially none are", unset = "0") double validation,
            @Key(value = Keys.LENGTH, unset = "4096") int length) {
        /**
         * @throws UserError when a value is out of range
         */
        Settings {
            Keys.checkValidation(validation);
            Keys.checkLength(length);
        }
    }

    @Override
    public String name() {
        return "imdb";
    }

    @Override
    public String title() {
        return "IMDb movie reviews as characters, positive or negative";
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
        return open(place.root(), place.cache(), settings.length(), settings.validation(), seed);
    }

    @Override
    public TextReader texts(Fitted fitted) {
        return Characters.reader(fitted);
    }

    @Override
    public List<RemoteFile> published() {
        return List.of(
                new RemoteFile(
                        name(),
                        "IMDb reviews; cite Maas et al., ACL 2011",
                        "imdb",
                        URI.create(
                                "https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz"),
                        84_125_825,
                        "c40f74a18d3b61f90feba1e17730e0d38e8b97c05fde7008942e91923d1658fe",
                        List.of()));
    }

    static Shape shape(int length) {
        return new Shape(length, INPUTS, true, true, CLASSES, 1);
    }

    /**
     * The reviews of aclImdb_v1.tar.gz, read without unpacking it, or of the folder aclImdb/ that
     * it contains: {train,test}/{neg,pos}/NUMBER_RATING.txt in UTF-8. What else is in the archive
     * (unsupervised reviews, features) is passed over.
     *
     * @param root the folder that holds imdb/, or the archive, or aclImdb/
     * @param cacheDir the folder of the cache; made when missing
     * @param length L; officially 4096
     * @param validation the share of the training reviews to validate on, in [0, 1). Officially 0:
     *     the best epoch is chosen on the test set. The vocabulary is that of all training reviews
     *     in any case
     * @param seed of that split
     * @return training, validation and test split
     * @throws UserError when a file is missing or damaged, or the cache cannot be written
     */
    public static Splits open(Path root, Path cacheDir, int length, double validation, long seed) {
        Cache cache =
                Cache.of(
                        cacheDir,
                        "imdb",
                        "version=%d length=%d min_freq=%d"
                                .formatted(VERSION, length, MIN_FREQUENCY),
                        () -> List.of(source(find(root))),
                        writer -> write(writer, find(root), length));
        int inputs = Math.max(INPUTS, TokenSet.vocabulary(cache).size());
        Shape shape = new Shape(length, inputs, true, true, CLASSES, 1);
        TokenSet train = TokenSet.open(cache, "train", shape, NAMES);
        TokenSet test = TokenSet.open(cache, "test", shape, NAMES);
        Splits splits = Splits.holdOut(train.size(), validation, seed, train::select, test);
        Official.compare("IMDb", "reviews", splits, 25_000, 25_000);
        return splits;
    }

    /** The archive, or the folder aclImdb. */
    private static Path find(Path root) {
        Path found =
                RawFile.first(
                        root, List.of("imdb", ""), List.of(ARCHIVE, "aclImdb"), "IMDb", "imdb");
        if (Files.isDirectory(found) == found.endsWith(ARCHIVE)) {
            throw new UserError(
                    "%s: should be %s"
                            .formatted(found, found.endsWith(ARCHIVE) ? "a file" : "a folder"));
        }
        return found;
    }

    private static void write(CacheWriter writer, Path source, int length) throws IOException {
        Reviews reviews = new Reviews(source);
        Map<String, Integer> foreign = new TreeMap<>(); // folders, and how many files they have
        if (Files.isDirectory(source)) {
            reviews.readFolder();
            reviews.countForeign(foreign);
        } else {
            TarGz.read(
                    source,
                    name -> {
                        Matcher other = FOREIGN.matcher(name);
                        if (other.matches()) {
                            foreign.merge(other.group(1), 1, Integer::sum);
                        }
                        return NAME.matcher(name).matches();
                    },
                    reviews::add);
        }
        List<String> left = new ArrayList<>();
        foreign.forEach((folder, count) ->
                left.add(
                        "%s: passed over %s/ with %d files, no class of IMDb, which has neg and pos; data.set text takes any classes"
                                .formatted(source, RawFile.printable(folder), count)));
        writer.leftOut(left);
        reviews.sort();
        Characters.Counter counter = new Characters.Counter(length);
        for (List<Review> label : reviews.all.getFirst()) {
            label.forEach(review -> counter.add(text(review)));
        }
        Characters characters = counter.characters(MIN_FREQUENCY, source.toString());
        TokenSet.write(writer, characters.vocabulary());
        for (int split = 0; split < SPLITS.size(); split++) {
            TokenSet.Writer tokens = new TokenSet.Writer(writer, SPLITS.get(split));
            for (int label = 0; label < LABELS.size(); label++) {
                for (Review review : reviews.all.get(split).get(label)) {
                    tokens.add(characters.sequence(), characters.encode(text(review)));
                    tokens.endSample(label);
                }
            }
            tokens.finish();
        }
    }

    private static String text(Review review) {
        return RawFile.text(review.text, review.place);
    }

    /** All reviews as bytes, by split and label; 65 MB of the official ones. */
    private static final class Reviews {
        private final Path source;
        private final List<List<List<Review>>> all =
                List.of(
                        List.of(new ArrayList<>(), new ArrayList<>()),
                        List.of(new ArrayList<>(), new ArrayList<>()));

        Reviews(Path source) {
            this.source = source;
        }

        /**
         * @param name as in the archive: aclImdb/SPLIT/LABEL/NUMBER_RATING.txt
         */
        void add(String name, byte[] text) {
            Matcher parts = NAME.matcher(name);
            if (!parts.matches()) {
                throw new IllegalArgumentException(name);
            }
            String file = parts.group(3);
            if (file.startsWith(".")) {
                return; // what some systems put into every folder
            }
            String place =
                    RawFile.printable(
                            Files.isDirectory(source)
                                    ? source.resolveSibling(name).toString()
                                    : "%s: %s".formatted(source, name));
            Matcher review = REVIEW.matcher(file);
            if (!review.matches()) {
                throw new UserError(place + ": is not named NUMBER_RATING.txt as a review is");
            }
            if (text.length == 0) {
                throw new UserError(place + ": the review is empty; download it again");
            }
            all.get(SPLITS.indexOf(parts.group(1)))
                    .get(LABELS.indexOf(parts.group(2)))
                    .add(new Review(Integer.parseInt(review.group(1)), place, text));
        }

        void readFolder() {
            for (String split : SPLITS) {
                for (String label : LABELS) {
                    Path folder = source.resolve(split).resolve(label);
                    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
                        for (Path file : files) {
                            add(
                                    String.join(
                                            "/",
                                            "aclImdb",
                                            split,
                                            label,
                                            file.getFileName().toString()),
                                    RawFile.bytes(file));
                        }
                    } catch (IOException e) {
                        throw RawFile.damaged(folder, e);
                    }
                }
            }
        }

        /** Counts the files in folders that are neither classes nor unlabelled reviews. */
        void countForeign(Map<String, Integer> foreign) {
            for (String split : SPLITS) {
                try (Stream<Path> folders = Files.list(source.resolve(split))) {
                    for (Path folder : folders.filter(Files::isDirectory).toList()) {
                        String name = split + "/" + folder.getFileName();
                        if (FOREIGN.matcher("aclImdb/" + name + "/").matches()) {
                            foreign.put(name, list(folder).size());
                        }
                    }
                } catch (IOException e) {
                    throw RawFile.damaged(source.resolve(split), e);
                }
            }
        }

        private static List<Path> list(Path folder) throws IOException {
            try (Stream<Path> files = Files.list(folder)) {
                return files.toList();
            }
        }

        /** Puts the reviews in order, and sees that there are some of each kind. */
        void sort() {
            for (int split = 0; split < SPLITS.size(); split++) {
                for (int label = 0; label < LABELS.size(); label++) {
                    List<Review> reviews = all.get(split).get(label);
                    if (reviews.isEmpty()) {
                        throw new UserError(
                                "%s: has no reviews in aclImdb/%s/%s; download it again"
                                        .formatted(source, SPLITS.get(split), LABELS.get(label)));
                    }
                    reviews.sort(
                            Comparator.comparingInt(Review::number).thenComparing(Review::place));
                }
            }
        }
    }

    /** What the reviews are read from, as a part of the cache's key. */
    private static CacheSource source(Path found) {
        if (!Files.isDirectory(found)) {
            return CacheSource.of(found);
        }
        long count = 0;
        long size = 0;
        long modified = 0;
        for (String split : SPLITS) {
            for (String label : LABELS) {
                Path folder = found.resolve(split).resolve(label);
                try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
                    for (Path file : files) {
                        BasicFileAttributes attributes =
                                Files.readAttributes(file, BasicFileAttributes.class);
                        count++;
                        size += attributes.size();
                        modified = Math.max(modified, attributes.lastModifiedTime().toMillis());
                    }
                } catch (IOException e) {
                    throw RawFile.damaged(folder, e);
                }
            }
        }
        return new CacheSource("aclImdb/ with %d files".formatted(count), size, modified, null);
    }
}
