package s5.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import s5.ops.LayerOp;
import s5.ops.Matmul;
import s5.ops.NormOp;
import s5.ops.OpCase;
import s5.ops.Program;
import s5.ops.Step;
import s5.ops.Tensor;

import java.util.Random;

/** The two versions of the inner loops against each other, and exp against Java's. */
class KernelsTest {

    @Test
    void expIsWithinOneAndAHalfUnitsInTheLastPlace() {
        double worst = 0;
        for (float x = Approx.EXP_LOW; x <= Approx.EXP_HIGH; x += 0.000_37f) {
            double exact = Math.exp(x);
            worst = Math.max(worst, Math.abs(Approx.exp(x) - exact) / Math.ulp((float) exact));
        }
        assertTrue(worst <= 1.5, "worst error " + worst + " ulp");
        assertEquals(1f, Approx.exp(0f));
        assertTrue(Float.isNaN(Approx.exp(Float.NaN)), "a NaN must not get lost");
        assertEquals(Approx.exp(Approx.EXP_HIGH), Approx.exp(Float.POSITIVE_INFINITY));
    }

    @Test
    void geluAndItsSlopeFollowTheTanhForm() {
        double c = Math.sqrt(2 / Math.PI);
        for (float y = -12; y <= 12; y += 0.0173f) {
            double t = Math.tanh(c * (y + 0.044715 * (double) y * y * y));
            double slope =
                    0.5 * (1 + t) + 0.5 * y * (1 - t * t) * c * (1 + 3 * 0.044715 * (double) y * y);
            assertEquals(0.5 * y * (1 + t), Approx.gelu(y), 2e-7 * (1 + Math.abs(y)));
            assertEquals(slope, Approx.geluSlope(y), 5e-7);
        }
    }

    /** Elementwise operations have the same formulas, operation by operation. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 16, 33, 96, 129})
    void elementwiseOperationsGiveTheSameBits(int h) {
        assertArrayEquals(elementwise(h, false), elementwise(h, true));
    }

    private static float[] elementwise(int h, boolean vector) {
        int batch = 3;
        int n = batch * 11;
        try (CpuBackend backend = new CpuBackend(1, vector)) {
            Random random = new Random(h);
            Tensor a = input(backend, random, n, h);
            Tensor b = input(backend, random, n, h);
            Tensor row = input(backend, random, h);
            Tensor row2 = input(backend, random, h);
            Tensor mask = input(backend, random, batch, h);
            Tensor[] out = new Tensor[5];
            for (int i = 0; i < out.length; i++) {
                out[i] = Tensor.output("out", n, h);
            }
            try (Step step =
                    backend.compile(
                            "elementwise",
                            Program.of(
                                    new LayerOp.Gelu(a, out[0]),
                                    new LayerOp.GeluAdjoint(a, b, out[1]),
                                    new LayerOp.SkipGelu(a, row, b, mask, null, out[2]),
                                    new LayerOp.Gate(a, row, b, row2, mask, b, out[3]),
                                    new NormOp.BatchNormFrozen(
                                            a, row, row2, row2, mask(row), out[4])))) {
                step.run();
            }
            float[] all = new float[out.length * n * h];
            for (int i = 0; i < out.length; i++) {
                System.arraycopy(backend.read(out[i]), 0, all, i * n * h, n * h);
            }
            return all;
        }
    }

    /** A variance that is never negative: an unwritten state, which is zero. */
    private static Tensor mask(Tensor like) {
        return Tensor.state("variance", like.shape());
    }

    private static Tensor input(CpuBackend backend, Random random, int... shape) {
        Tensor t = Tensor.parameter("in", shape);
        float[] values = new float[t.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = 3 * (float) random.nextGaussian();
        }
        backend.write(t, values);
        return t;
    }

    /** Every width of tile, with and without rows and columns left over, in all four forms. */
    @Test
    void productsAgreeOverAllWidths() {
        int v = VectorMath.V;
        int[] sizes = {1, 3, 4, 5, v - 1, v, v + 1, 2 * v, 3 * v, 4 * v, 5 * v - 3, 7 * v};
        for (int n : sizes) {
            for (int m : new int[] {1, 4, 7}) {
                for (int form = 0; form < 4; form++) {
                    boolean ta = form % 2 == 1;
                    boolean tb = form >= 2;
                    float[] expected = product(m, n, 29, ta, tb, false);
                    float[] actual = product(m, n, 29, ta, tb, true);
                    double[] wide = new double[expected.length];
                    for (int i = 0; i < wide.length; i++) {
                        wide[i] = expected[i];
                    }
                    double error = OpCase.error(wide, actual);
                    assertTrue(
                            error < 1e-6,
                            "(%d, 29) (29, %d) form %d: %s".formatted(m, n, form, error));
                }
            }
        }
    }

    private static float[] product(int m, int n, int k, boolean ta, boolean tb, boolean vector) {
        try (CpuBackend backend = new CpuBackend(1, vector)) {
            Random random = new Random(n);
            Tensor a = ta ? input(backend, random, k, m) : input(backend, random, m, k);
            Tensor b = tb ? input(backend, random, n, k) : input(backend, random, k, n);
            Tensor c = Tensor.output("c", m, n);
            try (Step step =
                    backend.compile("product", Program.of(new Matmul(a, ta, b, tb, false, c)))) {
                step.run();
                return backend.read(c);
            }
        }
    }
}
