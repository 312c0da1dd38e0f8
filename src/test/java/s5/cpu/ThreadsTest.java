package s5.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import s5.ops.HeadOp;
import s5.ops.HeadOp.Pooling;
import s5.ops.InputOp;
import s5.ops.LayerOp;
import s5.ops.Matmul;
import s5.ops.NormOp;
import s5.ops.OpCase;
import s5.ops.OpCases;
import s5.ops.Program;
import s5.ops.ScanOp;
import s5.ops.Step;
import s5.ops.Tensor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** The number of threads changes no bit. */
class ThreadsTest {
    private static final int B = 5;
    private static final int L = 700;
    private static final int N = B * L;
    private static final int H = 33;
    private static final int P = 37;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void wholeStepsGiveTheSameBits(boolean vector) {
        List<OpCase> steps = OpCases.all().filter(c -> c.name().startsWith("step ")).toList();
        Map<OpCase, Map<String, float[]>> expected = new LinkedHashMap<>();
        try (CpuBackend one = new CpuBackend(1, vector)) {
            steps.forEach(step -> expected.put(step, step.run(one)));
        }
        for (int threads : new int[] {2, 3, 5}) {
            try (CpuBackend many = new CpuBackend(threads, vector)) {
                for (OpCase step : steps) {
                    String what = step + ", " + threads + " threads";
                    assertSameBits(what, expected.get(step), step.run(many));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void sumsOverManyBlocksGiveTheSameBits(boolean vector) {
        Map<String, float[]> expected = sums(1, vector);
        for (int threads : new int[] {2, 3, 5}) {
            // Twice, since which thread takes which block is a matter of chance.
            assertSameBits(threads + " threads", expected, sums(threads, vector));
            assertSameBits(threads + " threads", expected, sums(threads, vector));
        }
    }

    /** The results of all operations that sum over rows, large enough for many blocks. */
    private static Map<String, float[]> sums(int threads, boolean vector) {
        Random random = new Random(7);
        Map<String, float[]> results = new LinkedHashMap<>();
        try (CpuBackend backend = new CpuBackend(threads, vector)) {
            Values v = new Values(backend, random);
            Tensor x = v.in(N, H);
            Tensor dOut = v.in(N, H);
            Tensor u = v.in(N, H);
            Tensor vector1 = v.in(H);
            Tensor vector2 = v.in(H);
            Tensor wide = v.in(N, 4 * P);
            Tensor wide2 = v.in(N, 4 * P);
            Tensor lambdaBar = v.in(2 * P);
            Tensor tokens = Tensor.integers("tokens", N);
            backend.write(tokens, random.ints(N, 0, 6).toArray());
            try (Step step =
                    backend.compile(
                            "sums",
                            Program.of(
                                    new NormOp.BatchNorm(
                                            x,
                                            null,
                                            vector1,
                                            vector2,
                                            v.out(H),
                                            v.out(H),
                                            0.9f,
                                            v.out(H),
                                            v.out(H),
                                            v.out(N, H)),
                                    new NormOp.BatchNormAdjoint(
                                            x,
                                            null,
                                            vector1,
                                            vector2,
                                            vector1,
                                            dOut,
                                            u,
                                            v.out(H),
                                            v.out(H),
                                            v.out(N, H)),
                                    new NormOp.LayerNormAdjoint(
                                            x,
                                            vector1,
                                            v.in(N),
                                            v.in(N),
                                            dOut,
                                            null,
                                            v.out(H),
                                            v.out(H),
                                            v.out(N, H)),
                                    new LayerOp.SkipGeluAdjoint(
                                            x,
                                            vector1,
                                            u,
                                            null,
                                            dOut,
                                            null,
                                            v.out(N, H),
                                            v.out(H),
                                            v.out(N, H)),
                                    new LayerOp.GateAdjoint(
                                            x,
                                            vector1,
                                            u,
                                            vector2,
                                            null,
                                            dOut,
                                            v.out(N, H),
                                            v.out(H),
                                            v.out(N, H),
                                            v.out(H)),
                                    new InputOp.EmbedAdjoint(tokens, dOut, v.out(6, H), v.out(H)),
                                    new InputOp.DenseAdjoint(
                                            x,
                                            v.in(H, H),
                                            dOut,
                                            v.out(H, H),
                                            v.out(H),
                                            v.out(N, H)),
                                    new Matmul(wide, true, dOut, false, false, v.out(4 * P, H)),
                                    new Matmul(
                                            wide, true, wide2, false, false, v.out(4 * P, 4 * P)),
                                    new ScanOp.ScanAdjoint(
                                            lambdaBar,
                                            wide,
                                            wide2,
                                            L,
                                            true,
                                            v.out(N, 2 * P),
                                            v.out(2 * P)),
                                    new HeadOp.Pool(x, null, Pooling.MEAN, v.out(B, H))))) {
                step.run();
            }
            v.written.forEach(t -> results.put(t.name(), backend.read(t)));
        }
        return results;
    }

    /** Makes tensors: with values to read, or to be written and read in the end. */
    private static final class Values {
        private final CpuBackend backend;
        private final Random random;
        private final List<Tensor> written = new ArrayList<>();

        Values(CpuBackend backend, Random random) {
            this.backend = backend;
            this.random = random;
        }

        Tensor in(int... shape) {
            Tensor t = Tensor.parameter("in", shape);
            float[] values = new float[t.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = 0.3f * (float) random.nextGaussian();
            }
            backend.write(t, values);
            return t;
        }

        Tensor out(int... shape) {
            Tensor t = Tensor.state("out " + written.size(), shape);
            written.add(t);
            return t;
        }
    }

    private static void assertSameBits(
            String message, Map<String, float[]> expected, Map<String, float[]> actual) {
        expected.forEach((name, values) ->
                assertArrayEquals(values, actual.get(name), message + ": " + name));
    }

    @Test
    void statesOfFewSequencesAreSplitWithoutATrace() {
        // One sequence of 70 states: three tasks. Fifty at once: one task for each.
        int p = 70;
        int length = 19;
        Random random = new Random(3);
        float[] lambda = floats(random, 2 * p);
        float[] bu = floats(random, length * 2 * p);
        float[] many = new float[70 * bu.length];
        for (int b = 0; b < 70; b++) {
            System.arraycopy(bu, 0, many, b * bu.length, bu.length);
        }
        float[] one = scan(lambda, bu, p, length);
        float[] all = scan(lambda, many, p, length);
        for (int b = 0; b < 70; b++) {
            float[] part = new float[one.length];
            System.arraycopy(all, b * one.length, part, 0, one.length);
            assertArrayEquals(one, part);
        }
    }

    private static float[] floats(Random random, int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = 0.5f * (float) random.nextGaussian();
        }
        return values;
    }

    private static float[] scan(float[] lambda, float[] bu, int p, int length) {
        Tensor lambdaBar = Tensor.parameter("lambdaBar", 2 * p);
        Tensor in = Tensor.parameter("bu", bu.length / (2 * p), 2 * p);
        Tensor x = Tensor.output("x", bu.length / (2 * p), 2 * p);
        try (CpuBackend backend = new CpuBackend(2, true)) {
            backend.write(lambdaBar, lambda);
            backend.write(in, bu);
            try (Step step =
                    backend.compile(
                            "scan", Program.of(new ScanOp.Scan(lambdaBar, in, length, false, x)))) {
                step.run();
                return backend.read(x);
            }
        }
    }
}
