package s5.tornado;

import static s5.tornado.ScanKernelsTest.assertClose;

import org.junit.jupiter.api.Test;

import s5.ops.NormOp;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** The normalization kernels against their formulas in double precision. */
class NormKernelsTest {
    /** rows, columns. */
    private static final int[][] SIZES = {
        {1, 1}, {7, 5}, {64, 8}, {63, 15}, {777, 96}, {257, 300}, {129, 512}, {40001, 4},
    };

    private static final float MOMENTUM = 0.95f;
    private static final double TOLERANCE = 2e-6;

    @Test
    void batchNorm() {
        for (int[] s : SIZES) {
            batchNorm(s[0], s[1]);
        }
    }

    /** Where E[x^2] - E[x]^2 in float32 has no digit left. */
    @Test
    void batchNormFarFromZero() {
        farFromZero();
    }

    static void farFromZero() {
        check(3000, 17, 1000f, 0.25f, 1e-3);
    }

    static void batchNorm(int rows, int columns) {
        check(rows, columns, 0.5f, 1.5f, TOLERANCE);
    }

    private static void check(
            int rows, int columns, float mean, float deviation, double tolerance) {
        Bed bed = new Bed(rows + columns);
        float[] x = bed.normal(rows * columns, mean, deviation);
        float[] scale = bed.normal(columns, 1f, 0.3f);
        float[] bias = bed.normal(columns, 0f, 1f);
        float[] oldMean = bed.normal(columns, 0f, 1f);
        float[] oldVar = bed.normal(columns, 2f, 0.1f);
        FloatArray xIn = bed.in(x);
        FloatArray scaleIn = bed.in(scale);
        FloatArray biasIn = bed.in(bias);
        FloatArray runningMean = bed.inOut(oldMean);
        FloatArray runningVar = bed.inOut(oldVar);
        FloatArray partial = bed.scratch(ColumnPlan.sums(rows, columns).partialSize(2));
        FloatArray meanOut = bed.out(columns);
        FloatArray rstdOut = bed.out(columns);
        FloatArray y = bed.out(rows * columns);
        bed.run(tasks ->
                tasks.norms()
                        .batchNorm(
                                "norm",
                                rows,
                                columns,
                                xIn,
                                Part.of(scaleIn),
                                Part.of(biasIn),
                                Part.of(runningMean),
                                Part.of(runningVar),
                                MOMENTUM,
                                partial,
                                Part.of(meanOut),
                                Part.of(rstdOut),
                                y));
        String what = ", " + rows + " x " + columns;
        double[][] statistics = Reference.statistics(x, rows, columns, false);
        double[] rstd = new double[columns];
        double[] newMean = new double[columns];
        double[] newVar = new double[columns];
        for (int h = 0; h < columns; h++) {
            rstd[h] = 1 / Math.sqrt(statistics[1][h] + NormOp.BATCH_NORM_EPSILON);
            newMean[h] = MOMENTUM * oldMean[h] + (1 - (double) MOMENTUM) * statistics[0][h];
            newVar[h] = MOMENTUM * oldVar[h] + (1 - (double) MOMENTUM) * statistics[1][h];
        }
        assertClose(statistics[0], bed.read(meanOut), TOLERANCE, "mean" + what);
        assertClose(rstd, bed.read(rstdOut), tolerance, "rstd" + what);
        assertClose(newMean, bed.read(runningMean), TOLERANCE, "running mean" + what);
        assertClose(newVar, bed.read(runningVar), TOLERANCE, "running variance" + what);
        double[] expected =
                Reference.normalize(
                        x,
                        statistics[0],
                        statistics[1],
                        NormOp.BATCH_NORM_EPSILON,
                        scale,
                        bias,
                        columns,
                        false);
        assertClose(expected, bed.read(y), tolerance, "y" + what);
    }

    @Test
    void batchNormFrozen() {
        for (int[] s : SIZES) {
            int rows = s[0];
            int columns = s[1];
            Bed bed = new Bed(rows + columns);
            float[] x = bed.normal(rows * columns, 0.5f, 1.5f);
            float[] scale = bed.normal(columns, 1f, 0.3f);
            float[] bias = bed.normal(columns, 0f, 1f);
            float[] mean = bed.normal(columns, 0f, 1f);
            float[] var = bed.normal(columns, 2f, 0.1f);
            FloatArray xIn = bed.in(x);
            FloatArray scaleIn = bed.in(scale);
            FloatArray biasIn = bed.in(bias);
            FloatArray meanIn = bed.in(mean);
            FloatArray varIn = bed.in(var);
            FloatArray y = bed.out(rows * columns);
            bed.run(tasks ->
                    tasks.norms()
                            .batchNormFrozen(
                                    "frozen",
                                    rows,
                                    columns,
                                    xIn,
                                    Part.of(scaleIn),
                                    Part.of(biasIn),
                                    Part.of(meanIn),
                                    Part.of(varIn),
                                    y));
            double[] expected =
                    Reference.normalize(
                            x,
                            toDouble(mean),
                            toDouble(var),
                            NormOp.BATCH_NORM_EPSILON,
                            scale,
                            bias,
                            columns,
                            false);
            assertClose(expected, bed.read(y), TOLERANCE, "y, " + rows + " x " + columns);
        }
    }

    @Test
    void batchNormAdjoint() {
        for (int[] s : SIZES) {
            adjoint(s[0], s[1], false, s[0] % 2 == 0);
        }
    }

    @Test
    void layerNormAdjoint() {
        for (int[] s : SIZES) {
            adjoint(s[0], s[1], true, s[0] % 2 == 0);
        }
        adjoint(20, 700, true, true);
        adjoint(200003, 8, true, false);
    }

