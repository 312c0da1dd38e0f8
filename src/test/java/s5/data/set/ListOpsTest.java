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
import s5.data.Vocabulary;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;

/** ListOps from files in Long Range Arena's layout, small, some of them damaged. */
class ListOpsTest {
    @TempDir Path root;
    private Path folder;

    @BeforeEach
    void goodFiles() throws IOException {
        folder = root.resolve("listops");
        TestFiles.write(
                folder.resolve("basic_train.tsv"),
                """
                Source\tTarget\r
                ( ( ( [MIN 4 ) 4 ) ] )\t4\r
                ( ( ( [MAX 4 ) ( ( ( [MIN 7 ) 2 ) ] ) ) ] )\t4\r
                """);
        TestFiles.write(
                folder.resolve("basic_val.tsv"), "Source\tTarget\n( ( ( [SM 4 ) 9 ) ] )\t3\n");
        TestFiles.write(
                folder.resolve("basic_test.tsv.gz"),
                TestFiles.gzip(
                        "Target\tid\tSource\n\n7\t1\t7".getBytes(StandardCharsets.US_ASCII)));
    }

    private Path cache() {
        return root.resolve("cache");
    }

    /**
     * Counts in the training split: 4 three times, X three, [MIN two, 2, 7 and [MAX one each; equal
     * counts in the order of characters, digits before X before [.
     */
    @Test
    void idsByTorchtextsRules() {
        TokenSet train = (TokenSet) ListOps.open(root, cache(), 16).train();
        assertEquals(
                List.of("<pad>", "<unk>", "<eos>", "4", "X", "[MIN", "2", "7", "[MAX"),
                train.vocabulary().tokens());
    }

    @Test
    void anotherSizeIsTold() throws IOException {
        String told = TestFiles.told(() -> ListOps.open(root, cache(), 16));
        assertTrue(
                told.contains(
                        "ListOps: 2 training, 1 validation and 1 test expressions, where the"
                                + " official set has 96,000 training, 2,000 validation and 2,000"
                                + " test: results do not compare"),
                told);
    }

    @Test
    void readsSamples() {
        Splits splits = ListOps.open(root, cache(), 12);
        assertEquals(new Shape(12, 20, true, true, 10, 1), splits.shape());
        assertFalse(splits.selectsOnTest());
        assertEquals(2, splits.train().size());

        Batch batch = new Batch(splits.shape(), 2);
        Arrays.fill(batch.tokens, 99);
        splits.train().read(1, batch, 1);
        assertArrayEquals(
                new int[] {8, 3, 5, 7, 6, 4, 4, 2, 0, 0, 0, 0},
                Arrays.copyOfRange(batch.tokens, 12, 24));
        assertEquals(8, batch.lengths[1]);
        assertEquals(4, batch.labels[1]);

        // [SM and 9 do not occur in the training split.
        splits.validation().read(0, batch, 0);
        assertArrayEquals(new int[] {1, 3, 1, 4, 2, 0}, Arrays.copyOfRange(batch.tokens, 0, 6));
        assertEquals(3, batch.labels[0]);

        // Other columns and their order do not matter, nor do empty lines.
        splits.test().read(0, batch, 0);
        assertArrayEquals(new int[] {7, 2, 0}, Arrays.copyOfRange(batch.tokens, 0, 3));
        assertEquals(7, batch.labels[0]);
    }

    @Test
    void longExpressionsAreCutBeforeTheEnd() {
        Splits splits = ListOps.open(root, cache(), 4);
        Batch batch = new Batch(splits.shape(), 1);
        splits.train().read(1, batch, 0);
        // Counted after the cut, in [MIN 4 4 and [MAX 4 [MIN: 4 three times, [MIN two, [MAX one.
        assertArrayEquals(new int[] {5, 3, 4, 2}, batch.tokens);
        assertEquals(4, batch.lengths[0]);
    }

    @Test
    void longLinesCrossTheReadersBuffer() throws IOException {
        StringBuilder deep = new StringBuilder("Source\tTarget\n");
        int depth = 100_000; // 1.2 million characters a line
        for (int line = 0; line < 2; line++) {
            deep.append("[MAX 3 ".repeat(depth)).append(5).append(" ] ".repeat(depth));
            deep.append("\t5\n");
        }
        TestFiles.write(folder.resolve("basic_train.tsv"), deep.toString());
        Splits splits = ListOps.open(root, cache(), 1 << 20);
        Batch batch = new Batch(splits.shape(), 1);
        splits.train().read(1, batch, 0);
        assertEquals(3 * depth + 2, batch.lengths[0]);
        assertEquals(Vocabulary.END_ID, batch.tokens[3 * depth + 1]);
    }

    @Test
    void generatedDataSurvivesTheFileFormat() throws IOException {
        ListOpsGenerator.Settings settings =
                new ListOpsGenerator.Settings(5, 40, 5, 5, 50, 10, 10, 1);
        Splits generated = ListOps.generate(root.resolve("cache"), settings, 64);
        List<TokenSet.Builder> codes = ListOpsGenerator.generate(settings);
        for (int split = 0; split < 3; split++) {
            TestFiles.write(
                    root.resolve(
                            "other/basic_" + List.of("train", "val", "test").get(split) + ".tsv"),
                    "Source\tTarget\n" + String.join("\n", lines(codes.get(split))));
        }
        Splits read = ListOps.open(root.resolve("other"), cache(), 64);
        assertSame(generated.train(), read.train());
        assertSame(generated.validation(), read.validation());
        assertSame(generated.test(), read.test());
    }

