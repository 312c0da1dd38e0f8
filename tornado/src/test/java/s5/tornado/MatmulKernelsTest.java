package s5.tornado;

import static s5.tornado.ScanKernelsTest.assertClose;

import org.junit.jupiter.api.Test;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** The own matrix products against a triple loop in double precision. */
class MatmulKernelsTest {
    /** m, n, k. */
    private static final int[][] SIZES = {
        {1, 1, 1},
        {3, 5, 7},
        {64, 64, 16},
        {65, 63, 17},
        {1000, 96, 33},
        {12, 20, 5000},
        {96, 65, 3001},
        {17, 300, 40},
    };

    @Test
    void products() {
        for (int i = 0; i < SIZES.length; i++) {
            product(SIZES[i], i);
            product(SIZES[i], (5 * i + 3) % 8);
        }
    }

    /**
     * @param s m, n, k
     * @param variant bits: transpose a, transpose b, accumulate
     */
    static void product(int[] s, int variant) {
        boolean transposeA = (variant & 1) != 0;
        boolean transposeB = (variant & 2) != 0;
        boolean accumulate = (variant & 4) != 0;
        Bed bed = new Bed(s[0] + variant);
        float[] a = bed.normal(s[0] * s[2], 0.1f, 1f);
        float[] b = bed.normal(s[2] * s[1], 0.1f, 1f);
        float[] start = accumulate ? bed.normal(s[0] * s[1], 0f, 1f) : null;
        MatmulPlan plan = MatmulPlan.of(s[0], s[1], s[2]);
        FloatArray aIn = bed.in(a);
        FloatArray bIn = bed.in(b);
        FloatArray partial = bed.scratch(plan.partialSize());
        FloatArray out = accumulate ? bed.inOut(start) : bed.out(s[0] * s[1]);
        bed.run(tasks ->
                tasks.matmul(
                        "product",
                        plan,
                        aIn,
                        transposeA,
                        Part.of(bIn),
                        transposeB,
                        accumulate,
                        partial,
                        Part.of(out)));
        double[] expected = Reference.matmul(a, transposeA, b, transposeB, start, s[0], s[1], s[2]);
        assertClose(expected, bed.read(out), 2e-6, "variant " + variant + ", " + plan);
    }
}
