package s5.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What every backend has to do: all {@link OpCases} within their tolerances, and keep the promises
 * of {@link Backend} and {@link Step}. A backend's test extends this class and says how to open it.
 * One backend serves all cases.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class OpsContract {
    private Backend backend;

    /** The backend under test. */
    protected abstract Backend open();

    /** What it has to do; for a backend that need not do all to override. */
    protected Stream<OpCase> cases() {
        return OpCases.all();
    }

    /** The error allowed; for a backend whose products are in TF32 to override. */
    protected double tolerance(OpCase opCase) {
        return opCase.tolerance();
    }

    @BeforeAll
    protected void openBackend() {
        backend = open();
    }

    @AfterAll
    protected void closeBackend() {
        if (backend != null) {
            backend.close();
        }
    }

    @TestFactory
    protected Stream<DynamicTest> operations() {
        return tests(cases());
    }

    /** A test for each case. */
    protected Stream<DynamicTest> tests(Stream<OpCase> cases) {
        return cases.map(c -> dynamicTest(c.name(), () -> check(c)));
    }

    private void check(OpCase opCase) {
        Map<String, float[]> actual = opCase.run(backend);
        Map<String, double[]> expected = opCase.expected();
        assertEquals(expected.keySet(), actual.keySet());
        StringBuilder wrong = new StringBuilder();
        expected.forEach((tensor, values) -> {
            double error = OpCase.error(values, actual.get(tensor));
            if (!(error <= tolerance(opCase))) {
                wrong.append(
                        "%n  %s: error %.2g, allowed %.2g; %s"
                                .formatted(
                                        tensor,
                                        error,
                                        tolerance(opCase),
                                        firstWrong(values, actual.get(tensor), tolerance(opCase))));
            }
        });
        assertTrue(wrong.isEmpty(), () -> opCase + ":" + wrong);
    }

    /** The first elements that are wrong, and how many. */
    private static String firstWrong(double[] expected, float[] actual, double tolerance) {
        double rms = Math.sqrt(Arrays.stream(expected).map(e -> e * e).average().orElse(0));
        int count = 0;
        StringBuilder first = new StringBuilder();
        for (int i = 0; i < Math.min(expected.length, actual.length); i++) {
            double limit = tolerance * (rms + Math.abs(expected[i]));
            if (!(Math.abs(actual[i] - expected[i]) <= limit) && count++ < 3) {
                first.append("[%d] is %s, not %s; ".formatted(i, actual[i], expected[i]));
            }
        }
        return first + "%d of %d wrong".formatted(count, expected.length);
    }

    // ---- promises of Backend and Step
    // ------------------------------------------------------------

    @Test
    protected void aTensorNeverWrittenReadsAsZeros() {
        assertArrayEquals(new float[3], backend.read(Tensor.state("unwritten", 3)));
        assertArrayEquals(new float[2], backend.read(Tensor.parameter("unwritten", 2)));
    }

    @Test
    protected void whatTheHostWritesItReads() {
        Tensor t = Tensor.parameter("t", 2, 2);
        backend.write(t, new float[] {1, -2, 3, -0f, 99});
        float[] read = backend.read(t);
        assertArrayEquals(new float[] {1, -2, 3, -0f}, read);
        read[0] = 7;
        assertEquals(1, backend.read(t)[0], "read must give an array of its own");
    }

    @Test
    protected void aStepSeesWhatTheHostWroteSinceItsLastRun() {
        Tensor a = Tensor.parameter("a", 2);
        Tensor b = Tensor.input("b", 2);
        Tensor sum = Tensor.output("sum", 2);
        try (Step step = backend.compile("add", Program.of(new LayerOp.Add(a, b, sum)))) {
            backend.write(a, new float[] {1, 2});
            backend.write(b, new float[] {10, 20});
            step.run();
            assertArrayEquals(new float[] {11, 22}, backend.read(sum));
            backend.write(b, new float[] {30, 40});
            step.run();
            assertArrayEquals(new float[] {31, 42}, backend.read(sum));
            backend.write(a, new float[] {5, 6});
            step.run();
            assertArrayEquals(new float[] {35, 46}, backend.read(sum));
        }
    }

    @Test
    protected void stepsShareStateAndClosingOneKeepsIt() {
        Tensor one = Tensor.input("one", 1, 1);
        Tensor same = Tensor.input("same", 1, 1);
        Tensor zero = Tensor.input("zero", 1, 1);
        Tensor nil = Tensor.input("nil", 1, 1);
        Tensor count = Tensor.state("count", 1, 1);
        backend.write(one, new float[] {1});
        backend.write(same, new float[] {1});
        backend.write(zero, new float[] {0});
        backend.write(nil, new float[] {0});
        try (Step clear = backend.compile("clear", Program.of(new LayerOp.Add(zero, nil, count)))) {
            try (Step up =
                    backend.compile(
                            "up", Program.of(new Matmul(one, false, same, false, true, count)))) {
                up.run();
                up.run();
                assertArrayEquals(new float[] {2}, backend.read(count));
                clear.run();
                up.run();
            }
            assertArrayEquals(new float[] {1}, backend.read(count), "after up was closed");
            backend.write(count, new float[] {40});
            try (Step again =
                    backend.compile(
                            "again",
                            Program.of(new Matmul(one, false, same, false, true, count)))) {
                again.run();
            }
            assertArrayEquals(new float[] {41}, backend.read(count));
        }
    }

    @Test
    protected void metricsKeepTheRowsOfEarlierRuns() {
        Tensor logits = Tensor.input("logits", 1, 2);
        Tensor labels = Tensor.integers("labels", 1);
        Tensor counters = Tensor.integers("counters", Counters.SIZE);
        Tensor logProbs = Tensor.scratch("logProbs", 1, 2);
        Tensor metrics = Tensor.output("metrics", 3, 2);
        try (Step step =
                backend.compile(
                        "metrics",
                        Program.of(
                                new HeadOp.CrossEntropy(
                                        logits, labels, counters, logProbs, metrics, null)))) {
            backend.write(labels, new int[] {1});
            backend.write(logits, new float[] {0, 0});
            backend.write(counters, new int[] {0, 0, 1, 2});
            step.run();
            backend.write(logits, new float[] {0, 50});
            backend.write(counters, new int[] {0, 0, 1, 0});
            step.run();
            float[] expected = {0, 1, 0, 0, (float) Math.log(2), 0};
            assertArrayEquals(expected, backend.read(metrics), 1e-6f);
        }
    }

    @Test
    protected void dropoutFollowsTheCounters() {
        Tensor counters = Tensor.integers("counters", Counters.SIZE);
        Tensor mask = Tensor.output("mask", 3, 50);
        try (Step step =
                backend.compile(
                        "mask", Program.of(new LayerOp.DropoutMask(counters, 4, 0.5f, mask)))) {
            for (int number = 0; number < 3; number++) {
                backend.write(counters, new int[] {number, 1919, 3, 0});
                step.run();
                float[] values = backend.read(mask);
                for (int i = 0; i < values.length; i++) {
                    float factor = Dropout.factor(1919, number, 4, i / 50, i % 50, 0.5f);
                    assertEquals(factor, values[i], "step " + number + ", element " + i);
                }
            }
        }
    }
}
