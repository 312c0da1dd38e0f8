package s5.infer;

import s5.Devices;
import s5.Failure;
import s5.Prediction;
import s5.UserError;
import s5.config.Config;
import s5.data.Batch;
import s5.data.Batches;
import s5.data.Dataset;
import s5.data.Shape;
import s5.model.Model;
import s5.ops.Backend;
import s5.train.Checkpoint;
import s5.train.Evaluator;

import java.util.List;
import java.util.function.Consumer;

/**
 * A trained model on the device of its settings, a GPU too, for many samples of a data set, batch
 * by batch. For one thread at a time.
 */
public final class Predictor implements AutoCloseable {
    private final int samples;
    private final Shape shape;
    private final List<String> names;
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
     * @throws UserError when the model is damaged, or the device cannot be used
     * @throws Failure when its weights are no finite numbers
     */
    public Predictor(Checkpoint checkpoint, Config config, int samples) {
        checkpoint
                .badWeights()
                .ifPresent(bad -> {
                    throw new Failure(bad);
                });
        this.samples = samples;
        shape = checkpoint.shape();
        names = Answers.names(checkpoint.fitted());
        Model model = new Model(config.model(), shape);
        backend = Devices.open(config);
        Evaluator loaded = null;
        try {
            checkpoint.load(backend, model);
            loaded = new Evaluator(backend, model, samples, shape.length(), 1);
        } finally {
            if (loaded == null) {
                backend.close();
            }
        }
        evaluator = loaded;
    }

    /**
     * Predicts all samples of a set of the model's shape, in their order.
     *
     * @param data of the shape that the model was trained on
     * @param each gets what the model says of each, in the user's units
     * @throws UserError when the model's answer to one is no number
     */
    public void predict(Dataset data, Consumer<Prediction> each) {
        int sample = 0;
        Batches batches = Batches.evaluation(data, samples);
        for (Batch batch = batches.next(); batch != null; batch = batches.next()) {
            float[] raw = evaluator.predict(batch);
            int width = raw.length / samples;
            for (int row = 0; row < batch.rows; row++, sample++) {
                int which = sample;
                int length = shape.padded() ? batch.lengths[row] : shape.length();
                Answers answers = new Answers(shape, names, (m, d) -> data.restore(which, m, d));
                try {
                    each.accept(answers.of(raw, row * width, length, false));
                } catch (UserError e) {
                    throw new UserError("sample %d: %s".formatted(sample, e.getMessage()), e);
                }
            }
        }
    }

    @Override
    public void close() {
        evaluator.close();
        backend.close();
    }
}