    static List<String> lines(TokenSet.Builder codes) {
        long[] starts = codes.starts();
        byte[] labels = codes.labels();
        String[] lines = new String[labels.length];
        for (int i = 0; i < lines.length; i++) {
            StringBuilder line = new StringBuilder();
            for (long k = starts[i]; k < starts[i + 1] - 1; k++) {
                byte code = codes.bytes()[(int) k];
                String name = ListOpsGrammar.NAMES.get(code);
                line.append(name.equals("X") ? "]" : name).append(' ');
            }
            lines[i] = line + "\t" + labels[i];
        }
        return List.of(lines);
    }

    private static void assertSame(Dataset a, Dataset b) {
        assertEquals(a.size(), b.size());
        Batch x = new Batch(a.shape(), 1);
        Batch y = new Batch(b.shape(), 1);
        for (int i = 0; i < a.size(); i++) {
            a.read(i, x, 0);
            b.read(i, y, 0);
            assertArrayEquals(x.tokens, y.tokens);
            assertArrayEquals(x.lengths, y.lengths);
            assertArrayEquals(x.labels, y.labels);
        }
    }

    // Bad input

    private void assertRefused(String... parts) throws IOException {
        List<Path> before = TestFiles.tree(root);
        assertUserError(() -> ListOps.open(root, cache(), 16), parts);
        assertEquals(before, TestFiles.tree(root), "nothing may be written");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "( [MIN 4 ) ]       | line 4 | 1 fields | a column is missing",
                "4~4~4              | line 4 | 3 fields | extra tabs",
                "[AVG 4 4 ]~4       | line 4, column 1 | unknown token \"[AVG\" | [MIN",
                "[MIN 4 44 ]~4      | line 4, column 8 | unknown token \"44\"   | 0..9",
                "[MIN 4 X~4         | line 4, column 8 | unknown token \"X\"    | 0..9",
                "\"4\"~4            | line 4, column 1 | unknown token          | 0..9",
                "[MIN 4 4~4         | line 4 | unbalanced brackets | 1 not closed",
                "[MIN 4 4 ] ]~4     | line 4 | unbalanced brackets | token 5",
                "( [MIN 4 4 ]~4     | line 4 | unbalanced parentheses | 1 not closed",
                "[MIN 4 4 ] )~4     | line 4, column 12 | unbalanced parentheses | closes nothing",
                "~4                 | line 4 | there is no expression | basic_train",
                "4~10               | line 4, column 3 | target \"10\" is no digit | basic_train",
                "4~x                | line 4, column 3 | target \"x\" is no digit | basic_train",
                "4~                 | line 4, column 3 | target \"\" is no digit | basic_train",
            })
    void badLines(String line, String a, String b, String c) throws IOException {
        Path file = folder.resolve("basic_train.tsv");
        Files.writeString(file, line.replace('~', '\t') + "\n", StandardOpenOption.APPEND);
        assertRefused(file.toString(), a, b, c);
    }

    @Test
    void invalidUtf8() throws IOException {
        Path file = folder.resolve("basic_train.tsv");
        Files.write(file, new byte[] {'4', ' ', (byte) 0xff, '\t', '4'}, StandardOpenOption.APPEND);
        assertRefused(file + " line 4", "invalid UTF-8", "byte 3");
        TestFiles.write(file, new byte[] {'S', (byte) 0xc3, '\n'});
        assertRefused(file + " line 1", "invalid UTF-8");
    }

    @Test
    void control() throws IOException {
        Path file = folder.resolve("basic_train.tsv");
        Files.writeString(file, "4\u0007\u0085\t4", StandardOpenOption.APPEND);
        assertRefused(file + " line 4", "unknown token \"4??\"");
    }

    /** Some editors and table programs begin a text with a mark of its encoding. */
    @Test
    void byteOrderMark() throws IOException {
        TestFiles.write(folder.resolve("basic_val.tsv"), "\ufeffSource\tTarget\n4\t4\n7\t7\n");
        assertEquals(2, ListOps.open(root, cache(), 16).validation().size());
    }

    @Test
    void wrongHeader() throws IOException {
        Path file = folder.resolve("basic_val.tsv");
        TestFiles.write(file, "( 4 )\t4\n");
        assertRefused(file + " line 1", "no column Source", "Source and Target");
        TestFiles.write(file, "Source\tValue\n4\t4\n");
        assertRefused(file + " line 1", "no column Target");
    }

    @Test
    void emptyFiles() throws IOException {
        Path file = folder.resolve("basic_val.tsv");
        TestFiles.write(file, "");
        assertRefused(file.toString(), "the file is empty");
        TestFiles.write(file, "Source\tTarget\n");
        assertRefused(file.toString(), "no expressions");
    }

    @Test
    void truncatedGzip() throws IOException {
        Path file = folder.resolve("basic_test.tsv.gz");
        byte[] bytes = Files.readAllBytes(file);
        TestFiles.write(file, Arrays.copyOf(bytes, bytes.length - 10));
        assertRefused(file.toString(), "ends too early");
    }

    @Test
    void endlessLine() throws IOException {
        Path file = folder.resolve("basic_val.tsv");
        TestFiles.write(file, new byte[(1 << 24) + 1]);
        assertRefused(file + " line 1", "longer than 16777216 bytes");
    }

    @Test
    void missingFiles() throws IOException {
        Files.delete(folder.resolve("basic_val.tsv"));
        assertRefused(folder.resolve("basic_val.tsv").toString(), "no such file");
        Files.delete(folder.resolve("basic_train.tsv"));
        assertRefused("data.root", "basic_train.tsv", folder.toString());
        assertUserError(
                () -> ListOps.open(root.resolve("nowhere"), cache(), 16), "data.root", "no folder");
    }

    @Test
    void uselessLength() {
        assertUserError(() -> ListOps.open(root, cache(), 1), "data.length", "2048");
    }
}
