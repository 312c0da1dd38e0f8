import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The program learns the waves, and leaves a model. */
class TrainOnCsvTest {
    @TempDir Path folder;

    @Test
    void trainsAndClassifies() throws Exception {
        Path run = folder.resolve("waves");
        PrintStream standard = System.out;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setOut(new PrintStream(said, true));
        try {
            TrainOnCsv.main(new String[] {"waves.csv", run.toString()});
        } finally {
            System.setOut(standard);
        }
        String answer = said.toString().strip();
        assertTrue(answer.matches("fast with (0\\.[5-9]\\d|1\\.00)"), answer);
        assertTrue(Files.exists(run.resolve("best.safetensors")));
    }
}
