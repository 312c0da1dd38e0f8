package s5.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

import s5.config.Config;
import s5.config.ConfigLoader;
import s5.data.Batch;
import s5.data.Shape;
import s5.ops.Backend;
import s5.ops.Tensor;
import s5.train.Evaluator;
import s5.train.Learner;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What masks promise: neither answers nor gradients depend on how much padding there is, or on what
 * is in it. A backend's test extends this class and says how to open it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class MaskedModelContract {
    /** Of the sequences that all tests are about. */
    private static final int[] LENGTHS = {9, 1, 17};

    private static final int INPUTS = 3;
    private static final int CLASSES = 4;

    private Backend backend;

    /** The backend under test. */
    protected abstract Backend open();

    @BeforeAll
    void openBackend() {
        backend = open();
    }

    @AfterAll
    void closeBackend() {
        if (backend != null) {
            backend.close();
        }
    }

    /** A kind of model. */
    public record Kind(boolean timed, String... settings) {
        Config config(String... more) {
            List<String> words =
                    new ArrayList<>(
                            List.of(
                                    "data.set=imdb",
                                    "model.bidirectional=true",
                                    "model.features=8",
                                    "model.states=8",
                                    "model.blocks=2",
                                    "model.layers=2",
                                    "model.bn_momentum=0.5",
                                    "model.mask_states=true",
                                    "model.mask_norm=true"));
            words.addAll(List.of(settings));
            words.addAll(List.of(more));
            return ConfigLoader.of(words.toArray(String[]::new));
        }

        Shape shape(int length) {
            return new Shape(length, INPUTS, false, true, CLASSES, 1, 0, 0, timed, false);
        }

        @Override
        public String toString() {
            return Arrays.toString(settings) + (timed ? " timed" : "");
        }
    }

    protected Stream<Kind> kinds() {
        String[][] settings = {
            {"model.norm=batch", "model.activation=half_glu1"},
            {"model.norm=batch", "model.pooling=last", "model.activation=half_glu2"},
            {"model.norm=batch", "model.prenorm=false", "model.activation=full_glu"},
            {"model.norm=batch", "model.bidirectional=false", "model.discretization=bilinear"},
            {"model.norm=layer", "model.pooling=last"},
            {"model.norm=layer", "model.prenorm=false", "model.activation=gelu"}
        };
        return Stream.of(settings).flatMap(s -> Stream.of(new Kind(false, s), new Kind(true, s)));
    }

    /**
     * Some of the sequences in rows of {@code length}, with whatever numbers behind their ends.
     *
     * @param which sequences, by their numbers; they are the same in every batch
     */
    static Batch batch(Shape shape, int... which) {
        Batch batch = new Batch(shape, which.length);
        batch.rows = which.length;
        Random padding = new Random(shape.length());
        for (int row = 0; row < which.length; row++) {
            Random random = new Random(which[row]);
            batch.lengths[row] = LENGTHS[which[row]];
            batch.labels[row] = which[row] % CLASSES;
            for (int k = 0; k < shape.length(); k++) {
                boolean real = k < batch.lengths[row];
                Random from = real ? random : padding;
                int at = row * shape.length() + k;
                for (int j = 0; j < INPUTS; j++) {
                    batch.x[at * INPUTS + j] = (float) from.nextGaussian() * (real ? 1 : 9);
                }
                if (shape.timed()) {
                    batch.dt[at] = 0.5f + 3 * from.nextFloat();
                }
            }
        }
        return batch;
    }

    // ---- evaluation

    @TestFactory
    Stream<DynamicTest> answersDoNotDependOnPadding() {
        return kinds().map(kind -> dynamicTest(kind.toString(), () -> answers(kind)));
    }

    private void answers(Kind kind) {
        Model model = trained(kind, kind.config());
        for (int s = 0; s < LENGTHS.length; s++) {
            float[] alone = answer(model, kind.shape(LENGTHS[s]), 0, s);
            double sum = 0;
            for (float logProb : alone) {
                sum += Math.exp(logProb);
            }
            assertEquals(1, sum, 1e-5);
            assertArrayEquals(alone, answer(model, kind.shape(2 * LENGTHS[s]), 0, s), 1e-5f);
            assertArrayEquals(alone, answer(model, kind.shape(40), 1, (s + 1) % 3, s, 0), 1e-5f);
        }
    }

    /** Without masks they do, so that the test above can fail. */
    @Test
    void answersWithoutMasksDo() {
        Kind kind = new Kind(false, "model.mask_states=false");
        Model model = trained(kind, kind.config());
        float[] alone = answer(model, kind.shape(9), 0, 0);
        float[] padded = answer(model, kind.shape(18), 0, 0);
        float most = 0;
        for (int c = 0; c < CLASSES; c++) {
            most = Math.max(most, Math.abs(alone[c] - padded[c]));
        }
        assertTrue(most > 1e-3, () -> Arrays.toString(padded));
    }

    /** A model whose running statistics are not those of the start. */
    private Model trained(Kind kind, Config config) {
        Shape shape = kind.shape(LENGTHS[2]);
        Model model = new Model(config.model(), shape);
        try (Learner learner = new Learner(backend, model, config.train(), 3, shape.length(), 0)) {
            learner.initialize(1);
            learner.step(0, batch(shape, 0, 1, 2), 1e-2, 1e-2);
        }
        return model;
    }

    private float[] answer(Model model, Shape shape, int row, int... which) {
        try (Evaluator evaluator = new Evaluator(backend, model, which.length, shape.length(), 1)) {
            float[] all = evaluator.predict(batch(shape, which));
            return Arrays.copyOfRange(all, row * CLASSES, (row + 1) * CLASSES);
        }
    }

    // ---- training

    @TestFactory
    Stream<DynamicTest> gradientsDoNotDependOnPadding() {
        return kinds().map(kind -> dynamicTest(kind.toString(), () -> gradients(kind)));
    }

    private void gradients(Kind kind) {
        Map<String, float[]> expected = step(kind, LENGTHS[2]);
        Map<String, float[]> padded = step(kind, 2 * LENGTHS[2] + 1);
        assertEquals(expected.keySet(), padded.keySet());
        expected.forEach((name, values) -> {
            float largest = 0;
            for (float v : values) {
                largest = Math.max(largest, Math.abs(v));
            }
            // What is zero but for rounding has the size of the terms that cancel.
            float[] other = padded.get(name);
            assertArrayEquals(values, other, 2e-5f * largest + 2e-7f, name);
        });
    }

    /** Gradients and running statistics after a step, and the loss. */
    private Map<String, float[]> step(Kind kind, int length) {
        Config config = kind.config("model.dropout=0.2");
        Shape shape = kind.shape(length);
        Model model = new Model(config.model(), shape);
        try (Learner learner = new Learner(backend, model, config.train(), 3, length, 0)) {
            learner.initialize(1);
            learner.step(0, batch(shape, 0, 1, 2), 0, 0);
            Map<String, float[]> all = new TreeMap<>(learner.gradients());
            for (Tensor t : model.statistics()) {
                all.put(t.name(), backend.read(t));
            }
            all.put("metrics", learner.metrics());
            return all;
        }
    }
}
