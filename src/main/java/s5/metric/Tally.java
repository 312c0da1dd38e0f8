package s5.metric;

import s5.data.Batch;
import s5.data.Dataset;
import s5.data.Shape;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What an evaluation comes to, from the answers to its batches in their order. */
public final class Tally {
    private final Shape shape;
    private final Scores scores;
    private final int[] labels;
    private final List<int[]> batches = new ArrayList<>(); // samples, and answers that count
    private int first;
    private int told; // batches whose metrics are in the sums
    private double loss;
    private double right; // answers, or minus their squared errors
    private long all;

    /**
     * Nothing has been counted so far.
     *
     * @param data that is evaluated
     * @param mean of the training set's targets, see {@link Scores#of}
     * @param withRivals whether the simplest predictors are to be tried as well
     */
    public Tally(Dataset data, double[] mean, boolean withRivals) {
        shape = data.shape();
        scores = Scores.of(data, mean, withRivals);
        labels = new int[shape.classes()];
    }

    /**
     * Adds the answers to the next batch.
     *
     * @param batch of the data set
     * @param prediction what the model says, see {@link s5.model.Outputs#prediction}
     */
    public void add(Batch batch, float[] prediction) {
        int counting = Scores.counting(batch);
        batches.add(new int[] {batch.rows, counting});
        all += counting;
        for (int i = 0; batch.labels != null && i < batch.rows * shape.answers(); i++) {
            if (batch.labels[i] >= 0) {
                labels[batch.labels[i]]++;
            }
        }
        scores.add(batch, first, prediction);
        first += batch.rows;
    }

    /**
     * Adds the metrics of the first batch that has none yet.
     *
     * @param loss mean over the answers that count
     * @param right samples of the batch times the share that is right, or minus the squared error
     */
    public void tell(float loss, float right) {
        int[] batch = batches.get(told++);
        this.loss += (double) loss * batch[1];
        this.right += (double) right * batch[1] / batch[0];
    }

    /** {@return the mean loss} */
    public double loss() {
        return loss / all;
    }

    /** {@return the share that is right, or minus the squared error} */
    public double accuracy() {
        return right / all;
    }

    /** {@return the share of the most frequent label; 0 in regression} */
    public double majority() {
        return Arrays.stream(labels).max().orElse(0) / (double) all;
    }

    /** {@return the model's other metrics, see {@link Scores#metrics}} */
    public Map<String, Double> metrics() {
        return scores.metrics();
    }

    /** {@return the metrics of the simplest predictors, see {@link Scores#rivals}} */
    public Map<String, Double> rivals() {
        return scores.rivals();
    }
}
