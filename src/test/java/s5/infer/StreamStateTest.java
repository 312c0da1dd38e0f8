package s5.infer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.Prediction;
import s5.S5Model;
import s5.S5Stream;
import s5.UserError;
import s5.data.Shape;
import s5.train.RandomModel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.CRC32C;

/** What a stream remembers can be kept, sent away and doubled. */
class StreamStateTest {
    @TempDir static Path folder;
    private static Path file;

    @BeforeAll
    static void model() {
        file = write("m.safetensors", "seed=1", 6, 96, 128);
    }

    private static Path write(String name, String seed, int layers, int features, int states) {
        return RandomModel.write(
                folder.resolve(name),
                new Shape(50, 2, false, false, 4, 1),
                "model.layers=" + layers,
                "model.features=" + features,
                "model.states=" + states,
                "model.blocks=2",
                seed);
    }

    private static float[] values(int k) {
        Random random = new Random(k);
        return new float[] {random.nextFloat(), random.nextFloat()};
    }

    private static void push(S5Stream stream, int from, int to) {
        for (int k = from; k < to; k++) {
            stream.push(values(k));
        }
    }

    private static int[] bits(S5Stream stream) {
        float[] p = ((Prediction.Classes) stream.prediction()).probabilities();
        int[] bits = new int[p.length];
        Arrays.setAll(bits, i -> Float.floatToRawIntBits(p[i]));
        return bits;
    }

    /** Goes on in a process of its own: CHECKPOINT STATE FROM TO. */
    public static void main(String[] args) {
        try (S5Model model = S5Model.load(Path.of(args[0]))) {
            S5Stream stream = model.stream();
            stream.restore(HexFormat.of().parseHex(args[1]));
            push(stream, Integer.parseInt(args[2]), Integer.parseInt(args[3]));
            System.out.println(Arrays.toString(bits(stream)));
        }
    }

    @Test
    void goesOnInAnotherProcess() throws IOException, InterruptedException {
        try (S5Model model = S5Model.load(file)) {
            S5Stream stream = model.stream();
            push(stream, 0, 9);
            byte[] state = stream.state();
            assertTrue(state.length < 10_000, state.length + " bytes");
            push(stream, 9, 21);
            Path out = folder.resolve("out");
            String path =
                    System.getProperty(
                            "surefire.test.class.path", System.getProperty("java.class.path"));
            Process process =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "--add-modules",
                                    "jdk.incubator.vector",
                                    "-XX:TieredStopAtLevel=1",
                                    "-cp",
                                    path,
                                    StreamStateTest.class.getName(),
                                    file.toString(),
                                    HexFormat.of().formatHex(state),
                                    "9",
                                    "21")
                            .redirectOutput(out.toFile())
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            assertEquals(0, process.waitFor());
            assertEquals(Arrays.toString(bits(stream)), Files.readString(out).strip());
        }
    }

    @Test
    void forksAndBeginsAnew() {
        try (S5Model model = S5Model.load(file)) {
            S5Stream stream = model.stream();
            assertThrows(IllegalStateException.class, stream::prediction);
            push(stream, 0, 5);
            int[] five = bits(stream);
            S5Stream fork = stream.fork();
            push(stream, 5, 9);
            assertArrayEquals(five, bits(fork));
            assertEquals(5, fork.position());
            push(fork, 5, 9);
            assertArrayEquals(bits(stream), bits(fork));
            stream.reset();
            assertEquals(0, stream.position());
            push(stream, 0, 5);
            assertArrayEquals(five, bits(stream));
            assertFalse(Arrays.equals(five, bits(fork)));
        }
    }

    @Test
    void refusesOtherStates() {
        Path other = write("other.safetensors", "seed=2", 6, 96, 128);
        try (S5Model model = S5Model.load(file);
                S5Model foreign = S5Model.load(other);
                S5Model slow = model.withStepRescale(2)) {
            S5Stream stream = model.stream();
            push(stream, 0, 2);
            byte[] state = stream.state();
            int[] before = bits(stream);
            assertMistake(() -> foreign.stream().restore(state), "another model");
            assertMistake(() -> slow.stream().restore(state), "another model");
            byte[] damaged = state.clone();
            damaged[100] ^= 4;
            assertMistake(() -> stream.restore(damaged), "is damaged");
            assertMistake(() -> stream.restore(Arrays.copyOf(state, 500)), "is damaged");
            assertMistake(() -> stream.restore(new byte[3]), "is none of a stream");
            for (int at : new int[] {8, 40}) { // the number of positions, a number of a layer
                byte[] made = state.clone();
                ByteBuffer.wrap(made).putInt(at, Float.floatToIntBits(Float.NEGATIVE_INFINITY));
                CRC32C sum = new CRC32C();
                sum.update(made, 0, made.length - 4);
                ByteBuffer.wrap(made).putInt(made.length - 4, (int) sum.getValue());
                assertMistake(() -> stream.restore(made), "state: makes no sense");
            }
            assertArrayEquals(before, bits(stream));
        }
    }

    @Test
    void saysWhoIsWrong() {
        S5Model model = S5Model.load(file);
        S5Stream stream = model.stream();
        stream.push(0.1f, 0.2f);
        assertThrows(IllegalArgumentException.class, () -> stream.push(0.1f));
        assertThrows(IllegalArgumentException.class, () -> stream.push(7));
        assertThrows(IllegalArgumentException.class, () -> stream.push(new float[2], 0.5));
        assertMistake(() -> stream.push(0.1f, Float.NaN), "number 1 at position 0 is NaN");
        assertEquals(1, stream.position());
        var streams = model.streams(3);
        assertThrows(
                IllegalArgumentException.class, () -> streams.push(new int[] {1, 1}, new float[4]));
        assertThrows(
                IllegalArgumentException.class, () -> streams.push(new int[] {3}, new float[2]));
        assertThrows(IllegalArgumentException.class, () -> streams.push(new float[4]));
        assertThrows(IllegalArgumentException.class, () -> model.streams(0));
        model.close();
        assertThrows(IllegalStateException.class, () -> stream.push(0.1f, 0.2f));
        assertThrows(IllegalStateException.class, stream::prediction);
        assertThrows(IllegalStateException.class, () -> streams.push(new float[6]));
        assertThrows(IllegalStateException.class, model::stream);
    }

    private static void assertMistake(Runnable call, String message) {
        UserError e = assertThrows(UserError.class, call::run);
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }
}
