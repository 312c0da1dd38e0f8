package s5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.config.Config;
import s5.run.TinyRun;
import s5.run.TinyRun.Ended;
import s5.train.Checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A trained model in a program of one's own gives what {@code s5 predict} gives. */
class ClassifierTest {
    private static final String EXPRESSION = "[MAX 2 [MIN 3 1 ] 7 ]";

    @TempDir static Path folder;
    private static Path best;

    @BeforeAll
    static void train() throws IOException {
        TinyRun tiny = new TinyRun(folder);
        assertEquals(0, tiny.train("a", "train.ssm_lr=0.01").code());
        best = tiny.out("a").resolve("best.safetensors");
    }

    private static JsonNode predicted(String expression) throws IOException {
        Path file = Files.writeString(folder.resolve("one.txt"), expression + "\n");
        Ended ended = TinyRun.s5("predict", best.toString(), file.toString(), "device=cpu");
        assertEquals(0, ended.code(), ended.err());
        return new JsonMapper().readTree(ended.out());
    }

    /** The program in docs/embedding.md, compiled and run as that page says. */
    @Test
    void theExampleOfTheDocs() throws Exception {
        String page = Files.readString(Path.of("docs/embedding.md"));
        String program = page.substring(page.indexOf("```java\n") + 8);
        Path source =
                Files.writeString(
                        folder.resolve("Classify.java"),
                        program.substring(0, program.indexOf("```")));
        Path out = folder.resolve("out");
        String path =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--add-modules",
                                "jdk.incubator.vector",
                                "-cp",
                                path,
                                source.toString(),
                                best.toString(),
                                EXPRESSION)
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
        assertEquals(0, process.waitFor(), () -> said(out));
        JsonNode expected = predicted(EXPRESSION);
        String probability =
                expected.path("probabilities").path(expected.path("label").asInt()).asText();
        assertEquals(
                expected.path("class").asText() + " with " + Float.parseFloat(probability),
                said(out).lines().toList().getLast());
    }

    private static String said(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void sequencesOfNumbers() throws IOException {
        for (String part : List.of("train", "t10k")) {
            write(part + "-images-idx3-ubyte", 0x803, 20, 28, 28);
            write(part + "-labels-idx1-ubyte", 0x801, 20);
        }
        Path yaml =
                Files.writeString(
                        folder.resolve("m.yaml"),
                        """
                        device: cpu
                        out: %s
                        data: {set: smnist, root: %s}
                        model: {layers: 1, features: 4, states: 4, blocks: 1}
                        train: {epochs: 1, batch: 6}
                        """
                                .formatted(folder.resolve("m"), folder));
        Ended trained = TinyRun.s5("train", yaml.toString());
        assertEquals(0, trained.code(), trained.err());
        Path checkpoint = folder.resolve("m/best.safetensors");
        float[] values = new float[784];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 7 / 7f;
        }
        ByteBuffer bytes = ByteBuffer.allocate(4 * 784).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        Path file = Files.write(folder.resolve("x.f32"), bytes.array());
        Ended ended = TinyRun.s5("predict", checkpoint.toString(), file.toString(), "device=cpu");
        assertEquals(0, ended.code(), ended.err());
        List<Float> expected = new ArrayList<>();
        new JsonMapper()
                .readTree(ended.out())
                .path("probabilities")
                .forEach(p -> expected.add((float) p.asDouble()));
        try (Classifier model = Classifier.open(checkpoint, "device=cpu")) {
            List<Float> found = new ArrayList<>();
            for (float p : model.probabilities(values)) {
                found.add(p);
            }
            assertEquals(expected, found);
            assertEquals(784, model.shape().length());
            assertEquals(10, model.classes().size());
            assertMistake(
                    () -> model.probabilities(Arrays.copyOf(values, 783)),
                    "numbers: 783 numbers where a sample has 784 x 1");
            values[3] = Float.NaN;
            assertMistake(() -> model.probabilities(values), "numbers: number 4 is NaN");
            assertMistake(
                    () -> model.probabilities("a text"),
                    "text: the model takes 784 x 1 numbers, not text");
        }
    }

    /** A file of MNIST's format whose values count up from 0 to 9, over and over. */
    private static void write(String name, int magic, int... sizes) throws IOException {
        int count = Arrays.stream(sizes).reduce(1, (a, b) -> a * b);
        ByteBuffer file = ByteBuffer.allocate(4 + 4 * sizes.length + count).putInt(magic);
        Arrays.stream(sizes).forEach(file::putInt);
        for (int i = 0; i < count; i++) {
            file.put((byte) (i % 10));
        }
        Files.write(folder.resolve(name), file.array());
    }

    @Test
    void texts() throws IOException {
        try (Classifier model = Classifier.open(best, "device=cpu", "threads=1")) {
            float[] first = model.probabilities(EXPRESSION);
            model.probabilities("[MIN 1 9 ]");
            assertEquals(predicted(EXPRESSION).path("label").asInt(), Classifier.likeliest(first));
            assertEquals(List.of(), mismatch(first, model.probabilities(EXPRESSION)));
            assertMistake(
                    () -> model.probabilities("[MAX 2"), "text:1: unbalanced brackets: 1 not");
            assertMistake(
                    () -> model.probabilities(new float[3]),
                    "numbers: the model takes text, not numbers");
        }
        assertMistake(() -> Classifier.open(best, "device=cpu", "devise=1"), "did you mean device");
        assertMistake(
                () -> Classifier.open(folder, "device=cpu"),
                folder + ": is a folder; name a checkpoint in it");
        assertThrows(
                IllegalArgumentException.class,
                () -> new Classifier(Checkpoint.read(best), config(), 0));
    }

    private static Config config() {
        return Checkpoint.read(best).config(List.of("device=cpu"));
    }

    private static List<Integer> mismatch(float[] a, float[] b) {
        int at = Arrays.mismatch(a, b);
        return at < 0 ? List.of() : List.of(at);
    }

    private static void assertMistake(Runnable call, String message) {
        UserError e = assertThrows(UserError.class, call::run);
        assertTrue(e.getMessage().contains(message), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
    }

    @Test
    void likeliestIsTheFirstOfTheLargest() {
        assertEquals(1, Classifier.likeliest(new float[] {.2f, .4f, .4f}));
        assertEquals(0, Classifier.likeliest(new float[] {1}));
    }
}
