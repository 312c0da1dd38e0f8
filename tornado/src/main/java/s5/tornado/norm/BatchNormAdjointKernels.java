package s5.tornado.norm;

import s5.tornado.Launch;
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
            int lanes,
            int columnGroups,
            int sweeps,
            int groupRows) {
        float[] biases = c.allocateFloatLocalArray(Launch.GROUP);
        float[] scales = c.allocateFloatLocalArray(Launch.GROUP);
        int lane = c.localIdx % lanes;
        int sweep = c.localIdx / lanes;
        int column = (c.groupIdx % columnGroups) * lanes + lane;
        int rowGroup = c.groupIdx / columnGroups;
        int end = Math.min(rows, (rowGroup + 1) * groupRows);
        float center = 0f;
        float factor = 0f;
        if (column < columns) {
            center = mean.get(meanAt + column);
            factor = rstd.get(rstdAt + column);
        }
        if (column >= columns) {
            end = 0;
        }
        float[] value = new float[DEPTH];
        float[] gradient = new float[DEPTH];
        float bias = 0f;
        float scale = 0f;
        for (int row = rowGroup * groupRows + sweep; row < end; row += sweeps * DEPTH) {
            for (int i = 0; i < DEPTH; i++) {
                float v = 0f;
                float g = 0f;
                if (row + i * sweeps < end) {
                    v = x.get((row + i * sweeps) * columns + column);
                    g = dY.get((row + i * sweeps) * columns + column);
                }
                value[i] = v;
                gradient[i] = g;
            }
            for (int i = 0; i < DEPTH; i++) {
                bias += gradient[i];
                scale += gradient[i] * (value[i] - center);
            }
        }
        biases[c.localIdx] = bias;
        scales[c.localIdx] = scale * factor;
        c.localBarrier();
        if (sweep == 0) {
            if (column < columns) {
                float totalBias = 0f;
                float totalScale = 0f;
                for (int s = 0; s < sweeps; s++) {
                    totalBias += biases[s * lanes + lane];
                    totalScale += scales[s * lanes + lane];
                }
                partial.set(rowGroup * 2 * columns + column, totalBias);
                partial.set(rowGroup * 2 * columns + columns + column, totalScale);
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
            int lanes,
            int rowGroups) {
        // a task has 20 arguments at most
        int columnGroups = (columns + lanes - 1) / lanes;
        int sweeps = Launch.GROUP / lanes;
        int group = rowGroups * columnGroups - 1 - c.groupIdx;
        int column = (group % columnGroups) * lanes + c.localIdx % lanes;
        int row = (group / columnGroups) * sweeps * DEPTH + c.localIdx / lanes;
        if (column < columns) {
            float center = mean.get(meanAt + column);
            float inverse = rstd.get(rstdAt + column);
            float factor = inverse * scale.get(scaleAt + column);
            float biasPart = dBias.get(dBiasAt + column) / rows;
            float scalePart = dScale.get(dScaleAt + column) * inverse / rows;
            float[] value = new float[DEPTH];
            float[] gradient = new float[DEPTH];
            float[] rest = new float[DEPTH];
            for (int i = 0; i < DEPTH; i++) {
                float v = 0f;
                float g = 0f;
                float r = 0f;
                if (row + i * sweeps < rows) {
                    v = x.get((row + i * sweeps) * columns + column);
                    g = dY.get((row + i * sweeps) * columns + column);
                    if (withResidual != 0) {
                        r = residual.get((row + i * sweeps) * columns + column);
                    }
                }
                value[i] = v;
                gradient[i] = g;
                rest[i] = r;
            }
            for (int i = 0; i < DEPTH; i++) {
                if (row + i * sweeps < rows) {
                    float d = gradient[i] - biasPart - (value[i] - center) * scalePart;
                    dX.set((row + i * sweeps) * columns + column, rest[i] + factor * d);
                }
            }
        }
    }
}
