package s5.config;

import java.util.Locale;
import java.util.Map;

/** Section {@code data}: which data set, and where it lies. */
public record DataConfig(
        @Key(value = "the data set", official = "dataset") DataSet set,
        @Key(
                        value =
                                "the folder that holds the data sets' own folders (mnist/,"
                                        + " listops/, ...)",
                        unset = "data",
                        free = true)
                String root,
        @Key(
                        value = "folder for processed and generated data",
                        unset = "cache",
                        official = "dir_name",
                        free = true)
                String cacheDir,
        @Key(
                        value =
                                "of the random split and of generated data, apart from the run's"
                                        + " seed; 0 or more",
                        unset = "42")
                long seed,
        @Key(
                        value =
                                "share of the training samples held out for validation, from 0 to"
                                        + " below 1; 0 trains on all of them and selects the best"
                                        + " epoch on the test set",
                        derived = "`0.1`, but `0` for imdb, as in the official code",
                        when = "set=smnist|psmnist|imdb|cifar|image")
                double validation,
        @Key(
                        value =
                                "L, tokens of a sequence with its end mark and padding; longer"
                                        + " ones are cut; 2 to 16777216",
                        derived = "`2048` for listops, `4096` for imdb, `4000` for aan",
                        when = "set=listops|imdb|aan")
                int length,
        @Key(
                        value =
                                "files: Long Range Arena's TSV files; generate: drawn by their"
                                        + " published rules from data.seed, into the cache",
                        unset = "files",
                        when = "set=listops")
                Source source,
        @Key(
                        value = "generated expressions have more tokens than this; 0 or more",
                        unset = "500",
                        when = "source=generate")
                int minLength,
        @Key(
                        value = "generated expressions have fewer tokens than this",
                        unset = "2000",
                        when = "source=generate")
                int maxLength,
        @Key(
                        value = "levels of nesting, a lone digit being one; 2 to 1000",
                        unset = "10",
                        when = "source=generate")
                int maxDepth,
        @Key(value = "arguments of an operation; 2 to 1000", unset = "10", when = "source=generate")
                int maxArgs,
        @Key(
                        value = "expressions to train on; 1 or more",
                        unset = "96000",
                        when = "source=generate")
                int trainSize,
        @Key(
                        value = "expressions for validation; 1 or more",
                        unset = "2000",
                        when = "source=generate")
                int valSize,
        @Key(
                        value = "expressions for the test; 1 or more",
                        unset = "2000",
                        when = "source=generate")
                int testSize,
        @Key(
                        value =
                                "pendulums simulated to train on, from data.seed, into the cache;"
                                        + " validation and test have half as many each; 2 to"
                                        + " 1000000",
                        unset = "2000",
                        when = "set=pendulum")
                int sequences,
        @Key(
                        value = "frames of a simulation, 0.01 seconds apart; 1 to 10000",
                        unset = "100",
                        when = "set=pendulum")
                int frames,
        @Key(
                        value = "L, frames of them that are kept, drawn at random; 1 to frames",
                        unset = "50",
                        when = "set=pendulum")
                int kept,
        @Key(
                        value =
                                "official: samples / 2^30 minus the mean, by the deviation + 1e-5,"
                                    + " both of each position over the training clips (the 1e-5 is"
                                    + " the larger, so that inputs come out small); global: samples"
                                    + " / 2^15 by one mean and deviation of all training samples",
                        unset = "official",
                        when = "set=sc35")
                Normalization normalization) {

    /** What arrays can hold of a pendulum set. */
    private static final int MOST_POSITIONS = 1 << 27;

    /**
     * The official values of the keys whose values when left out depend on the data set.
     *
     * @param set as YAML has it, in any case; may be none that exists
     */
    static Map<String, String> derived(String set) {
        return switch (set.toLowerCase(Locale.ROOT)) {
            case "imdb" -> Map.of("data.validation", "0", "data.length", "4096");
            case "aan" -> Map.of("data.validation", "0.1", "data.length", "4000");
            default -> Map.of("data.validation", "0.1", "data.length", "2048");
        };
    }

    /** Where ListOps comes from; see {@link #source}. */
    public enum Source {
        FILES,
        GENERATE
    }

    /** How audio samples are scaled; see {@link #normalization}. */
    public enum Normalization {
        OFFICIAL,
        GLOBAL
    }

    /**
     * Checks the values.
     *
     * @throws s5.UserError when a value is out of range or two contradict each other
     */
    public DataConfig {
        Check.path("data.root", root);
        Check.path("data.cache_dir", cacheDir);
        Check.that(seed >= 0, "data.seed", "must be 0 or more, not " + seed);
        Check.fraction("data.validation", validation);
        Check.within("data.length", length, 2, 1 << 24);
        Check.within("data.min_length", minLength, 0, 1 << 24);
        Check.within("data.max_length", maxLength, 1, 1 << 24);
        Check.within("data.max_depth", maxDepth, 2, 1_000);
        Check.within("data.max_args", maxArgs, 2, 1_000);
        Check.within("data.train_size", trainSize, 1, 100_000_000);
        Check.within("data.val_size", valSize, 1, 100_000_000);
        Check.within("data.test_size", testSize, 1, 100_000_000);
        Check.within("data.sequences", sequences, 2, 1_000_000);
        Check.within("data.frames", frames, 1, 10_000);
        Check.within("data.kept", kept, 1, 10_000);
        Check.that(
                kept <= frames,
                "data.kept",
                "%d is more than data.frames %d".formatted(kept, frames));
        Check.that(
                (long) sequences * kept <= MOST_POSITIONS,
                "data.sequences",
                "%d sequences of data.kept %d frames are more than %d frames"
                        .formatted(sequences, kept, MOST_POSITIONS));
        if (source == Source.GENERATE) {
            // Both bounds are exclusive, as in the published generator.
            Check.that(
                    maxLength - minLength >= 2,
                    "data.max_length",
                    "%d leaves no length above data.min_length %d".formatted(maxLength, minLength));
            Check.that(
                    length >= maxLength,
                    "data.length",
                    ("%d would cut generated expressions, which have up to %d tokens and an end"
                                    + " mark; lower data.max_length to %d or raise data.length")
                            .formatted(length, maxLength - 1, length));
            long longest = longest(maxDepth, maxArgs, maxLength);
            Check.that(
                    longest > minLength,
                    "data.min_length",
                    ("no expression is longer than %d: with data.max_depth %d and data.max_args %d"
                                    + " the longest has %d tokens")
                            .formatted(minLength, maxDepth, maxArgs, longest));
        }
    }

    /**
     * Tokens of the longest expression, or some number above {@code enough}. A digit is one token;
     * an operation adds its name and the closing bracket to its arguments.
     */
    private static long longest(int depth, int args, int enough) {
        long tokens = 1;
        for (int level = 1; level < depth && tokens <= enough; level++) {
            tokens = 2 + args * tokens;
        }
        return tokens;
    }
}
