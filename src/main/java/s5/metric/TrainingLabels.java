package s5.metric;

import s5.data.Batch;
import s5.data.Batches;
import s5.data.Dataset;

import java.util.Arrays;

/** What the answers of a training set are like, taken together. */
public final class TrainingLabels {
    /** Samples read at a time. */
    private static final int BATCH = 64;

    private TrainingLabels() {}

    /**
     * {@return the mean of each target (targets), over samples or over the positions that are their
     * own; null in classification} Reads all samples.
     *
     * @param training set, with its targets as they are trained on
     */
    public static double[] mean(Dataset training) {
        if (!training.shape().regression()) {
            return null;
        }
        int targets = training.shape().targets();
        int answers = training.shape().answers();
        double[] mean = new double[targets];
        long n = 0;
        Batches batches = Batches.evaluation(training, Math.min(BATCH, training.size()));
        for (Batch batch = batches.next(); batch != null; batch = batches.next()) {
            for (int row = 0; row < batch.rows; row++) {
                int count = answers > 1 ? batch.lengths[row] : 1;
                for (int a = 0; a < count; a++) {
                    n++;
                    for (int t = 0; t < targets; t++) {
                        double x = batch.targets[(row * answers + a) * targets + t];
                        mean[t] += (x - mean[t]) / n;
                    }
                }
            }
        }
        return mean;
    }

    /**
     * {@return the weights (classes) that make all classes weigh the same in the loss, and a label
     * 1 on average: those of rare ones are above 1} Reads all samples.
     *
     * @param training set of a classification
     */
    public static float[] balance(Dataset training) {
        long[] counts = new long[training.shape().classes()];
        Batches batches = Batches.evaluation(training, Math.min(BATCH, training.size()));
        for (Batch batch = batches.next(); batch != null; batch = batches.next()) {
            for (int i = 0; i < batch.rows * training.shape().answers(); i++) {
                if (batch.labels[i] >= 0) {
                    counts[batch.labels[i]]++;
                }
            }
        }
        double all = Arrays.stream(counts).sum();
        long met = Arrays.stream(counts).filter(c -> c > 0).count();
        float[] weights = new float[counts.length];
        for (int c = 0; c < weights.length; c++) {
            weights[c] = counts[c] == 0 ? 1 : (float) (all / met / counts[c]);
        }
        return weights;
    }
}
