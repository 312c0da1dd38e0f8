package s5.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import s5.ops.InputOp;
import s5.ops.LayerOp;
import s5.ops.Program;
import s5.ops.Step;
import s5.ops.Tensor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;

class CpuBackendTest {
    private final CpuBackend backend = new CpuBackend(2, false);

    @AfterEach
    void close() {
        backend.close();
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
        try (Step step =
                backend.compile("embed", Program.of(new InputOp.Embed(tokens, w, bias, out)))) {
            assertEquals(
                    "tokens[3] holds 4 at 1, must be in [0, 4)",
                    assertThrows(IllegalArgumentException.class, step::run).getMessage());
        }
    }

    @Test
    void aSmallStepAndALargeOneShareScratch() {
        // The first step is compiled while the pool is small, and must notice that it grows.
        Tensor a = Tensor.parameter("a", 5);
        backend.write(a, new float[] {1, 2, 3, 4, 5});
        Tensor big = Tensor.parameter("big", 1000);
        Tensor out = Tensor.output("out", 5);
        Tensor bigOut = Tensor.output("bigOut", 1000);
        Step small = backend.compile("small", doubled(a, out));
        try (Step large = backend.compile("large", doubled(big, bigOut))) {
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

    private static Program doubled(Tensor a, Tensor out) {
        Tensor twice = Tensor.scratch("twice", a.shape());
        return Program.of(new LayerOp.Add(a, a, twice), new LayerOp.Add(twice, twice, out));
    }

    @Test
    void theProfileNamesEveryOperation() {
        Tensor a = Tensor.parameter("a", 5);
        try (Step step =
                backend.compile("s", Program.of(new LayerOp.Gelu(a, Tensor.output("out", 5))))) {
            step.run();
            assertEquals(Set.of("gelu"), step.profile().keySet());
            assertTrue(step.profile().get("gelu") > 0);
        }
    }

    /** What {@link #withoutTheVectorApi} runs in a JVM of its own. */
    static final class AddInPlainLoops {
        private AddInPlainLoops() {}

        public static void main(String[] args) {
            try (CpuBackend backend = CpuBackend.create(1)) {
                Tensor a = Tensor.parameter("a", 2);
                Tensor out = Tensor.output("out", 2);
                backend.write(a, new float[] {1, 2});
                try (Step step = backend.compile("add", Program.of(new LayerOp.Add(a, a, out)))) {
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
                                AddInPlainLoops.class.getName())
                        .start();
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), err);
        assertEquals("CPU, 1 thread, plain loops: 4.0", out.strip());
        assertEquals(1, err.lines().count(), err);
        assertTrue(err.contains("--add-modules jdk.incubator.vector"), err);
    }
}
