package s5.data.set;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import s5.UserError;
import s5.config.Config;
import s5.config.ConfigLoader;
import s5.data.Batch;
import s5.data.Dataset;
import s5.data.Fitted;
import s5.data.Shape;
import s5.data.TestFiles;
import s5.data.UserFile;
import s5.data.Vocabulary;
import s5.run.TinyRun;
import s5.run.TinyRun.Ended;
import s5.train.Checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Files of a user's own, as predict reads them. */
class UserFileTest {
    private static final Shape MNIST = Mnist.SHAPE;

    @TempDir Path folder;

    private static Config config(String set) {
        return ConfigLoader.of("data.set=" + set);
    }

    private static List<JsonNode> predict(Path checkpoint, Path file) throws IOException {
        Ended ended = TinyRun.s5("predict", checkpoint.toString(), file.toString(), "device=cpu");
        assertEquals(0, ended.code(), ended.err());
        List<JsonNode> lines = new ArrayList<>();
        for (String line : ended.out().lines().toList()) {
            JsonNode node = new JsonMapper().readTree(line);
            assertEquals(lines.size(), node.path("index").asInt());
            double sum = 0;
            for (JsonNode p : node.path("probabilities")) {
                sum += p.asDouble();
                assertTrue(
                        p.asDouble()
                                <= node.path("probabilities")
                                        .path(node.path("label").asInt())
                                        .asDouble());
            }
            assertEquals(1, sum, 1e-5, line);
            assertEquals(10, node.path("probabilities").size());
            lines.add(node);
        }
        return lines;
    }

    /** The test expressions written out as text: as many are right as in the evaluation. */
    @Test
    void predictsExpressionsAsTheEvaluationDoes() throws IOException {
        TinyRun tiny = new TinyRun(folder);
        assertEquals(0, tiny.train("a", "train.ssm_lr=0.01").code());
        Path best = tiny.out("a").resolve("best.safetensors");
        Checkpoint checkpoint = Checkpoint.read(best);
        Dataset test =
                checkpoint
                        .config(List.of("data.cache_dir=" + folder.resolve("cache")))
                        .data()
                        .open()
                        .test();
        Batch batch = new Batch(test.shape(), 1);
        List<String> expressions = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        for (int i = 0; i < test.size(); i++) {
            test.read(i, batch, 0);
            StringBuilder text = new StringBuilder();
            for (int k = 0; k < batch.lengths[0] - 1; k++) {
                String token = checkpoint.tokenNames().get(batch.tokens[k]);
                text.append(token.equals("X") ? "]" : token).append(' ');
            }
            expressions.add(text.toString());
            labels.add(batch.labels[0]);
        }
        Path file = Files.write(folder.resolve("expressions.txt"), expressions);
        List<JsonNode> lines = predict(best, file);
        assertEquals(test.size(), lines.size());
        int right = 0;
        for (int i = 0; i < lines.size(); i++) {
            right += lines.get(i).path("label").asInt() == labels.get(i) ? 1 : 0;
        }
        Ended eval = tiny.eval("a/best.safetensors");
        Matcher accuracy = Pattern.compile("accuracy ([0-9.]+) %").matcher(eval.out());
        assertTrue(accuracy.find(), eval::out);
        assertEquals(Double.parseDouble(accuracy.group(1)), 100.0 * right / test.size(), .006);
    }

