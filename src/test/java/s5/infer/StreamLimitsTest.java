package s5.infer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.S5Model;
import s5.S5Stream;
import s5.S5Streams;
import s5.Sequence;
import s5.UserError;
import s5.data.Shape;
import s5.train.RandomModel;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What streams do at their limits: too much of a number, too many of them, none any more. */
class StreamLimitsTest {
    private static final float HUGE = 3e38f; // finite, and nothing that is computed of it is

    @TempDir static Path folder;
    private static Path file;
    private static Path timed;

    @BeforeAll
    static void models() {
        file = write("m", new Shape(50, 2, false, true, 4, 1));
        timed = write("timed", new Shape(50, 1, false, true, 4, 1, 0, 0, true, false));
    }

    private static Path write(String name, Shape shape, String... settings) {
        List<String> all = new ArrayList<>();
        all.addAll(
                List.of("model.layers=2", "model.features=8", "model.states=8", "model.blocks=1"));
        all.addAll(List.of(settings));
        return RandomModel.write(folder.resolve(name), shape, all.toArray(String[]::new));
    }

    /** A stream that has read what it cannot bear would say nothing ever after. */
    @Test
    void goesOnAfterTooLargeNumbers() {
        try (S5Model model = S5Model.load(file)) {
            S5Stream stream = model.stream();
            stream.push(0.1f, 0.2f);
            byte[] before = stream.state();
            assertMistake(
                    () -> stream.push(0.1f, HUGE),
                    "stream: what came at position 1 would have left it infinite or NaN");
            assertArrayEquals(before, stream.state());
            assertEquals(1, stream.position());
            stream.push(0.3f, 0.4f);
            S5Stream other = model.stream();
            other.push(0.1f, 0.2f);
            other.push(0.3f, 0.4f);
            assertArrayEquals(other.state(), stream.state());
        }
    }

    @Test
    void oneOfManyHarmsNoOther() {
        int count = 101; // more than step at a time, and not a multiple
        try (S5Model model = S5Model.load(file)) {
            S5Streams streams = model.streams(count);
            float[] values = new float[2 * count];
            values[2 * 60 + 1] = HUGE;
            values[2 * 77 + 1] = HUGE;
            assertMistake(
                    () -> streams.push(values),
                    "stream 60 and 1 more: what came at position 0 would have left it");
            S5Stream alone = model.stream();
            alone.push(0, 0);
            for (int i = 0; i < count; i++) {
                boolean bad = i == 60 || i == 77;
                assertEquals(bad ? 0 : 1, streams.position(i), "stream " + i);
                byte[] expected = bad ? model.stream().state() : alone.state();
                assertArrayEquals(expected, streams.state(i), "stream " + i);
            }
            streams.push(new int[] {60}, new float[2]);
            assertArrayEquals(alone.state(), streams.state(60));
        }
    }

    /** One line, and not the exception of an array. */
    @Test
    void tooMany() {
        try (S5Model model = S5Model.load(file)) {
            for (int count : new int[] {1_000_000_000, Integer.MAX_VALUE}) {
                IllegalArgumentException e =
                        assertThrows(IllegalArgumentException.class, () -> model.streams(count));
                assertTrue(e.getMessage().contains("fit into arrays"), e.getMessage());
                assertTrue(e.getMessage().startsWith("%,d streams".formatted(count)));
            }
        }
    }

    /** One line, and before any of it is allocated. */
    @Test
    void aSequenceThatNoMemoryHolds() {
        int features = 1024;
        Path wide = write("wide", new Shape(50, 5, true, true, 4, 1), "model.features=" + features);
        long most = Runtime.getRuntime().maxMemory() / (4L * features);
        int arrays = Integer.MAX_VALUE / features + 1; // that none holds
        try (S5Model model = S5Model.load(wide)) {
            for (int length : new int[] {(int) Math.min(most, arrays), arrays}) {
                Sequence sequence = Sequence.ofTokens(new int[length]).ofAnyLength();
                String said =
                        assertThrows(UserError.class, () -> model.predict(sequence)).getMessage();
                assertTrue(said.contains("sequence: %,d positions".formatted(length)), said);
                assertTrue(said.contains("push it through a stream"), said);
                assertEquals(1, said.lines().count(), said);
            }
            model.predict(Sequence.ofTokens(1, 2)); // goes on
        }
    }

    /** Everything but the number of streams, as the documentation has it. */
    @Test
    void closedIsClosed() {
        S5Model model = S5Model.load(file);
        S5Stream stream = model.stream();
        S5Streams streams = model.streams(3);
        byte[] state = stream.state();
        model.close();
        List<Runnable> calls = new ArrayList<>();
        calls.add(stream::position);
        calls.add(stream::state);
        calls.add(stream::reset);
        calls.add(stream::prediction);
        calls.add(stream::fork);
        calls.add(() -> stream.restore(state));
        calls.add(() -> stream.push(1, 2));
        calls.add(() -> streams.position(0));
        calls.add(() -> streams.state(0));
        calls.add(() -> streams.reset(0));
        calls.add(() -> streams.prediction(0));
        calls.add(() -> streams.restore(0, state));
        calls.add(() -> streams.push(new int[1], new float[2]));
        for (int i = 0; i < calls.size(); i++) {
            IllegalStateException e =
                    assertThrows(IllegalStateException.class, calls.get(i)::run, "call " + i);
            assertEquals("the model is closed", e.getMessage());
        }
    }

    /** Who has the times of positions gives the first one a step of 0, which is not read. */
    @Test
    void theFirstStepMayBeNone() {
        try (S5Model model = S5Model.load(timed)) {
            S5Stream stream = model.stream();
            S5Stream other = model.stream();
            stream.push(new float[] {.5f}, 0);
            other.push(new float[] {.5f}, 7);
            assertArrayEquals(other.state(), stream.state());
            S5Streams streams = model.streams(2);
            streams.push(new int[] {1}, new float[] {.5f}, new double[1]);
            assertEquals(stream.prediction(), streams.prediction(1));
            for (double wrong : new double[] {0, -1, Double.NaN}) {
                assertThrows(
                        IllegalArgumentException.class,
                        () -> stream.push(new float[] {.5f}, wrong),
                        "of the second " + wrong);
            }
            assertThrows(
                    IllegalArgumentException.class,
                    () -> model.stream().push(new float[] {.5f}, -1));
        }
    }

    /** Who writes a number without a point pushes a token. */
    @Test
    void aTokenForAModelOfNumbers() {
        try (S5Model model = S5Model.load(timed)) {
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> model.stream().push(7));
            assertEquals(
                    "token 7 for a model of numbers, 1 at each position; push((float) number) reads"
                            + " one",
                    e.getMessage());
            S5Streams streams = model.streams(2);
            e =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> streams.push(new int[1], new int[] {7}));
            assertTrue(e.getMessage().startsWith("token 7 for a model of numbers"));
        }
    }

    private static void assertMistake(Runnable call, String message) {
        UserError e = assertThrows(UserError.class, call::run);
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }
}
