package s5;

import s5.config.Config;
import s5.config.ConfigLoader;
import s5.data.Dataset;
import s5.data.Splits;
import s5.data.given.Examples;
import s5.data.given.ProgramData;
import s5.ops.Backend;
import s5.report.ReportedRun;
import s5.run.Console;
import s5.run.RunFolder;
import s5.train.Steps;
import s5.train.Summary;
import s5.train.TrainingListener;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Trains a model from Java: data in, a model and a run's folder out, the same as the command's.
 *
 * <pre>{@code
 * List<Example> examples = ...; // Example.ofClass(Sequence.ofValues(values, channels), "walking")
 * S5Model model =
 *         Training.of(examples)
 *                 .set("model.layers", 2)
 *                 .set("train.epochs", 20)
 *                 .seed(7)
 *                 .folder(Path.of("runs/walking"))
 *                 .run();
 * }</pre>
 *
 * <p>Settings have the names that {@code docs/configuration.md} lists; one that does not exist, or
 * is out of range, is a {@link UserError}. For one thread.
 */
public final class Training {
    private final Path yaml; // null when the data is given
    private final List<List<Example>> examples; // null unless the data is examples
    private final Splits splits; // null unless the data is a Dataset's
    private final List<String> words = new ArrayList<>();
    private TrainingListener hears = TrainingListener.NONE;
    private Listener listener = new Listener() {};
    private boolean resume;

    /** Hears how a training goes, on the thread that trains, and may end it. */
    public interface Listener {
        /**
         * An update is done.
         *
         * @param updates so far, from 1
         */
        default void batch(long updates) {}

        /**
         * An epoch is over.
         *
         * @param epoch what it came to
         */
        default void epoch(Epoch epoch) {}

        /**
         * A checkpoint is being written; it is there when the next one is, or the run ends.
         *
         * @param file that gets it
         */
        default void checkpoint(Path file) {}

        /**
         * The run is over; its files are whole.
         *
         * @param folder of the run
         */
        default void end(Path folder) {}

        /** {@return whether to end the run now; asked after each update} */
        default boolean stop() {
            return false;
        }
    }

    /**
     * What an epoch came to. A score is an accuracy in [0, 1], or in regression minus the mean
     * squared error of what the model was trained on: larger is better.
     *
     * @param number from 1
     * @param trainLoss mean over its updates
     * @param validationLoss after it
     * @param validationScore after it
     * @param testLoss after it
     * @param testScore after it
     * @param best whether it is the best so far
     */
    public record Epoch(
            int number,
            double trainLoss,
            double validationLoss,
            double validationScore,
            double testLoss,
            double testScore,
            boolean best) {}

    private Training(Path yaml, List<List<Example>> examples, Splits splits) {
        this.yaml = yaml;
        this.examples = examples;
        this.splits = splits;
    }

    /**
     * A training on what a config says.
     *
     * @param config a YAML file, as {@code s5 train} takes it
     * @return the training, to be set up further
     */
    public static Training of(Path config) {
        return new Training(Objects.requireNonNull(config, "config"), null, null);
    }

    /**
     * A training on examples. What is fitted to them (scaling, filling of gaps, length, names) is
     * part of the model; {@code data.validation} and {@code data.test} say which shares are held
     * out.
     *
     * @param examples of one kind
     * @return the training, to be set up further
     * @throws IllegalArgumentException when there are none
     */
    public static Training of(List<Example> examples) {
        return of(examples, null, null);
    }

    /**
     * A training on examples in parts.
     *
     * @param train what the model is fitted to
     * @param validation what the best epoch is chosen by; null for a share of {@code train}
     * @param test what is reported; null for a share of {@code train}
     * @return the training, to be set up further
     * @throws IllegalArgumentException when there are none
     */
    public static Training of(List<Example> train, List<Example> validation, List<Example> test) {
        return new Training(
                null,
                Arrays.asList(
                        some(train, "train"),
                        validation == null ? null : some(validation, "validation"),
                        test == null ? null : some(test, "test")),
                null);
    }

    private static List<Example> some(List<Example> part, String name) {
        if (Objects.requireNonNull(part, name).isEmpty()) {
            throw new IllegalArgumentException(name + ": a training without examples");
        }
        return Arguments.copy(part, name);
    }

    /**
     * A training on data sets of the program's own, whose samples are what the model sees.
     *
     * @param train what the model is fitted to
     * @param validation what the best epoch is chosen by; may be {@code test}
     * @param test what is reported
     * @return the training, to be set up further
     * @throws IllegalArgumentException when their shapes differ, samples are of several documents
     *     or images, one has no sample, or not as many names as classes
     */
    public static Training of(Dataset train, Dataset validation, Dataset test) {
        ProgramData.check(train, "train");
        ProgramData.check(validation, "validation");
        ProgramData.check(test, "test");
        return new Training(
                null, null, new Splits(train, validation, test, validation.equals(test)));
    }

