package s5.tornado.layer;

import s5.tornado.Launch;
import s5.tornado.stored.Pairs;
import s5.tornado.sum.ColumnPlan;
import s5.tornado.sum.ColumnSums;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * The first non-linear part of a layer, over (n, H) matrices; see {@link ColumnPlan} for the words,
 * {@link Pairs} for the pairs of columns that a thread has: {@code columns} counts those. Forward
 * launches with {@code ColumnPlan.elements}, the adjoint, which sums columns on the side, with
 * {@code ColumnPlan.sums}; {@link ColumnSums} ends it.
 *
 * <p>A dropout mask is (B, H) and the same for the {@code length} rows of a sequence.
 *
 * <p>A thread loads some rows before it uses the first one. Where rows are no multiple of those, it
 * loads the last row again, for no use: a load that is skipped is waited for before the next one
 * begins. Their indices differ by constants, which cost nothing.
 */
public final class SkipGeluKernels {
    /** Rows that a thread loads at once. */
    private static final int DEPTH = 4;

    private SkipGeluKernels() {}

    /**
     * {@code y = cx + D u}, {@code g = mask gelu(y)}.
     *
     * @param masked 0 for no mask; {@code mask} is then any array
     * @param keep 0 when y is not wanted; {@code y} is then any array. y may be cx
     */
    public static void skipGeluForward(
            KernelContext c,
            FloatArray cx,
            FloatArray d,
            int dAt,
            FloatArray u,
            FloatArray mask,
            int masked,
            FloatArray y,
            int keep,
            FloatArray g,
            int length,
            int rows,
            int columns,
            int twin,
            int lanes,
            int groupRows) {
        int columnGroups = (columns + lanes - 1) / lanes;
        int sweeps = Launch.GROUP / lanes;
        int ragged = rows % (sweeps * DEPTH);
        int apart = length % (sweeps * DEPTH);
        int column = (c.groupIdx % columnGroups) * lanes + c.localIdx % lanes;
        int rowGroup = c.groupIdx / columnGroups;
        int end = Math.min(rows, (rowGroup + 1) * groupRows);
        if (column < columns) {
            float skip = d.get(dAt + column * (1 + twin));
            float skip2 = d.get(dAt + column * (1 + twin) + twin);
            float[] value = new float[DEPTH];
            float[] value2 = new float[DEPTH];
            float[] input = new float[DEPTH];
            float[] input2 = new float[DEPTH];
            float[] factor = new float[DEPTH];
            float[] factor2 = new float[DEPTH];
            int first = rowGroup * groupRows + c.localIdx / lanes;
            for (int row = first; row < end; row += sweeps * DEPTH) {
                int at = row * columns + column;
                for (int i = 0; i < DEPTH; i++) {
                    int here = at + i * (sweeps * columns);
                    if (ragged != 0) {
                        here = Math.min(here, (rows - 1) * columns + column);
                    }
                    value[i] = Pairs.first(cx, here, twin);
                    value2[i] = Pairs.second(cx, here, twin);
                    input[i] = Pairs.first(u, here, twin);
                    input2[i] = Pairs.second(u, here, twin);
                    float f = 1f;
                    float f2 = 1f;
                    if (masked != 0) {
                        int sequence = row / length;
                        if (apart != 0) {
                            sequence = Math.min(row + i * sweeps, rows - 1) / length;
                        }
                        f = Pairs.first(mask, sequence * columns + column, twin);
                        f2 = Pairs.second(mask, sequence * columns + column, twin);
                    }
                    factor[i] = f;
                    factor2[i] = f2;
                }
                for (int i = 0; i < DEPTH; i++) {
                    int here = at + i * (sweeps * columns);
                    if (row + i * sweeps < end) {
                        float v = value[i] + skip * input[i];
                        float v2 = value2[i] + skip2 * input2[i];
                        if (keep != 0) {
                            Pairs.set(y, here, twin, v, v2);
                        }
                        float a = factor[i] * ElementKernels.geluOf(v);
                        float a2 = factor2[i] * ElementKernels.geluOf(v2);
                        Pairs.set(g, here, twin, a, a2);
                    }
                }
            }
        }
    }

