package s5.data;

import s5.UserError;
import s5.download.RemoteFile;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A data set that a config can name: {@code data: {set: NAME}}. It has settings of its own, keys of
 * the section {@code data} besides those that all sets have, and opens its splits by them.
 *
 * <p>Whoever writes one makes it known to {@link DataSources}. It then trains, evaluates, reports
 * and predicts under its own name, and its keys are read, checked, documented and kept in
 * checkpoints like all others.
 *
 * @param <S> the record of its settings: each component has an {@link s5.config.Key}, the
 *     constructor checks the values ({@link s5.config.Check}). {@link None} when it has none. Names
 *     of keys are unique among what one set has; two sets may use the same one, with meanings of
 *     their own
 */
public interface DataSource<S extends Record> {
    /** No settings besides those of all sets. */
    record None() {}

    /**
     * {@return its name in a config: small letters, digits, dashes and underscores; a letter first}
     */
    String name();

    /** {@return what it is, in a line for people} */
    String title();

    /** {@return the class of its settings} */
    Class<S> settings();

    /**
     * Values of its keys that have no fixed one when they are left out ({@link
     * s5.config.Key#derived}), as YAML has them.
     *
     * @param given what the user gave of this set's keys, by their names without the section
     * @return by the names as well
     */
    default Map<String, String> derived(Map<String, String> given) {
        return Map.of();
    }

    /**
     * {@return whether it is one of the paper's, for which settings without a value are as in the
     * official code, its quirks included} For all others padding is masked: {@code
     * model.mask_states}, {@code model.mask_norm}.
     */
    default boolean official() {
        return false;
    }

    /**
     * {@return whether what the samples look like is only known when the data has been read: {@link
     * #shape} is not asked then, and {@link #padded} and {@link #timed} say what may be}
     */
    default boolean learned() {
        return false;
    }

    /**
     * {@return whether sequences have lengths of their own, filled up to a common one}
     *
     * @param settings of this set
     */
    default boolean padded(S settings) {
        return false;
    }

    /**
     * {@return whether positions have time steps of their own}
     *
     * @param settings of this set
     */
    default boolean timed(S settings) {
        return false;
    }

    /**
     * Checks that an epoch has a step, where the settings say how many samples train.
     *
     * @param settings of this set
     * @param batch samples in a step, {@code train.batch}
     * @throws UserError when they are fewer than that
     */
    default void checkBatch(S settings, int batch) {}

    /**
     * {@return what the samples will look like, without reading any: as in the official files where
     * that depends on them}
     *
     * @param settings of this set
     * @param place where raw files and caches are
     */
    Shape shape(S settings, Place place);

    /**
     * {@return what the samples of a trained model look like, by all that the model knows besides}
     * What a checkpoint says of their shape has to agree.
     *
     * @param settings of this set, which is {@link #learned}
     * @param fitted of the model
     * @throws UserError when what it knows makes no sense
     */
    default Shape shape(S settings, Fitted fitted) {
        return fitted.shape();
    }

    /**
     * Opens the set; reads, generates or maps it, whatever it takes.
     *
     * @param settings of this set
     * @param place where raw files and caches are
     * @param seed of the random split and of generated data, {@code data.seed}
     * @return training, validation and test split
     * @throws UserError when a file is missing or damaged, or the cache cannot be written
     */
    Splits open(S settings, Place place, long seed);

    /**
     * Opens the set to evaluate a trained model on: what was fitted in its training is part of the
     * model, and is not fitted again, as in {@link #samples}.
     *
     * @param settings of this set
     * @param place where raw files and caches are
     * @param seed of the random split and of generated data, {@code data.seed}
     * @param fitted of the model
     * @return training, validation and test split
     * @throws UserError as {@link #open(Record, Place, long)}, and when the data are none that the
     *     model takes
     */
    default Splits open(S settings, Place place, long seed, Fitted fitted) {
        return open(settings, place, seed);
    }

    /**
     * {@return a split in words: how many samples, how long, of which classes} Reads all of it.
     *
     * @param split of this set
     */
    default String describe(Dataset split) {
        return Statistics.of(split, null).toString();
    }

    /**
     * {@return what else there is to say about the set, in lines for people: what was left out, and
     * why}
     *
     * @param splits that {@link #open} gave
     */
    default List<String> notes(Splits splits) {
        return List.of();
    }

    /** {@return where the raw files can be had; empty when they cannot be downloaded} */
    default List<RemoteFile> published() {
        return List.of();
    }

    /** {@return what to say to who wants to download a set that has nothing {@link #published}} */
    default String notPublished() {
        return "is published nowhere that is known here; data.root names the folder that holds it";
    }

    /** Turns a text of a user's own into tokens. */
    interface TextReader {
        /**
         * The sample in a line.
         *
         * @param line without its line end
         * @param place names it, for messages
         * @return the ids of each of its documents, of any number, the end mark included
         * @throws UserError when the line holds no sample
         */
        List<int[]> ids(String line, String place);
    }

    /**
     * For sets of tokens: a token as it stands in a text that {@link #texts} reads.
     *
     * @param token its name in the vocabulary
     * @return the token as it is written
     */
    default String written(String token) {
        return token;
    }

    /**
     * For sets of tokens: reads texts as the set does.
     *
     * @param fitted of the model that is to read them
     * @return a reader of lines
     * @throws UserError when the set takes no texts
     */
    default TextReader texts(Fitted fitted) {
        throw new UserError("data.set " + name() + ": does not say how a text becomes tokens");
    }

    /**
     * The same, where it depends on settings.
     *
     * @param settings of this set
     * @param fitted of the model that is to read them
     * @return a reader of lines
     * @throws UserError when the set takes no texts
     */
    default TextReader texts(S settings, Fitted fitted) {
        return texts(fitted);
    }

    /**
     * A user's own samples, to be predicted: a data set without labels. The common formats: for
     * tokens a text, read by {@link #texts}, else {@code .csv} and {@code .f32}.
     *
     * @param settings of this set
     * @param file may be gzipped
     * @param fitted of the model that is to predict
     * @return the samples in the order of the file
     * @throws UserError when the file cannot be read or fits neither the formats nor the model
     */
    default Dataset samples(S settings, Path file, Fitted fitted) {
        return fitted.shape().tokens()
                ? UserFile.texts(file, texts(fitted), fitted)
                : UserFile.numbers(file, name() + " takes .csv or .f32", fitted);
    }
}
