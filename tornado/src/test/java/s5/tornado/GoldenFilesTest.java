package s5.tornado;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import s5.ops.Backend;
import s5.verify.Errors;
import s5.verify.Verifier;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The official numbers, at ten times the CPU's tolerances. */
class GoldenFilesTest {
    private static final Path FOLDER = Path.of("src/test/resources/golden");

    private static Backend backend;

    @BeforeAll
    static void open() {
        backend = Device.open();
    }

    @AfterAll
    static void close() {
        if (backend != null) {
            backend.close();
        }
    }

    /** Every file with a model, or those with the word that {@code -Ds5.golden=} gives. */
    static List<Path> files() throws IOException {
        String word = System.getProperty("s5.golden", "");
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.filter(f -> f.toString().endsWith(".safetensors"))
                    .filter(f -> f.getFileName().toString().contains(word))
                    .filter(f -> !f.endsWith("init.safetensors"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void agrees(Path file) {
        Errors errors = Verifier.verify(backend, file);
        assertTrue(errors.largest().size() >= 5, () -> errors.toString());
        errors.largest()
                .forEach((comparison, error) ->
                        assertTrue(
                                error <= 10 * comparison.tolerance(),
                                () ->
                                        comparison
                                                + " "
                                                + error
                                                + " at "
                                                + errors.worst().get(comparison)));
    }
}
