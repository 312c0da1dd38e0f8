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
