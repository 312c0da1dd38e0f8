package s5;

import s5.config.Config;
import s5.data.Batch;
import s5.data.Batches;
import s5.data.Dataset;
import s5.data.Fitted;
import s5.data.Shape;
import s5.data.UserFile;
import s5.model.Model;
import s5.ops.Backend;
import s5.train.Checkpoint;
import s5.train.Evaluator;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * A trained model in a program of one's own: sequences in, the classes' probabilities out, the same
 * as {@code s5 predict} gives. Holds memory, and threads or a GPU, until it is closed. One thread
 * at a time may use it.
 */
public final class Classifier implements AutoCloseable {
    private final Checkpoint checkpoint;
    private final Config config;
    private final int samples;
    private final Backend backend;
    private final Evaluator evaluator;

    /**
     * Loads a model.
     *
     * @param checkpoint the trained model
     * @param config its settings, see {@link Checkpoint#config}; {@code device} and {@code threads}
     *     count here
     * @param samples that are worked on at a time: more of them take less time each, and more
     *     memory
     * @throws UserError when the model does not classify, is damaged, or the device cannot be used
     */
    public Classifier(Checkpoint checkpoint, Config config, int samples) {
        if (checkpoint.shape().regression()) {
            throw new UserError("the model tells numbers, not classes; s5 eval says how well");
        }
        this.checkpoint = checkpoint;
        this.config = config;
        this.samples = samples;
        Model model = new Model(config.model(), checkpoint.shape());
        backend = Devices.open(config);
        Evaluator loaded = null;
        try {
            checkpoint.load(backend, model);
            loaded = new Evaluator(backend, model, samples, checkpoint.shape().length(), 1);
        } finally {
            if (loaded == null) {
                backend.close();
            }
        }
        evaluator = loaded;
    }

    /**
     * Loads a model to give it one sequence at a time.
     *
     * @param checkpoint the file {@code best.safetensors} of a run
     * @param settings words that win over the run's: {@code "device=cpu"}, {@code "threads=1"}
     * @return the model, on the device of its settings; to be closed
     * @throws UserError as the constructor, and when the file is missing or damaged
     */
    public static Classifier open(Path checkpoint, String... settings) {
        Checkpoint read = Checkpoint.read(checkpoint);
        return new Classifier(read, read.config(List.of(settings)), 1);
    }

    /** {@return the classes in the order of the probabilities} */
    public List<String> classes() {
        return checkpoint.classNames();
    }

    /** {@return what a sequence looks like: L positions with so many inputs each, or text} */
    public Shape shape() {
        return checkpoint.shape();
    }

    /**
     * Classifies a sequence of numbers.
     *
     * @param values (L, inputs), row by row, scaled as the data set of the training scales them
     * @return (classes), with sum 1
     * @throws UserError when they are too few or too many, one is not finite, or the model takes
     *     text
     */
    public float[] probabilities(float[] values) {
        return one(UserFile.numbers(values, shape()));
    }

    /**
     * Classifies a text: an expression for {@code listops}, a review for {@code imdb}, two papers
     * with a tab between for {@code aan}.
     *
     * @param text as a line of a file for {@code s5 predict}
     * @return (classes), with sum 1
     * @throws UserError when it is none that the model takes
     */
    public float[] probabilities(String text) {
        return one(config.data().text(text, fitted(checkpoint)));
    }

    private float[] one(Dataset sample) {
        if (!sample.cut(0).isEmpty()) {
            throw new UserError(sample.cut(0) + "; give it a shorter one");
        }
        float[][] result = new float[1][];
        classify(sample, probabilities -> result[0] = probabilities);
        return result[0];
    }

    /**
     * The samples in a file, as {@code s5 predict} reads them: what the data set that the model was
     * trained on takes.
     *
     * @param file may be gzipped
     * @return the samples in the order of the file
     * @throws UserError when the file cannot be read or fits neither the formats nor the model
     */
    public Dataset samples(Path file) {
        return config.data().samples(file, fitted(checkpoint));
    }

    /**
     * {@return what a model knows of its training data}
     *
     * @param checkpoint the trained model
     */
    public static Fitted fitted(Checkpoint checkpoint) {
        return checkpoint.fitted();
    }

    /**
     * Classifies all samples of a set of the model's shape, in their order.
     *
     * @param data of the model's {@link #shape}
     * @param each gets the probabilities (classes) of each
     * @throws UserError when the model's answer to one is no number
     */
    public void classify(Dataset data, Consumer<float[]> each) {
        int classes = shape().classes();
        int sample = 0;
        Batches batches = Batches.evaluation(data, samples);
        for (Batch batch = batches.next(); batch != null; batch = batches.next()) {
            float[] logProbs = evaluator.predict(batch);
            for (int row = 0; row < batch.rows; row++, sample++) {
                if (Float.isNaN(logProbs[row * classes])) {
                    throw new UserError(
                            "the model's answer to sample %d is NaN; are its numbers like those that the model was trained on?"
                                    .formatted(sample));
                }
                float[] probabilities = new float[classes];
                for (int c = 0; c < classes; c++) {
                    probabilities[c] = (float) Math.exp(logProbs[row * classes + c]);
                }
                each.accept(probabilities);
            }
        }
    }

    /**
     * {@return the number of the most probable class; the first of several}
     *
     * @param probabilities (classes)
     */
    public static int likeliest(float[] probabilities) {
        return Evaluator.likeliest(probabilities);
    }

    @Override
    public void close() {
        evaluator.close();
        backend.close();
    }
}
