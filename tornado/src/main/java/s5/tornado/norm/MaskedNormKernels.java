package s5.tornado.norm;

import s5.tornado.Launch;
import s5.tornado.sum.ColumnSums;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Batch normalization whose statistics leave the padding out, where it differs from {@link
 * BatchNormKernels} and {@link BatchNormAdjointKernels}: which rows count is asked of each row.
 *
 * <p>Launch order, with {@code sums = ColumnPlan.sums(n, H)} and {@code elements =
 * ColumnPlan.elements(n, H)}:
 *
 * <ul>
 *   <li>batchNorm: {@link #maskedPartials} with {@code sums.launch()}; {@link #maskedFinish} with
 *       {@code ColumnSums.totalsLaunch(H)}; {@link BatchNormKernels#batchNormApply}. Scratch:
 *       {@code sums.partialSize(3)}.
 *   <li>batchNormAdjoint: the sums of {@link BatchNormAdjointKernels}, which are over all rows;
 *       {@link #maskedFactors}, a loop over H; {@link #maskedAdjoint} with {@code
 *       elements.launch()}. Scratch: 4 H besides.
 * </ul>
 */
public final class MaskedNormKernels {
    private static final int DEPTH = ColumnSums.DEPTH;
    private static final int TOTAL_LANES = ColumnSums.TOTAL_LANES;
    private static final int TOTAL_SWEEPS = ColumnSums.TOTAL_SWEEPS;

    private MaskedNormKernels() {}

    /**
     * Mean, sum of squared distances from it, and number of the rows that count, of each group of
     * rows; zeros where none does.
     *
     * @param x (rows, columns)
     * @param partial (rowGroups, 3 columns): means, sums of squares, then numbers; written
     * @param length rows of a sequence
     */
    public static void maskedPartials(
            KernelContext c,
            FloatArray x,
            IntArray lengths,
            int lengthsAt,
            FloatArray partial,
            int length,
            int rows,
            int columns,
            int lanes,
            int columnGroups,
            int sweeps,
            int groupRows) {
        float[] sums = c.allocateFloatLocalArray(Launch.GROUP);
        float[] squares = c.allocateFloatLocalArray(Launch.GROUP);
        float[] counts = c.allocateFloatLocalArray(Launch.GROUP);
        int lane = c.localIdx % lanes;
        int sweep = c.localIdx / lanes;
        int column = (c.groupIdx % columnGroups) * lanes + lane;
        int rowGroup = c.groupIdx / columnGroups;
        int begin = rowGroup * groupRows;
        int end = Math.min(rows, begin + groupRows);
        float shift = 0f;
        if (column < columns) {
            // the first row of a sequence always counts
            shift = x.get((begin / length) * length * columns + column);
        }
        if (column >= columns) {
            end = 0;
        }
        float[] value = new float[DEPTH];
        float[] real = new float[DEPTH];
        float sum = 0f;
        float square = 0f;
        float count = 0f;
        for (int row = begin + sweep; row < end; row += sweeps * DEPTH) {
            for (int i = 0; i < DEPTH; i++) {
                float v = shift;
                float one = 0f;
                if (row + i * sweeps < end) {
                    int sequence = (row + i * sweeps) / length;
                    int position = row + i * sweeps - sequence * length;
                    if (position < lengths.get(lengthsAt + sequence)) {
                        v = x.get((row + i * sweeps) * columns + column);
                        one = 1f;
                    }
                }
                value[i] = v;
                real[i] = one;
            }
            for (int i = 0; i < DEPTH; i++) {
                float v = value[i] - shift;
                sum += v;
                square += v * v;
                count += real[i];
            }
        }
        sums[c.localIdx] = sum;
        squares[c.localIdx] = square;
        counts[c.localIdx] = count;
        c.localBarrier();
        if (sweep == 0) {
            if (column < columns) {
                float total = 0f;
                float totalSquare = 0f;
                float number = 0f;
                for (int s = 0; s < sweeps; s++) {
                    total += sums[s * lanes + lane];
                    totalSquare += squares[s * lanes + lane];
                    number += counts[s * lanes + lane];
                }
                float mean = total / TornadoMath.max(number, 1f);
                float distance = TornadoMath.max(totalSquare - total * mean, 0f);
                partial.set(rowGroup * 3 * columns + column, shift + mean);
                partial.set(rowGroup * 3 * columns + columns + column, distance);
                partial.set(rowGroup * 3 * columns + 2 * columns + column, number);
            }
        }
    }

    /**
     * Joins the groups' statistics, as {@link BatchNormKernels#batchNormFinish}.
     *
     * @param partial from {@link #maskedPartials}
     */
    public static void maskedFinish(
            KernelContext c,
            FloatArray partial,
            FloatArray running,
            int runningMeanAt,
            int runningVarAt,
            FloatArray statistics,
            int meanAt,
            int rstdAt,
            float momentum,
            int columns,
            int rowGroups) {
        float[] sums = c.allocateFloatLocalArray(Launch.GROUP);
        float[] counts = c.allocateFloatLocalArray(Launch.GROUP);
        int lane = c.localIdx % TOTAL_LANES;
        int sweep = c.localIdx / TOTAL_LANES;
        int column = c.groupIdx * TOTAL_LANES + lane;
        int end = rowGroups;
        if (column >= columns) {
            end = 0;
        }
        int width = 3 * columns;
        int share = (rowGroups + TOTAL_SWEEPS - 1) / TOTAL_SWEEPS;
        float[] means = new float[share];
        float[] squares = new float[share];
        float[] numbers = new float[share];
        for (int i = 0; i < share; i++) {
            int g = sweep + i * TOTAL_SWEEPS;
            float a = 0f;
            float b = 0f;
            float n = 0f;
            if (g < end) {
                a = partial.get(g * width + column);
                b = partial.get(g * width + columns + column);
                n = partial.get(g * width + 2 * columns + column);
            }
            means[i] = a;
            squares[i] = b;
            numbers[i] = n;
        }
        float sum = 0f;
        float count = 0f;
        for (int i = 0; i < share; i++) {
            sum += means[i] * numbers[i];
            count += numbers[i];
        }
        sums[c.localIdx] = sum;
        counts[c.localIdx] = count;
        c.localBarrier();
        float center = 0f;
        float number = 0f;
        for (int s = 0; s < TOTAL_SWEEPS; s++) {
            center += sums[s * TOTAL_LANES + lane];
            number += counts[s * TOTAL_LANES + lane];
        }
        number = TornadoMath.max(number, 1f);
        center = center / number;
        float square = 0f;
        for (int i = 0; i < share; i++) {
            float d = means[i] - center;
            square += squares[i] + d * d * numbers[i];
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
                var = var / number;
                BatchNormKernels.remember(
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
     * What {@link #maskedAdjoint} needs of each column.
     *
     * @param factors (4, columns): mean; {@code scale rstd}; {@code dBias / m}; {@code dScale rstd
     *     / m}, m being the number of rows that count; written
     */
    public static void maskedFactors(
            FloatArray scale,
            int scaleAt,
            FloatArray mean,
            int meanAt,
            FloatArray rstd,
            int rstdAt,
            FloatArray dScale,
            int dScaleAt,
            FloatArray dBias,
            int dBiasAt,
            IntArray lengths,
            int lengthsAt,
            int sequences,
            FloatArray factors,
            int columns) {
        for (@Parallel int i = 0; i < 4 * columns; i++) {
            int column = i % columns;
            int which = i / columns;
            float count = 0f;
            for (int b = 0; b < sequences; b++) {
                count += lengths.get(lengthsAt + b);
            }
            float inverse = rstd.get(rstdAt + column);
            float value = mean.get(meanAt + column);
            if (which == 1) {
                value = scale.get(scaleAt + column) * inverse;
            }
            if (which == 2) {
                value = dBias.get(dBiasAt + column) / count;
            }
            if (which == 3) {
                value = dScale.get(dScaleAt + column) * inverse / count;
            }
            factors.set(i, value);
        }
    }

    /**
     * {@code dX = residual + scale rstd (dY - dBias / m - xhat dScale / m)} in rows that count,
     * {@code residual + scale rstd dY} in the others.
     *
     * @param factors from {@link #maskedFactors}
     * @param residual (rows, columns), or any array when {@code withResidual} is 0; may not be dX
     * @param dX (rows, columns); written
     * @param length rows of a sequence
     */
    public static void maskedAdjoint(
            KernelContext c,
            FloatArray x,
            IntArray lengths,
            int lengthsAt,
            FloatArray factors,
            FloatArray dY,
            FloatArray residual,
            FloatArray dX,
            int withResidual,
            int length,
            int rows,
            int columns,
            int lanes,
            int rowGroups) {
        int columnGroups = (columns + lanes - 1) / lanes;
        int sweeps = Launch.GROUP / lanes;
        int group = rowGroups * columnGroups - 1 - c.groupIdx;
        int column = (group % columnGroups) * lanes + c.localIdx % lanes;
        int row = (group / columnGroups) * sweeps * DEPTH + c.localIdx / lanes;
        if (column < columns) {
            float center = factors.get(column);
            float factor = factors.get(columns + column);
            float biasPart = factors.get(2 * columns + column);
            float scalePart = factors.get(3 * columns + column);
            float[] statistics = new float[DEPTH];
            float[] gradient = new float[DEPTH];
            float[] rest = new float[DEPTH];
            for (int i = 0; i < DEPTH; i++) {
                float s = 0f;
                float g = 0f;
                float r = 0f;
                if (row + i * sweeps < rows) {
                    int sequence = (row + i * sweeps) / length;
                    int position = row + i * sweeps - sequence * length;
                    if (position < lengths.get(lengthsAt + sequence)) {
                        float v = x.get((row + i * sweeps) * columns + column);
                        s = biasPart + (v - center) * scalePart;
                    }
                    g = dY.get((row + i * sweeps) * columns + column);
                    if (withResidual != 0) {
                        r = residual.get((row + i * sweeps) * columns + column);
                    }
                }
                statistics[i] = s;
                gradient[i] = g;
                rest[i] = r;
            }
            for (int i = 0; i < DEPTH; i++) {
                if (row + i * sweeps < rows) {
                    float d = gradient[i] - statistics[i];
                    dX.set((row + i * sweeps) * columns + column, rest[i] + factor * d);
                }
            }
        }
    }
}