    /**
     * Sets a key of the configuration ({@code s5 keys} lists them); the last value counts.
     *
     * @param key its full name, such as {@code model.layers}
     * @param value as YAML has it: a number, a truth value or a word; for a key that takes several,
     *     a collection, or one text with commas between
     * @return this
     * @throws UserError when it is a collection and the key takes one value, or one of its values
     *     has a comma in it
     */
    public Training set(String key, Object value) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
        words.add(
                key
                        + "="
                        + (value instanceof Collection<?> all
                                ? Arguments.several(key, all)
                                : value));
        return this;
    }

    /**
     * Sets {@code seed}: of parameters, shuffling and dropout.
     *
     * @param seed 0 or more
     * @return this
     */
    public Training seed(long seed) {
        return set("seed", seed);
    }

    /**
     * Sets {@code out}: where the run leaves its files; without it {@code runs/s5}, or where the
     * YAML file says.
     *
     * @param folder that holds no run yet
     * @return this
     */
    public Training folder(Path folder) {
        return set("out", Objects.requireNonNull(folder, "folder"));
    }

    /**
     * Begins with the weights of another model of the same sizes: {@code train.start_from}. For
     * other classes set {@code train.start_head} to {@code new}; {@code train.start_only} takes
     * some tensors only, and {@code train.freeze} keeps some as they are.
     *
     * @param checkpoint of that model
     * @return this
     */
    public Training startFrom(Path checkpoint) {
        return set("train.start_from", Objects.requireNonNull(checkpoint, "checkpoint"));
    }

    /**
     * Averages the gradients of several batches for an update: {@code train.accumulate}.
     *
     * @param batches of an update
     * @return this
     */
    public Training accumulate(int batches) {
        return set("train.accumulate", batches);
    }

    /**
     * Shortens long gradients: {@code train.clip_norm}.
     *
     * @param norm the longest that all parameters' gradient may be
     * @return this
     */
    public Training clip(double norm) {
        return set("train.clip_norm", norm);
    }

    /**
     * Trains so long at most: {@code train.max_minutes}.
     *
     * @param time after which the run ends, in the midst of an epoch too; more than none
     * @return this
     */
    public Training atMost(Duration time) {
        if (!Objects.requireNonNull(time, "time").isPositive()) {
            throw new UserError("train.max_minutes: no time to train in, " + time);
        }
        return set("train.max_minutes", time.toSeconds() / 60.0 + time.toNanosPart() / 60e9);
    }

    /**
     * Goes on with the run in the folder, if there is one.
     *
     * @return this
     */
    public Training resume() {
        resume = true;
        return this;
    }

    /**
     * Has somebody hear how it goes.
     *
     * @param listener called by the thread that trains
     * @return this
     */
    public Training listener(Listener listener) {
        this.listener = Objects.requireNonNull(listener, "listener");
        hears = new Adapter(listener);
        return this;
    }

    private record Adapter(Listener listener) implements TrainingListener {
        @Override
        public void updated(long updates) {
            listener.batch(updates);
        }

        @Override
        public void evaluated(Summary epoch, double loss, boolean better) {
            listener.epoch(
                    new Epoch(
                            epoch.epoch(),
                            loss,
                            epoch.validation().loss(),
                            epoch.validation().accuracy(),
                            epoch.test().loss(),
                            epoch.test().accuracy(),
                            better));
        }

        @Override
        public void saving(List<Path> files) {
            files.forEach(listener::checkpoint);
        }
    }

    /**
     * Trains, on the calling thread. An interruption ends the run as {@link Listener#stop} does,
     * and the thread stays interrupted.
     *
     * @return the model of the best epoch; of the last state when none was evaluated; to be closed
     * @throws UserError when a setting or the data is wrong, or the folder holds a run
     * @throws Failure when the loss is no number, a file cannot be written, or the thread was
     *     interrupted
     */
    public S5Model run() {
        if (Thread.currentThread().isInterrupted()) {
            throw new Failure("the thread was interrupted before the training began");
        }
        Config config = config();
        Path folder = Path.of(config.out());
        Ending ending = new Ending(listener);
        try {
            train(config, ending);
        } catch (UserError | UncheckedIOException e) {
            throw Ending.cause(e);
        } finally {
            ending.passOn();
        }
        listener.end(folder);
        if (ending.interrupted()) {
            throw new Failure(
                    folder
                            + ": the thread was interrupted, which has ended the run; resume() goes"
                            + " on");
        }
        Path best = RunFolder.best(folder);
        return S5Model.load(Files.exists(best) ? best : RunFolder.last(folder));
    }

    private void train(Config config, Ending ending) {
        Console console = Console.plain(new PrintWriter(Writer.nullWriter()));
        try (RunFolder run = RunFolder.open(config, resume, console);
                Backend backend = Devices.open(config)) {
            withData(
                    config,
                    data ->
                            ReportedRun.train(
                                    config,
                                    data,
                                    backend,
                                    Steps.Source.on(backend),
                                    run,
                                    List.of("s5.Training"),
                                    ending::ask,
                                    "stopped by the program",
                                    hears));
        }
    }

    private Config config() {
        if (yaml != null) {
            return ConfigLoader.load(yaml, words);
        }
        if (examples != null) {
            Examples.checkWords(words, examples);
        } else {
            ProgramData.checkWords(words);
        }
        List<String> all = new ArrayList<>();
        all.addAll(
                examples != null
                        ? List.of("data.set=" + Examples.NAME)
                        : ProgramData.words(splits.shape()));
        all.addAll(words);
        return ConfigLoader.of(all.toArray(String[]::new));
    }

    private void withData(Config config, Consumer<Splits> use) {
        if (examples != null) {
            Examples.use(config.data(), examples, use);
        } else {
            use.accept(splits != null ? splits : config.data().open());
        }
    }
}