    static void adjoint(int rows, int columns, boolean alongRows, boolean withResidual) {
        double epsilon = alongRows ? NormOp.LAYER_NORM_EPSILON : NormOp.BATCH_NORM_EPSILON;
        Bed bed = new Bed(rows + columns);
        float[] x = bed.normal(rows * columns, 0.5f, 1.5f);
        float[] scale = bed.normal(columns, 1f, 0.3f);
        float[] dY = bed.normal(rows * columns, 0.2f, 1f);
        float[] residual = withResidual ? bed.normal(rows * columns, 0f, 1f) : null;
        double[][] statistics = Reference.statistics(x, rows, columns, alongRows);
        float[] mean = new float[statistics[0].length];
        float[] rstd = new float[mean.length];
        for (int g = 0; g < mean.length; g++) {
            mean[g] = (float) statistics[0][g];
            rstd[g] = (float) (1 / Math.sqrt(statistics[1][g] + epsilon));
        }
        FloatArray xIn = bed.in(x);
        FloatArray scaleIn = bed.in(scale);
        FloatArray meanIn = bed.in(mean);
        FloatArray rstdIn = bed.in(rstd);
        FloatArray dYIn = bed.in(dY);
        FloatArray residualIn = withResidual ? bed.in(residual) : null;
        FloatArray dScale = bed.out(columns);
        FloatArray dBias = bed.out(columns);
        FloatArray dX = bed.out(rows * columns);
        if (alongRows) {
            FloatArray partial = bed.scratch(RowPlan.adjoint(rows, columns).partialSize(2));
            bed.run(tasks ->
                    tasks.norms()
                            .layerNormAdjoint(
                                    "adjoint",
                                    rows,
                                    columns,
                                    xIn,
                                    Part.of(scaleIn),
                                    meanIn,
                                    rstdIn,
                                    dYIn,
                                    residualIn,
                                    partial,
                                    Part.of(dScale),
                                    Part.of(dBias),
                                    dX));
        } else {
            FloatArray partial = bed.scratch(ColumnPlan.sums(rows, columns).partialSize(2));
            bed.run(tasks ->
                    tasks.norms()
                            .batchNormAdjoint(
                                    "adjoint",
                                    rows,
                                    columns,
                                    xIn,
                                    Part.of(scaleIn),
                                    Part.of(meanIn),
                                    Part.of(rstdIn),
                                    dYIn,
                                    residualIn,
                                    partial,
                                    Part.of(dScale),
                                    Part.of(dBias),
                                    dX));
        }
        double[][] expected =
                Reference.normalizeAdjoint(
                        x, scale, dY, residual, epsilon, rows, columns, alongRows);
        String what = ", " + rows + " x " + columns + (alongRows ? " by rows" : " by columns");
        // Few values have, now and then, nearly no variance: rounding is then multiplied by rstd.
        boolean few = (alongRows ? columns : rows) <= 8;
        double tolerance = few ? 2e-3 : 3 * TOLERANCE;
        assertClose(expected[0], bed.read(dX), tolerance, "dX" + what);
        assertClose(expected[1], bed.read(dScale), tolerance, "dScale" + what);
        assertClose(expected[2], bed.read(dBias), 2 * TOLERANCE, "dBias" + what);
    }

    @Test
    void layerNorm() {
        for (int[] s : SIZES) {
            layerNorm(s[0], s[1]);
        }
        layerNorm(50, 100, 1000f, 0.25f, 3e-4);
        layerNorm(33, 700, 0f, 1f, TOLERANCE);
    }

    static void layerNorm(int rows, int columns) {
        layerNorm(rows, columns, 0.5f, 1.5f, columns <= 3 ? 1e-4 : TOLERANCE);
    }

    private static void layerNorm(
            int rows, int columns, float mean, float deviation, double tolerance) {
        Bed bed = new Bed(rows + columns);
        float[] x = bed.normal(rows * columns, mean, deviation);
        float[] scale = bed.normal(columns, 1f, 0.3f);
        float[] bias = bed.normal(columns, 0f, 1f);
        FloatArray xIn = bed.in(x);
        FloatArray scaleIn = bed.in(scale);
        FloatArray biasIn = bed.in(bias);
        FloatArray meanOut = bed.out(rows);
        FloatArray rstdOut = bed.out(rows);
        FloatArray y = bed.out(rows * columns);
        bed.run(tasks ->
                tasks.norms()
                        .layerNorm(
                                "norm",
                                rows,
                                columns,
                                xIn,
                                Part.of(scaleIn),
                                Part.of(biasIn),
                                meanOut,
                                rstdOut,
                                y));
        double[][] statistics = Reference.statistics(x, rows, columns, true);
        double[] rstd = new double[rows];
        for (int i = 0; i < rows; i++) {
            rstd[i] = 1 / Math.sqrt(statistics[1][i] + NormOp.LAYER_NORM_EPSILON);
        }
        String what = ", " + rows + " x " + columns;
        assertClose(statistics[0], bed.read(meanOut), TOLERANCE, "mean" + what);
        assertClose(rstd, bed.read(rstdOut), tolerance, "rstd" + what);
        double[] expected =
                Reference.normalize(
                        x,
                        statistics[0],
                        statistics[1],
                        NormOp.LAYER_NORM_EPSILON,
                        scale,
                        bias,
                        columns,
                        true);
        assertClose(expected, bed.read(y), tolerance, "y" + what);
    }

    private static double[] toDouble(float[] values) {
        double[] out = new double[values.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = values[i];
        }
        return out;
    }
}
