package s5;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import picocli.CommandLine;
import picocli.CommandLine.Command;

import s5.config.ConfigLoader;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

class MainTest {
    private record Ended(int code, String out, String err) {}

    private static Ended s5(String... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(words, new PrintWriter(out), new PrintWriter(err));
        return new Ended(code, out.toString(), err.toString());
    }

    private static Ended s5(String line) {
        return s5(line.isEmpty() ? new String[0] : line.split(" "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "trian configs/smnist.yaml | no config file or command 'trian'; did you mean"
                        + " train?",
                "frobnicate                | no config file or command 'frobnicate'; s5 help lists"
                        + " the commands",
                "configs/smnits.yaml       | configs/smnits.yaml: no such file; did you mean"
                        + " configs/smnist.yaml?",
                "train                     | train takes one CONFIG; write s5 train CONFIG"
                        + " [key=value ...]",
                "train.epochs=3            | train takes one CONFIG; write s5 train CONFIG"
                        + " [key=value ...]",
                "info a.yaml b.yaml        | info takes one CONFIG, not a.yaml and b.yaml; write s5"
                        + " info CONFIG [key=value ...]",
                "configs/smnist.yaml epochs=3 | command line: epochs: no such key; did you mean"
                        + " train.epochs?",
                "configs/smnist.yaml --train.epochs=3 | no such option '--train.epochs=3'; a"
                        + " setting is a word without dashes: train.epochs=3",
                "train --fast              | Unknown option: '--fast'",
                "--fast                    | Unknown option: '--fast'",
                "help frobnicate           | Unknown subcommand 'frobnicate'.",
                "keys a b                  | Unmatched argument at index 2: 'b'",
                "keys zzz                  | no key begins with 'zzz'; s5 keys lists them all",
                "info configs              | configs: is a folder, not a config file",
                "info @nothere             | @nothere: no such file",
            })
    void aMistakeIsOneLineAndTwo(String line, String message) {
        Ended ended = s5(line);
        assertEquals(new Ended(2, "", "s5: " + message + System.lineSeparator()), ended);
    }

    @Test
    void aMistakeStaysOneLineWhateverItQuotes() {
        Ended ended = s5("no\nsuch\u001b[31m.yaml", "");
        assertEquals(2, ended.code());
        assertEquals(1, ended.err().lines().count());
        assertFalse(ended.err().contains("\u001b"));
        assertEquals(2, s5("").code());
    }

    @Command(name = "crash")
    static final class Crash implements Runnable {
        @Override
        public void run() {
            throw new IllegalStateException("a bug");
        }
    }

    @Test
    void aBugKeepsItsStackTraceAndExitsWithOne() {
        StringWriter err = new StringWriter();
        CommandLine commands = Main.commands(new PrintWriter(err), new PrintWriter(err));
        commands.addSubcommand(new Crash());
        assertEquals(1, commands.execute("crash"));
        assertTrue(err.toString().startsWith("java.lang.IllegalStateException: a bug"));
        assertTrue(err.toString().contains("at s5.MainTest$Crash.run("), err.toString());
    }

    @Test
    void nothingSaidShowsTheUsage() {
        Ended ended = s5("");
        assertEquals(2, ended.code());
        assertTrue(ended.err().startsWith("Usage: s5 CONFIG [key=value ...]"), ended.err());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "-h",
                "help",
                "train --help",
                "help info",
                "configs/none.yaml --help"
            })
    void helpIsNoMistake(String line) {
        Ended ended = s5(line);
        assertEquals(0, ended.code());
        assertTrue(ended.out().startsWith("Usage: s5 "), ended.out());
        assertEquals("", ended.err());
    }

    @Test
    void versionNamesProgramAndJava() {
        Ended ended = s5("--version");
        assertEquals(0, ended.code());
        assertTrue(ended.out().matches("s5 .+ \\(Java 25.*\\)\\R"), ended.out());
    }

    @Test
    void infoPrintsTheResolvedConfig() {
        Ended ended = s5("info configs/smnist.yaml train.epochs=5 device=cpu");
        assertEquals(0, ended.code());
        var words = List.of("train.epochs=5", "device=cpu");
        assertEquals(
                ConfigLoader.load(Path.of("configs/smnist.yaml"), words),
                ConfigLoader.parse(ended.out(), Path.of("printed.yaml"), List.of()));
    }

    /** To renew the page: bin/s5 keys > docs/configuration.md. */
    @Test
    void theDocumentationIsWhatKeysPrints() throws IOException {
        assertEquals(Files.readString(Path.of("docs/configuration.md")), s5("keys").out());
        Ended part = s5("keys model.dt_");
        assertAll(
                () -> assertEquals(0, part.code()),
                () -> assertTrue(part.out().contains("`model.dt_max` | `0.1` |"), part.out()),
                () -> assertFalse(part.out().contains("model.layers"), part.out()));
    }
}
