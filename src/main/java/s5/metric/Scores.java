package s5.metric;

import s5.data.Batch;
import s5.data.Dataset;

import java.util.Map;

/** Collects the answers of an evaluation, batch by batch, and says how good they are. */
public sealed interface Scores permits ClassScores, NumberScores {
    /**
     * {@return what suits the task}
     *
     * @param data that is evaluated
     * @param mean of the targets of the training set (targets), which is compared with the model;
     *     null in classification, and for no such comparison
     * @param withRivals whether the simplest predictors are to be tried as well
     */
    static Scores of(Dataset data, double[] mean, boolean withRivals) {
        return data.shape().regression()
                ? new NumberScores(data, mean, withRivals)
                : new ClassScores(data.shape());
    }

    /**
     * Looks at the answers to a batch.
     *
     * @param batch of the data set
     * @param first place of its first sample in the data set
     * @param prediction what the model says, see {@link s5.model.Outputs#prediction}
     */
    void add(Batch batch, int first, float[] prediction);

    /**
     * {@return every metric of the model that there is by its name, in the order in which to tell
     * them; what cannot be told of these answers is left out, such as AUROC where there is one
     * class only}
     */
    Map<String, Double> metrics();

    /**
     * {@return the metrics of the simplest predictors, each name beginning with the predictor's;
     * they do not depend on the model}
     */
    Map<String, Double> rivals();

    /**
     * {@return how many answers of a batch count: samples, or positions where each has an answer
     * and some do not count}
     *
     * @param batch to count in
     */
    static int counting(Batch batch) {
        int length = batch.shape.length();
        if (!batch.shape.counted()) {
            return batch.rows;
        }
        int count = 0;
        for (int row = 0; row < batch.rows; row++) {
            if (batch.shape.regression()) {
                count += batch.lengths[row];
            } else {
                for (int k = 0; k < length; k++) {
                    count += batch.labels[row * length + k] >= 0 ? 1 : 0;
                }
            }
        }
        return count;
    }
}
