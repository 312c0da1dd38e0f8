package s5.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.tongfei.progressbar.DelegatingProgressBarConsumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

class ConsoleTest {
    @TempDir Path folder;

    @Test
    void aTerminalHasABarWithTimeLossAndSpeed() {
        List<String> drawn = new CopyOnWriteArrayList<>();
        StringWriter out = new StringWriter();
        try (Console console =
                Console.withBar(
                        new PrintWriter(out),
                        () -> new DelegatingProgressBarConsumer(drawn::add, 120))) {
            console.begin("epoch 3 of 9", 200, 50);
            console.step(60, 2);
            console.step(100, 1.23456);
            console.end();
        }
        // the last one: a thread draws, and an earlier one may be of between two updates
        String bar =
                drawn.stream()
                        .filter(line -> line.contains("loss"))
                        .reduce((_, later) -> later)
                        .orElseThrow();
        assertTrue(bar.startsWith("epoch 3 of 9  50% ["), bar);
        assertTrue(bar.contains("100/200"), bar);
        assertTrue(bar.contains("loss 1.2346"), bar);
        assertTrue(bar.matches(".*, [0-9.e+]+ steps/s, \\S+( s| min| h) left.*"), bar);
        assertEquals("", out.toString());
    }

    /** Where there is no room for everything, the bar keeps its own, and the time left is said. */
    @ParameterizedTest
    @CsvSource({"60, false, false", "80, true, false", "100, true, true"})
    void aNarrowTerminalHasABarToo(int columns, boolean loss, boolean speed) {
        List<String> drawn = new CopyOnWriteArrayList<>();
        try (Console console =
                Console.withBar(
                        new PrintWriter(new StringWriter()),
                        () -> new DelegatingProgressBarConsumer(drawn::add, columns))) {
            console.begin("epoch 3 of 9", 200, 0);
            console.step(60, 2);
            console.step(100, 1.23456);
            console.end();
        }
        String bar =
                drawn.stream()
                        .filter(line -> line.contains("left") || line.contains("100/200"))
                        .reduce((_, later) -> later)
                        .orElseThrow();
        assertTrue(bar.stripTrailing().length() <= columns, bar);
        assertTrue(bar.indexOf(']') - bar.indexOf('[') > 12, bar);
        assertEquals(loss, bar.contains("loss"), bar);
        assertEquals(speed, bar.contains("steps/s"), bar);
        assertTrue(bar.contains(" left"), bar);
    }

    /** The first step compiles for four minutes; each of the others takes a tenth of a second. */
    @Test
    void compilationIsNotThePace() {
        long[] now = {0};
        StringWriter out = new StringWriter();
        try (Console console = Console.plain(new PrintWriter(out), () -> now[0])) {
            console.begin("epoch 1 of 2", 1000, 0);
            now[0] += 240_000_000_000L;
            console.step(1, 2);
            for (int step = 2; step <= 300; step++) {
                now[0] += 100_000_000L;
                console.step(step, 2);
            }
            now[0] += 60_000_000_000L; // an evaluation
            console.begin("epoch 2 of 2", 1000, 0);
            now[0] += 21_000_000_000L;
            console.step(210, 2);
        }
        List<String> lines = out.toString().lines().toList();
        assertEquals("epoch 1 of 2: step 1 of 1,000, loss 2.0000", lines.getFirst());
        assertEquals(
                "epoch 1 of 2: step 202 of 1,000, loss 2.0000, 0.100 s a step, 1:20 min left in it",
                lines.get(1));
        assertEquals(
                "epoch 2 of 2: step 210 of 1,000, loss 2.0000, 0.100 s a step, 1:19 min left in it",
                lines.getLast());
    }

    @Test
    void elsewhereThereAreLinesOnly() throws IOException {
        StringWriter out = new StringWriter();
        Path log = folder.resolve("log.txt");
        Files.writeString(log, "of before\n");
        try (Console console = Console.plain(new PrintWriter(out))) {
            console.line("before the log is open");
            console.log(log);
            console.begin("epoch 1 of 2", 10, 0);
            console.step(5, 2);
            console.end();
            console.line("%,d steps, %.1f %%", 12345, 6.78);
            console.note("for the log");
            assertFalse(console.logFailed());
        }
        String end = System.lineSeparator();
        assertEquals("before the log is open" + end + "12,345 steps, 6.8 %" + end, out.toString());
        List<String> lines = Files.readAllLines(log);
        assertEquals("of before", lines.getFirst());
        String time = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ ";
        assertTrue(lines.get(1).matches(time + "12,345 steps, 6\\.8 %"), lines::toString);
        assertTrue(lines.get(2).matches(time + "for the log"), lines::toString);
        assertEquals(3, lines.size());
    }

    @ParameterizedTest
    @CsvSource({"0.4, 0 s", "59.4, 59 s", "60, 1:00 min", "3599, 59:59 min", "7384, 2:03 h"})
    void timesAreShort(double seconds, String expected) {
        assertEquals(expected, Console.time(seconds));
    }
}
