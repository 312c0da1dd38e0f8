package s5.tornado.layer;

import s5.tornado.Launch;
import s5.tornado.stored.Pairs;
import s5.tornado.sum.ColumnPlan;
import s5.tornado.sum.ColumnSums;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * The gate of a layer, over (n, H) matrices; threads walk them as in {@link SkipGeluKernels}, and
 * launch alike ({@link ColumnPlan}, {@link ColumnSums}).
 */
public final class GateKernels {
    /** Rows that a thread loads at once. */
    private static final int DEPTH = 4;

    private GateKernels() {}

    /**
     * {@code out = skip + mask (v + vBias) sigmoid(z + zBias)}.
     *
     * @param vBiasAt negative for no bias; {@code vBias} is then any array
     */
    public static void gateForward(
            KernelContext c,
            FloatArray v,
            FloatArray vBias,
            int vBiasAt,
            FloatArray z,
            FloatArray zBias,
            int zBiasAt,
            FloatArray mask,
            int masked,
            FloatArray skip,
            FloatArray out,
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
            float shift = zBias.get(zBiasAt + column * (1 + twin));
            float shift2 = zBias.get(zBiasAt + column * (1 + twin) + twin);
            float bias = 0f;
            float bias2 = 0f;
            if (vBiasAt >= 0) {
                bias = vBias.get(vBiasAt + column * (1 + twin));
                bias2 = vBias.get(vBiasAt + column * (1 + twin) + twin);
            }
            float[] value = new float[DEPTH];
            float[] value2 = new float[DEPTH];
            float[] before = new float[DEPTH];
            float[] before2 = new float[DEPTH];
            float[] rest = new float[DEPTH];
            float[] rest2 = new float[DEPTH];
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
                    value[i] = Pairs.first(v, here, twin);
                    value2[i] = Pairs.second(v, here, twin);
                    before[i] = Pairs.first(z, here, twin);
                    before2[i] = Pairs.second(z, here, twin);
                    rest[i] = Pairs.first(skip, here, twin);
                    rest2[i] = Pairs.second(skip, here, twin);
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
                        float a = (value[i] + bias) * factor[i];
                        float a2 = (value2[i] + bias2) * factor2[i];
                        float s = ElementKernels.sigmoid(before[i] + shift);
                        float s2 = ElementKernels.sigmoid(before2[i] + shift2);
                        Pairs.set(out, here, twin, rest[i] + a * s, rest2[i] + a2 * s2);
                    }
                }
            }
        }
    }

    /**
     * With {@code s = sigmoid(z + zBias)}: {@code dV = mask dOut s}, {@code dZ = mask dOut (v +
     * vBias) s (1 - s)}, and partial sums of both.
     *
     * @param vBiasAt negative for no bias; {@code vBias} is then any array
     * @param partial (rowGroups, 2 columns): sums of dV, sums of dZ; written
     */
    public static void gateBackward(
            KernelContext c,
            FloatArray v,
            FloatArray vBias,
            int vBiasAt,
            FloatArray z,
            FloatArray zBias,
            int zBiasAt,
            FloatArray mask,
            int masked,
            FloatArray dOut,
            FloatArray dV,
            FloatArray dZ,
            FloatArray partial,
            int length,
            int rows,
            int columns,
            int twin,
            int lanes,
            int groupRows) {
        float[] values = c.allocateFloatLocalArray(Launch.GROUP);
        float[] values2 = c.allocateFloatLocalArray(Launch.GROUP);
        float[] gates = c.allocateFloatLocalArray(Launch.GROUP);
        float[] gates2 = c.allocateFloatLocalArray(Launch.GROUP);
        int columnGroups = (columns + lanes - 1) / lanes;
        int sweeps = Launch.GROUP / lanes;
        int ragged = rows % (sweeps * DEPTH);
        int apart = length % (sweeps * DEPTH);
        int lane = c.localIdx % lanes;
        int sweep = c.localIdx / lanes;
        int column = (c.groupIdx % columnGroups) * lanes + lane;
        int rowGroup = c.groupIdx / columnGroups;
        int end = Math.min(rows, (rowGroup + 1) * groupRows);
        float shift = 0f;
        float shift2 = 0f;
        float bias = 0f;
        float bias2 = 0f;
        if (column < columns) {
            shift = zBias.get(zBiasAt + column * (1 + twin));
            shift2 = zBias.get(zBiasAt + column * (1 + twin) + twin);
            if (vBiasAt >= 0) {
                bias = vBias.get(vBiasAt + column * (1 + twin));
                bias2 = vBias.get(vBiasAt + column * (1 + twin) + twin);
            }
        }
        if (column >= columns) {
            end = 0;
        }
        float[] value = new float[DEPTH];
        float[] value2 = new float[DEPTH];
        float[] before = new float[DEPTH];
        float[] before2 = new float[DEPTH];
        float[] gradient = new float[DEPTH];
        float[] gradient2 = new float[DEPTH];
        float[] factor = new float[DEPTH];
        float[] factor2 = new float[DEPTH];
        float valueSum = 0f;
        float valueSum2 = 0f;
        float gateSum = 0f;
        float gateSum2 = 0f;
        for (int row = rowGroup * groupRows + sweep; row < end; row += sweeps * DEPTH) {
            int at = row * columns + column;
            for (int i = 0; i < DEPTH; i++) {
                int here = at + i * (sweeps * columns);
                if (ragged != 0) {
                    here = Math.min(here, (rows - 1) * columns + column);
                }
                value[i] = Pairs.first(v, here, twin);
                value2[i] = Pairs.second(v, here, twin);
                before[i] = Pairs.first(z, here, twin);
                before2[i] = Pairs.second(z, here, twin);
                gradient[i] = Pairs.first(dOut, here, twin);
                gradient2[i] = Pairs.second(dOut, here, twin);
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
                    float e = ElementKernels.decay(before[i] + shift);
                    float e2 = ElementKernels.decay(before2[i] + shift2);
                    float s = ElementKernels.inverse(1f + e);
                    float s2 = ElementKernels.inverse(1f + e2);
                    float dv = gradient[i] * factor[i] * s;
                    float dv2 = gradient2[i] * factor2[i] * s2;
                    float dz = dv * (value[i] + bias) * (e * s);
                    float dz2 = dv2 * (value2[i] + bias2) * (e2 * s2);
                    Pairs.set(dV, here, twin, dv, dv2);
                    Pairs.set(dZ, here, twin, dz, dz2);
                    valueSum += dv;
                    valueSum2 += dv2;
                    gateSum += dz;
                    gateSum2 += dz2;
                }
            }
        }
        values[c.localIdx] = valueSum;
        values2[c.localIdx] = valueSum2;
        gates[c.localIdx] = gateSum;
        gates2[c.localIdx] = gateSum2;
        c.localBarrier();
        if (sweep == 0) {
            if (column < columns) {
                float valueTotal = 0f;
                float valueTotal2 = 0f;
                float gateTotal = 0f;
                float gateTotal2 = 0f;
                for (int s = 0; s < sweeps; s++) {
                    valueTotal += values[s * lanes + lane];
                    valueTotal2 += values2[s * lanes + lane];
                    gateTotal += gates[s * lanes + lane];
                    gateTotal2 += gates2[s * lanes + lane];
                }
                int sums = rowGroup * 2 * columns + column;
                Pairs.set(partial, sums, twin, valueTotal, valueTotal2);
                Pairs.set(partial, sums + columns, twin, gateTotal, gateTotal2);
            }
        }
    }
}
