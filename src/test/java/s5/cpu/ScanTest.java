package s5.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import s5.ops.Program;
import s5.ops.ScanOp;
import s5.ops.Step;
import s5.ops.Tensor;

import java.util.Arrays;
import java.util.Random;

/** The scan equals a loop, itself in chunks, and itself backward. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ScanTest {
    private final CpuBackend plain = new CpuBackend(2, false);
    private final CpuBackend vector = new CpuBackend(2, true);

    @AfterAll
    void close() {
        plain.close();
        vector.close();
    }

    /** A recurrence of P states over rows of 2P floats. */
    private record Problem(int p, int length, float[] lambda, float[] bu) {
        static Problem random(int p, int length) {
            Random random = new Random(31L * p + length);
            float[] lambda = new float[2 * p];
            for (int j = 0; j < p; j++) {
                double size = 0.9 + 0.1 * random.nextDouble();
                double angle = 6.3 * random.nextDouble();
                lambda[j] = (float) (size * Math.cos(angle));
                lambda[p + j] = (float) (size * Math.sin(angle));
            }
            float[] bu = new float[length * 2 * p];
            for (int i = 0; i < bu.length; i++) {
                bu[i] = (float) random.nextGaussian();
            }
            return new Problem(p, length, lambda, bu);
        }

        Problem withInput(float[] input) {
            return new Problem(p, input.length / (2 * p), lambda, input);
        }

        /** The same positions in the other order. */
        static float[] reversed(float[] rows, int width) {
            float[] out = new float[rows.length];
            int n = rows.length / width;
            for (int i = 0; i < n; i++) {
                System.arraycopy(rows, i * width, out, (n - 1 - i) * width, width);
            }
            return out;
        }
    }

    private static float[] scan(CpuBackend backend, Problem q, boolean bidirectional) {
        int d = bidirectional ? 2 : 1;
        Tensor lambdaBar = Tensor.parameter("lambdaBar", 2 * q.p);
        Tensor bu = Tensor.parameter("bu", q.length, 2 * q.p);
        Tensor x = Tensor.output("x", q.length, 2 * q.p * d);
        backend.write(lambdaBar, q.lambda);
        backend.write(bu, q.bu);
        try (Step step =
                backend.compile(
                        "scan",
                        Program.of(new ScanOp.Scan(lambdaBar, bu, q.length, bidirectional, x)))) {
            step.run();
            return backend.read(x);
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1", "1,7", "2,33", "3,64", "7,129", "16,100", "17,50", "33,257", "64,784"})
    void equalsALoopInDouble(int p, int length) {
        Problem q = Problem.random(p, length);
        double[] expected = new double[q.bu.length];
        double largest = 0;
        for (int j = 0; j < p; j++) {
            double re = 0;
            double im = 0;
            for (int k = 0; k < length; k++) {
                double next = q.lambda[j] * re - q.lambda[p + j] * im + q.bu[k * 2 * p + j];
                im = q.lambda[j] * im + q.lambda[p + j] * re + q.bu[k * 2 * p + p + j];
                re = next;
                expected[k * 2 * p + j] = re;
                expected[k * 2 * p + p + j] = im;
                largest = Math.max(largest, Math.hypot(re, im));
            }
        }
        for (CpuBackend backend : new CpuBackend[] {plain, vector}) {
            float[] actual = scan(backend, q, false);
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], actual[i], 1e-6 * largest, backend.describe());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1,7", "3,64", "8,129", "17,50", "33,100"})
    void equalsItselfInChunksWithTheStateCarried(int p, int length) {
        Problem q = Problem.random(p, length);
        int width = 2 * p;
        for (CpuBackend backend : new CpuBackend[] {plain, vector}) {
            float[] whole = scan(backend, q, false);
            for (int chunk = 1; chunk <= length; chunk = chunk < 8 ? chunk + 1 : 2 * chunk + 1) {
                float[] joined = new float[whole.length];
                for (int from = 0; from < length; from += chunk) {
                    int to = Math.min(length, from + chunk);
                    float[] input = Arrays.copyOfRange(q.bu, from * width, to * width);
                    for (int j = 0; j < p && from > 0; j++) {
                        int before = (from - 1) * width + j;
                        float lr = q.lambda[j];
                        float li = q.lambda[p + j];
                        float xr = joined[before];
                        float xi = joined[before + p];
                        input[j] = Math.fma(lr, xr, Math.fma(-li, xi, input[j]));
                        input[p + j] = Math.fma(lr, xi, Math.fma(li, xr, input[p + j]));
                    }
                    float[] part = scan(backend, q.withInput(input), false);
                    System.arraycopy(part, 0, joined, from * width, part.length);
                }
                assertArrayEquals(whole, joined, "chunks of " + chunk);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1", "1,7", "3,64", "8,129", "17,50", "33,100", "64,33"})
    void backwardIsForwardOverTheReversedSequence(int p, int length) {
        Problem q = Problem.random(p, length);
        int width = 2 * p;
        for (CpuBackend backend : new CpuBackend[] {plain, vector}) {
            float[] forward = scan(backend, q, false);
            float[] reversed = scan(backend, q.withInput(Problem.reversed(q.bu, width)), false);
            float[] backward = Problem.reversed(reversed, width);
            float[] both = scan(backend, q, true);
            for (int k = 0; k < length; k++) {
                for (int j = 0; j < width; j++) {
                    assertEquals(forward[k * width + j], both[k * 2 * width + j]);
                    assertEquals(backward[k * width + j], both[k * 2 * width + width + j]);
                }
            }
        }
    }
}