    /**
     * {@code dY = mask dG gelu'(y) + direct}, {@code dU = D dY}, partial sums of {@code dY u}.
     *
     * @param direct any array when {@code directed} is 0; may be dY, as may dG
     * @param partial (rowGroups, columns); written
     */
    public static void skipGeluBackward(
            KernelContext c,
            FloatArray y,
            FloatArray d,
            int dAt,
            FloatArray u,
            FloatArray mask,
            int masked,
            FloatArray dG,
            FloatArray direct,
            int directed,
            FloatArray dY,
            FloatArray dU,
            FloatArray partial,
            int length,
            int rows,
            int columns,
            int twin,
            int lanes,
            int groupRows) {
        float[] sums = c.allocateFloatLocalArray(Launch.GROUP);
        float[] sums2 = c.allocateFloatLocalArray(Launch.GROUP);
        int columnGroups = (columns + lanes - 1) / lanes;
        int sweeps = Launch.GROUP / lanes;
        int ragged = rows % (sweeps * DEPTH);
        int apart = length % (sweeps * DEPTH);
        int lane = c.localIdx % lanes;
        int sweep = c.localIdx / lanes;
        int column = (c.groupIdx % columnGroups) * lanes + lane;
        int rowGroup = c.groupIdx / columnGroups;
        int end = Math.min(rows, (rowGroup + 1) * groupRows);
        float skip = 0f;
        float skip2 = 0f;
        if (column < columns) {
            skip = d.get(dAt + column * (1 + twin));
            skip2 = d.get(dAt + column * (1 + twin) + twin);
        }
        if (column >= columns) {
            end = 0;
        }
        float[] value = new float[DEPTH];
        float[] value2 = new float[DEPTH];
        float[] gradient = new float[DEPTH];
        float[] gradient2 = new float[DEPTH];
        float[] input = new float[DEPTH];
        float[] input2 = new float[DEPTH];
        float[] rest = new float[DEPTH];
        float[] rest2 = new float[DEPTH];
        float[] factor = new float[DEPTH];
        float[] factor2 = new float[DEPTH];
        float sum = 0f;
        float sum2 = 0f;
        for (int row = rowGroup * groupRows + sweep; row < end; row += sweeps * DEPTH) {
            int at = row * columns + column;
            for (int i = 0; i < DEPTH; i++) {
                int here = at + i * (sweeps * columns);
                if (ragged != 0) {
                    here = Math.min(here, (rows - 1) * columns + column);
                }
                value[i] = Pairs.first(y, here, twin);
                value2[i] = Pairs.second(y, here, twin);
                gradient[i] = Pairs.first(dG, here, twin);
                gradient2[i] = Pairs.second(dG, here, twin);
                input[i] = Pairs.first(u, here, twin);
                input2[i] = Pairs.second(u, here, twin);
                float q = 0f;
                float q2 = 0f;
                if (directed != 0) {
                    q = Pairs.first(direct, here, twin);
                    q2 = Pairs.second(direct, here, twin);
                }
                rest[i] = q;
                rest2[i] = q2;
                float f = 1f;
                float f2 = 1f;
                if (masked != 0) {
                    int sequence = row / length;
                    if (apart != 0) {
                        sequence = Math.min(row + i * sweeps, rows - 1) / length;
                    }
                    f = Pairs.first(mask, sequence * columns + column, twin);
                    f2 = Pairs.second(mask, sequence * columns + column, twin);
                }
                factor[i] = f;
                factor2[i] = f2;
            }
            for (int i = 0; i < DEPTH; i++) {
                int here = at + i * (sweeps * columns);
                if (row + i * sweeps < end) {
                    float slope = ElementKernels.geluSlope(value[i]);
                    float slope2 = ElementKernels.geluSlope(value2[i]);
                    float g = gradient[i] * factor[i] * slope + rest[i];
                    float g2 = gradient2[i] * factor2[i] * slope2 + rest2[i];
                    Pairs.set(dY, here, twin, g, g2);
                    Pairs.set(dU, here, twin, skip * g, skip2 * g2);
                    sum += g * input[i];
                    sum2 += g2 * input2[i];
                }
            }
        }
        sums[c.localIdx] = sum;
        sums2[c.localIdx] = sum2;
        c.localBarrier();
        if (sweep == 0) {
            if (column < columns) {
                float total = 0f;
                float total2 = 0f;
                for (int s = 0; s < sweeps; s++) {
                    total += sums[s * lanes + lane];
                    total2 += sums2[s * lanes + lane];
                }
                Pairs.set(partial, rowGroup * columns + column, twin, total, total2);
            }
        }
    }
}