    @ParameterizedTest
    @ValueSource(strings = {"smnist", "psmnist"})
    void predictsTheSameFromAnyFormat(String set) throws IOException {
        TinyRun tiny = new TinyRun(folder);
        Path images = IdxTestFiles.write(folder, 20).resolve("t10k-images-idx3-ubyte");
        Files.deleteIfExists(images.resolveSibling("t10k-images-idx3-ubyte.gz"));
        Files.write(images, IdxTestFiles.images(7, 2));
        Files.write(images.resolveSibling("t10k-labels-idx1-ubyte"), IdxTestFiles.labels(7));
        Path yaml =
                Files.writeString(
                        folder.resolve("m.yaml"),
                        """
                        device: cpu
                        data: {set: %s, root: '%s'}
                        model: {layers: 1, features: 4, states: 4, blocks: 1}
                        train: {epochs: 1, batch: 6}
                        """
                                .formatted(set, folder));
        Ended ended = TinyRun.s5("train", yaml.toString(), "out=" + tiny.out("m"));
        assertEquals(0, ended.code(), ended.err());
        Path best = tiny.out("m").resolve("best.safetensors");
        List<JsonNode> expected = predict(best, images);
        assertEquals(7, expected.size());
        Dataset data = config(set).data().samples(images, new Fitted(MNIST, List.of(), List.of()));
        Batch batch = new Batch(MNIST, 1);
        StringBuilder csv = new StringBuilder();
        ByteBuffer f32 = ByteBuffer.allocate(7 * 784 * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 7; i++) {
            data.read(i, batch, 0);
            for (int k = 0; k < 784; k++) {
                f32.putFloat(batch.x[k]);
                csv.append(batch.x[k]).append(k < 783 ? k % 2 == 0 ? "," : "; " : "\r\n");
            }
        }
        Path text = Files.writeString(folder.resolve("x.csv"), csv + "\n");
        Path raw = Files.write(folder.resolve("x.f32"), f32.array());
        Path zipped = folder.resolve("x.f32.gz");
        TestFiles.write(zipped, TestFiles.gzip(f32.array()));
        for (Path file : List.of(text, raw, zipped)) {
            assertEquals(expected, predict(best, file), file::toString);
        }
        Path large = Files.writeString(folder.resolve("y.csv"), "3e38 ".repeat(783) + "3e38");
        Ended nan = TinyRun.s5("predict", best.toString(), large.toString());
        assertEquals(2, nan.code(), nan.err());
        assertEquals("", nan.out());
        assertTrue(nan.err().contains("sample 0: the model's answer is no number"), nan.err());
    }

