package s5.data.given;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.Example;
import s5.Failure;
import s5.Prediction;
import s5.S5Model;
import s5.S5Stream;
import s5.Sequence;
import s5.Training;
import s5.UserError;
import s5.data.Batch;
import s5.data.Dataset;
import s5.data.Shape;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** What a Java program gives to train on is trained on as it is, or refused with its place. */
class GivenDataTest {
    @TempDir Path folder;

    private Training small(Training training, String run) {
        return training.set("device", "cpu")
                .set("threads", 1)
                .set("model.layers", 1)
                .set("model.features", 8)
                .set("model.states", 8)
                .set("model.blocks", 1)
                .set("train.epochs", 2)
                .set("train.batch", 4)
                .folder(folder.resolve(run));
    }

    private Training small(List<Example> examples, String run) {
        return small(Training.of(examples), run);
    }

    private static Sequence sequence(int i) {
        Random random = new Random(i);
        double[] values = new double[12];
        Arrays.setAll(values, k -> i % 2 + 0.1 * random.nextGaussian());
        return Sequence.ofValues(values, 1);
    }

    private static List<Example> examples(double between) {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Sequence sequence = sequence(i);
            double[] times = new double[sequence.length()];
            Arrays.setAll(times, k -> 3 + between * k);
            examples.add(
                    Example.ofClass(
                            between > 0 ? sequence.withTimes(times) : sequence,
                            i % 2 == 0 ? "even" : "odd"));
        }
        return examples;
    }

    private static List<Example> examples() {
        return examples(0);
    }

    private static List<Example> with(int at, Example example, List<Example> examples) {
        List<Example> all = new ArrayList<>(examples);
        all.set(at, example);
        return all;
    }

    private void assertRefused(Training training, String message) {
        UserError e = assertThrows(UserError.class, training::run);
        assertTrue(e.getMessage().contains(message), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
    }

    @Test
    void answersThatAreNoNumbers() {
        List<Example> numbers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            numbers.add(Example.ofNumbers(sequence(i), i, 2 * i));
        }
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, 1e300}) {
            assertRefused(
                    small(with(7, Example.ofNumbers(sequence(7), 1, bad), numbers), "a"),
                    "example 7: answer 1 is " + bad);
            double[] each = new double[12];
            each[5] = bad;
            List<Example> one =
                    List.of(
                            Example.ofNumbersEach(sequence(1), new double[12], 1),
                            Example.ofNumbersEach(sequence(2), each, 1));
            assertRefused(small(one, "b"), "example 1: answer 0 at position 5 is " + bad);
        }
        // Not one of the two numbers alone: of such an example there would be nothing to learn.
        Example none = Example.ofNumbers(sequence(7), Double.NaN, Double.NaN);
        assertRefused(small(with(7, none, numbers), "c"), "example 7: answer 0 is NaN");
    }

    @Test
    void inputsThatAreInfinite() {
        for (double bad : new double[] {Double.NEGATIVE_INFINITY, 1e300}) {
            double[] values = new double[12];
            values[9] = bad;
            Example example = Example.ofClass(Sequence.ofValues(values, 2), "odd");
            List<Example> two = new ArrayList<>();
            examples()
                    .forEach(e ->
                            two.add(
                                    Example.ofClass(
                                            Sequence.ofValues(e.sequence().values(), 2),
                                            e.classes().getFirst())));
            assertRefused(
                    small(with(3, example, two), "a"),
                    "example 3: number 1 at position 4 is " + bad);
            Training parts = Training.of(two, with(2, example, two), null);
            assertRefused(
                    small(parts, "b"), "validation example 2: number 1 at position 4 is " + bad);
        }
    }

    /** UTF-8 has a question mark for both of these names. */
    @Test
    void namesWithHalfACharacter() {
        for (String bad : new String[] {"a\uD83D", "a\uDE00", "\uDE00\uD83D"}) {
            IllegalArgumentException e =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> Example.ofClass(sequence(1), bad));
            assertTrue(e.getMessage().contains("half a character"), e.getMessage());
            List<String> names = List.of("b", bad);
            Sequence two = Sequence.ofValues(new float[2], 1);
            assertThrows(IllegalArgumentException.class, () -> Example.ofClassEach(two, names));
        }
        assertDoesNotThrow(() -> Example.ofClass(sequence(1), "a\uD83D\uDE00"));
        assertWrong(() -> Example.ofClass(sequence(1), "a\0"), "class 'a ' has a zero byte");
    }

    @Test
    void keysWithoutEffect() {
        assertRefused(small(examples(), "a").set("data.task", "forecast"), "data.task: examples");
        assertRefused(small(examples(), "a").set("data.split_by", "person"), "data.split_by: is");
        assertRefused(small(examples(), "a").set("data.files", "*.csv"), "data.files: is for data");
        assertRefused(small(examples(), "a").set("data.root", "data"), "data.root: is for data");
        assertRefused(small(examples(), "a").set("data.set", "table"), "data.set=table: the");
        Training parts = Training.of(examples(), examples(), examples());
        assertRefused(small(parts, "a").set("data.test", 0.5), "data.test: is a share");
        Shape shape = new Shape(5, 1, false, false, 2, 1);
        Dataset own = new Own(shape, 8, List.of("a", "b"));
        assertRefused(
                small(Training.of(own, own, own), "a").set("data.classes", 3), "data.classes=3:");
        assertFalse(Files.exists(folder.resolve("a")), "nothing was begun");
    }

    @Test
    void messagesNameNoFile() {
        assertRefused(small(examples().subList(0, 1), "a"), "examples: there is one sequence");
    }

    @Test
    void partsThatAreEmpty() {
        List<Example> none = List.of();
        List<Example> some = examples();
        assertThrows(IllegalArgumentException.class, () -> Training.of(some, none, null));
        assertThrows(IllegalArgumentException.class, () -> Training.of(some, null, none));
    }

    private record Own(Shape shape, int size, List<String> classNames) implements Dataset {
        @Override
        public void read(int i, Batch batch, int row) {
            Arrays.fill(batch.x, row * shape.length(), (row + 1) * shape.length(), i % 2 - 0.5f);
            batch.lengths[row] = shape.length();
            batch.labels[row] = i % 2;
        }
    }

    @Test
    void dataSetsThatNobodyCanTrainOn() {
        Shape shape = new Shape(5, 1, false, false, 2, 1);
        Dataset good = new Own(shape, 8, List.of("a", "b"));
        Dataset none = new Own(shape, 0, List.of("a", "b"));
        assertWrong(() -> Training.of(none, good, good), "train: a data set of 0 samples");
        assertWrong(() -> Training.of(good, none, good), "validation: a data set of 0 samples");
        assertWrong(() -> Training.of(good, good, none), "test: a data set of 0 samples");
        Dataset one = new Own(shape, 8, List.of("a"));
        assertWrong(() -> Training.of(one, good, good), "train.classNames(): 1 names of 2");
        Dataset same = new Own(shape, 8, List.of("a", "a"));
        assertWrong(() -> Training.of(good, same, good), "validation.classNames(): 'a' comes");
        Dataset half = new Own(shape, 8, List.of("a", "\uDE00"));
        assertWrong(() -> Training.of(good, good, half), "has half a character");
        Dataset nameless = new Own(shape, 8, null);
        NullPointerException e =
                assertThrows(NullPointerException.class, () -> Training.of(nameless, good, good));
        assertEquals("train.classNames()", e.getMessage());
    }

    private static void assertWrong(Runnable call, String message) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, call::run);
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }

    @Test
    void goesOnWithTheSameDataOnly() {
        small(examples(), "run").set("train.max_steps", 3).run().close();
        Training other = small(examples().reversed(), "run").set("train.max_steps", 6);
        assertRefused(other.resume(), "its training samples were others, though as many");
        small(examples(), "run").set("train.max_steps", 6).resume().run().close();
    }

    /** Equal steps are told, and others are not taken for them. */
    @Test
    void timesThatAModelDoesNotRead() throws IOException {
        try (S5Model model = small(examples(), "none").run()) {
            Sequence sequence = examples(1).getFirst().sequence();
            assertWrong(() -> model.predict(sequence), "with times for a model of positions one");
            assertWrong(
                    () -> model.stream().push(new float[1], 1),
                    "a time step for a model of positions one step apart");
        }
        try (S5Model model = small(examples(2), "equal").run()) {
            String log = Files.readString(folder.resolve("equal/log.txt"));
            assertTrue(log.contains("all time steps are 2.0, so that times are not used"), log);
            Prediction with = model.predict(examples(2).getFirst().sequence());
            Prediction without = model.predict(examples().getFirst().sequence());
            assertEquals(
                    ((Prediction.Classes) without).probability("odd"),
                    ((Prediction.Classes) with).probability("odd"));
            UserError e =
                    assertThrows(
                            UserError.class,
                            () -> model.predict(examples(1).getFirst().sequence()));
            assertTrue(e.getMessage().contains("position 1 is 1.0 behind"), e.getMessage());
            S5Stream stream = model.stream();
            stream.push(new float[1], 17); // of the first position it does not count
            stream.push(new float[1], 2);
            e = assertThrows(UserError.class, () -> stream.push(new float[1], 3));
            assertTrue(e.getMessage().contains("position 2 is 3.0 behind"), e.getMessage());
            assertEquals(2, stream.position());
        }
        Training ignored = small(examples(2), "ignored").set("data.times", "ignore");
        try (S5Model model = ignored.run()) {
            assertDoesNotThrow(() -> model.predict(examples(1).getFirst().sequence()));
        }
    }

    /** The files are whole, nobody is blamed for what he has not done, and the thread knows. */
    @Test
    void anInterruptionEndsTheRun() {
        Training.Listener third =
                new Training.Listener() {
                    @Override
                    public void batch(long updates) {
                        if (updates == 3) {
                            Thread.currentThread().interrupt();
                        }
                    }
                };
        Failure e = assertThrows(Failure.class, small(examples(), "run").listener(third)::run);
        assertTrue(Thread.interrupted());
        assertTrue(e.getMessage().contains("the thread was interrupted"), e.getMessage());
        Path last = folder.resolve("run/last.safetensors");
        assertTrue(Files.exists(last) && Files.exists(folder.resolve("run/report.html")));
        small(examples(), "run").resume().run().close();

        Thread.currentThread().interrupt();
        e = assertThrows(Failure.class, small(examples(), "before")::run);
        assertTrue(Thread.interrupted());
        assertEquals("the thread was interrupted before the training began", e.getMessage());
        assertFalse(Files.exists(folder.resolve("before")));

        Thread.currentThread().interrupt();
        e = assertThrows(Failure.class, () -> S5Model.load(last));
        assertTrue(Thread.interrupted());
        assertEquals(last + ": was not read, for the thread was interrupted", e.getMessage());
    }
}
