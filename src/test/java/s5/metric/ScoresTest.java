package s5.metric;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;

import s5.data.Batch;
import s5.data.Dataset;
import s5.data.Rival;
import s5.data.Shape;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Metrics against slow and obvious ones. */
class ScoresTest {
    /** Samples of given answers. */
    private record Fixed(Shape shape, int[] labels, float[] targets, double scale, double center)
            implements Dataset {
        @Override
        public int size() {
            return labels != null
                    ? labels.length / shape.answers()
                    : targets.length / shape.answers() / shape.targets();
        }

        @Override
        public void restore(int i, double[] means, double[] deviations) {
            for (int k = 0; k < means.length; k++) {
                means[k] = means[k] * scale + center;
                deviations[k] *= scale;
            }
        }

        @Override
        public List<Rival> rivals() {
            return shape.regression()
                    ? List.of(new Rival("zero", (i, out) -> Arrays.fill(out, 0)))
                    : List.of();
        }

        @Override
        public void read(int i, Batch batch, int row) {
            int n = shape.answers() * Math.max(1, shape.targets());
            if (labels != null) {
                System.arraycopy(labels, i * n, batch.labels, row * n, n);
            } else {
                System.arraycopy(targets, i * n, batch.targets, row * n, n);
            }
            batch.lengths[row] = shape.padded() ? 1 + i % shape.length() : shape.length();
        }
    }

    private static Shape shape(int classes, int targets, boolean each, boolean padded) {
        return new Shape(3, 1, false, padded, classes, 1, 0, targets, false, each);
    }

    private static Scores scores(Dataset data, double[] mean, float[] prediction) {
        Scores scores = Scores.of(data, mean, true);
        Batch batch = new Batch(data.shape(), data.size());
        for (int i = 0; i < data.size(); i++) {
            data.read(i, batch, i);
        }
        batch.rows = data.size();
        scores.add(batch, 0, prediction);
        return scores;
    }

    private static float[] logs(double... probabilities) {
        float[] logs = new float[probabilities.length];
        for (int i = 0; i < logs.length; i++) {
            logs[i] = (float) Math.log(probabilities[i]);
        }
        return logs;
    }

    @Test
    void classesOfTheWhole() {
        Dataset data = new Fixed(shape(2, 0, false, false), new int[] {0, 0, 0, 1, 1}, null, 1, 0);
        float[] said = logs(.9, .1, .6, .4, .3, .7, .2, .8, .7, .3);
        Scores scores = scores(data, null, said);
        Map<String, Double> metrics = scores.metrics();
        assertEquals(3 / 5.0, metrics.get("accuracy"), 1e-12);
        // Of class 0: 2 right, 3 there, 3 said; of class 1: 1 right, 2 there, 2 said.
        assertEquals((2 * 2 / 6.0 + 2 * 1 / 4.0) / 2, metrics.get("f1"), 1e-12);
        double loss = -(Math.log(.9) + Math.log(.6) + Math.log(.3) + Math.log(.8) + Math.log(.3));
        assertEquals(loss / 5, metrics.get("log_loss"), 1e-6);
        // Pairs (class 1, class 0): .8 beats all three; .3 beats .1 only.
        assertEquals(4 / 6.0, metrics.get("auroc"), 1e-12);
        assertEquals(Map.of("majority_accuracy", 3 / 5.0), scores.rivals());
    }

    @Test
    void tiesCountHalfInAuroc() {
        Dataset data = new Fixed(shape(2, 0, false, false), new int[] {0, 1, 1}, null, 1, 0);
        Map<String, Double> metrics = scores(data, null, logs(.5, .5, .5, .5, .2, .8)).metrics();
        assertEquals((0.5 + 1) / 2, metrics.get("auroc"), 1e-12);
    }

    @Test
    void aClassThatIsMissingLeavesNoAuroc() {
        Dataset data = new Fixed(shape(2, 0, false, false), new int[] {1, 1}, null, 1, 0);
        assertFalse(scores(data, null, logs(.5, .5, .2, .8)).metrics().containsKey("auroc"));
    }

