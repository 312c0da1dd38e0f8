package s5.timing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import s5.UserError;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

class BenchComparisonTest {
    @TempDir Path folder;

    private Path file(String name, String json) throws IOException {
        return Files.writeString(folder.resolve(name), json);
    }

    private Path ours() throws IOException {
        return file(
                "ours.json",
                """
                {"device": "one card", "experiments": [
                 {"name": "imdb", "train": {"median_ms": 9, "in_a_row_ms": 6}, "eval": {"median_ms": 3}},
                 {"name": "sc35", "train": {"median_ms": 9}, "eval": {"median_ms": 3}}]}\
                """);
    }

    /** Another program's file has the names of Long Range Arena, and an experiment that failed. */
    @Test
    void laysTwoFilesSideBySide() throws IOException {
        Path ours = ours();
        Path other =
                file(
                        "other.json",
                        """
                        {"device": "the same", "res": {
                         "text": {"step_ms": 24.0, "eval_ms": 4},
                         "smnist": {"error": "no memory"}}}\
                        """);
        StringWriter out = new StringWriter();
        BenchComparison.print(new PrintWriter(out), ours, other);
        List<String> lines = out.toString().lines().toList();
        assertEquals(ours + ": one card", lines.get(0));
        assertEquals(other + ": the same", lines.get(1));
        assertEquals(
                List.of("imdb", "6.00", "24.00", "0.25", "3.00", "4.00", "0.75"),
                List.of(lines.get(3).split(" +", -1)));
        assertEquals("only in " + ours + ": sc35", lines.get(4));
        assertEquals("only in " + other + ": smnist", lines.get(5));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"res\": | other.json: is no JSON",
                "{\"experiments\": []} | other.json: has no experiments",
                "[] | other.json: has no experiments",
                "{\"res\": {\"cifar\": {\"step_ms\": 1}}} | no experiment in common: imdb, sc35;"
                        + " cifar",
            })
    void refusesWhatCannotBeCompared(String json, String said) throws IOException {
        Path ours = ours();
        Path other = file("other.json", json);
        UserError e =
                assertThrows(
                        UserError.class,
                        () ->
                                BenchComparison.print(
                                        new PrintWriter(new StringWriter()), ours, other));
        assertTrue(e.getMessage().contains(said), e::getMessage);
    }
}
