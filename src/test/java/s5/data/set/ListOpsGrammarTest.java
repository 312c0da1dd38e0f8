package s5.data.set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import s5.data.TestFiles;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

class ListOpsGrammarTest {
    /** The codes of an expression; parentheses are left out. */
    static byte[] codes(String expression) {
        String[] words = expression.replaceAll("[()]", " ").trim().split("\\s+", -1);
        byte[] codes = new byte[words.length];
        for (int i = 0; i < words.length; i++) {
            byte[] word = words[i].getBytes(StandardCharsets.US_ASCII);
            int code = ListOpsGrammar.code(word, 0, word.length);
            assertTrue(code >= 0, words[i]);
            codes[i] = (byte) code;
        }
        return codes;
    }

    private static int value(String expression) {
        byte[] codes = codes(expression);
        return ListOpsGrammar.value(codes, codes.length);
    }

    @ParameterizedTest
    @CsvSource({
        "7, 7",
        "[MIN 4 2 9 ], 2",
        "[MAX 4 2 9 ], 9",
        "[MED 4 2 9 ], 4",
        "[MED 4 2 9 7 ], 5", // (4 + 7) / 2 = 5.5, rounded down
        "[MED 9 9 ], 9",
        "[SM 4 2 9 ], 5",
        "[SM 5 ], 5",
        "[MAX 2 9 [MIN 4 7 ] 0 ], 9", // the example of the paper
        "[MED 1 [SM 9 9 ] [MAX 0 [MIN 3 5 ] ] ], 3",
    })
    void values(String expression, int value) {
        assertEquals(value, value(expression));
    }

    @ParameterizedTest
    @CsvSource({
        "[MIN 4 2, 1 not closed",
        "[MIN 4 [MAX 2 3 ], 1 not closed",
        "4 ], token 2 comes after the end",
        "], token 1 is a ] that closes nothing",
        "[MIN 4 2 ] ], token 5 comes after the end",
        "[MIN 4 2 ] 3, token 5 comes after the end",
        "[MIN ], token 2 closes an operator without arguments",
        "1 2, token 2 comes after the end",
    })
    void noExpressions(String text, String message) {
        String actual =
                assertThrows(IllegalArgumentException.class, () -> value(text)).getMessage();
        assertTrue(actual.contains(message), actual);
    }

    @Test
    void nothingIsNoExpression() {
        assertThrows(IllegalArgumentException.class, () -> ListOpsGrammar.value(new byte[0], 0));
    }

    @Test
    void otherWordsHaveNoCode() {
        for (String word :
                new String[] {"X", "x", "[", "[M", "[MI", "[MINX", "[AVG", "10", "[SMX", "MIN"}) {
            byte[] text = word.getBytes(StandardCharsets.US_ASCII);
            assertEquals(-1, ListOpsGrammar.code(text, 0, text.length), word);
        }
    }

    /** All 10,000 expressions of the original test set, with the targets its makers computed. */
    @Test
    void realExpressions() throws IOException {
        Path file = TestFiles.real("listops").resolve("nangia_bowman_test_d20s.tsv.gz");
        int lines = 0;
        try (BufferedReader in =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(Files.newInputStream(file)),
                                StandardCharsets.US_ASCII))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] fields = line.split("\t", -1);
                assertEquals(2, fields.length);
                lines++;
                assertEquals(Integer.parseInt(fields[0]), value(fields[1]), "line " + lines);
            }
        }
        assertEquals(10_000, lines);
    }
}