    @Test
    void positionsWithoutALabelDoNotCount() {
        Dataset data =
                new Fixed(shape(2, 0, true, true), new int[] {0, -1, -1, 1, 1, -1}, null, 1, 0);
        float[] said = logs(.9, .1, .1, .9, .1, .9, .2, .8, .8, .2, .5, .5);
        Map<String, Double> metrics = scores(data, null, said).metrics();
        assertEquals(2 / 3.0, metrics.get("accuracy"), 1e-12);
        double loss = -(Math.log(.9) + Math.log(.8) + Math.log(.2)) / 3;
        assertEquals(loss, metrics.get("log_loss"), 1e-6);
    }

    @Test
    void numbersAreToldInTheUsersUnits() {
        float[] targets = {0, 1, 2, 3};
        Dataset data = new Fixed(shape(0, 1, false, false), null, targets, 10, 5);
        float[] said = {0.5f, 4, 1, 4, 2, 4, 2, 4}; // means and variances
        Scores scores = scores(data, new double[] {1}, said);
        Map<String, Double> metrics = scores.metrics();
        assertEquals((25 + 100) / 4.0, metrics.get("mse"), 1e-9);
        assertEquals(Math.sqrt(125 / 4.0), metrics.get("rmse"), 1e-9);
        assertEquals((5 + 10) / 4.0, metrics.get("mae"), 1e-9);
        assertEquals(1 - 125.0 / 500, metrics.get("r2"), 1e-9);
        double nll = Math.log(20) + Math.log(2 * Math.PI) / 2 + 125.0 / 400 / 2 / 4;
        assertEquals(nll, metrics.get("nll"), 1e-9);
        assertEquals((100 + 0 + 100 + 400) / 4.0, scores.rivals().get("mean_mse"), 1e-9);
        assertEquals((0 + 10 + 20 + 30) / 4.0, scores.rivals().get("zero_mae"), 1e-9);
    }

    @Test
    void paddingOfNumbersDoesNotCount() {
        // Lengths 1, 2 and 3; what is behind them is far off.
        float[] targets = {1, 100, 100, 1, 2, 100, 1, 2, 3};
        Dataset data = new Fixed(shape(0, 1, true, true), null, targets, 1, 0);
        float[] said = new float[18];
        for (int i = 0; i < 9; i++) {
            said[2 * i] = 2;
            said[2 * i + 1] = 1;
        }
        Scores scores = scores(data, null, said);
        assertEquals((1 + 1 + 0 + 1 + 0 + 1) / 6.0, scores.metrics().get("mse"), 1e-9);
        Batch batch = new Batch(data.shape(), 3);
        for (int i = 0; i < 3; i++) {
            data.read(i, batch, i);
        }
        batch.rows = 3;
        assertEquals(6, Scores.counting(batch));
    }

    @Test
    void balancedWeightsMakeClassesAlike() {
        int[] labels = {0, 0, 0, 0, 0, 0, 2, 2, 3};
        Dataset data = new Fixed(shape(4, 0, false, false), labels, null, 1, 0);
        float[] weights = TrainingLabels.balance(data);
        assertArrayEquals(new float[] {9 / 18f, 1, 9 / 6f, 9 / 3f}, weights, 1e-6f);
        double mean = Arrays.stream(labels).mapToDouble(l -> weights[l]).average().orElseThrow();
        assertEquals(1, mean, 1e-6);
    }

    @Test
    void theTrainingMeanIsThatOfOwnPositions() {
        float[] targets = {1, 100, 100, 1, 2, 100, 1, 2, 3};
        Dataset data = new Fixed(shape(0, 1, true, true), null, targets, 1, 0);
        assertArrayEquals(new double[] {10 / 6.0}, TrainingLabels.mean(data), 1e-12);
    }

    /** Against all pairs. */
    @Test
    void aurocIsTheShareOfPairsInOrder() {
        Random random = new Random(3);
        int n = 129;
        int[] labels = new int[n];
        float[] said = new float[2 * n];
        for (int i = 0; i < n; i++) {
            labels[i] = random.nextInt(2);
            said[2 * i + 1] = random.nextInt(20) / 20f;
        }
        double won = 0;
        int pairs = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                if (labels[i] == 1 && labels[j] == 0) {
                    pairs++;
                    won += (Math.signum(said[2 * i + 1] - said[2 * j + 1]) + 1) / 2;
                }
            }
        }
        Dataset data = new Fixed(shape(2, 0, false, false), labels, null, 1, 0);
        assertEquals(won / pairs, scores(data, null, said).metrics().get("auroc"), 1e-12);
    }
}
