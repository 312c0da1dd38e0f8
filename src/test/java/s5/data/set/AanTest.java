package s5.data.set;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static s5.data.TestFiles.assertUserError;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import s5.data.Batch;
import s5.data.Dataset;
import s5.data.Shape;
import s5.data.Splits;
import s5.data.TestFiles;
import s5.data.TokenSet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;

/** Long Range Arena's files, small. */
class AanTest {
    @TempDir Path root;
    private Path folder;

    @BeforeEach
    void goodFiles() throws IOException {
        folder = root.resolve("lra_release/lra_release/tsv_data");
        TestFiles.write(
                folder.resolve("new_aan_pairs.train.tsv"),
                """
                0.0\tA00-1001\tB00\tabba\tbé
                1.0\tA00-1002\tB01\t"a ""b\"""\tb'b'
                """);
        TestFiles.write(folder.resolve("new_aan_pairs.eval.tsv"), "1\tx\ty\tab\tzaz\n");
        TestFiles.write(
                folder.resolve("new_aan_pairs.test.tsv.gz"),
                TestFiles.gzip(
                        "0\tx\ty\ta\tb\n1\tx\ty\t𝄞\t\"b\nb\"".getBytes(StandardCharsets.UTF_8)));
    }

    private Splits open(int length) {
        return Aan.open(root, root.resolve("cache"), length);
    }

    private static int[] tokens(Dataset data, int i, int document) {
        Batch batch = new Batch(data.shape(), 3);
        Arrays.fill(batch.tokens, 99);
        data.read(i, batch, 1);
        int at = batch.at(document, 1);
        int length = data.shape().length();
        int end = at * length + batch.lengths[at];
        for (int k = end; k < (at + 1) * length; k++) {
            assertEquals(0, batch.tokens[k], "padding");
        }
        return Arrays.copyOfRange(batch.tokens, at * length, end);
    }

    /** b seven times, a three, " and ' two, blank and é one. */
    @Test
    void samples() {
        Splits splits = open(16);
        TokenSet train = (TokenSet) splits.train();
        assertEquals(
                List.of("<pad>", "<unk>", "<eos>", "b", "a", "\"", "'", " ", "é"),
                train.vocabulary().tokens());
        assertEquals(new Shape(16, 9, true, true, 2, 2), splits.shape());
        assertFalse(splits.selectsOnTest());
        assertEquals(2, train.size());
        assertArrayEquals(new int[] {4, 3, 3, 4, 2}, tokens(train, 0, 0));
        assertArrayEquals(new int[] {3, 8, 2}, tokens(train, 0, 1));
        assertArrayEquals(new int[] {4, 7, 5, 3, 5, 2}, tokens(train, 1, 0));
        assertArrayEquals(new int[] {3, 6, 3, 6, 2}, tokens(train, 1, 1));
        assertArrayEquals(new int[] {1, 4, 1, 2}, tokens(splits.validation(), 0, 1));
        assertArrayEquals(new int[] {1, 2}, tokens(splits.test(), 1, 0));
        assertArrayEquals(new int[] {3, 1, 3, 2}, tokens(splits.test(), 1, 1));
        Batch batch = new Batch(splits.shape(), 2);
        train.read(0, batch, 0);
        train.read(1, batch, 1);
        assertArrayEquals(new int[] {0, 1}, batch.labels);
        assertArrayEquals(new int[] {5, 6, 3, 5}, batch.lengths, "first texts, then second texts");
    }

