package s5.verify;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import s5.cpu.CpuBackend;
import s5.ops.Backend;
import s5.ops.reference.ReferenceBackend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The official numbers, on every CPU backend and on the tests' double-precision reference. */
class GoldenTest {
    private static final Path FOLDER = Path.of("src/test/resources/golden");

    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.filter(f -> f.toString().endsWith(".safetensors")).sorted().toList();
        }
    }

    @Test
    void allFilesAreThere() throws IOException {
        assertEquals(14, files().size());
    }

    @ParameterizedTest
    @MethodSource("files")
    void vectorKernels(Path file) {
        try (Backend backend = new CpuBackend(2, true)) {
            check(backend, file);
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void scalarKernels(Path file) {
        try (Backend backend = new CpuBackend(1, false)) {
            check(backend, file);
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void reference(Path file) {
        try (Backend backend = new ReferenceBackend()) {
            check(backend, file);
        }
    }

    private static void check(Backend backend, Path file) {
        Errors errors = Verifier.verify(backend, file);
        List<Comparison> expected = new ArrayList<>();
        if (file.endsWith("init.safetensors")) {
            expected.addAll(List.of(Comparison.START, Comparison.EIGENVECTORS));
        } else {
            expected.addAll(
                    List.of(
                            Comparison.LOG_PROBS,
                            Comparison.LOSS,
                            Comparison.GRADIENTS,
                            Comparison.LOSSES,
                            Comparison.PARAMETERS));
            if (!file.getFileName().toString().startsWith("pendulum")) {
                expected.add(Comparison.EVALUATION); // of which the regression files hold nothing
            }
        }
        assertAll(
                expected.stream()
                        .map(c ->
                                () -> {
                                    double error = errors.largest().get(c);
                                    assertTrue(
                                            error <= c.tolerance(),
                                            c + ": " + error + " at " + errors.worst().get(c));
                                }));
        assertEquals(expected.size(), errors.largest().size());
    }
}
