package s5;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.data.Shape;
import s5.run.TinyRun;
import s5.run.TinyRun.Ended;
import s5.train.RandomModel;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

/** A trained model in a program of one's own gives what {@code s5 predict} gives. */
class S5ModelTest {
    private static final String EXPRESSION = "[MAX 2 [MIN 3 1 ] 7 ]";

    @TempDir static Path folder;
    private static Path best;

    @BeforeAll
    static void train() throws IOException {
        TinyRun tiny = new TinyRun(folder);
        assertEquals(0, tiny.train("a", "train.ssm_lr=0.01").code());
        best = tiny.out("a").resolve("best.safetensors");
    }

    private static float[] predicted(Path checkpoint, Path file) throws IOException {
        Ended ended = TinyRun.s5("predict", checkpoint.toString(), file.toString(), "device=cpu");
        assertEquals(0, ended.code(), ended.err());
        JsonNode all = new JsonMapper().readTree(ended.out()).path("probabilities");
        float[] values = new float[all.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) all.get(i).asDouble();
        }
        return values;
    }

    private static float[] probabilities(S5Model model, Sequence sequence) {
        return ((Prediction.Classes) model.predict(sequence)).probabilities();
    }

    @Test
    void textsAsOnTheCommandLine() throws IOException {
        Path file = Files.writeString(folder.resolve("one.txt"), EXPRESSION + "\n");
        try (S5Model model = S5Model.load(best)) {
            float[] first = probabilities(model, Sequence.ofText(EXPRESSION));
            assertArrayEquals(predicted(best, file), first, 1e-6f);
            probabilities(model, Sequence.ofText("[MIN 1 9 ]"));
            assertArrayEquals(first, probabilities(model, Sequence.ofText(EXPRESSION)));
            assertEquals(24, model.length());
            assertEquals(10, model.classes().size());
            assertTrue(model.tokens().contains("[MAX"), model.tokens()::toString);
            assertEquals(List.of(), model.targets());
        }
    }

    @Test
    void fromBytes() throws IOException {
        byte[] bytes = Files.readAllBytes(best);
        try (S5Model file = S5Model.load(best);
                S5Model resource = S5Model.load(new ByteArrayInputStream(bytes))) {
            Sequence text = Sequence.ofText(EXPRESSION);
            assertArrayEquals(probabilities(file, text), probabilities(resource, text));
        }
        byte[] half = Arrays.copyOf(bytes, bytes.length / 2);
        assertMistake(() -> S5Model.load(new ByteArrayInputStream(half)), "checkpoint: ");
        bytes[bytes.length - 3] ^= 1;
        assertMistake(() -> S5Model.load(new ByteArrayInputStream(bytes)), "is damaged");
        assertMistake(
                () -> S5Model.load(folder), folder + ": is a folder; name a checkpoint in it");
    }

    /** What is too long is refused, or cut and told. */
    @Test
    void longTextsAreNotCutInSilence() {
        String fits = "[MAX " + "1 ".repeat(21) + "]";
        String longer = "[MAX " + "1 ".repeat(20) + "9 1 ]";
        try (S5Model model = S5Model.load(best)) {
            assertFalse(model.predict(Sequence.ofText(fits)).cut());
            assertMistake(
                    () -> model.predict(Sequence.ofText(longer)),
                    "text: 25 positions are more than the 24 that the model was trained on");
            Prediction cut = model.predict(Sequence.ofText(longer).cuttable());
            assertTrue(cut.cut());
            assertFalse(model.predict(Sequence.ofText(fits).cuttable()).cut());
        }
    }

    @Test
    void whoIsWrong() {
        try (S5Model model = S5Model.load(best)) {
            assertMistake(
                    () -> model.predict(Sequence.ofText("[MAX 2")),
                    "text: unbalanced brackets: 1 not");
            assertWrongUse(
                    () -> model.predict(Sequence.ofValues(new float[3], 1)),
                    "3 x 1 numbers for a model of tokens or text");
            assertWrongUse(
                    () -> model.predict(Sequence.ofTokens(3, 77)),
                    "token 77 for a model of the tokens 0 to 19");
            assertWrongUse(
                    () ->
                            model.predict(
                                    List.of(
                                            Sequence.ofTokens(3),
                                            Sequence.ofValues(new float[2], 2))),
                    "sequence 1: 1 x 2 numbers for a model of tokens or text");
            assertMistake(model::stream, "train one with model.bidirectional: false");
            assertMistake(() -> model.streams(3), "train one with model.bidirectional: false");
        }
        assertWrongUse(() -> Sequence.ofValues(new float[5], 2), "5 values are no positions of 2");
        assertWrongUse(() -> Sequence.ofTokens(), "without tokens");
        assertWrongUse(
                () -> Sequence.ofValues(new float[4], 2).withTimes(1, 1),
                "time 1 is 1.0, which is not above the one before");
    }

    @Test
    void numbersAsOnTheCommandLine() throws IOException {
        Path file = folder.resolve("numbers.safetensors");
        List<String> data = List.of("data.set=smnist");
        RandomModel.write(
                file,
                new Shape(784, 1, false, false, 10, 1),
                data,
                "model.layers=1",
                "model.features=4",
                "model.states=4",
                "model.blocks=1");
        float[] values = new float[784];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 7 / 7f;
        }
        ByteBuffer bytes = ByteBuffer.allocate(4 * 784).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        Path f32 = Files.write(folder.resolve("x.f32"), bytes.array());
        try (S5Model model = S5Model.load(file)) {
            Sequence whole = Sequence.ofValues(values, 1);
            assertArrayEquals(predicted(file, f32), probabilities(model, whole), 1e-6f);
            Sequence part = Sequence.ofValues(Arrays.copyOf(values, 783), 1);
            assertMistake(
                    () -> model.predict(part),
                    "sequence: 783 positions, and the model was trained on sequences of 784 only");
            model.predict(part.ofAnyLength());
            values[3] = Float.NaN;
            assertMistake(
                    () -> model.predict(Sequence.ofValues(values, 1)),
                    "values: number 0 at position 3 is NaN");
            assertWrongUse(
                    () -> model.predict(Sequence.ofText("a text")),
                    "a text for a model of numbers");
            assertWrongUse(
                    () -> model.predict(whole.withTimes(times(784))),
                    "with times for a model of positions one step apart");
        }
    }

    private static double[] times(int count) {
        double[] times = new double[count];
        Arrays.setAll(times, k -> 0.5 * k);
        return times;
    }

    /** A pool that takes nothing leaves the work to the caller; the order is that of the list. */
    @Test
    void batchesOnAPoolOfTheCallers() {
        List<Sequence> texts = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            texts.add(Sequence.ofText("[MIN " + i % 10 + " " + (i + 3) % 10 + " ]"));
        }
        try (S5Model model = S5Model.load(best)) {
            List<float[]> alone = texts.stream().map(t -> probabilities(model, t)).toList();
            assertSame(alone, model.predict(texts));
            assertSame(alone, model.predict(texts, task -> Thread.ofVirtual().start(task)));
            assertSame(
                    alone,
                    model.predict(
                            texts,
                            _ -> {
                                throw new RejectedExecutionException();
                            }));
            assertSame(alone, model.predict(texts, _ -> {})); // never begins
            assertEquals(List.of(), model.predict(List.of()));
        }
    }

    private static void assertSame(List<float[]> expected, List<Prediction> found) {
        assertEquals(expected.size(), found.size());
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i), ((Prediction.Classes) found.get(i)).probabilities());
        }
    }

    @Test
    void closedIsClosed() {
        S5Model model = S5Model.load(best);
        S5Model slower = model.withStepRescale(2);
        Sequence text = Sequence.ofText(EXPRESSION);
        assertFalse(
                Arrays.equals(probabilities(model, text), probabilities(slower, text)), "rescale");
        assertWrongUse(() -> model.withStepRescale(0), "a step rescale of 0.0");
        model.close();
        model.close();
        for (S5Model each : List.of(model, slower)) {
            assertClosed(() -> each.predict(text));
            assertClosed(() -> each.predict(List.of(text)));
            assertClosed(each::classes);
            assertClosed(each::stream);
        }
    }

    private static void assertClosed(Runnable call) {
        IllegalStateException e = assertThrows(IllegalStateException.class, call::run);
        assertEquals("the model is closed", e.getMessage());
    }

    private static void assertMistake(Runnable call, String message) {
        UserError e = assertThrows(UserError.class, call::run);
        assertTrue(e.getMessage().contains(message), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
    }

    private static void assertWrongUse(Runnable call, String message) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, call::run);
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }

    @Test
    void likeliestIsTheFirstOfTheLargest() {
        List<String> names = List.of("a", "b", "c");
        Prediction.Classes c = new Prediction.Classes(names, new float[] {.2f, .4f, .4f}, false);
        assertEquals(1, c.likeliest());
        assertEquals("b", c.name());
        assertEquals(.2f, c.probability("a"));
        assertWrongUse(() -> c.probability("d"), "no class 'd'");
    }
}