    /** Twelve rows, of which an open quote makes six. */
    @Test
    void quotesThatSwallowRowsAreTold() throws IOException {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 12; i++) {
            rows.append("1\tx\ty\tab\t").append(i == 2 || i == 8 ? "\"ab" : "ab").append('\n');
        }
        TestFiles.write(folder.resolve("new_aan_pairs.eval.tsv"), rows.toString());
        String told = TestFiles.told(() -> assertEquals(6, open(16).validation().size()));
        String later = TestFiles.told(() -> open(16)); // from the cache
        assertTrue(later.contains("new_aan_pairs.eval.tsv: quotes take 1 rows"), later);
        assertTrue(
                told.contains(
                        "new_aan_pairs.eval.tsv: quotes take 1 rows over line ends, the first at"
                                + " line 3; if texts have none, a quote there is not closed and"
                                + " rows are lost"),
                told);
        assertTrue(
                told.contains(
                        "AAN: 2 training, 6 validation and 2 test pairs, where the official set has"
                                + " 147,086 training, 18,090 validation and 17,437 test"),
                told);
    }

    @Test
    void longTextsAreCutBeforeTheEndAndCountsAreOfWhatIsLeft() {
        Splits splits = open(3);
        TokenSet train = (TokenSet) splits.train();
        assertEquals(
                List.of("<pad>", "<unk>", "<eos>", "b", "a", " ", "'", "é"),
                train.vocabulary().tokens());
        assertArrayEquals(new int[] {4, 3, 2}, tokens(train, 0, 0));
    }

    @Test
    void secondUseReadsTheCache() throws IOException {
        open(16);
        Files.delete(folder.resolve("new_aan_pairs.eval.tsv"));
        assertArrayEquals(new int[] {4, 3, 2}, tokens(open(16).validation(), 0, 0));
        TestFiles.write(folder.resolve("new_aan_pairs.eval.tsv"), "1\tx\ty\tbb\tzaz\n");
        assertArrayEquals(new int[] {3, 3, 2}, tokens(open(16).validation(), 0, 0));
        assertEquals(2, TestFiles.tree(root.resolve("cache")).size());
    }

    // Bad input

    private void assertRefused(String... parts) throws IOException {
        List<Path> before = TestFiles.tree(root);
        assertUserError(() -> open(16), parts);
        assertEquals(before, TestFiles.tree(root), "nothing may be left behind");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            quoteCharacter = '`',
            value = {
                "1~x~y~a|: 4 columns where AAN has 5: label, id, id, text, text",
                "1|: 1 columns where AAN has 5",
                "1~x~y~a~b~c|: 6 columns where AAN has 5",
                "2~x~y~a~b|, column 1: the label \"2\" is not 0 or 1",
                "-1~x~y~a~b|, column 1: the label \"-1\" is not 0 or 1",
                "0.5~x~y~a~b|, column 1: the label \"0.5\" is not 0 or 1",
                "~x~y~a~b|, column 1: the label \"\" is not 0 or 1",
                "1~x~y~~b|, column 4: the text is empty",
                "1~x~y~a~\"\"|, column 5: the text is empty",
                "1~x~y~a~\"b|: quotes are opened and not closed before the end of the file",
            })
    void badLines(String line, String message) throws IOException {
        for (String split : List.of("train", "eval")) {
            Path file = folder.resolve("new_aan_pairs." + split + ".tsv");
            String good = Files.readString(file);
            Files.writeString(file, "\n" + line.replace('~', '\t'), StandardOpenOption.APPEND);
            assertRefused(file + " line " + (split.equals("train") ? 4 : 3) + message);
            Files.writeString(file, good);
        }
    }

    @Test
    void invalidUtf8() throws IOException {
        Path file = folder.resolve("new_aan_pairs.eval.tsv");
        byte[] bytes = "0\tx\ty\ta\tbb".getBytes(StandardCharsets.US_ASCII);
        bytes[bytes.length - 1] = (byte) 0xe9;
        Files.write(file, bytes, StandardOpenOption.APPEND);
        assertRefused(file + " line 2, column 5: invalid UTF-8 at byte 2");
    }

    @Test
    void missingAndEmptyFiles() throws IOException {
        Path file = folder.resolve("new_aan_pairs.eval.tsv");
        TestFiles.write(file, "\n\n");
        assertRefused(file.toString(), "the file is empty");
        Files.delete(file);
        assertRefused(file.toString(), "no such file");
        TestFiles.write(file, "1\tx\ty\tab\tzaz\n");
        file = folder.resolve("new_aan_pairs.train.tsv");
        TestFiles.write(file, "");
        assertRefused(file.toString(), "the file is empty");
        Files.delete(file);
        assertRefused("data.root", "Long Range Arena's AAN", "new_aan_pairs.train.tsv");
    }

    @Test
    void truncatedGzip() throws IOException {
        Path file = folder.resolve("new_aan_pairs.test.tsv.gz");
        byte[] good = Files.readAllBytes(file);
        for (int size : new int[] {0, 5, good.length / 2, good.length - 1}) {
            TestFiles.write(file, Arrays.copyOf(good, size));
            assertRefused(file.toString(), "ends too early");
        }
    }
}
