package s5.tornado.norm;

import s5.ops.NormOp;
import s5.tornado.Launch;
import s5.tornado.sum.ColumnSums;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Layer normalization: every row by its own mean and variance; see {@link s5.ops.NormOp.LayerNorm}
 * and {@link RowPlan} for the words.
 *
 * <p>Launch order:
 *
 * <ul>
 *   <li>layerNorm: {@link #layerNormRows} with {@code RowPlan.forward(n, H).launch()}.
 *   <li>layerNormAdjoint, with {@code plan = RowPlan.adjoint(n, H)}: {@link #layerNormAdjointRows}
 *       with {@code plan.launch()}; {@link ColumnSums#columnTotals} over {@code (plan.rowGroups(),
 *       2H)} into dBias and dScale. Scratch: {@code plan.partialSize(2)}.
 * </ul>
 *
 * <p>A row is read from memory once; its later reads, of a tile that has just been read, come from
 * the cache.
 */
public final class LayerNormKernels {
    /** Most columns of a thread. */
    static final int COLUMNS = 4;

    private LayerNormKernels() {}

    /**
     * Normalizes rows: {@code y = (x - mean) rstd scale + bias}.
     *
     * @param x (rows, columns)
     * @param scale (columns), as {@code bias}
     * @param mean (rows), written, as {@code rstd}
     * @param y (rows, columns); written
     */
    public static void layerNormRows(
            KernelContext c,
            FloatArray x,
            FloatArray scale,
            int scaleAt,
            FloatArray bias,
            int biasAt,
            FloatArray mean,
            FloatArray rstd,
            FloatArray y,
            int rows,
            int columns,
            int lanes,
            int sweeps,
            int tileRows) {
        float[] sums = c.allocateFloatLocalArray(Launch.GROUP);
        float[] squares = c.allocateFloatLocalArray(Launch.GROUP);
        int local = c.localIdx;
        int rowLanes = lanes * sweeps / tileRows;
        int part = local % rowLanes;
        int lineOfPart = local / rowLanes;
        int row = c.groupIdx * tileRows + lineOfPart;
        int end = columns;
        if (lineOfPart >= tileRows) {
            end = 0;
        }
        if (row >= rows) {
            end = 0;
        }
        float sum = 0f;
        for (int j = part; j < end; j += rowLanes) {
            sum += x.get(row * columns + j);
        }
        sums[local] = sum;
        c.localBarrier();
        float center = 0f;
        int firstPart = local - part;
        if (end > 0) {
            for (int i = 0; i < rowLanes; i++) {
                center += sums[firstPart + i];
            }
            center = center / columns;
        }
        float square = 0f;
        for (int j = part; j < end; j += rowLanes) {
            float d = x.get(row * columns + j) - center;
            square += d * d;
        }
        squares[local] = square;
        c.localBarrier();
        float inverse = 0f;
        if (end > 0) {
            float var = 0f;
            for (int i = 0; i < rowLanes; i++) {
                var += squares[firstPart + i];
            }
            inverse = 1f / TornadoMath.sqrt(var / columns + NormOp.LAYER_NORM_EPSILON);
        }
        // From here on the arrays hold the means and inverse deviations of the tile's rows.
        c.localBarrier();
        if (part == 0) {
            sums[lineOfPart] = center;
            squares[lineOfPart] = inverse;
            if (end > 0) {
                mean.set(row, center);
                rstd.set(row, inverse);
            }
        }
        c.localBarrier();
        int lane = local % lanes;
        int first = c.groupIdx * tileRows;
        int last = Math.min(tileRows, rows - first);
        for (int column = lane; column < columns; column += lanes) {
            float factor = scale.get(scaleAt + column);
            float offset = bias.get(biasAt + column);
            for (int line = local / lanes; line < last; line += sweeps) {
                int at = (first + line) * columns + column;
                y.set(at, (x.get(at) - sums[line]) * squares[line] * factor + offset);
            }
        }
    }

    /**
     * With {@code xhat = (x - mean) rstd} and means over the row: {@code dX = residual + rstd
     * (scale dY - mean(scale dY) - xhat mean(scale dY xhat))}; and the partial sums of dY and of dY
     * xhat over the group's rows.
     *
     * @param residual (rows, columns), or any array when {@code withResidual} is 0
     * @param dX (rows, columns); written
     * @param partial (rowGroups, 2 columns); written
     */
    public static void layerNormAdjointRows(
            KernelContext c,
            FloatArray x,
            FloatArray scale,
            int scaleAt,
            FloatArray mean,
            FloatArray rstd,
            FloatArray dY,
            FloatArray residual,
            FloatArray dX,
            FloatArray partial,
            int withResidual,
            int rows,
            int columns,
            int lanes,
            int sweeps,
            int tileRows,
            int groupRows) {
        float[] sums = c.allocateFloatLocalArray(Launch.GROUP);
        float[] products = c.allocateFloatLocalArray(Launch.GROUP);
        float[] biases = c.allocateFloatLocalArray(COLUMNS * Launch.GROUP);
        float[] scales = c.allocateFloatLocalArray(COLUMNS * Launch.GROUP);
        int local = c.localIdx;
        int rowLanes = lanes * sweeps / tileRows;
        int part = local % rowLanes;
        int lineOfPart = local / rowLanes;
        int lane = local % lanes;
        int sweep = local / lanes;
        float[] biasSum = new float[COLUMNS];
        float[] scaleSum = new float[COLUMNS];
        for (int m = 0; m < COLUMNS; m++) {
            biasSum[m] = 0f;
            scaleSum[m] = 0f;
        }
        for (int tile = 0; tile < groupRows; tile += tileRows) {
            int first = c.groupIdx * groupRows + tile;
            int row = first + lineOfPart;
            int end = columns;
            if (lineOfPart >= tileRows) {
                end = 0;
            }
            if (row >= rows) {
                end = 0;
            }
            float center = 0f;
            float inverse = 0f;
            if (end > 0) {
                center = mean.get(row);
                inverse = rstd.get(row);
            }
            float sum = 0f;
            float product = 0f;
            for (int j = part; j < end; j += rowLanes) {
                float g = dY.get(row * columns + j) * scale.get(scaleAt + j);
                sum += g;
                product += g * (x.get(row * columns + j) - center);
            }
            sums[local] = sum;
            products[local] = product * inverse;
            c.localBarrier();
            float total = 0f;
            float totalProduct = 0f;
            int firstPart = local - part;
            if (end > 0) {
                for (int i = 0; i < rowLanes; i++) {
                    total += sums[firstPart + i];
                    totalProduct += products[firstPart + i];
                }
            }
            // From here on the arrays hold the two means of each row of the tile.
            c.localBarrier();
            if (part == 0) {
                sums[lineOfPart] = total / columns;
                products[lineOfPart] = totalProduct / columns;
            }
            c.localBarrier();
            int last = Math.min(tileRows, rows - first);
            for (int m = 0; m < COLUMNS; m++) {
                int column = lane + m * lanes;
                if (column < columns) {
                    float factor = scale.get(scaleAt + column);
                    float bias = 0f;
                    float product2 = 0f;
                    for (int line = sweep; line < last; line += sweeps) {
                        int at = (first + line) * columns + column;
                        float r = rstd.get(first + line);
                        float xhat = (x.get(at) - mean.get(first + line)) * r;
                        float g = dY.get(at);
                        float d = r * (g * factor - sums[line] - xhat * products[line]);
                        if (withResidual != 0) {
                            d += residual.get(at);
                        }
                        dX.set(at, d);
                        bias += g;
                        product2 += g * xhat;
                    }
                    biasSum[m] = biasSum[m] + bias;
                    scaleSum[m] = scaleSum[m] + product2;
                }
            }
            c.localBarrier();
        }
        for (int m = 0; m < COLUMNS; m++) {
            biases[m * Launch.GROUP + local] = biasSum[m];
            scales[m * Launch.GROUP + local] = scaleSum[m];
        }
        c.localBarrier();
        if (sweep == 0) {
            for (int m = 0; m < COLUMNS; m++) {
                int column = lane + m * lanes;
                if (column < columns) {
                    float bias = 0f;
                    float product = 0f;
                    for (int s = 0; s < sweeps; s++) {
                        bias += biases[m * Launch.GROUP + s * lanes + lane];
                        product += scales[m * Launch.GROUP + s * lanes + lane];
                    }
                    partial.set(c.groupIdx * 2 * columns + column, bias);
                    partial.set(c.groupIdx * 2 * columns + columns + column, product);
                }
            }
        }
    }
}
