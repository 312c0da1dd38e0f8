package s5.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.run.TinyRun;
import s5.run.TinyRun.Ended;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The first command of the README, on the data that the repository has. */
class QuickstartTest {
    private static final Path EXAMPLES = Path.of("examples");

    @TempDir Path folder;

    @Test
    void theFilesAreWhatTheSimulationDraws() throws IOException {
        assertEquals(
                GestureSimulation.csv(240, 5, "g", true),
                Files.readString(EXAMPLES.resolve("gestures.csv")));
        assertEquals(
                GestureSimulation.csv(8, 6, "n", false),
                Files.readString(EXAMPLES.resolve("gestures-new.csv")));
    }

    /** Also, recordings that the model never saw are told apart, by their ids. */
    @Test
    void learnsTheGestures() {
        Path out = folder.resolve("run");
        Ended trained =
                TinyRun.s5(
                        "configs/quickstart.yaml",
                        "device=cpu",
                        "out=" + out,
                        "data.cache_dir=" + folder.resolve("cache"));
        assertEquals(0, trained.code(), trained.err());
        for (String line : trained.out().lines().toList()) { // a folder's name may be any length
            assertTrue(line.contains(out.toString()) || line.length() <= 100, line);
        }
        Ended eval =
                TinyRun.s5(
                        "eval",
                        out.resolve("best.safetensors").toString(),
                        "device=cpu",
                        "data.root=examples",
                        "data.files=gestures.csv",
                        "data.cache_dir=" + folder.resolve("cache"));
        assertEquals(0, eval.code(), eval.err());
        Matcher accuracy = Pattern.compile("accuracy ([0-9.]+) %").matcher(eval.out());
        assertTrue(accuracy.find(), eval.out());
        assertTrue(Double.parseDouble(accuracy.group(1)) > 95, eval.out());
        Ended told =
                TinyRun.s5(
                        "predict",
                        out.resolve("best.safetensors").toString(),
                        "examples/gestures-new.csv",
                        "device=cpu");
        assertEquals(0, told.code(), told.err());
        List<String> lines = told.out().lines().toList();
        assertEquals(8, lines.size());
        int right = 0;
        for (int i = 0; i < 8; i++) {
            String expected = "\"class\":\"" + GestureSimulation.CLASSES[i % 4] + "\"";
            right += lines.get(i).contains(expected) ? 1 : 0;
        }
        assertTrue(right >= 7, told.out());
    }
}
