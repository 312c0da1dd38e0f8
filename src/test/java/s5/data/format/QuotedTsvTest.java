package s5.data.format;

import static org.junit.jupiter.api.Assertions.assertEquals;

import static s5.data.TestFiles.assertUserError;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.data.TestFiles;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

class QuotedTsvTest {
    @TempDir Path root;

    private List<List<String>> rows(String text) throws IOException {
        Path file = TestFiles.write(root.resolve("x.tsv"), text);
        List<List<String>> all = new ArrayList<>();
        try (QuotedTsv rows = new QuotedTsv(file)) {
            while (rows.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 0; i < rows.fields(); i++) {
                    row.add(new String(rows.field(i), StandardCharsets.UTF_8));
                }
                row.addFirst(rows.place().replaceFirst(".* line ", ""));
                all.add(row);
            }
        }
        return all;
    }

    /** The rows are what Python's csv.reader(file, delimiter="\t") gives. */
    @Test
    void asPython() throws IOException {
        String text =
                """
                0\tA\tplain\tworld
                1\tA\t"quoted"\t"with\ttab"\r
                0.0\t"A"\t"doubled "" quote"\tin the "middle" literal

                1.0\tA\t"two
                lines"\t"ends""
                "
                1\tA\t"abc"def"ghi\t"a" "b"
                0\tA\t""\""\t"x""y"z\r1\tA\t'single'\t b\s
                \t\t\t
                0\tA\tb"\t"b\té𝄞\"\
                """;
        assertEquals(
                List.of(
                        List.of("1", "0", "A", "plain", "world"),
                        List.of("2", "1", "A", "quoted", "with\ttab"),
                        List.of("3", "0.0", "A", "doubled \" quote", "in the \"middle\" literal"),
                        List.of("5", "1.0", "A", "two\nlines", "ends\"\n"),
                        List.of("8", "1", "A", "abcdef\"ghi", "a \"b\""),
                        List.of("9", "0", "A", "\"", "x\"yz"),
                        List.of("10", "1", "A", "'single'", " b "),
                        List.of("11", "", "", "", ""),
                        List.of("12", "0", "A", "b\"", "b\té𝄞")),
                rows(text));
    }

    @Test
    void endsOfFiles() throws IOException {
        assertEquals(List.of(), rows(""));
        assertEquals(List.of(), rows("\n\r\n\n  \n"));
        assertEquals(List.of(List.of("1", "a", "")), rows("a\t"));
        assertEquals(List.of(List.of("1", "a"), List.of("2", "b")), rows("a\rb\r"));
        assertEquals(List.of(List.of("1", "a", "b")), rows("\ufeff\"a\"\tb"));
        assertUserError(() -> rows("a\tb\nc\t\"d\ne\n"), "x.tsv line 2", "quotes are opened");
    }

    @Test
    void rowsLongerThanTheBuffer() throws IOException {
        String word = "0123456789\té".repeat(10_000);
        String quoted = "\"" + word + "\"\"\t\"";
        List<List<String>> rows = rows((quoted + "\tx\n").repeat(3));
        assertEquals(3, rows.size());
        assertEquals(List.of("3", word + "\"\t", "x"), rows.get(2));
        assertUserError(
                () -> rows("a\n\"" + "x".repeat(1 << 24) + "x"),
                "x.tsv line 2",
                "longer than 16777216 bytes");
    }
}
