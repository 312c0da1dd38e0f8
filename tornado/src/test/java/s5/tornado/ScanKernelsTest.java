package s5.tornado;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** The scan kernels against a loop in double precision, over sizes that divide nothing evenly. */
class ScanKernelsTest {
    /** sequences, length, states, directions. */
    private static final int[][] SIZES = {
        {1, 1, 1, 2},
        {3, 7, 4, 1},
        {2, 16, 8, 2},
        {2, 1000, 15, 2},
        {5, 257, 33, 1},
        {2, 784, 64, 1},
        {1, 2049, 96, 2},
        {64, 130, 4, 2},
        {2, 513, 192, 2},
        {1, 100, 512, 1},
        {1, 5000, 1, 2},
        {1, 16384, 16, 2},
    };

    private static final double TOLERANCE = 1e-5;

    @Test
    void scanIsTheRecurrence() {
        for (int[] s : SIZES) {
            scan(ScanPlan.forward(s[0], s[1], s[2], s[3]));
        }
    }

    @Test
    void adjointIsTheRecurrenceTheOtherWay() {
        for (int[] s : SIZES) {
            adjoint(ScanPlan.adjoint(s[0], s[1], s[2], s[3]));
        }
    }

    static void scan(ScanPlan plan) {
        int rows = plan.sequences() * plan.length();
        int width = 2 * plan.states();
        Bed bed = new Bed(rows + width);
        float[] lambda = bed.lambda(plan.states());
        float[] u = bed.normal(rows * width, 0.1f, 1f);
        FloatArray lambdaIn = bed.in(lambda);
        FloatArray uIn = bed.in(u);
        FloatArray ends = bed.scratch(plan.endsSize());
        FloatArray x = bed.out(rows * width * plan.directions());
        bed.run(tasks -> tasks.scan("scan", plan, Part.of(lambdaIn), uIn, ends, x));
        double[] expected =
                Reference.scan(
                        lambda,
                        u,
                        plan.sequences(),
                        plan.length(),
                        plan.states(),
                        plan.directions());
        assertClose(expected, bed.read(x), TOLERANCE, "x, " + plan);
    }

    static void adjoint(ScanPlan plan) {
        int rows = plan.sequences() * plan.length();
        int width = 2 * plan.states();
        Bed bed = new Bed(rows + width);
        float[] lambda = bed.lambda(plan.states());
        float[] x = bed.normal(rows * width * plan.directions(), 0.1f, 1f);
        float[] dX = bed.normal(rows * width * plan.directions(), 0.1f, 1f);
        FloatArray lambdaIn = bed.in(lambda);
        FloatArray xIn = bed.in(x);
        FloatArray dXIn = bed.in(dX);
        FloatArray ends = bed.scratch(plan.endsSize());
        FloatArray partial = bed.scratch(plan.partialSize());
        FloatArray dU = bed.out(rows * width);
        FloatArray dLambda = bed.out(width);
        bed.run(tasks ->
                tasks.scanAdjoint(
                        "adjoint",
                        plan,
                        Part.of(lambdaIn),
                        xIn,
                        dXIn,
                        ends,
                        partial,
                        dU,
                        Part.of(dLambda)));
        double[][] expected =
                Reference.scanAdjoint(
                        lambda,
                        x,
                        dX,
                        plan.sequences(),
                        plan.length(),
                        plan.states(),
                        plan.directions());
        assertClose(expected[0], bed.read(dU), TOLERANCE, "dU, " + plan);
        assertClose(expected[1], bed.read(dLambda), TOLERANCE, "dLambda, " + plan);
    }

    /** A reference that is wrong in one place must be told from the right one. */
    @Test
    void aWrongStateIsSeen() {
        double[] expected = new double[1000];
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
            bed.run(t ->
                    t.scanAdjoint(
                            "a",
                            plan,
                            Part.of(lambda),
                            x,
                            dX,
                            ends,
                            partial,
                            dU,
                            Part.of(dLambda)));
            results[run] = bed.read(dLambda);
        }
        assertArrayEquals(results[0], results[1]);
    }

    static void assertClose(double[] expected, float[] actual, double tolerance, String what) {
        double distance = Bed.distance(expected, actual);
        assertTrue(distance <= tolerance, () -> what + ": relative distance " + distance);
    }
}
