package s5.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

class WordsTest {
    private static final Words WORDS =
            Words.of(
                    List.of(
                            "time=true",
                            "configs/smnist.yaml",
                            "train.epochs=3",
                            "timed=1",
                            "data.time=2",
                            "time=a=b\nc",
                            "dir/time=x",
                            "step_rescale=2"));

    @Test
    void pathsAreNoSettings() {
        assertEquals(List.of("configs/smnist.yaml", "dir/time=x"), WORDS.operands());
    }

    /** The whole key counts, not how it begins or ends; the order stays. */
    @Test
    void optionsAreToldFromSettingsByTheirKeys() {
        Words.Split split = WORDS.split(InfoCommand.Options.class);
        assertEquals(List.of("time=true", "time=a=b\nc"), split.own());
        assertEquals(
                List.of("train.epochs=3", "timed=1", "data.time=2", "step_rescale=2"),
                split.config());
    }

    /** An option that is {@code stepRescale} in the record is {@code step_rescale} as a word. */
    @Test
    void keysAreSpelledAsInAConfig() {
        assertEquals(List.of("step_rescale=2"), WORDS.split(EvalCommand.Options.class).own());
        assertEquals(List.of("timed=1"), WORDS.split(Set.of("timed", "train")).own());
    }

    /** What the JVM makes of letters that the locale's charset does not have. */
    @Test
    void wordsThatTheLocaleCannotTell(@TempDir Path folder) throws IOException {
        String before = System.getProperty("sun.jnu.encoding");
        try {
            System.setProperty("sun.jnu.encoding", "ANSI_X3.4-1968");
            assertEquals(Optional.empty(), Words.unreadable(List.of("a", "b=c"), "/home"));
            for (Optional<String> said :
                    List.of(
                            Words.unreadable(List.of("a", "out=L\uFFFD\uFFFDufe"), "/home"),
                            Words.unreadable(List.of("a"), "/home/L\uFFFD\uFFFDufe"))) {
                assertTrue(said.orElseThrow().contains("ANSI_X3.4-1968"), said::toString);
                assertTrue(said.orElseThrow().contains("LC_ALL=C.UTF-8"), said::toString);
            }
            System.setProperty("sun.jnu.encoding", "UTF-8"); // where a name may have the letter
            Path file = Files.createFile(folder.resolve("\uFFFD.csv"));
            String word = "data.files=" + file;
            assertEquals(Optional.empty(), Words.unreadable(List.of("a", word), "/home"));
            Files.delete(file); // its bytes were others
            String said = Words.unreadable(List.of("a", word), "/home").orElseThrow();
            assertTrue(said.contains("holds bytes that are no UTF-8"), said);
        } finally {
            System.setProperty("sun.jnu.encoding", before);
        }
    }
}
