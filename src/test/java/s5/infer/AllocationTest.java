package s5.infer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import s5.Example;
import s5.S5Model;
import s5.S5Streams;
import s5.Sequence;
import s5.Training;
import s5.data.Shape;
import s5.train.Checkpoint;
import s5.train.RandomModel;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Steps of streams make no objects, so a service that lives on them has no pauses. */
class AllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /**
     * Enough for HotSpot, however much it compiles besides; until it has compiled the Vector API,
     * each vector is an object.
     */
    private static final int ROUNDS = 20_000;

    private static final Shape NUMBERS = new Shape(16, 3, false, false, 5, 1);
    private static final Shape TOKENS = new Shape(16, 7, true, true, 5, 1);
    private static final Shape TIMED = new Shape(16, 3, false, false, 5, 1, 0, 0, true, false);

    @TempDir static Path folder;

    /** Sessions that fill the tiles of a product, and leave the last one with few rows. */
    @ParameterizedTest
    @CsvSource({"true,1", "true,48", "true,37", "false,1", "false,37"})
    void stepsMakeNothing(boolean vector, int sessions) {
        assertEquals(0, bytes(folder, NUMBERS, vector, sessions), "bytes of twenty steps");
    }

    /**
     * The same for each kind of layer and input, where a training, predictions and other streams
     * ran before. What HotSpot inlines depends on all of that; the second JVM inlines none of our
     * calls, which is the least that any may do.
     */
    @ParameterizedTest
    @ValueSource(strings = {"inline", "dontinline"})
    void stepsMakeNothingAfterATraining(String inlining) throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--add-modules",
                                "jdk.incubator.vector",
                                "-XX:CompileCommand=quiet",
                                inlining.equals("inline")
                                        ? "-showversion"
                                        : "-XX:CompileCommand=dontinline,s5*::*",
                                "-cp",
                                System.getProperty(
                                        "surefire.test.class.path",
                                        System.getProperty("java.class.path")),
                                Service.class.getName(),
                                Files.createDirectory(folder.resolve(inlining)).toString())
                        .redirectOutput(out.toFile())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        assertEquals(0, process.waitFor());
        List<String> lines = Files.readAllLines(out);
        assertEquals(List.of(), lines.stream().filter(line -> !line.endsWith(": 0")).toList());
        assertEquals(4 * 2 * 2, lines.size());
    }

    /** A service that trains, predicts, and then tells the bytes of twenty steps of each kind. */
    static final class Service {
        public static void main(String[] args) throws IOException {
            Path folder = Path.of(args[0]);
            train(folder);
            int variant = 0;
            for (String activation : List.of("half_glu1", "full_glu", "half_glu2", "gelu")) {
                for (String norm : List.of("batch", "layer")) {
                    for (int sessions : new int[] {1, 37}) {
                        Shape shape = List.of(NUMBERS, TOKENS, TIMED).get(variant++ % 3);
                        String[] settings = {
                            "model.activation=" + activation,
                            "model.norm=" + norm,
                            "model.prenorm=" + (variant % 4 < 2)
                        };
                        long bytes = bytes(folder, shape, true, sessions, settings);
                        System.out.printf(
                                "%s %s %d: %d%n",
                                shape, Arrays.toString(settings), sessions, bytes);
                        if (bytes > 0) {
                            return;
                        }
                    }
                }
            }
        }

        private static void train(Path folder) throws IOException {
            Random random = new Random(3);
            List<Example> examples =
                    IntStream.range(0, 64)
                            .mapToObj(i ->
                                    Example.ofClass(
                                            Sequence.ofValues(random.doubles(3 * 48).toArray(), 3),
                                            "class " + i % 4))
                            .toList();
            try (S5Model model =
                    Training.of(examples)
                            .folder(folder.resolve("run"))
                            .set("device", "cpu")
                            .set("train.epochs", 3)
                            .set("train.batch", 8)
                            .set("model.layers", 2)
                            .set("model.features", 96)
                            .set("model.states", 128)
                            .set("model.blocks", 1)
                            .run()) {
                for (Example example : examples) {
                    model.predict(example.sequence());
                }
            }
        }
    }

    /** The bytes that twenty steps of some streams make, once HotSpot has compiled them. */
    private static long bytes(
            Path folder, Shape shape, boolean vector, int sessions, String... settings) {
        List<String> words = new ArrayList<>(List.of(settings));
        words.addAll(
                List.of(
                        "model.layers=1",
                        "model.features=96",
                        "model.states=128",
                        "model.blocks=1",
                        "model.bidirectional=false"));
        Path file = folder.resolve("model.safetensors");
        RandomModel.write(file, shape, words.toArray(String[]::new));
        try (S5Model model = CpuModel.of(Checkpoint.read(file), vector)) {
            S5Streams streams = model.streams(sessions);
            int[] all = IntStream.range(0, sessions).toArray();
            int[] tokens = new int[sessions];
            float[] values = new float[3 * sessions];
            double[] dt = new double[sessions];
            Arrays.fill(dt, 1);
            long last = -1;
            for (int round = 0; round < ROUNDS && last != 0; round++) {
                values[0] += 0.01f;
                tokens[0] = round % 7;
                long before = THREADS.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 20; i++) {
                    if (shape.tokens()) {
                        streams.push(all, tokens);
                    } else if (shape.timed()) {
                        streams.push(all, values, dt);
                    } else {
                        streams.push(values);
                    }
                }
                last = THREADS.getCurrentThreadAllocatedBytes() - before;
            }
            return last;
        }
    }
}
