package s5.tornado.layer;

import s5.tornado.Launch;
import s5.tornado.sum.ColumnPlan;
import s5.tornado.sum.ColumnSums;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * The non-linear parts of a layer, over (n, H) matrices; see {@link ColumnPlan} for the words. All
 * launch with {@code ColumnPlan.waves(n, H)}, the adjoints, which sum columns on the side, with
 * {@code ColumnPlan.sums(n, H)}; {@link ColumnSums} ends them.
 *
 * <p>A dropout mask is (B, H) and the same for the {@code length} rows of a sequence.
 */
public final class LayerKernels {
    /** Rows that a thread loads before it uses the first one. */
    static final int DEPTH = 4;

    private LayerKernels() {}

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
            int lanes,
            int columnGroups,
            int sweeps,
            int groupRows) {
        int column = (c.groupIdx % columnGroups) * lanes + c.localIdx % lanes;
        int rowGroup = c.groupIdx / columnGroups;
        int end = Math.min(rows, (rowGroup + 1) * groupRows);
        if (column < columns) {
            float skip = d.get(dAt + column);
            float[] value = new float[DEPTH];
            int first = rowGroup * groupRows + c.localIdx / lanes;
            for (int row = first; row < end; row += sweeps * DEPTH) {
                for (int i = 0; i < DEPTH; i++) {
                    int r = row + i * sweeps;
                    float v = 0f;
                    if (r < end) {
                        v = cx.get(r * columns + column) + skip * u.get(r * columns + column);
                    }
                    value[i] = v;
                }
                for (int i = 0; i < DEPTH; i++) {
                    int r = row + i * sweeps;
                    if (r < end) {
                        float v = value[i];
                        float factor = 1f;
                        if (masked != 0) {
                            factor = mask.get((r / length) * columns + column);
                        }
                        if (keep != 0) {
                            y.set(r * columns + column, v);
                        }
                        g.set(r * columns + column, factor * ElementKernels.geluOf(v));
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
            int lanes,
            int columnGroups,
            int sweeps,
            int groupRows) {
        float[] sums = c.allocateFloatLocalArray(Launch.GROUP);
        int lane = c.localIdx % lanes;
        int sweep = c.localIdx / lanes;
        int column = (c.groupIdx % columnGroups) * lanes + lane;
        int rowGroup = c.groupIdx / columnGroups;
        int end = Math.min(rows, (rowGroup + 1) * groupRows);
        float skip = 0f;
        if (column < columns) {
            skip = d.get(dAt + column);
        }
        if (column >= columns) {
            end = 0;
        }
        float[] value = new float[DEPTH];
        float[] gradient = new float[DEPTH];
        float[] input = new float[DEPTH];
        float[] rest = new float[DEPTH];
        float sum = 0f;
        for (int row = rowGroup * groupRows + sweep; row < end; row += sweeps * DEPTH) {
            for (int i = 0; i < DEPTH; i++) {
                int r = row + i * sweeps;
                float v = 0f;
                float g = 0f;
                float x = 0f;
                float q = 0f;
                if (r < end) {
                    v = y.get(r * columns + column);
                    g = dG.get(r * columns + column);
                    x = u.get(r * columns + column);
                    if (masked != 0) {
                        g = g * mask.get((r / length) * columns + column);
                    }
                    if (directed != 0) {
                        q = direct.get(r * columns + column);
                    }
                }
                value[i] = v;
                gradient[i] = g;
                input[i] = x;
                rest[i] = q;
            }
            for (int i = 0; i < DEPTH; i++) {
                int r = row + i * sweeps;
                if (r < end) {
                    float g = gradient[i] * ElementKernels.geluSlope(value[i]) + rest[i];
                    dY.set(r * columns + column, g);
                    dU.set(r * columns + column, skip * g);
                    sum += g * input[i];
                }
            }
        }
        sums[c.localIdx] = sum;
        c.localBarrier();
        if (sweep == 0) {
            if (column < columns) {
                float total = 0f;
                for (int s = 0; s < sweeps; s++) {
                    total += sums[s * lanes + lane];
                }
                partial.set(rowGroup * columns + column, total);
            }
        }
    }

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
            int lanes,
            int columnGroups,
            int sweeps,
            int groupRows) {
        int column = (c.groupIdx % columnGroups) * lanes + c.localIdx % lanes;
        int rowGroup = c.groupIdx / columnGroups;
        int end = Math.min(rows, (rowGroup + 1) * groupRows);
        if (column < columns) {
            float shift = zBias.get(zBiasAt + column);
            float bias = 0f;
            if (vBiasAt >= 0) {
                bias = vBias.get(vBiasAt + column);
            }
            float[] value = new float[DEPTH];
            float[] before = new float[DEPTH];
            float[] rest = new float[DEPTH];
            int first = rowGroup * groupRows + c.localIdx / lanes;
            for (int row = first; row < end; row += sweeps * DEPTH) {
                for (int i = 0; i < DEPTH; i++) {
                    int r = row + i * sweeps;
                    float a = 0f;
                    float b = 0f;
                    float s = 0f;
                    if (r < end) {
                        a = v.get(r * columns + column) + bias;
                        b = z.get(r * columns + column) + shift;
                        s = skip.get(r * columns + column);
                        if (masked != 0) {
                            a = a * mask.get((r / length) * columns + column);
                        }
                    }
                    value[i] = a;
                    before[i] = b;
                    rest[i] = s;
                }
                for (int i = 0; i < DEPTH; i++) {
                    int r = row + i * sweeps;
                    if (r < end) {
                        float s = ElementKernels.sigmoid(before[i]);
                        out.set(r * columns + column, rest[i] + value[i] * s);
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
            int lanes,
            int columnGroups,
            int sweeps,
            int groupRows) {
        float[] values = c.allocateFloatLocalArray(Launch.GROUP);
        float[] gates = c.allocateFloatLocalArray(Launch.GROUP);
        int lane = c.localIdx % lanes;
        int sweep = c.localIdx / lanes;
        int column = (c.groupIdx % columnGroups) * lanes + lane;
        int rowGroup = c.groupIdx / columnGroups;
        int end = Math.min(rows, (rowGroup + 1) * groupRows);
        float shift = 0f;
        float bias = 0f;
        if (column < columns) {
            shift = zBias.get(zBiasAt + column);
            if (vBiasAt >= 0) {
                bias = vBias.get(vBiasAt + column);
            }
        }
        if (column >= columns) {
            end = 0;
        }
        float[] value = new float[DEPTH];
        float[] before = new float[DEPTH];
        float[] gradient = new float[DEPTH];
        float valueSum = 0f;
        float gateSum = 0f;
        for (int row = rowGroup * groupRows + sweep; row < end; row += sweeps * DEPTH) {
            for (int i = 0; i < DEPTH; i++) {
                int r = row + i * sweeps;
                float a = 0f;
                float b = 0f;
                float g = 0f;
                if (r < end) {
                    a = v.get(r * columns + column) + bias;
                    b = z.get(r * columns + column) + shift;
                    g = dOut.get(r * columns + column);
                    if (masked != 0) {
                        g = g * mask.get((r / length) * columns + column);
                    }
                }
                value[i] = a;
                before[i] = b;
                gradient[i] = g;
            }
            for (int i = 0; i < DEPTH; i++) {
                int r = row + i * sweeps;
                if (r < end) {
                    float e = ElementKernels.decay(before[i]);
                    float s = 1f / (1f + e);
                    float dv = gradient[i] * s;
                    float dz = dv * value[i] * (e * s);
                    dV.set(r * columns + column, dv);
                    dZ.set(r * columns + column, dz);
                    valueSum += dv;
                    gateSum += dz;
                }
            }
        }
        values[c.localIdx] = valueSum;
        gates[c.localIdx] = gateSum;
        c.localBarrier();
        if (sweep == 0) {
            if (column < columns) {
                float valueTotal = 0f;
                float gateTotal = 0f;
                for (int s = 0; s < sweeps; s++) {
                    valueTotal += values[s * lanes + lane];
                    gateTotal += gates[s * lanes + lane];
                }
                partial.set(rowGroup * 2 * columns + column, valueTotal);
                partial.set(rowGroup * 2 * columns + columns + column, gateTotal);
            }
        }
    }
}
