package s5.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import s5.config.Config;
import s5.config.ConfigLoader;
import s5.cpu.CpuBackend;
import s5.data.Batch;
import s5.data.Shape;
import s5.io.Safetensors;
import s5.model.Model;
import s5.run.TinyRun;
import s5.run.TinyRun.Ended;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** What {@link s5.config.TrainOptions} ask for: what it does, and that a run with it goes on. */
class OptionsTest {
    @TempDir static Path folder;
    private static TinyRun tiny;
    private static int runs;

    @BeforeAll
    static void make() throws IOException {
        tiny = new TinyRun(folder);
    }

    private static Ended ok(String name, String... more) {
        Ended ended = tiny.train(name, more);
        assertEquals(0, ended.code(), ended.err());
        return ended;
    }

    private static String[] words(String words, String... more) {
        List<String> all = new ArrayList<>(List.of(words.split(" ", -1)));
        all.addAll(Arrays.asList(more));
        return all.toArray(String[]::new);
    }

    // ---- going on
    // --------------------------------------------------------------------------------

    /** Ended in an epoch and between two rows, and gone on with: as if it had not ended. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "train.clip_norm=0.5",
                "train.accumulate=5",
                "train.label_smoothing=0.1",
                "train.ema=0.9",
                "train.optimizer=adam train.no_decay=*norm/*,*/bias",
                "train.schedule=linear",
                "train.schedule=one_cycle train.warmup_epochs=1",
                "train.accumulate=2 train.ema=0.99 train.clip_norm=0.1 train.epochs=4"
            })
    void aRunThatEndedGoesOnAsIfItHadNot(String options) throws IOException {
        int number = runs++;
        String alone = "alone" + number;
        String ended = "ended" + number;
        ok(alone, words(options));
        String out = ok(ended, words(options, "train.max_steps=1")).out();
        assertTrue(out.contains("ended by train.max_steps=1: epoch 1, step 1 of"), out);
        assertTrue(out.contains("best epoch 1"), out);
        ok(ended, words(options, "train.max_steps=5", "resume=true"));
        ok(ended, words(options, "resume=true"));
        TinyRun.assertSame(tiny.out(alone), tiny.out(ended));
    }

    /** The momentum of descent is part of the state, too. */
    @Test
    void descentGoesOn() throws IOException {
        String sgd = "train.optimizer=sgd train.momentum=0.8";
        ok("sgd", words(sgd));
        ok("sgd2", words(sgd, "train.max_steps=7"));
        ok("sgd2", words(sgd, "resume=true"));
        assertEquals(TinyRun.rows(tiny.out("sgd")), TinyRun.rows(tiny.out("sgd2")));
        Map<String, Safetensors.Array> one = arrays("sgd/last.safetensors");
        Map<String, Safetensors.Array> two = arrays("sgd2/last.safetensors");
        assertEquals(one.keySet(), two.keySet());
        assertFalse(one.keySet().stream().anyMatch(name -> name.startsWith("v/")), one::toString);
        one.forEach(
                (name, array) -> assertArrayEquals(array.values(), two.get(name).values(), name));
    }

    private static Map<String, Safetensors.Array> arrays(String file) {
        return Safetensors.read(tiny.out(file)).arrays();
    }

    /** It has been evaluated, can be used, and says so when nothing is left to do. */
    @Test
    void aRunThatEndedByTimeIsWhole() throws IOException {
        Ended ended = ok("short", "train.max_minutes=1e-9");
        assertTrue(ended.out().contains("ended by train.max_minutes=1.0E-9"), ended.out());
        assertTrue(Files.readString(tiny.out("short/run.json")).contains("\"accuracy\""));
        assertTrue(Files.readString(tiny.out("short/report.html")).contains("test accuracy"));
        Ended eval = tiny.eval("short/best.safetensors");
        assertEquals(0, eval.code(), eval.err());
        String accuracy = ended.out().replaceAll("(?s).*, test (accuracy [0-9.]+ %).*", "$1");
        assertTrue(eval.out().contains(accuracy), eval.out() + ended.out());
        Ended again = ok("short", "train.max_minutes=1e-9", "resume=true");
        assertTrue(
                again.out().contains("nothing is left to do: the run has come to its end by"),
                again.out());
        ok("short", "resume=true");
        ok("long");
        TinyRun.assertSame(tiny.out("long"), tiny.out("short"));
    }

    // ---- what they do
    // ----------------------------------------------------------------------------

    /** Two batches of four for one of eight: the same samples, in the same order. */
    @Test
    void gradientsOfSeveralBatchesAreThoseOfALargeOne() throws IOException {
        String same = "model.norm=layer model.dropout=0";
        ok("one", words(same));
        ok("two", words(same, "train.batch=4", "train.accumulate=2", "train.eval_batch=8"));
        List<String> one = TinyRun.rows(tiny.out("one"));
        List<String> two = TinyRun.rows(tiny.out("two"));
        assertEquals(one.size(), two.size());
        for (int i = 1; i < one.size(); i++) {
            String[] a = one.get(i).split("[^-.0-9a-zA-Z]+", -1);
            String[] b = two.get(i).split("[^-.0-9a-zA-Z]+", -1);
            assertEquals(a[3], b[3], "step");
            assertEquals(Double.parseDouble(a[4]), Double.parseDouble(b[4]), 1e-3, "loss");
        }
        Ended many = tiny.train("many", "train.accumulate=13");
        assertEquals(2, many.code());
        assertTrue(
                many.err().contains("train.accumulate: 13 batches of 8 samples are more than the"),
                many.err());
    }

    /** What a file names as the parameters is what was evaluated. */
    @Test
    void theAverageIsEvaluated() {
        Ended ended = ok("averaged", "train.ema=0.9");
        Ended eval = tiny.eval("averaged/best.safetensors", "split=validation");
        String accuracy = ended.out().replaceAll("(?s).*validation (accuracy [0-9.]+ %).*", "$1");
        assertTrue(eval.out().contains(accuracy), eval.out() + ended.out());
        Map<String, Safetensors.Array> last = arrays("averaged/last.safetensors");
        float[] average = last.get("decoder/kernel").values();
        float[] raw = last.get("raw/decoder/kernel").values();
        assertFalse(Arrays.equals(average, raw), "the average is the newest");
        assertEquals(0, tiny.report("averaged").code());
        ok("start", "train.start_from=" + tiny.out("averaged/best.safetensors"));
    }

    /** One training step after another, on random batches. */
    private static final class Steps implements AutoCloseable {
        final Config config;
        final CpuBackend backend = new CpuBackend(1, false);
        final Model model;
        final Learner learner;
        final Batch batch;
        final SplittableRandom random = new SplittableRandom(1);
        int number;

        Steps(String... words) {
            this(null, words);
        }

        /**
         * @param weights of the classes; null for none
         */
        Steps(float[] weights, String... words) {
            config = ConfigLoader.load(Path.of("configs/listops-small.yaml"), List.of(words));
            Shape shape = config.data().shape().withLength(11);
            model = new Model(config.model(), shape);
            learner = new Learner(backend, model, config.train(), 3, 11, 5, weights);
            learner.initialize(5);
            batch = new Batch(shape, 3);
            batch.rows = 3;
        }

        void step() {
            Arrays.setAll(batch.tokens, i -> random.nextInt(batch.shape.inputs()));
            Arrays.setAll(batch.lengths, i -> random.nextInt(1, 12));
            Arrays.setAll(batch.labels, i -> random.nextInt(batch.shape.classes()));
            learner.step(number++, batch, 0.01, 0.02);
        }

        float[] parameter() {
            return backend.read(model.parameters().getLast().value());
        }

        @Override
        public void close() {
            learner.close();
            backend.close();
        }
    }

    @Test
    void theAverageFollowsTheParameters() {
        try (Steps steps = new Steps("train.ema=0.25")) {
            float[] start = steps.parameter();
            double[] average = new double[start.length];
            Arrays.setAll(average, i -> start[i]);
            String name = steps.model.parameters().getLast().name();
            for (int t = 0; t < 6; t++) {
                steps.step();
                float[] now = steps.parameter();
                double decay = Math.min(0.25, (1.0 + t) / (10 + t));
                for (int i = 0; i < now.length; i++) {
                    average[i] = decay * average[i] + (1 - decay) * now[i];
                    assertEquals(
                            average[i],
                            steps.backend.read(steps.learner.state().get(name))[i],
                            1e-6);
                }
                assertArrayEquals(
                        now, steps.backend.read(steps.learner.state().get("raw/" + name)));
            }
        }
    }

    /** The loss is of targets that are spread; what an evaluation says is not. */
    @Test
    void labelsAreSmooth() {
        float[] weights = {0.5f, 1, 2, 3, 0.25f, 1.5f, 0.75f, 1, 4, 0.1f};
        for (float[] each : new float[][] {null, weights}) {
            labelsAreSmooth(each);
        }
        Ended numbers =
                TinyRun.s5(
                        "train",
                        "configs/pendulum-small.yaml",
                        "train.label_smoothing=0.3",
                        "device=cpu",
                        "data.sequences=32",
                        "data.frames=5",
                        "data.kept=3",
                        "train.batch=8",
                        "data.cache_dir=" + folder.resolve("cache"),
                        "out=" + folder.resolve("numbers"));
        assertEquals(2, numbers.code(), numbers.err());
        assertTrue(
                numbers.err().contains("train.label_smoothing: the model tells numbers"),
                numbers.err());
    }

    private static void labelsAreSmooth(float[] weights) {
        try (Steps steps = new Steps(weights, "train.label_smoothing=0.3")) {
            steps.step();
            float[] logProbs = steps.learner.prediction();
            int classes = logProbs.length / 3;
            double loss = 0;
            for (int i = 0; i < logProbs.length; i++) {
                boolean right = i % classes == steps.batch.labels[i / classes];
                double target = (right ? 0.7 : 0) + 0.3 / classes;
                double weight = weights == null ? 1 : weights[steps.batch.labels[i / classes]];
                loss -= weight * target * logProbs[i] / 3;
            }
            assertEquals(loss, steps.learner.metrics()[0], 1e-5);
        }
    }

    @Test
    void aLongGradientIsShortened() {
        try (Steps free = new Steps();
                Steps limited = new Steps("train.clip_norm=0.01")) {
            free.step();
            limited.step();
            double norm = norm(free.learner.gradients());
            assertTrue(norm > 0.02, "norm " + norm);
            assertEquals(norm, limited.learner.gradientNorm(), 1e-5 * norm);
            assertEquals(0.01, norm(limited.learner.gradients()), 1e-7);
        }
    }

    private static double norm(Map<String, float[]> gradients) {
        double sum = 0;
        for (float[] values : gradients.values()) {
            for (float value : values) {
                sum += (double) value * value;
            }
        }
        return Math.sqrt(sum);
    }

    /** The first step of descent: the learning rate times gradient and decay. */
    @Test
    void descentFollowsTheGradient() {
        try (Steps steps = new Steps("train.optimizer=sgd", "train.weight_decay=0.5")) {
            float[] before = steps.parameter();
            steps.step();
            float[] after = steps.parameter();
            String name = steps.model.parameters().getLast().name();
            float[] gradient = steps.learner.gradients().get(name);
            for (int i = 0; i < before.length; i++) {
                double slope = gradient[i] + 0.5 * before[i];
                assertEquals(before[i] - 0.02 * slope, after[i], 1e-7);
            }
        }
    }

    /** Nothing moves before the last batch of an update. */
    @Test
    void anUpdateWaitsForItsBatches() {
        try (Steps steps = new Steps("train.accumulate=3", "train.ema=0.9")) {
            float[] before = steps.parameter();
            String name = steps.model.parameters().getLast().name();
            steps.step();
            float[] first = steps.learner.gradients().get(name);
            steps.step();
            assertArrayEquals(before, steps.parameter());
            assertFalse(Arrays.equals(first, steps.learner.gradients().get(name)));
            steps.step();
            assertFalse(Arrays.equals(before, steps.parameter()));
        }
    }

    @Test
    void aNameThatNoParameterHasIsTold() {
        Ended ended = tiny.train("names", "train.no_decay=*/bias,decoder/kernal");
        assertEquals(2, ended.code());
        assertTrue(
                ended.err()
                        .contains(
                                "train.no_decay: 'decoder/kernal' is the name of no parameter; did"
                                        + " you mean decoder/kernel?"),
                ended.err());
        assertEquals(1, ended.err().lines().count(), ended.err());
    }
}
