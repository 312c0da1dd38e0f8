package s5.tornado.norm;

import s5.tornado.Launch;
import s5.tornado.stored.Pairs;
import s5.tornado.sum.ColumnPlan;
import s5.tornado.sum.ColumnSums;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * The adjoint of batch normalization; see {@link s5.ops.NormOp.BatchNormAdjoint} and {@link
 * ColumnPlan} for the words.
 *
 * <p>Launch order, with {@code sums = ColumnPlan.sums(n, H)} and {@code elements =
 * ColumnPlan.elements(n, H)}: {@link #batchNormAdjointSums} with {@code sums.launch()}; {@link
 * ColumnSums#columnTotals} over {@code (sums.rowGroups(), 2H)} into dBias and dScale; {@link
 * #batchNormAdjointApply} with {@code elements.launch()}. Scratch: {@code sums.partialSize(2)}.
 * {@code columns} counts {@link Pairs} of columns.
 */
public final class BatchNormAdjointKernels {
    private static final int DEPTH = ColumnSums.DEPTH;

    private BatchNormAdjointKernels() {}

    /**
     * Partial sums of dY and of dY xhat.
     *
     * @param x (rows, columns), as {@code dY}
     * @param mean (columns), as {@code rstd}
     * @param partial (rowGroups, 2 columns); written
     */
    public static void batchNormAdjointSums(
            KernelContext c,
            FloatArray x,
            FloatArray mean,
            int meanAt,
            FloatArray rstd,
            int rstdAt,
            FloatArray dY,
            FloatArray partial,
            int rows,
            int columns,
            int twin,
            int lanes,
            int columnGroups,
            int sweeps,
            int groupRows) {
        float[] biases = c.allocateFloatLocalArray(Launch.GROUP);
        float[] biases2 = c.allocateFloatLocalArray(Launch.GROUP);
        float[] scales = c.allocateFloatLocalArray(Launch.GROUP);
        float[] scales2 = c.allocateFloatLocalArray(Launch.GROUP);
        int lane = c.localIdx % lanes;
        int sweep = c.localIdx / lanes;
        int column = (c.groupIdx % columnGroups) * lanes + lane;
        int rowGroup = c.groupIdx / columnGroups;
        int end = Math.min(rows, (rowGroup + 1) * groupRows);
        float center = 0f;
        float center2 = 0f;
        float factor = 0f;
        float factor2 = 0f;
        if (column < columns) {
            center = mean.get(meanAt + column * (1 + twin));
            center2 = mean.get(meanAt + column * (1 + twin) + twin);
            factor = rstd.get(rstdAt + column * (1 + twin));
            factor2 = rstd.get(rstdAt + column * (1 + twin) + twin);
        }
        if (column >= columns) {
            end = 0;
        }
        float[] value = new float[DEPTH];
        float[] value2 = new float[DEPTH];
        float[] gradient = new float[DEPTH];
        float[] gradient2 = new float[DEPTH];
        float bias = 0f;
        float bias2 = 0f;
        float scale = 0f;
        float scale2 = 0f;
        for (int row = rowGroup * groupRows + sweep; row < end; row += sweeps * DEPTH) {
            for (int i = 0; i < DEPTH; i++) {
                float v = 0f;
                float v2 = 0f;
                float g = 0f;
                float g2 = 0f;
                if (row + i * sweeps < end) {
                    int at = row * columns + column + i * (sweeps * columns);
                    v = Pairs.first(x, at, twin);
                    v2 = Pairs.second(x, at, twin);
                    g = Pairs.first(dY, at, twin);
                    g2 = Pairs.second(dY, at, twin);
                }
                value[i] = v;
                value2[i] = v2;
                gradient[i] = g;
                gradient2[i] = g2;
            }
            for (int i = 0; i < DEPTH; i++) {
                bias += gradient[i];
                bias2 += gradient2[i];
                scale += gradient[i] * (value[i] - center);
                scale2 += gradient2[i] * (value2[i] - center2);
            }
        }
        biases[c.localIdx] = bias;
        biases2[c.localIdx] = bias2;
        scales[c.localIdx] = scale * factor;
        scales2[c.localIdx] = scale2 * factor2;
        c.localBarrier();
        if (sweep == 0) {
            if (column < columns) {
                float totalBias = 0f;
                float totalBias2 = 0f;
                float totalScale = 0f;
                float totalScale2 = 0f;
                for (int s = 0; s < sweeps; s++) {
                    totalBias += biases[s * lanes + lane];
                    totalBias2 += biases2[s * lanes + lane];
                    totalScale += scales[s * lanes + lane];
                    totalScale2 += scales2[s * lanes + lane];
                }
                int at = rowGroup * 2 * columns + column;
                Pairs.set(partial, at, twin, totalBias, totalBias2);
                Pairs.set(partial, at + columns, twin, totalScale, totalScale2);
            }
        }
    }

    /**
     * {@code dX = residual + scale rstd (dY - dBias / n - xhat dScale / n)}.
     *
     * @param residual (rows, columns), or any array when {@code withResidual} is 0; may not be dX
     * @param dX (rows, columns); written
     */
    public static void batchNormAdjointApply(
            KernelContext c,
            FloatArray x,
            FloatArray scale,
            int scaleAt,
            FloatArray mean,
            int meanAt,
            FloatArray rstd,
            int rstdAt,
            FloatArray dY,
            FloatArray residual,
            FloatArray dScale,
            int dScaleAt,
            FloatArray dBias,
            int dBiasAt,
            FloatArray dX,
            int withResidual,
            int rows,
            int columns,
            int twin,
            int lanes) {
        // a task has 20 arguments at most
        int columnGroups = (columns + lanes - 1) / lanes;
        int sweeps = Launch.GROUP / lanes;
        int rowGroups = (rows + sweeps * DEPTH - 1) / (sweeps * DEPTH);
        int group = rowGroups * columnGroups - 1 - c.groupIdx;
        int column = (group % columnGroups) * lanes + c.localIdx % lanes;
        int first = (group / columnGroups) * sweeps * DEPTH + c.localIdx / lanes;
        if (column < columns) {
            int one = column * (1 + twin);
            int two = one + twin;
            float center = mean.get(meanAt + one);
            float center2 = mean.get(meanAt + two);
            float inverse = rstd.get(rstdAt + one);
            float inverse2 = rstd.get(rstdAt + two);
            float factor = inverse * scale.get(scaleAt + one);
            float factor2 = inverse2 * scale.get(scaleAt + two);
            float biasPart = dBias.get(dBiasAt + one) / rows;
            float biasPart2 = dBias.get(dBiasAt + two) / rows;
            float scalePart = dScale.get(dScaleAt + one) * inverse / rows;
            float scalePart2 = dScale.get(dScaleAt + two) * inverse2 / rows;
            // as many values at once, of pairs or not: more would leave room for few threads
            int depth = DEPTH / (1 + twin);
            float[] value = new float[depth];
            float[] value2 = new float[depth];
            float[] gradient = new float[depth];
            float[] gradient2 = new float[depth];
            float[] rest = new float[depth];
            float[] rest2 = new float[depth];
            int ragged = rows % (sweeps * DEPTH);
            int last = (rows - 1) * columns + column;
            int end = Math.min(rows, first + sweeps * DEPTH);
            for (int row = first; row < end; row += sweeps * depth) {
                int at = row * columns + column;
                for (int i = 0; i < depth; i++) {
                    int here = at + i * (sweeps * columns);
                    if (ragged != 0) {
                        here = Math.min(here, last);
                    }
                    value[i] = Pairs.first(x, here, twin);
                    value2[i] = Pairs.second(x, here, twin);
                    gradient[i] = Pairs.first(dY, here, twin);
                    gradient2[i] = Pairs.second(dY, here, twin);
                    float r = 0f;
                    float r2 = 0f;
                    if (withResidual != 0) {
                        r = Pairs.first(residual, here, twin);
                        r2 = Pairs.second(residual, here, twin);
                    }
                    rest[i] = r;
                    rest2[i] = r2;
                }
                for (int i = 0; i < depth; i++) {
                    if (row + i * sweeps < end) {
                        float d = gradient[i] - biasPart - (value[i] - center) * scalePart;
                        float d2 = gradient2[i] - biasPart2 - (value2[i] - center2) * scalePart2;
                        int here = at + i * (sweeps * columns);
                        Pairs.set(dX, here, twin, rest[i] + factor * d, rest2[i] + factor2 * d2);
                    }
                }
            }
        }
    }
}
