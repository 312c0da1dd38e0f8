package s5.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import s5.run.TinyRun;
import s5.run.TinyRun.Ended;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the command line says of itself. */
class HelpTest {
    /** As README.md has them, and those that it has no need for. */
    private static final List<String> COMMANDS =
            List.of(
                    "train",
                    "sweep",
                    "compare",
                    "eval",
                    "report",
                    "predict",
                    "verify",
                    "bench",
                    "info",
                    "init",
                    "data",
                    "download",
                    "devices",
                    "export",
                    "import",
                    "keys",
                    "completion",
                    "man",
                    "help");

    @Test
    void everyCommandsUsageIsItsOwn() {
        Ended root = TinyRun.s5("--help");
        for (String command : COMMANDS) {
            String usage = "Usage: s5 " + command;
            for (Ended ended :
                    List.of(TinyRun.s5(command, "--help"), TinyRun.s5("help", command))) {
                assertEquals(0, ended.code());
                List<String> usages =
                        ended.out().lines().filter(line -> line.startsWith("Usage: ")).toList();
                assertEquals(1, usages.size(), ended.out());
                assertTrue((usages.getFirst() + " ").startsWith(usage + " "), ended.out());
            }
            assertTrue(
                    Pattern.compile("(?m)^ +" + command + " ").matcher(root.out()).find(), command);
        }
        assertEquals(
                COMMANDS.size(),
                root.out()
                        .lines()
                        .dropWhile(l -> !l.equals("Commands:"))
                        .skip(1)
                        .filter(line -> line.matches("  \\w.*"))
                        .count());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-c x.yaml        | no such option '-c'; a config and settings are words without"
                        + " dashes: s5 x.yaml key=value",
                "train -c x.yaml  | no such option '-c'; a config and settings are words without"
                        + " dashes: s5 CONFIG key=value",
                "--config x.yaml  | no such option '--config'; a config and settings are words"
                        + " without dashes: s5 x.yaml key=value",
                "--resume         | no such option '--resume'; a setting is a word without dashes:"
                        + " resume=true",
                "--resume x.yaml  | no such option '--resume'; a setting is a word without dashes:"
                        + " resume=true",
                "--train.epochs 5 | no such option '--train.epochs'; a setting is a word without"
                        + " dashes: train.epochs=...",
                "--config=x.yaml  | no such option '--config=x.yaml'; a config and settings are"
                        + " words without dashes: s5 x.yaml key=value",
                "x.yaml --resume  | no such option '--resume'; a setting is a word without dashes:"
                        + " resume=true",
                "x.yaml --epochs 5 | no such option '--epochs'; a setting is a word without dashes:"
                        + " train.epochs=...",
                "x.yaml --train.epochs 5 | no such option '--train.epochs'; a setting is a word"
                        + " without dashes: train.epochs=...",
                "x.yaml --weight-decay 5 | no such option '--weight-decay'; a setting is a word"
                        + " without dashes: train.weight_decay=...",
                "x.yaml --train.epochs=5 | no such option '--train.epochs=5'; a setting is a word"
                        + " without dashes: train.epochs=5",
                "eval a.safetensors --split test | no such option '--split'; a setting is a word"
                        + " without dashes: split=test",
                "bench x.yaml --steps 3 | no such option '--steps'; a setting is a word without"
                        + " dashes: steps=20",
                "info x.yaml --time | no such option '--time'; a setting is a word without dashes:"
                        + " time=true",
                "verify golden --device cpu | no such option '--device'; a setting is a word"
                        + " without dashes: device=auto",
                "x.yaml --fast    | Unknown option: '--fast'",
            })
    void whatHasDashesIsToldWithoutThem(String line, String message) {
        Ended ended = TinyRun.s5(line.split(" ", -1));
        assertEquals(new Ended(2, "", "s5: " + message + System.lineSeparator()), ended);
    }

    /** To renew the page: bin/s5 man > docs/s5.1. */
    @Test
    void theManualPageIsWhatManPrints() throws IOException {
        String page = TinyRun.s5("man").out();
        assertEquals(Files.readString(Path.of("docs/s5.1")), page);
        for (String command : COMMANDS) {
            assertTrue(Pattern.compile("(?m)^\\.SS s5 " + command + "( |$)").matcher(page).find());
        }
        assertTrue(page.contains("\n.B split=test\nor validation, train; "), page);
        try (Stream<String> lines = page.lines()) {
            assertEquals( // requests of roff and man, all of them known
                    List.of(),
                    lines.filter(line -> line.startsWith(".") || line.startsWith("'"))
                            .filter(line -> !line.matches("\\.(TH|SH|SS|TP|B|BR|I|IR|RI|br)( .*)?"))
                            .toList());
        }
    }

    /** In the shell itself: what it offers after some letters. */
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "it is for bash and zsh")
    @ParameterizedTest
    @ValueSource(strings = {"pre predict", "ev eval", "--he --help", "d data:devices:download"})
    void bashCompletesCommands(String line, @TempDir Path folder) throws Exception {
        Path script = folder.resolve("s5-completion");
        Files.writeString(script, TinyRun.s5("completion").out());
        String[] words = line.split(" ", -1);
        Process bash =
                new ProcessBuilder(
                                "bash",
                                "-c",
                                "source \"$0\"; COMP_WORDS=(s5 \"$1\"); COMP_CWORD=1; _complete_s5;"
                                        + " printf '%s\\n' \"${COMPREPLY[@]}\" | sort",
                                script.toString(),
                                words[0])
                        .redirectErrorStream(true)
                        .start();
        String out = new String(bash.getInputStream().readAllBytes(), UTF_8);
        assertEquals(0, bash.waitFor(), out);
        assertEquals(List.of(words[1].split(":", -1)), out.lines().map(String::strip).toList());
    }
}
