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

/**
 * Runs a model forward on the backend that holds its parameters: losses, accuracies,
 * log-probabilities.
 */
public final class Evaluator implements AutoCloseable {
    private final Backend backend;
    private final Inputs inputs;
    private final Outputs outputs;
    private final Step step;
    private final int samples;

    /**
     * Loss and accuracy of a data set, averaged over its samples.
     *
     * @param loss mean negative log-likelihood, in nats
     * @param accuracy share of samples whose most likely class is right, in [0, 1]
     * @param majority share of the most frequent label: what guessing it always would reach
     */
    public record Result(double loss, double accuracy, double majority) {}

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
        outputs = Outputs.of(samples, model.shape().classes());
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

    /** Log-probabilities of one batch, (B, classes); rows past {@code batch.rows} mean nothing. */
    public float[] logProbs(Batch batch) {
        run(batch, 0);
        return backend.read(outputs.logProbs());
    }

    /** Every sample of a data set once. */
    public Result evaluate(Dataset data) {
        Batches batches = Batches.evaluation(data, samples);
        int[] rows = new int[Outputs.SLOTS];
        double loss = 0;
        double right = 0;
        int[] labels = new int[data.shape().classes()];
        int pending = 0;
        Batch batch = batches.next();
        while (batch != null) {
            rows[pending] = batch.rows;
            for (int i = 0; i < batch.rows; i++) {
                labels[batch.labels[i]]++;
            }
            run(batch, pending);
            pending++;
            batch = batches.next();
            if (batch == null || pending == Outputs.SLOTS) {
                float[] metrics = backend.read(outputs.metrics());
                for (int i = 0; i < pending; i++) {
                    loss += (double) metrics[2 * i] * rows[i];
                    right += metrics[2 * i + 1];
                }
                pending = 0;
            }
        }
        int majority = Arrays.stream(labels).max().orElseThrow();
        return new Result(loss / data.size(), right / data.size(), (double) majority / data.size());
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
