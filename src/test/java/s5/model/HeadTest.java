package s5.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import s5.config.ConfigLoader;
import s5.config.ModelConfig;
import s5.data.Batch;
import s5.data.Shape;

import java.util.Random;
import java.util.stream.Stream;

/** What is told of sequences: classes and numbers, of the whole and of each position. */
class HeadTest {
    private static final int LENGTH = 7;
    private static final int SAMPLES = 4;

    /** What is to be told. */
    private record Kind(int classes, int targets, boolean each, boolean padded, boolean weighted) {
        Shape shape() {
            return new Shape(LENGTH, 3, false, padded, classes, 1, 0, targets, false, each);
        }
    }

    private static Stream<Kind> kinds() {
        return Stream.of(
                new Kind(3, 0, false, true, true),
                new Kind(3, 0, true, false, false),
                new Kind(3, 0, true, true, false),
                new Kind(2, 0, true, true, true),
                new Kind(0, 1, false, false, false),
                new Kind(0, 5, false, true, false),
                new Kind(0, 2, true, false, false),
                new Kind(0, 2, true, true, false));
    }

    /** The last of the four sequences does not count. */
    private static Batch batch(Kind kind) {
        Random random = new Random(3);
        Batch batch = new Batch(kind.shape(), SAMPLES);
        batch.rows = SAMPLES - 1;
        for (int i = 0; i < batch.x.length; i++) {
            batch.x[i] = (float) random.nextGaussian();
        }
        for (int b = 0; b < SAMPLES; b++) {
            batch.lengths[b] = kind.padded ? 1 + (3 * b) % LENGTH : LENGTH;
        }
        for (int i = 0; batch.labels != null && i < batch.labels.length; i++) {
            boolean none = kind.each && (padding(batch, i) || random.nextInt(4) == 0);
            batch.labels[i] = none ? -1 : random.nextInt(kind.classes);
        }
        for (int i = 0; batch.targets != null && i < batch.targets.length; i++) {
            batch.targets[i] = (float) random.nextGaussian();
        }
        return batch;
    }

    private static boolean padding(Batch batch, int position) {
        return position % LENGTH >= batch.lengths[position / LENGTH];
    }

    private static ModelConfig config(String... more) {
        String[] all =
                Stream.concat(
                                Stream.of(
                                        "data.set=imdb",
                                        "model.bidirectional=true",
                                        "model.mask_states=true",
                                        "model.features=5",
                                        "model.states=4",
                                        "model.blocks=1",
                                        "model.layers=1",
                                        "model.norm=layer"),
                                Stream.of(more))
                        .toArray(String[]::new);
        return ConfigLoader.of(all).model();
    }

    @TestFactory
    Stream<DynamicTest> gradientsAreDerivatives() {
        return kinds().flatMap(kind ->
                Stream.of("mean", "last")
                        .map(pooling ->
                                dynamicTest(
                                        kind + " " + pooling,
                                        () ->
                                                ModelGradients.check(
                                                        new Model(
                                                                config("model.pooling=" + pooling),
                                                                kind.shape()),
                                                        batch(kind),
                                                        kind.weighted ? weights(kind) : null))));
    }

    private static float[] weights(Kind kind) {
        float[] weights = new float[kind.classes];
        for (int c = 0; c < weights.length; c++) {
            weights[c] = 0.5f + c;
        }
        return weights;
    }

    @Test
    void thereIsAnAnswerForEachPositionOrTheWhole() {
        Shape each = new Kind(3, 0, true, true, false).shape();
        assertEquals(SAMPLES * LENGTH, Outputs.of(each, SAMPLES, LENGTH).prediction().rows());
        Shape whole = new Kind(0, 2, false, true, false).shape();
        assertEquals(SAMPLES, Outputs.of(whole, SAMPLES, LENGTH).prediction().rows());
        assertEquals(4, Outputs.of(whole, SAMPLES, LENGTH).prediction().columns());
    }
}
