package s5.config;

import s5.UserError;
import s5.data.DataSource;
import s5.data.Dataset;
import s5.data.Fitted;
import s5.data.Place;
import s5.data.Shape;
import s5.data.Splits;
import s5.data.UserFile;

import java.nio.file.Path;
import java.util.List;

/**
 * Section {@code data}: which data set, where it lies, and the settings that only this set has.
 *
 * @param set the data set
 * @param root the folder that holds the data sets' own folders
 * @param cacheDir the folder of processed and generated data
 * @param seed of the random split and of generated data, 0 or more
 * @param own of the class that {@link DataSource#settings} of the set says; its keys stand in this
 *     section too
 */
public record DataConfig(
        @Key(value = "the data set", official = "dataset") DataSource<?> set,
        @Key(
                        value = "the folder that holds the data sets' own folders",
                        unset = DataConfig.ROOT,
                        free = true,
                        place = true)
                String root,
        @Key(
                        value = "folder for processed and generated data",
                        unset = "cache",
                        official = "dir_name",
                        free = true,
                        place = true)
                String cacheDir,
        @Key(
                        value =
                                "of the random split and of generated data, apart from the run's"
                                        + " seed; 0 or more",
                        unset = "42")
                long seed,
        Record own) {
    /** The folder of the data where nothing is said; it need not be there. */
    public static final String ROOT = "data";

    /**
     * Checks the values.
     *
     * @throws UserError when a value is out of range
     */
    public DataConfig {
        Check.path("data.root", root);
        Check.path("data.cache_dir", cacheDir);
        Check.that(seed >= 0, "data.seed", "must be 0 or more, not " + seed);
        if (!set.settings().isInstance(own)) {
            throw new IllegalArgumentException(
                    "%s are no settings of %s".formatted(own, set.name()));
        }
    }

    @SuppressWarnings("unchecked") // the constructor has seen that it takes the own settings
    private DataSource<Record> source() {
        return (DataSource<Record>) set;
    }

    private Place place() {
        return new Place(Path.of(root), Path.of(cacheDir));
    }

    /** Whether sequences have lengths of their own, filled up to a common one. */
    boolean padded() {
        return source().padded(own);
    }

    /** Whether positions have time steps of their own. */
    boolean timed() {
        return source().timed(own);
    }

    /**
     * Checks that an epoch has a step of so many samples, where the settings tell.
     *
     * @throws UserError when it has not
     */
    void checkBatch(int batch) {
        source().checkBatch(own, batch);
    }

    /**
     * {@return what the samples will look like; see {@link DataSource#shape}. Where that has to be
     * learned from the data, it is read}
     */
    public Shape shape() {
        return set.learned() ? open().shape() : Memory.reading(() -> source().shape(own, place()));
    }

    /**
     * {@return what the samples of a trained model look like; see {@link DataSource#shape(Record,
     * Fitted)}}
     *
     * @param fitted of the model
     * @throws UserError when what it knows makes no sense
     */
    public Shape shape(Fitted fitted) {
        return source().shape(own, fitted);
    }

    /**
     * Opens the set; see {@link DataSource#open}.
     *
     * @return training, validation and test split
     * @throws UserError when a file is missing or damaged, or the cache cannot be written
     */
    public Splits open() {
        return Memory.reading(() -> checked(source().open(own, place(), seed)));
    }

    /**
     * Opens the set for a trained model; see {@link DataSource#open(Record, Place, long, Fitted)}.
     *
     * @param fitted of the model
     * @return training, validation and test split
     * @throws UserError when a file is missing or damaged, the cache cannot be written, or the data
     *     are none that the model takes
     */
    public Splits open(Fitted fitted) {
        return Memory.reading(() -> checked(source().open(own, place(), seed, fitted)));
    }

    private Splits checked(Splits splits) {
        Shape shape = splits.shape();
        if (!set.learned() && (shape.padded() != padded() || shape.timed() != timed())) {
            throw new IllegalStateException(
                    "data set %s says that padded is %s and timed %s, but its samples have %s and %s"
                            .formatted(
                                    set.name(), padded(), timed(), shape.padded(), shape.timed()));
        }
        return splits;
    }

    /**
     * {@return a split of the set in words; see {@link DataSource#describe}}
     *
     * @param split of this set
     */
    public String describe(Dataset split) {
        return set.describe(split);
    }

    /**
     * {@return what else there is to say about the set; see {@link DataSource#notes}}
     *
     * @param splits of this set
     */
    public List<String> notes(Splits splits) {
        return set.notes(splits);
    }

    /**
     * {@return a user's own samples in a file; see {@link DataSource#samples}}
     *
     * @param file may be gzipped
     * @param fitted of the model that is to predict
     * @throws UserError when the file cannot be read or does not fit
     */
    public Dataset samples(Path file, Fitted fitted) {
        return Memory.reading(() -> source().samples(own, file, fitted));
    }

    /**
     * {@return what reads texts for a model; see {@link DataSource#texts(Record, Fitted)}}
     *
     * @param fitted of the model that is to read them
     * @throws UserError when the set takes no texts
     */
    public DataSource.TextReader texts(Fitted fitted) {
        return source().texts(own, fitted);
    }

    /**
     * A single text that is in no file.
     *
     * @param text what a line of a file would be
     * @param fitted of the model that is to predict
     * @return a set of one sample
     * @throws UserError when the model takes no text, or not this one
     */
    public Dataset text(String text, Fitted fitted) {
        Shape shape = fitted.shape();
        if (!shape.tokens()) {
            throw new UserError(
                    "text: the model takes %d x %d numbers, not text"
                            .formatted(shape.length(), shape.inputs()));
        }
        return UserFile.text(text, texts(fitted), fitted);
    }
}
