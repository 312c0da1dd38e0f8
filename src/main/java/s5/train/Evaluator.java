package s5.train;

import s5.data.Batch;
import s5.data.Batches;
import s5.data.Dataset;
import s5.model.Inputs;
import s5.model.Model;
import s5.model.Outputs;
import s5.ops.Backend;
import s5.ops.Counters;
import s5.ops.Step;

import java.util.Arrays;
import java.util.Map;

/** Runs a model forward on the backend that holds its parameters: losses, scores, predictions. */
public final class Evaluator implements AutoCloseable {
    private final Backend backend;
    private final Inputs inputs;
    private final Outputs outputs;
    private final Step step;
    private final int samples;

    /**
     * Loss and score of a data set, averaged over its samples.
     *
     * @param loss mean negative log-likelihood, in nats
     * @param score what the best epoch is chosen by: the share of samples whose most likely class
     *     is right, in [0, 1]; in regression minus the mean squared error
     * @param majority share of the most frequent label: what guessing it always would reach; NaN in
     *     regression
     */
    public record Result(double loss, double score, double majority) {

        /** Loss and score in words. */
        @Override
        public String toString() {
            return Double.isNaN(majority)
                    ? "nll %.4f, mse %.5f".formatted(loss, -score)
                    : "loss %.4f, accuracy %.2f %%".formatted(loss, 100 * score);
        }

        /** As {@link #toString}, with what guessing would reach. */
        public String besideGuessing() {
            return Double.isNaN(majority)
                    ? toString()
                    : "%s (majority class: %.2f %%)".formatted(this, 100 * majority);
        }
    }

    /**
     * Records the evaluation step.
     *
     * @param samples B, the most in a batch
     * @param length L
     * @param stepRescale multiplies every Delta: 2 for input at half the training rate
     */
    public Evaluator(Backend backend, Model model, int samples, int length, double stepRescale) {
        this.backend = backend;
        this.samples = samples;
        inputs = Inputs.of(model.shape(), samples, length);
        outputs = Outputs.of(model.shape(), samples, length);
        step =
                backend.record(
                        "evaluate",
                        ops ->
                                model.recordEvaluation(
                                        ops, inputs, outputs, samples, length, stepRescale));
    }

    /** Runs one batch; its metrics go to row {@code slot}. */
    private void run(Batch batch, int slot) {
        Learner.write(backend, inputs, batch);
        int[] counters = new int[Counters.SIZE];
        counters[Counters.ROWS] = batch.rows;
        counters[Counters.SLOT] = slot;
        backend.write(inputs.counters(), counters);
        step.run();
    }

    /**
     * What the model says of one batch, see {@link Outputs#prediction}; rows past {@code
     * batch.rows} mean nothing.
     */
    public float[] predict(Batch batch) {
        run(batch, 0);
        return backend.read(outputs.prediction());
    }

    /** Every sample of a data set once. */
    public Result evaluate(Dataset data) {
        Batches batches = Batches.evaluation(data, samples);
        int[] rows = new int[Outputs.SLOTS];
        double loss = 0;
        double sum = 0; // of samples that are right, or of squared errors
        int[] labels = new int[data.shape().classes()];
        int pending = 0;
        Batch batch = batches.next();
        while (batch != null) {
            rows[pending] = batch.rows;
            for (int i = 0; i < batch.rows && batch.labels != null; i++) {
                labels[batch.labels[i]]++;
            }
            run(batch, pending);
            pending++;
            batch = batches.next();
            if (batch == null || pending == Outputs.SLOTS) {
                float[] metrics = backend.read(outputs.metrics());
                for (int i = 0; i < pending; i++) {
                    loss += (double) metrics[2 * i] * rows[i];
                    sum += metrics[2 * i + 1];
                }
                pending = 0;
            }
        }
        double size = data.size();
        if (data.shape().regression()) {
            return new Result(loss / size, -sum / size, Double.NaN);
        }
        int majority = Arrays.stream(labels).max().orElseThrow();
        return new Result(loss / size, sum / size, majority / size);
    }

    /** Bytes of scratch and output memory of the evaluation step. */
    public long bytes() {
        return step.bytes();
    }

    /** See {@link Step#profile}. */
    public Map<String, Double> profile() {
        return step.profile();
    }

    @Override
    public void close() {
        step.close();
    }
}