    @Test
    void textsOfEditorsThatMarkThem() throws IOException {
        Path file = Files.writeString(folder.resolve("x.csv"), "\ufeff1,2,3,4\r\n5,6,7,8\r\n");
        Shape shape = new Shape(2, 2, false, false, 2, 1);
        Dataset data =
                config("cifar").data().samples(file, new Fitted(shape, List.of(), List.of()));
        Batch batch = new Batch(shape, 2);
        data.read(0, batch, 0);
        data.read(1, batch, 1);
        assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, batch.x);
    }

    @Test
    void readsTextsAsTheDataSetsDo() throws IOException {
        List<String> tokens = List.of("<pad>", "<unk>", "<eos>", "a", "b", " ");
        Path file = Files.writeString(folder.resolve("texts"), "\ufeffab ba\nabc\taaaaaaaaaa\n\n");
        Shape one = new Shape(8, 135, true, true, 2, 1);
        Dataset imdb = config("imdb").data().samples(file, new Fitted(one, List.of(), tokens));
        assertEquals(2, imdb.size());
        Batch batch = new Batch(one, 2);
        imdb.read(0, batch, 0);
        imdb.read(1, batch, 1);
        assertArrayEquals(new int[] {3, 4, 5, 4, 3, 2, 0, 0, 3, 4, 1, 1, 3, 3, 3, 2}, batch.tokens);
        assertArrayEquals(new int[] {6, 8}, batch.lengths);

        Shape two = new Shape(8, 98, true, true, 2, 2);
        UserError e =
                assertThrows(
                        UserError.class,
                        () ->
                                config("aan")
                                        .data()
                                        .samples(file, new Fitted(two, List.of(), tokens)));
        assertEquals(
                file + ":1: 1 texts where the model takes 2; put a tab between them",
                e.getMessage());
        Files.writeString(file, "ab\tba\n");
        Dataset aan = config("aan").data().samples(file, new Fitted(two, List.of(), tokens));
        batch = new Batch(two, 1);
        aan.read(0, batch, 0);
        assertArrayEquals(new int[] {3, 4, 2, 0, 0, 0, 0, 0, 4, 3, 2, 0, 0, 0, 0, 0}, batch.tokens);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x.csv | 1,2,3,x   | x.csv:1: number 4 is 'x'",
                "x.csv | 1,2,3     | x.csv:1: 3 numbers where a sample has 2 x 2",
                "x.csv | 1,2,3,inf | x.csv:1: number 4 is 'inf'",
                "x.csv | 1,2,3,1e99 | x.csv:1: number 4 is Infinity",
                "x.csv | ''        | x.csv: holds no samples",
                "x.f32 | 12345     | x.f32: 5 bytes are no whole number of samples, which have 2 x"
                        + " 2",
                "x.mp3 | 1         | x.mp3: is of no format known here; cifar takes .csv or .f32",
                "a-idx3-ubyte | 1  | a-idx3-ubyte: is of no format known here; cifar takes .csv or"
                        + " .f32",
                "x.f32.gz | 1      | x.f32.gz: the gzip file ends too early",
            })
    void saysWhatIsWrong(String name, String content, String message) throws IOException {
        Path file = Files.writeString(folder.resolve(name), content);
        Shape shape = new Shape(2, 2, false, false, 2, 1);
        UserError e =
                assertThrows(
                        UserError.class,
                        () ->
                                config("cifar")
                                        .data()
                                        .samples(file, new Fitted(shape, List.of(), List.of())));
        assertTrue(e.getMessage().contains(message), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
    }

    /** Padding is not among the numbers: how many there are is how long a sequence is. */
    @Test
    void sequencesOfAnyLengthHaveNoPadding() throws IOException {
        Shape shape = new Shape(3, 2, false, true, 2, 1);
        Fitted fitted = new Fitted(shape, List.of(), List.of());
        Path csv = Files.writeString(folder.resolve("x.csv"), "1 2 3 4 5 6\n7,8\n1;2;3;4\n");
        Dataset data = config("cifar").data().samples(csv, fitted);
        Batch batch = new Batch(shape, 3);
        for (int i = 0; i < 3; i++) {
            data.read(2 - i, batch, i); // what was there before is gone
            data.read(i, batch, i);
        }
        assertArrayEquals(new int[] {3, 1, 2}, batch.lengths);
        assertArrayEquals(
                new float[] {1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 1, 2, 3, 4, 0, 0}, batch.x);

        ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putFloat(1).putFloat(2).putFloat(3).putFloat(4);
        Path f32 = Files.write(folder.resolve("x.f32"), bytes.array());
        Dataset one = config("cifar").data().samples(f32, fitted);
        assertEquals(1, one.size());
        one.read(0, batch, 0);
        assertEquals(2, batch.lengths[0]);
        Dataset given = UserFile.numbers(new float[] {9, 8}, shape);
        given.read(0, batch, 0);
        assertEquals(1, batch.lengths[0]);

        assertEquals(
                "numbers: 3 numbers where a sample has at most 3 x 2",
                refusal(() -> UserFile.numbers(new float[3], shape)));
        assertEquals(
                "numbers: 8 numbers where a sample has at most 3 x 2",
                refusal(() -> UserFile.numbers(new float[8], shape)));
        assertEquals(
                "numbers: 0 numbers where a sample has at most 3 x 2",
                refusal(() -> UserFile.numbers(new float[0], shape)));
    }

    @Test
    void numbersAloneDoNotTellTimes() throws IOException {
        Shape timed = new Shape(2, 2, false, false, 2, 1, 0, 0, true, false);
        String message =
                ": the model takes the time of each position, which is not among numbers alone;"
                        + " give it samples as its data set has them";
        assertEquals("numbers" + message, refusal(() -> UserFile.numbers(new float[4], timed)));
        for (String name : List.of("x.csv", "x.f32")) {
            Path file = Files.writeString(folder.resolve(name), "1,2,3,4\nabcdefg\n");
            Fitted fitted = new Fitted(timed, List.of(), List.of());
            String refused = refusal(() -> config("cifar").data().samples(file, fitted));
            assertEquals(file + (name.endsWith("csv") ? ":1" : "") + message, refused);
        }
    }

    private static String refusal(Executable action) {
        return assertThrows(UserError.class, action).getMessage();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[MIN 2 7 ] | ",
                "( ( ( [MIN 2 ) 7 ) ] ) | ",
                "8 | ",
                "[MIN 2 7 | unbalanced brackets: 1 not closed at the end",
                "[MIX 2 7 ] | unknown token \"[MIX\"; ListOps has 0..9",
                "'' | unknown token"
            })
    void expressionsAreWellFormed(String expression, String mistake) {
        List<String> tokens =
                List.of("<pad>", "<unk>", "<eos>", "X", "2", "[MIN", "7", "8", "[MAX");
        if (mistake == null) {
            int[] ids = ListOpsText.ids(expression, new Vocabulary(tokens), "here");
            int[] expected = expression.equals("8") ? new int[] {7, 2} : new int[] {5, 4, 6, 3, 2};
            assertArrayEquals(expected, ids);
            return;
        }
        UserError e =
                assertThrows(
                        UserError.class,
                        () -> ListOpsText.ids(expression, new Vocabulary(tokens), "here"));
        assertTrue(e.getMessage().startsWith("here: "), e.getMessage());
        assertTrue(e.getMessage().contains(mistake), e.getMessage());
        assertFalse(e.getMessage().contains("\n"));
    }
}
