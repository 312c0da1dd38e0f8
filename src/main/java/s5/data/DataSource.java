package s5.data;

import s5.UserError;
import s5.download.Published;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

    /** Its name in a config: small letters, digits, dashes and underscores; a letter first. */
    String name();

    /** What it is, in a line for people. */
    String title();

    /** The class of its settings. */
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

    /** Whether sequences have lengths of their own, filled up to a common one. */
    default boolean padded(S settings) {
        return false;
    }

    /** Whether positions have time steps of their own. */
    default boolean timed(S settings) {
        return false;
    }

    /**
     * Checks that an epoch has a step, where the settings say how many samples train.
     *
     * @param batch samples in a step, {@code train.batch}
     * @throws UserError when they are fewer than that
     */
    default void checkBatch(S settings, int batch) {}

    /**
     * What the samples will look like, without reading any: as in the official files where that
     * depends on them.
     */
    Shape shape(S settings, Place place);

    /**
     * Opens the set; reads, generates or maps it, whatever it takes.
     *
     * @param seed of the random split and of generated data, {@code data.seed}
     * @throws UserError when a file is missing or damaged, or the cache cannot be written
     */
    Splits open(S settings, Place place, long seed);

    /** A split in words: how many samples, how long, of which classes. Reads all of it. */
    default String describe(Dataset split) {
        return Statistics.of(split, null).toString();
    }

    /** Where the raw files can be had; empty when they cannot be downloaded. */
    default Optional<Published> published() {
        return Optional.empty();
    }

    /** What to say to who wants to download a set that has nothing {@link #published}. */
    default String notPublished() {
        return "is published nowhere that is known here; data.root names the folder that holds it";
    }

    /** Turns a text of a user's own into tokens. */
    interface TextReader {
        /**
         * The sample in a line.
         *
         * @param place names it, for messages
         * @return the ids of each of its documents, at most L, the end mark included
         * @throws UserError when the line holds no sample
         */
        List<int[]> ids(String line, String place);
    }

    /**
     * For sets of tokens: a token as it stands in a text that {@link #texts} reads.
     *
     * @param token its name in the vocabulary
     */
    default String written(String token) {
        return token;
    }

    /**
     * For sets of tokens: reads texts as the set does.
     *
     * @throws UserError when the set takes no texts
     */
    default TextReader texts(Fitted fitted) {
        throw new UserError("data.set " + name() + ": does not say how a text becomes tokens");
    }

    /**
     * A user's own samples, to be predicted: a data set without labels. The common formats: for
     * tokens a text, read by {@link #texts}, else {@code .csv} and {@code .f32}.
     *
     * @param file may be gzipped
     * @param fitted of the model that is to predict
     * @throws UserError when the file cannot be read or fits neither the formats nor the model
     */
    default Dataset samples(S settings, Path file, Fitted fitted) {
        return fitted.shape().tokens()
                ? UserFile.texts(file, texts(fitted), fitted)
                : UserFile.numbers(file, name() + " takes .csv or .f32", fitted);
    }
}
