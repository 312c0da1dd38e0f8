package s5.tornado;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** The scan kernels against a loop in double precision, over sizes that divide nothing evenly. */
class ScanKernelsTest {
    /** sequences, length, states. */
    private static final int[][] SIZES = {
        {1, 1, 1},
        {1, 2, 1},
        {3, 7, 4},
        {2, 16, 8},
        {1, 129, 15},
        {2, 1000, 16},
        {5, 257, 33},
        {2, 784, 64},
        {1, 2049, 96},
        {64, 130, 4},
        {1, 300, 128},
        {2, 513, 192},
        {1, 100, 512},
        {1, 5000, 1},
        {1, 16384, 8},
        {2, 4099, 64},
    };

    private static final double TOLERANCE = 3e-6;

    @Test
    void scanIsTheRecurrence() {
        for (int[] s : SIZES) {
            for (int directions = 1; directions <= 2; directions++) {
                int rows = s[0] * s[1];
                Bed bed = new Bed(rows + s[2]);
                float[] lambda = bed.lambda(s[2]);
                float[] u = bed.normal(rows * 2 * s[2], 0.1f, 1f);
                ScanPlan plan = ScanPlan.forward(s[0], s[1], s[2], directions);
                FloatArray dLambda = bed.in(lambda);
                FloatArray dU = bed.in(u);
                FloatArray ends = bed.scratch(plan.endsSize());
                FloatArray x = bed.out(rows * 2 * s[2] * directions);
                bed.run(tasks -> tasks.scan("scan", plan, dLambda, dU, ends, x));
                double[] expected = Reference.scan(lambda, u, s[0], s[1], s[2], directions);
                assertClose(expected, bed.read(x), TOLERANCE, "x, " + plan);
            }
        }
    }

    @Test
    void adjointIsTheRecurrenceTheOtherWay() {
        for (int[] s : SIZES) {
            for (int directions = 1; directions <= 2; directions++) {
                int rows = s[0] * s[1];
                Bed bed = new Bed(rows + s[2]);
                float[] lambda = bed.lambda(s[2]);
                float[] x = bed.normal(rows * 2 * s[2] * directions, 0.1f, 1f);
                float[] dX = bed.normal(rows * 2 * s[2] * directions, 0.1f, 1f);
                ScanPlan plan = ScanPlan.adjoint(s[0], s[1], s[2], directions);
                FloatArray lambdaIn = bed.in(lambda);
                FloatArray xIn = bed.in(x);
                FloatArray dXIn = bed.in(dX);
                FloatArray ends = bed.scratch(plan.endsSize());
                FloatArray partial = bed.scratch(plan.partialSize());
                FloatArray dU = bed.out(rows * 2 * s[2]);
                FloatArray dLambda = bed.out(2 * s[2]);
                bed.run(tasks ->
                        tasks.scanAdjoint(
                                "adjoint", plan, lambdaIn, xIn, dXIn, ends, partial, dU, dLambda));
                double[][] expected =
                        Reference.scanAdjoint(lambda, x, dX, s[0], s[1], s[2], directions);
                assertClose(expected[0], bed.read(dU), TOLERANCE, "dU, " + plan);
                assertClose(expected[1], bed.read(dLambda), 3 * TOLERANCE, "dLambda, " + plan);
            }
        }
    }

    /** A reference that is wrong in one place must be told from the right one. */
    @Test
    void aWrongStateIsSeen() {
        double[] expected =
                new Bed(1).normal(1000, 0f, 1f).length == 1000 ? new double[1000] : null;
        float[] actual = new float[1000];
        for (int i = 0; i < 1000; i++) {
            expected[i] = Math.sin(i);
            actual[i] = (float) expected[i];
        }
        assertTrue(Bed.distance(expected, actual) < 1e-7);
        actual[500] += 1e-2f;
        assertTrue(Bed.distance(expected, actual) > 3e-4);
        actual[500] = Float.NaN;
        assertEquals(Double.POSITIVE_INFINITY, Bed.distance(expected, actual));
    }

    @Test
    void theSameInputsGiveTheSameBits() {
        int rows = 3 * 1000;
        float[][] results = new float[2][];
        for (int run = 0; run < 2; run++) {
            Bed bed = new Bed(11);
            ScanPlan plan = ScanPlan.adjoint(3, 1000, 24, 2);
            FloatArray lambda = bed.in(bed.lambda(24));
            FloatArray x = bed.in(bed.normal(rows * 96, 0f, 1f));
            FloatArray dX = bed.in(bed.normal(rows * 96, 0f, 1f));
            FloatArray ends = bed.scratch(plan.endsSize());
            FloatArray partial = bed.scratch(plan.partialSize());
            FloatArray dU = bed.out(rows * 48);
            FloatArray dLambda = bed.out(48);
            bed.run(t -> t.scanAdjoint("a", plan, lambda, x, dX, ends, partial, dU, dLambda));
            results[run] = bed.read(dLambda);
        }
        assertArrayEquals(results[0], results[1]);
    }

    static void assertClose(double[] expected, float[] actual, double tolerance, String what) {
        double distance = Bed.distance(expected, actual);
        assertTrue(distance <= tolerance, () -> what + ": relative distance " + distance);
    }
}
