package s5.tornado.norm;

import s5.ops.NormOp;
import s5.tornado.Launch;
import s5.tornado.stored.Pairs;
import s5.tornado.sum.ColumnPlan;
import s5.tornado.sum.ColumnSums;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Batch normalization over the rows of an (n, H) matrix; see {@link s5.ops.NormOp.BatchNorm},
 * {@link ColumnPlan} for the words, and {@link BatchNormAdjointKernels} for its adjoint.
 *
 * <p>Launch order, with {@code sums = ColumnPlan.sums(n, H)} and {@code elements =
 * ColumnPlan.elements(n, H)}:
 *
 * <ul>
 *   <li>batchNorm: {@link #batchNormPartials} with {@code sums.launch()}; {@link #batchNormFinish}
 *       with {@code ColumnSums.totalsLaunch(H)}; {@link #batchNormApply} with {@code
 *       elements.launch()}. Scratch: {@code sums.partialSize(2)}.
 *   <li>batchNormFrozen: {@link #batchNormFrozen} with {@code elements.launch()}.
 * </ul>
 *
 * <p>Where a kernel has a {@code twin}, {@code columns} counts {@link Pairs} of columns.
 *
 * <p>The variance is never a difference of large numbers: each group of rows sums distances from
 * its own first row, and the groups' means and squared distances are then joined by Chan's formula.
 */
public final class BatchNormKernels {
    private static final int DEPTH = ColumnSums.DEPTH;

    /** As in {@link ColumnSums}. */
    private static final int TOTAL_LANES = ColumnSums.TOTAL_LANES;

    private static final int TOTAL_SWEEPS = ColumnSums.TOTAL_SWEEPS;

    private BatchNormKernels() {}

    /**
     * Mean and sum of squared distances from it, of each group of rows.
     *
     * @param x (rows, columns)
     * @param partial (rowGroups, 2 columns): means, then sums of squares; written
     */
    public static void batchNormPartials(
            KernelContext c,
            FloatArray x,
            FloatArray partial,
            int rows,
            int columns,
            int twin,
            int lanes,
            int columnGroups,
            int sweeps,
            int groupRows) {
        float[] sums = c.allocateFloatLocalArray(Launch.GROUP);
        float[] sums2 = c.allocateFloatLocalArray(Launch.GROUP);
        float[] squares = c.allocateFloatLocalArray(Launch.GROUP);
        float[] squares2 = c.allocateFloatLocalArray(Launch.GROUP);
        int lane = c.localIdx % lanes;
        int sweep = c.localIdx / lanes;
        int column = (c.groupIdx % columnGroups) * lanes + lane;
        int rowGroup = c.groupIdx / columnGroups;
        int begin = rowGroup * groupRows;
        int last = Math.min(rows, begin + groupRows);
        int end = last;
        float shift = 0f;
        float shift2 = 0f;
        if (column < columns) {
            shift = Pairs.first(x, begin * columns + column, twin);
            shift2 = Pairs.second(x, begin * columns + column, twin);
        }
        if (column >= columns) {
            end = 0;
        }
        float[] value = new float[DEPTH];
        float[] value2 = new float[DEPTH];
        float sum = 0f;
        float sum2 = 0f;
        float square = 0f;
        float square2 = 0f;
        for (int row = begin + sweep; row < end; row += sweeps * DEPTH) {
            for (int i = 0; i < DEPTH; i++) {
                float v = shift;
                float v2 = shift2;
                if (row + i * sweeps < end) {
                    int at = row * columns + column + i * (sweeps * columns);
                    v = Pairs.first(x, at, twin);
                    v2 = Pairs.second(x, at, twin);
                }
                value[i] = v;
                value2[i] = v2;
            }
            for (int i = 0; i < DEPTH; i++) {
                float v = value[i] - shift;
                float v2 = value2[i] - shift2;
                sum += v;
                sum2 += v2;
                square += v * v;
                square2 += v2 * v2;
            }
        }
        sums[c.localIdx] = sum;
        sums2[c.localIdx] = sum2;
        squares[c.localIdx] = square;
        squares2[c.localIdx] = square2;
        c.localBarrier();
        if (sweep == 0) {
            if (column < columns) {
                float total = 0f;
                float total2 = 0f;
                float totalSquare = 0f;
                float totalSquare2 = 0f;
                for (int s = 0; s < sweeps; s++) {
                    total += sums[s * lanes + lane];
                    total2 += sums2[s * lanes + lane];
                    totalSquare += squares[s * lanes + lane];
                    totalSquare2 += squares2[s * lanes + lane];
                }
                float mean = total / (last - begin);
                float mean2 = total2 / (last - begin);
                int at = rowGroup * 2 * columns + column;
                Pairs.set(partial, at, twin, shift + mean, shift2 + mean2);
                Pairs.set(
                        partial,
                        at + columns,
                        twin,
                        TornadoMath.max(totalSquare - total * mean, 0f),
                        TornadoMath.max(totalSquare2 - total2 * mean2, 0f));
            }
        }
    }

    /**
     * Joins the groups' statistics.
     *
     * @param partial from {@link #batchNormPartials}
     * @param running gets the running mean from {@code runningMeanAt} on and the variance from
     *     {@code runningVarAt} on, where that is not negative
     * @param statistics gets the mean and rstd in the same way
     */
    public static void batchNormFinish(
            KernelContext c,
            FloatArray partial,
            FloatArray running,
            int runningMeanAt,
            int runningVarAt,
            FloatArray statistics,
            int meanAt,
            int rstdAt,
            float momentum,
            int rows,
            int columns,
            int groupRows,
            int rowGroups) {
        float[] sums = c.allocateFloatLocalArray(Launch.GROUP);
        int lane = c.localIdx % TOTAL_LANES;
        int sweep = c.localIdx / TOTAL_LANES;
        int column = c.groupIdx * TOTAL_LANES + lane;
        int end = rowGroups;
        if (column >= columns) {
            end = 0;
        }
        int width = 2 * columns;
        int share = (rowGroups + TOTAL_SWEEPS - 1) / TOTAL_SWEEPS;
        float[] means = new float[share];
        float[] squares = new float[share];
        for (int i = 0; i < share; i++) {
            int g = sweep + i * TOTAL_SWEEPS;
            float a = 0f;
            float b = 0f;
            if (g < end) {
                a = partial.get(g * width + column);
                b = partial.get(g * width + columns + column);
            }
            means[i] = a;
            squares[i] = b;
        }
        float sum = 0f;
        for (int i = 0; i < share; i++) {
            int count = Math.min(groupRows, rows - (sweep + i * TOTAL_SWEEPS) * groupRows);
            if (sweep + i * TOTAL_SWEEPS < end) {
                sum += means[i] * count;
            }
        }
        sums[c.localIdx] = sum;
        c.localBarrier();
        float center = 0f;
        for (int s = 0; s < TOTAL_SWEEPS; s++) {
            center += sums[s * TOTAL_LANES + lane];
        }
        center = center / rows;
        float square = 0f;
        for (int i = 0; i < share; i++) {
            int count = Math.min(groupRows, rows - (sweep + i * TOTAL_SWEEPS) * groupRows);
            if (sweep + i * TOTAL_SWEEPS < end) {
                float d = means[i] - center;
                square += squares[i] + d * d * count;
            }
        }
        c.localBarrier();
        sums[c.localIdx] = square;
        c.localBarrier();
        if (sweep == 0) {
            if (column < columns) {
                float var = 0f;
                for (int s = 0; s < TOTAL_SWEEPS; s++) {
                    var += sums[s * TOTAL_LANES + lane];
                }
                var = var / rows;
                remember(
                        running,
                        runningMeanAt,
                        runningVarAt,
                        statistics,
                        meanAt,
                        rstdAt,
                        momentum,
                        column,
                        center,
                        var);
            }
        }
    }

    /**
     * Writes a column's statistics, and moves the running ones, where the offset is not negative.
     */
    static void remember(
            FloatArray running,
            int runningMeanAt,
            int runningVarAt,
            FloatArray statistics,
            int meanAt,
            int rstdAt,
            float momentum,
            int column,
            float mean,
            float var) {
        if (meanAt >= 0) {
            statistics.set(meanAt + column, mean);
        }
        if (rstdAt >= 0) {
            float rstd = 1f / TornadoMath.sqrt(var + NormOp.BATCH_NORM_EPSILON);
            statistics.set(rstdAt + column, rstd);
        }
        float rest = 1f - momentum;
        if (runningMeanAt >= 0) {
            float before = running.get(runningMeanAt + column);
            running.set(runningMeanAt + column, momentum * before + rest * mean);
        }
        if (runningVarAt >= 0) {
            float before = running.get(runningVarAt + column);
            running.set(runningVarAt + column, momentum * before + rest * var);
        }
    }

    /**
     * {@code y = (x - mean) * rstd * scale + bias}; x and y (rows, columns), the rest (columns).
     */
    public static void batchNormApply(
            KernelContext c,
            FloatArray x,
            FloatArray scale,
            int scaleAt,
            FloatArray bias,
            int biasAt,
            FloatArray mean,
            int meanAt,
            FloatArray rstd,
            int rstdAt,
            FloatArray y,
            int rows,
            int columns,
            int twin,
            int lanes,
            int columnGroups,
            int sweeps,
            int rowGroups) {
        // From the last rows to the first: what the sums read last is still in the cache.
        int group = rowGroups * columnGroups - 1 - c.groupIdx;
        int column = (group % columnGroups) * lanes + c.localIdx % lanes;
        int row = (group / columnGroups) * sweeps * DEPTH + c.localIdx / lanes;
        if (column < columns) {
            int one = column * (1 + twin);
            int two = one + twin;
            float center = mean.get(meanAt + one);
            float center2 = mean.get(meanAt + two);
            float factor = rstd.get(rstdAt + one) * scale.get(scaleAt + one);
            float factor2 = rstd.get(rstdAt + two) * scale.get(scaleAt + two);
            float offset = bias.get(biasAt + one);
            float offset2 = bias.get(biasAt + two);
            float[] value = new float[DEPTH];
            float[] value2 = new float[DEPTH];
            int at = row * columns + column;
            for (int i = 0; i < DEPTH; i++) {
                float v = 0f;
                float v2 = 0f;
                if (row + i * sweeps < rows) {
                    v = Pairs.first(x, at + i * (sweeps * columns), twin);
                    v2 = Pairs.second(x, at + i * (sweeps * columns), twin);
                }
                value[i] = v;
                value2[i] = v2;
            }
            for (int i = 0; i < DEPTH; i++) {
                if (row + i * sweeps < rows) {
                    float v = (value[i] - center) * factor + offset;
                    float v2 = (value2[i] - center2) * factor2 + offset2;
                    Pairs.set(y, at + i * (sweeps * columns), twin, v, v2);
                }
            }
        }
    }

    /** {@link #batchNormApply} with the running statistics. */
    public static void batchNormFrozen(
            KernelContext c,
            FloatArray x,
            FloatArray scale,
            int scaleAt,
            FloatArray bias,
            int biasAt,
            FloatArray runningMean,
            int runningMeanAt,
            FloatArray runningVar,
            int runningVarAt,
            FloatArray y,
            int rows,
            int columns,
            int twin,
            int lanes,
            int columnGroups,
            int sweeps) {
        int column = (c.groupIdx % columnGroups) * lanes + c.localIdx % lanes;
        int row = (c.groupIdx / columnGroups) * sweeps * DEPTH + c.localIdx / lanes;
        if (column < columns) {
            int one = column * (1 + twin);
            int two = one + twin;
            float center = runningMean.get(runningMeanAt + one);
            float center2 = runningMean.get(runningMeanAt + two);
            float var = runningVar.get(runningVarAt + one) + NormOp.BATCH_NORM_EPSILON;
            float var2 = runningVar.get(runningVarAt + two) + NormOp.BATCH_NORM_EPSILON;
            float factor = scale.get(scaleAt + one) / TornadoMath.sqrt(var);
            float factor2 = scale.get(scaleAt + two) / TornadoMath.sqrt(var2);
            float offset = bias.get(biasAt + one);
            float offset2 = bias.get(biasAt + two);
            float[] value = new float[DEPTH];
            float[] value2 = new float[DEPTH];
            int at = row * columns + column;
            for (int i = 0; i < DEPTH; i++) {
                float v = 0f;
                float v2 = 0f;
                if (row + i * sweeps < rows) {
                    v = Pairs.first(x, at + i * (sweeps * columns), twin);
                    v2 = Pairs.second(x, at + i * (sweeps * columns), twin);
                }
                value[i] = v;
                value2[i] = v2;
            }
            for (int i = 0; i < DEPTH; i++) {
                if (row + i * sweeps < rows) {
                    float v = (value[i] - center) * factor + offset;
                    float v2 = (value2[i] - center2) * factor2 + offset2;
                    Pairs.set(y, at + i * (sweeps * columns), twin, v, v2);
                }
            }
        }
    }
}
