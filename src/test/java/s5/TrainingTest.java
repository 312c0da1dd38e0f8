package s5;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.data.Batch;
import s5.data.Dataset;
import s5.data.Shape;
import s5.io.Safetensors;
import s5.run.TinyRun;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Training from Java: data in, a model and a run's folder out. */
class TrainingTest {
    private static final double OFFSET = 1000; // of raw values, which no model would take unscaled

    private static final String WEIGHT = "encoder/layers_0/seq/B";

    @TempDir Path folder;

    private static Training small(Training training, Path out) {
        return training.set("device", "cpu")
                .set("threads", 1)
                .set("model.layers", 1)
                .set("model.features", 8)
                .set("model.states", 8)
                .set("model.blocks", 2)
                .set("train.batch", 8)
                .set("train.epochs", 10)
                .set("train.ssm_lr", 0.02)
                .set("train.lr_factor", 1)
                .set("model.dt_min", 0.1)
                .set("model.dt_max", 1)
                .seed(3)
                .folder(out);
    }

    /** Waves around an offset whose frequency is the class; some values are missing. */
    private static Sequence wave(Random random, boolean fast, boolean timed) {
        int length = 10 + random.nextInt(6);
        double[] values = new double[2 * length];
        double[] times = new double[length];
        double phase = 6 * random.nextDouble();
        for (int k = 0; k < length; k++) {
            times[k] = k == 0 ? 100 : times[k - 1] + 10 + (timed ? 20 * random.nextDouble() : 0);
            double angle = (fast ? 1.5 : 0.4) * (timed ? times[k] / 20 : k) + phase;
            values[2 * k] = OFFSET + 7 * Math.sin(angle);
            values[2 * k + 1] = random.nextInt(9) == 0 ? Double.NaN : 7 * Math.cos(angle);
        }
        Sequence wave = Sequence.ofValues(values, 2);
        return timed ? wave.withTimes(times) : wave;
    }

