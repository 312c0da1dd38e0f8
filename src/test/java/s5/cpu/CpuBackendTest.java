package s5.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import s5.ops.Ops;
import s5.ops.Step;
import s5.ops.Tensor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Consumer;

class CpuBackendTest {
    private final CpuBackend backend = new CpuBackend(2, false);

    @AfterEach
    void close() {
        backend.close();
    }

    private String refusal(Consumer<Ops> program) {
        return assertThrows(IllegalArgumentException.class, () -> backend.record("wrong", program))
                .getMessage();
    }

    @Test
    void aWrongShapeNamesOperationArgumentAndTensor() {
        Tensor x = Tensor.parameter("x", 4, 3);
        Tensor d = Tensor.parameter("d", 2);
        String message = refusal(o -> o.skipGelu(x, d, x, null, null, Tensor.scratch("g", 4, 3)));
        assertEquals("skipGelu: d is d[2], must have 3 elements", message);
        message = refusal(o -> o.matmul(x, false, x, false, false, Tensor.scratch("c", 4, 3)));
        assertEquals("matmul: b is x[4, 3], must be of shape [3, 3]", message);
        message = refusal(o -> o.scan(d, x, 3, false, Tensor.scratch("s", 4, 2)));
        assertTrue(message.startsWith("scan: "), message);
    }

    @Test
    void aTensorIsNotReadAndWrittenWhereTheTextForbidsIt() {
        Tensor x = Tensor.parameter("x", 4, 3);
        assertEquals("gelu: reads and writes x[4, 3]", refusal(o -> o.gelu(x, x)));
        Tensor input = Tensor.input("i", 4, 3);
        assertEquals("gelu: writes the input i[4, 3]", refusal(o -> o.gelu(x, input)));
    }

    @Test
    void rolesSayWhoWrites() {
        Tensor out = Tensor.output("out", 2);
        Tensor scratch = Tensor.scratch("scratch", 2);
        float[] values = {1, 2};
        assertThrows(IllegalArgumentException.class, () -> backend.write(out, values));
        assertThrows(IllegalArgumentException.class, () -> backend.read(scratch));
        Tensor two = Tensor.input("two", 3);
        assertEquals(
                "write: 2 values for two[3]",
                assertThrows(IllegalArgumentException.class, () -> backend.write(two, values))
                        .getMessage());
    }

    @Test
    void aTokenOutOfRangeIsNamedWhenTheStepRuns() {
        Tensor tokens = Tensor.integers("tokens", 3);
        Tensor w = Tensor.parameter("w", 4, 2);
        Tensor bias = Tensor.parameter("bias", 2);
        Tensor out = Tensor.output("out", 3, 2);
        backend.write(tokens, new int[] {0, 4, 1});
        try (Step step = backend.record("embed", o -> o.embed(tokens, w, bias, out))) {
            assertEquals(
                    "tokens[3] holds 4 at 1, must be in [0, 4)",
                    assertThrows(IllegalArgumentException.class, step::run).getMessage());
        }
    }

    @Test
    void aSmallStepAndALargeOneShareScratch() {
        // The first step is recorded while the pool is small, and must notice that it grows.
        Tensor a = Tensor.parameter("a", 5);
        backend.write(a, new float[] {1, 2, 3, 4, 5});
        Tensor big = Tensor.parameter("big", 1000);
        Tensor out = Tensor.output("out", 5);
        Tensor bigOut = Tensor.output("bigOut", 1000);
        Step small = backend.record("small", o -> doubled(o, a, out));
        try (Step large = backend.record("large", o -> doubled(o, big, bigOut))) {
            small.run();
            large.run();
            small.run();
            assertArrayEquals(new float[] {4, 8, 12, 16, 20}, backend.read(out));
            assertEquals(4 * (5 + 5), small.bytes());
            assertEquals(4 * (1000 + 1000), large.bytes());
            small.close();
            assertThrows(IllegalStateException.class, small::run);
            large.run();
        }
    }

    private static void doubled(Ops ops, Tensor a, Tensor out) {
        Tensor twice = Tensor.scratch("twice", a.shape());
        ops.add(a, a, twice);
        ops.add(twice, twice, out);
    }

    @Test
    void theProfileNamesEveryOperation() {
        Tensor a = Tensor.parameter("a", 5);
        try (CpuStep step = backend.record("s", o -> o.gelu(a, Tensor.output("out", 5)))) {
            step.run();
            assertEquals(Set.of("gelu"), step.profile().keySet());
            assertTrue(step.profile().get("gelu") > 0);
        }
    }

    /** What {@link #withoutTheVectorApi} runs in a JVM of its own. */
    static final class Program {
        private Program() {}

        public static void main(String[] args) {
            try (CpuBackend backend = CpuBackend.create(1)) {
                Tensor a = Tensor.parameter("a", 2);
                Tensor out = Tensor.output("out", 2);
                backend.write(a, new float[] {1, 2});
                try (Step step = backend.record("add", o -> o.add(a, a, out))) {
                    step.run();
                }
                System.out.println(backend.describe() + ": " + backend.read(out)[1]);
            }
        }
    }

    @Test
    void withoutTheVectorApi() throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Program.class.getName())
                        .start();
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), err);
        assertEquals("CPU, 1 thread, plain loops: 4.0", out.strip());
        assertEquals(1, err.lines().count(), err);
        assertTrue(err.contains("--add-modules jdk.incubator.vector"), err);
    }
}
