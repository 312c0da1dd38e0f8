package s5.metric;

import s5.data.Batch;
import s5.data.Shape;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Of classes, told of the whole or of each position: accuracy, F1, log loss, and with two classes
 * AUROC. Answers without a label, and those that are no numbers, are left out.
 */
public final class ClassScores implements Scores {
    private final int answers; // of a sample
    private final int classes;
    private final long[][] confusion; // by true class and by predicted class
    private double loss;
    private Ranking ranking; // null but for two classes

    ClassScores(Shape shape) {
        answers = shape.answers();
        classes = shape.classes();
        confusion = new long[classes][classes];
        ranking = classes == 2 ? new Ranking() : null;
    }

    @Override
    public void add(Batch batch, int first, float[] logProbs) {
        for (int i = 0; i < batch.rows * answers; i++) {
            int label = batch.labels[i];
            int at = i * classes;
            if (label < 0 || Float.isNaN(logProbs[at])) {
                continue;
            }
            int said = 0;
            for (int c = 1; c < classes; c++) {
                said = logProbs[at + c] > logProbs[at + said] ? c : said;
            }
            confusion[label][said]++;
            loss -= logProbs[at + label];
            if (ranking != null) {
                ranking.add(logProbs[at + 1] - logProbs[at], label == 1);
            }
        }
    }

    @Override
    public Map<String, Double> metrics() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        long all = Arrays.stream(confusion).flatMapToLong(Arrays::stream).sum();
        if (all == 0) {
            return metrics;
        }
        double right = IntStream.range(0, classes).mapToLong(c -> confusion[c][c]).sum();
        metrics.put("accuracy", right / all);
        metrics.put("f1", macroF1(confusion));
        metrics.put("log_loss", loss / all);
        if (ranking != null && ranking.auroc() >= 0) {
            metrics.put("auroc", ranking.auroc());
        }
        return metrics;
    }

    @Override
    public Map<String, Double> rivals() {
        long all = Arrays.stream(confusion).flatMapToLong(Arrays::stream).sum();
        double most =
                Arrays.stream(confusion).mapToLong(r -> Arrays.stream(r).sum()).max().orElse(0);
        return all == 0 ? Map.of() : Map.of("majority_accuracy", most / all);
    }

    /**
     * {@return the mean of the classes' F1, the harmonic means of precision and recall; over the
     * classes that are there or were predicted}
     *
     * @param confusion answers by true class and by predicted class
     */
    public static double macroF1(long[][] confusion) {
        double sum = 0;
        int met = 0;
        for (int c = 0; c < confusion.length; c++) {
            int column = c;
            long there = Arrays.stream(confusion[c]).sum();
            long said = Arrays.stream(confusion).mapToLong(row -> row[column]).sum();
            if (there + said > 0) {
                sum += f1(confusion[c][c], there, said);
                met++;
            }
        }
        return met == 0 ? 0 : sum / met;
    }

    /**
     * {@return the harmonic mean of precision and recall of a class}
     *
     * @param right how many of the class were found
     * @param there how many there are
     * @param said how many answers are this class; one of both at least
     */
    public static double f1(long right, long there, long said) {
        return 2.0 * right / (there + said);
    }

    /** Answers by how sure the model is of the second of two classes. */
    private static final class Ranking {
        private float[] scores = new float[1024];
        private boolean[] positive = new boolean[1024];
        private int size;

        void add(float score, boolean isPositive) {
            if (size == scores.length) {
                int more = (int) Math.min(2L * size, Integer.MAX_VALUE - 8);
                scores = Arrays.copyOf(scores, more);
                positive = Arrays.copyOf(positive, more);
            }
            scores[size] = score;
            positive[size++] = isPositive;
        }

        /**
         * How often one of the second class is put before one of the first, a tie counting half;
         * less than 0 where a class is missing.
         */
        double auroc() {
            float[] first = new float[size];
            float[] second = new float[size];
            int firsts = 0;
            int seconds = 0;
            for (int i = 0; i < size; i++) {
                if (positive[i]) {
                    second[seconds++] = scores[i];
                } else {
                    first[firsts++] = scores[i];
                }
            }
            if (firsts == 0 || seconds == 0) {
                return -1;
            }
            Arrays.sort(first, 0, firsts);
            Arrays.sort(second, 0, seconds);
            double won = 0;
            int below = 0;
            int notAbove = 0;
            for (int i = 0; i < seconds; i++) {
                while (below < firsts && first[below] < second[i]) {
                    below++;
                }
                while (notAbove < firsts && first[notAbove] <= second[i]) {
                    notAbove++;
                }
                won += (below + notAbove) / 2.0;
            }
            return won / firsts / seconds;
        }
    }
}