    private static List<Example> classes(int count, boolean timed) {
        Random random = new Random(7);
        List<Example> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            boolean fast = i % 2 == 0;
            all.add(Example.ofClass(wave(random, fast, timed), fast ? "fast" : "slow"));
        }
        return all;
    }

    /**
     * What was fitted to the examples is part of the model: it takes raw numbers, whole or
     * streamed.
     */
    @Test
    void examplesOfClasses() {
        for (boolean timed : new boolean[] {false, true}) {
            List<Example> examples = classes(96, timed);
            Path out = folder.resolve("classes-" + timed);
            try (S5Model model = small(Training.of(examples), out).run()) {
                assertEquals(List.of("fast", "slow"), model.classes());
                assertEquals(2, model.inputs());
                int right = 0;
                for (Example example : examples) {
                    Prediction.Classes said =
                            (Prediction.Classes) model.predict(example.sequence());
                    right += said.name().equals(example.classes().getFirst()) ? 1 : 0;
                    assertStreamed(model, example.sequence(), said.probabilities());
                }
                assertTrue(right > 80, right + " of 96 with times " + timed);
            }
            for (String file : List.of("best.safetensors", "report.html", "metrics.csv")) {
                assertTrue(Files.exists(out.resolve(file)), file);
            }
            assertTrue(
                    TinyRun.s5("info", out.resolve("best.safetensors").toString())
                            .out()
                            .contains("set: examples"));
        }
    }

    private static void assertStreamed(S5Model model, Sequence sequence, float[] expected) {
        S5Stream stream = model.stream();
        double[] values = sequence.values();
        double[] times = sequence.times();
        for (int k = 0; k < sequence.length(); k++) {
            float[] position = {(float) values[2 * k], (float) values[2 * k + 1]};
            if (times == null) {
                stream.push(position);
            } else {
                stream.push(position, k == 0 ? 1 : times[k] - times[k - 1]);
            }
        }
        Prediction.Classes said = (Prediction.Classes) stream.prediction();
        // The stream takes raw numbers as float, which have seven digits.
        assertArrayEquals(expected, said.probabilities(), 2e-4f);
    }

    @Test
    void listenersHearAndEndTheRun() {
        List<String> heard = new ArrayList<>();
        Path out = folder.resolve("heard");
        Training.Listener listener =
                new Training.Listener() {
                    private long updates;

                    @Override
                    public void batch(long updates) {
                        this.updates = updates;
                    }

                    @Override
                    public void epoch(Training.Epoch epoch) {
                        assertTrue(epoch.trainLoss() > 0 && epoch.validationScore() <= 1);
                        heard.add("epoch " + epoch.number() + " after " + updates);
                    }

                    @Override
                    public void checkpoint(Path file) {
                        heard.add(file.getFileName().toString());
                    }

                    @Override
                    public void end(Path folder) {
                        heard.add("end " + Files.exists(folder.resolve("last.safetensors")));
                    }

                    @Override
                    public boolean stop() {
                        return updates >= 10;
                    }
                };
        try (S5Model model = small(Training.of(classes(96, false)), out).listener(listener).run()) {
            assertEquals(2, model.classes().size());
        }
        // 96 less a fifth to test and a fifth of the rest to validate with: 7 updates of 8.
        assertEquals(
                List.of("epoch 1 after 7", "best.safetensors", "last.safetensors", "end true"),
                heard);
        assertThrows(UserError.class, () -> small(Training.of(classes(96, false)), out).run());
        List<Example> renamed =
                classes(96, false).stream()
                        .map(e ->
                                Example.ofClass(
                                        e.sequence(),
                                        e.classes().getFirst().replace("slow", "still")))
                        .toList();
        UserError e =
                assertThrows(
                        UserError.class,
                        () -> small(Training.of(renamed), out).resume().run(),
                        "labels would be the same numbers");
        assertTrue(
                e.getMessage()
                        .endsWith(
                                "the data have other classes than the model: 'still' at place 1,"
                                        + " where the model has 'slow'"),
                e.getMessage());
        small(Training.of(classes(96, false)), out).resume().run().close();
        assertTrue(TinyRun.s5("info", out + "/last.safetensors").out().contains("epoch 11"));
    }

    /** An update of two batches, shortened to nearly nothing, and an end before the epoch's. */
    @Test
    void optionsOfTheUpdate() {
        List<Long> heard = new ArrayList<>();
        Training.Listener listener =
                new Training.Listener() {
                    @Override
                    public void batch(long updates) {
                        heard.add(updates);
                    }
                };
        Path out = folder.resolve("options");
        Training training = small(Training.of(classes(96, false)), out).listener(listener);
        training.accumulate(2).clip(1e-30).set("train.optimizer", "sgd");
        training.set("train.weight_decay", 0).set("train.max_steps", 2).run().close();
        assertEquals(List.of(1L, 2L), heard); // of three with seven batches
        Path start = folder.resolve("start");
        small(Training.of(classes(96, false)), start).set("train.ssm_lr", 1e-30).run().close();
        float[] moved =
                Safetensors.read(out.resolve("last.safetensors")).arrays().get(WEIGHT).values();
        float[] still =
                Safetensors.read(start.resolve("last.safetensors")).arrays().get(WEIGHT).values();
        assertArrayEquals(still, moved, 1e-7f);
        Path brief = folder.resolve("brief");
        heard.clear();
        Duration time = Duration.ofNanos(1); // no time is no limit
        small(Training.of(classes(96, false)), brief).listener(listener).atMost(time).run().close();
        assertTrue(heard.size() < 7, heard::toString);
    }

    /** Numbers come back in the units that they were given in. */
    @Test
    void examplesOfNumbers() {
        Random random = new Random(5);
        List<Example> each = new ArrayList<>();
        for (int i = 0; i < 160; i++) {
            double level = random.nextDouble();
            double[] values = new double[12];
            double[] sums = new double[12];
            for (int k = 0; k < 12; k++) {
                values[k] = level + 0.1 * random.nextGaussian();
                sums[k] = 5000 + 300 * values[k];
            }
            Sequence sequence = Sequence.ofValues(values, 1);
            each.add(Example.ofNumbersEach(sequence, sums, 1));
        }
        double[] last = {0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5};
        Sequence half = Sequence.ofValues(last, 1);
        try (S5Model model =
                small(Training.of(each), folder.resolve("each")).set("train.epochs", 12).run()) {
            Prediction.NumbersEach said = (Prediction.NumbersEach) model.predict(half);
            assertThrows(IndexOutOfBoundsException.class, () -> said.at(said.length()));
            assertThrows(IndexOutOfBoundsException.class, () -> said.at(-1));
            assertEquals(12, said.length());
            assertEquals(5150, said.at(11).mean(0), 60);
            assertEquals(List.of("target 1"), model.targets());
            S5Stream stream = model.stream();
            stream.push(0.5f);
            Prediction.Numbers first = (Prediction.Numbers) stream.prediction();
            assertEquals(said.at(0).mean(0), first.mean(0), 0.01);
            assertEquals(said.at(0).deviation(0), first.deviation(0), 0.01);
        }
    }

    /** A data set of the program's own. */
    private record Levels(Shape shape, int size, long seed) implements Dataset {
        @Override
        public void read(int i, Batch batch, int row) {
            Random random = new Random(seed + i);
            for (int k = 0; k < shape.length(); k++) {
                batch.x[row * shape.length() + k] =
                        i % 3 - 1 + 0.2f * (float) random.nextGaussian();
            }
            batch.lengths[row] = shape.length();
            batch.labels[row] = i % 3;
        }
    }

    @Test
    void dataSetsOfTheProgramsOwn() {
        Shape shape = new Shape(9, 1, false, false, 3, 1);
        Dataset test = new Levels(shape, 30, 500);
        Training training = Training.of(new Levels(shape, 60, 1), new Levels(shape, 30, 90), test);
        try (S5Model model = small(training, folder.resolve("own")).run()) {
            float[] values = new float[9];
            Arrays.fill(values, 1);
            Prediction.Classes said =
                    (Prediction.Classes) model.predict(Sequence.ofValues(values, 1));
            assertEquals("2", said.name());
        }
    }

    @Test
    void theTestIsAShareWhereNoneIsGiven() throws IOException {
        Path out = folder.resolve("share");
        List<Example> train = classes(20, false);
        small(Training.of(train, classes(8, false), null), out).run().close();
        String log = Files.readString(out.resolve("log.txt"));
        assertTrue(log.contains("16 training, 8 validation, 4 test samples"), log);
    }

    @Test
    void mistakes() {
        Training training = small(Training.of(classes(20, false)), folder.resolve("x"));
        assertMistake(training.set("model.layres", 2), "did you mean model.layers");
        assertMistake(
                small(Training.of(folder.resolve("none.yaml")), folder.resolve("y")),
                "no such file");
        assertFalse(Files.exists(folder.resolve("x")), "nothing was begun");
        assertThrows(IllegalArgumentException.class, () -> Training.of(List.of()));
        assertThrows(UserError.class, () -> training.atMost(Duration.ZERO));
        assertThrows(NullPointerException.class, () -> training.folder(null));
        Sequence three = Sequence.ofValues(new float[3], 1);
        assertThrows(
                IllegalArgumentException.class,
                () -> Example.ofClassEach(three, List.of("a", "b")));
        List<Example> mixed =
                List.of(Example.ofClass(three, "a"), Example.ofNumbers(three, 1), mixed2());
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> small(Training.of(mixed), folder.resolve("z")).run());
        assertTrue(e.getMessage().contains("example 1 is of another kind"), e.getMessage());
        assertFalse(Files.exists(folder.resolve("z")), "nothing was begun");
    }

    private static Example mixed2() {
        return Example.ofClass(Sequence.ofValues(new float[4], 2), "a");
    }

    private static void assertMistake(Training training, String message) {
        UserError e = assertThrows(UserError.class, training::run);
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }
}
