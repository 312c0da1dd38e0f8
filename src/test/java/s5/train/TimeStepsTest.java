package s5.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import s5.config.Config;
import s5.config.ConfigLoader;
import s5.config.ModelConfig;
import s5.config.ModelConfig.TimeSteps;
import s5.config.TrainConfig;
import s5.cpu.CpuBackend;
import s5.data.Batch;
import s5.data.Shape;
import s5.model.Model;
import s5.ops.Backend;
import s5.ops.Discretizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What a time step of its own at every position has to do with a common one. */
class TimeStepsTest {
    private static final int SAMPLES = 3;
    private static final int LENGTH = 17;
    private static final Shape SHAPE = new Shape(LENGTH, 5, false, false, 0, 1, 0, 2, true, true);

    private static Config config(String... words) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "data.set=pendulum",
                                "model.features=12",
                                "model.layers=2",
                                "model.blocks=2",
                                "model.activation=half_glu2",
                                "model.norm=layer",
                                "model.prenorm=false",
                                "model.dt_min=0.01",
                                "train.batch=" + SAMPLES));
        all.addAll(List.of(words));
        return ConfigLoader.of(all.toArray(String[]::new));
    }

    private static ModelConfig model(
            Discretizer.Method method, boolean both, int states, TimeSteps timeSteps) {
        return config(
                        "model.discretization=" + method,
                        "model.bidirectional=" + both,
                        "model.states=" + states,
                        "model.time_steps=" + timeSteps)
                .model();
    }

    private static TrainConfig training() {
        return config().train();
    }

    /** Random input and targets; time steps are {@code factor} times 1, or times 1 to 4. */
    private static Batch batch(boolean ones, float factor) {
        Random random = new Random(7);
        Batch batch = new Batch(SHAPE, SAMPLES);
        batch.rows = SAMPLES;
        for (int i = 0; i < batch.x.length; i++) {
            batch.x[i] = (float) random.nextGaussian();
        }
        for (int i = 0; i < batch.targets.length; i++) {
            batch.targets[i] = (float) random.nextGaussian();
        }
        for (int i = 0; i < batch.dt.length; i++) {
            batch.dt[i] = factor * (ones ? 1 : 1 + random.nextInt(4));
        }
        Arrays.fill(batch.lengths, LENGTH);
        return batch;
    }

    private static Map<String, float[]> gradients(ModelConfig config, Batch batch) {
        try (Backend backend = new CpuBackend(1, true);
                Learner learner =
                        new Learner(
                                backend,
                                new Model(config, SHAPE),
                                training(),
                                SAMPLES,
                                LENGTH,
                                0)) {
            learner.initialize(1);
            learner.step(0, batch, 0, 0);
            return learner.gradients();
        }
    }

    private static float[] prediction(ModelConfig config, Batch batch, double stepRescale) {
        Model model = new Model(config, SHAPE);
        try (Backend backend = new CpuBackend(1, true);
                Learner learner = new Learner(backend, model, training(), SAMPLES, LENGTH, 0);
                Evaluator evaluator = new Evaluator(backend, model, SAMPLES, LENGTH, stepRescale)) {
            learner.initialize(1);
            return evaluator.predict(batch);
        }
    }

    @ParameterizedTest
    @CsvSource({"ZOH, false", "ZOH, true", "BILINEAR, false", "BILINEAR, true"})
    void stepsOfOneAreTheCommonStep(Discretizer.Method method, boolean both) {
        ModelConfig use = model(method, both, 8, TimeSteps.USE);
        ModelConfig ignore = model(method, both, 8, TimeSteps.IGNORE);
        Batch ones = batch(true, 1);
        assertArrayEquals(prediction(ignore, ones, 1), prediction(use, ones, 1), 2e-6f);
        Map<String, float[]> expected = gradients(ignore, ones);
        gradients(use, ones)
                .forEach((name, gradient) ->
                        assertArrayEquals(expected.get(name), gradient, 1e-5f, name));
        // Other steps do change something, unless they are ignored.
        Batch others = batch(false, 1);
        assertFalse(Arrays.equals(prediction(use, ones, 1), prediction(use, others, 1)));
        assertArrayEquals(prediction(ignore, ones, 1), prediction(ignore, others, 1));
    }

    @ParameterizedTest
    @CsvSource({"ZOH, false", "ZOH, true", "BILINEAR, false", "BILINEAR, true"})
    void stepRescaleTwoIsStepsOfTwo(Discretizer.Method method, boolean both) {
        ModelConfig use = model(method, both, 8, TimeSteps.USE);
        ModelConfig ignore = model(method, both, 8, TimeSteps.IGNORE);
        assertArrayEquals(
                prediction(use, batch(false, 2), 1), prediction(use, batch(false, 1), 2), 2e-6f);
        assertArrayEquals(
                prediction(use, batch(true, 2), 1), prediction(ignore, batch(true, 1), 2), 2e-6f);
    }

    private static final int STATES = 64;

    private static long bytes(TimeSteps timeSteps, boolean both) {
        ModelConfig config = model(Discretizer.Method.ZOH, both, STATES, timeSteps);
        try (Backend backend = new CpuBackend(1, true);
                Learner learner =
                        new Learner(
                                backend,
                                new Model(config, SHAPE),
                                training(),
                                SAMPLES,
                                LENGTH,
                                0)) {
            return learner.bytes();
        }
    }

    /**
     * A layer under way has one more array, the inputs of its states (B L, 2P); nothing is kept for
     * the way back.
     */
    @Test
    void takesTheMemoryOfTheCommonStep() {
        for (boolean both : new boolean[] {false, true}) {
            long timed = bytes(TimeSteps.USE, both);
            long fixed = bytes(TimeSteps.IGNORE, both);
            long inputs = (long) SAMPLES * LENGTH * STATES * Float.BYTES;
            assertTrue(timed <= fixed + inputs, timed + " bytes, not " + fixed);
        }
    }
}
