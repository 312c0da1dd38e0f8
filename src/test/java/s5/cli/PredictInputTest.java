package s5.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import s5.config.ConfigLoader;
import s5.data.Fitted;
import s5.data.Shape;
import s5.data.TestFiles;
import s5.data.set.IdxTestFiles;
import s5.run.TinyRun;
import s5.run.TinyRun.Ended;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What predict is given: all of it counts, or it is told or refused. */
class PredictInputTest {
    @TempDir Path folder;

    private String tiny() throws IOException {
        TinyRun tiny = new TinyRun(folder);
        assertEquals(0, tiny.train("a", "train.epochs=1").code());
        return tiny.out("a").resolve("best.safetensors").toString();
    }

    private static Ended piped(byte[] input, String... words) {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(input));
        try {
            return TinyRun.s5(words);
        } finally {
            System.setIn(before);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The model takes 24 tokens, the end mark included. */
    @Test
    void longTextsAreNotCutInSilence() throws IOException {
        String best = tiny();
        String fits = "[MAX " + "1 ".repeat(21) + "]";
        String longer = "[MAX " + "1 ".repeat(22) + "]";
        Path file = Files.writeString(folder.resolve("x.txt"), fits + "\n" + longer + "\n");
        Ended refused = TinyRun.s5("predict", best, file.toString());
        assertEquals(2, refused.code());
        assertEquals("", refused.out());
        assertEquals(
                "s5: %s:2: 25 tokens with the end mark where the model takes 24; shorten it, or add cut=true to predict from its start%n"
                        .formatted(file),
                refused.err());
        Ended cut = TinyRun.s5("predict", best, file.toString(), "cut=true");
        assertEquals(0, cut.code(), cut.err());
        assertFalse(cut.out().lines().toList().get(0).contains("cut"), cut::out);
        assertTrue(cut.out().lines().toList().get(1).contains(",\"cut\":true,"), cut::out);
    }

    @ParameterizedTest
    @CsvSource({
        "data.length=200",
        "out=elsewhere",
        "train.epochs=3",
        "data.root=.",
        "name=x",
        "seed=3"
    })
    void unusedWordsAreRefused(String word) throws IOException {
        Path file = Files.writeString(folder.resolve("x.txt"), "[MAX 1 2 ]");
        Ended ended = TinyRun.s5("predict", tiny(), file.toString(), word);
        assertEquals(2, ended.code(), ended.err());
        String key = word.substring(0, word.indexOf('='));
        assertTrue(ended.err().contains("predict has no use for '" + key + "'"), ended.err());
        assertEquals(1, ended.err().lines().count());
    }

    @Test
    void standardInputIsAFile() throws IOException {
        String best = tiny();
        String text = "[MAX 1 2 ]\n[MIN 3 4 ]\n";
        Path file = Files.writeString(folder.resolve("x.txt"), text);
        Ended expected = TinyRun.s5("predict", best, file.toString());
        assertEquals(2, expected.out().lines().count());
        assertEquals(expected, piped(utf8(text), "predict", best, "-"));
        assertEquals(expected, piped(TestFiles.gzip(utf8(text)), "predict", best, "-"));
        Ended bad = piped(utf8("[MAX 1 2 ]\n[MIX 3 ]\n"), "predict", best, "-");
        assertEquals(2, bad.code());
        assertTrue(bad.err().startsWith("s5: standard input:2: unknown token"), bad.err());
        Ended empty = piped(new byte[0], "predict", best, "-");
        assertEquals(2, empty.code());
        assertTrue(empty.err().startsWith("s5: standard input: is empty"), empty.err());
    }

    private static String suffix(byte[] start) {
        return StandardInput.suffix(start, ".csv");
    }

    /** The ends of names that the content of files stands for. */
    @Test
    void standardInputIsKnownByItsContent() {
        assertEquals(".wav", suffix(utf8("RIFF....WAVE")));
        assertEquals(".csv", suffix(utf8("a,b\n1,2\n")));
        assertEquals(".tsv", suffix(utf8("a\tb\n1\t2\n")));
        assertEquals(".jsonl", suffix(utf8("{\"a\": 1}\n")));
        assertEquals(".ts", suffix(utf8("@problemName x\n")));
        assertEquals(".f32", suffix(new byte[] {0, 0, -128, 63}));
        assertEquals(".npy", suffix(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'}));
        assertEquals(".csv", suffix(new byte[] {'a', ',', (byte) 0xc3}));
    }

    /** MNIST's pixels are between 0 and 1 in training. */
    @Test
    void numbersFarOutsideAreTold() throws IOException {
        IdxTestFiles.write(folder, 20);
        Path yaml =
                Files.writeString(
                        folder.resolve("m.yaml"),
                        """
                        device: cpu
                        data: {set: smnist, root: '%s'}
                        model: {layers: 1, features: 4, states: 4, blocks: 1}
                        train: {epochs: 1, batch: 6}
                        """
                                .formatted(folder));
        assertEquals(0, TinyRun.s5("train", yaml.toString(), "out=" + folder + "/m").code());
        String best = folder.resolve("m/best.safetensors").toString();
        String far =
                IntStream.range(0, 784)
                        .mapToObj(i -> "" + i % 256)
                        .collect(Collectors.joining(","));
        String near =
                IntStream.range(0, 784)
                        .mapToObj(i -> i % 2 + ".5")
                        .collect(Collectors.joining(","));
        Path good = Files.writeString(folder.resolve("good.csv"), near);
        Path bad = Files.writeString(folder.resolve("bad.csv"), near + "\n" + far + "\n");
        String quiet = TestFiles.told(() -> TinyRun.s5("predict", best, good.toString()));
        assertEquals("", quiet);
        String told =
                TestFiles.told(
                        () -> assertEquals(0, TinyRun.s5("predict", best, bad.toString()).code()));
        assertEquals(
                bad
                        + ": 1 of 2 samples have values far outside what the model was trained on"
                        + " (input 1 of sample 1 reaches 255.0, where training had 0.0 to 1.0);"
                        + " are they in the same units?\n",
                told);
    }

    @Test
    void decimalCommasAreNamed() throws IOException {
        IdxTestFiles.write(folder, 20);
        String row = "0,5;".repeat(783) + "0,5";
        Path file = Files.writeString(folder.resolve("x.csv"), row + "\n");
        Fitted fitted = new Fitted(new Shape(784, 1, false, false, 10, 1), List.of(), List.of());
        TestFiles.assertUserError(
                () -> ConfigLoader.of("data.set=smnist").data().samples(file, fitted),
                file + ":1: the numbers have decimal commas; write them with points");
    }
}
