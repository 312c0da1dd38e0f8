package s5.tornado.scan;

import s5.tornado.Launch;
import s5.tornado.sum.ColumnSums;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * The adjoint of the recurrence: the same scan the other way, with the conjugate; see {@link
 * s5.ops.ScanOp.ScanAdjoint}, and {@link ScanKernels} for how a scan is done.
 *
 * <p>Launch order, with {@code plan = ScanPlan.adjoint(...)}:
 *
 * <ol>
 *   <li>{@link ScanKernels#scanTileEnds} with adjoint 1, {@code plan.tileLaunch()};
 *   <li>{@link TileStartKernels#tileStarts} with adjoint 1, {@code plan.startLaunch()};
 *   <li>{@link #scanAdjointTiles}, {@code plan.tileLaunch()};
 *   <li>{@link ColumnSums#columnTotals} over {@code (plan.partialRows(), 2P)} into dLambdaBar.
 * </ol>
 *
 * <p>With {@code plan.tiles() == 1} the first two are left out.
 */
public final class ScanAdjointKernels {

    private ScanAdjointKernels() {}

    /**
     * Gradients by the inputs, summed over the directions, and each tile's part of the gradient by
     * Lambda_bar.
     *
     * @param lambda (2P)
     * @param x (B L, 2P d), the states
     * @param dX (B L, 2P d)
     * @param starts (B tiles, 2P d), from {@link TileStartKernels#tileStarts}; not read when there
     *     is one tile
     * @param dU (B L, 2P); written
     * @param partial (B tiles, 2P); written
     */
    public static void scanAdjointTiles(
            KernelContext c,
            FloatArray lambda,
            int lambdaAt,
            FloatArray x,
            FloatArray dX,
            FloatArray starts,
            FloatArray dU,
            FloatArray partial,
            int chunkLength,
            int length,
            int states,
            int lanes,
            int stateGroups,
            int chunks,
            int tiles,
            int directions,
            int rows) {
        float[] endRe = c.allocateFloatLocalArray(2 * Launch.GROUP);
        float[] endIm = c.allocateFloatLocalArray(2 * Launch.GROUP);
        int local = c.localIdx;
        int lane = local % lanes;
        int chunk = local / lanes;
        int group = rows * stateGroups - 1 - c.groupIdx;
        int row = group / stateGroups;
        int p = (group % stateGroups) * lanes + lane;
        int state = Math.min(p, states - 1);
        int first = ((row % tiles) * chunks + chunk) * chunkLength;
        int left = length - first;
        int position = (row / tiles) * length + first;
        int width = 2 * states * directions;
        int base = position * width + state;
        float lr = lambda.get(lambdaAt + state);
        float li = -lambda.get(lambdaAt + states + state);

        // The forward direction's gradient runs from behind, the backward one's from the front.
        float[] re = new float[chunkLength];
        float[] im = new float[chunkLength];
        float[] frontRe = new float[chunkLength];
        float[] frontIm = new float[chunkLength];
        float[] z = new float[2];
        int there = left;
        if (directions == 1) {
            there = 0;
        }
        Chunk.read(dX, base, width, states, left, chunkLength, re, im);
        Chunk.read(dX, base + 2 * states, width, states, there, chunkLength, frontRe, frontIm);
        Chunk.behind(z, lr, li, chunkLength, re, im);
        endRe[Launch.GROUP + local] = z[0];
        endIm[Launch.GROUP + local] = z[1];
        Chunk.front(z, lr, li, chunkLength, frontRe, frontIm);
        endRe[local] = z[0];
        endIm[local] = z[1];
        c.localBarrier();

        float[] power = new float[2];
        Complex.power(power, lr, li, chunkLength);
        int start = row * width + state;
        int out = position * 2 * states + state;
        int writable = left;
        if (p >= states) {
            writable = 0;
        }
        Chunk.start(z, starts, start, states, tiles);
        for (int j = chunks - 1; j > chunk; j--) {
            int at = Launch.GROUP + j * lanes + lane;
            Complex.step(z, power[0], power[1], endRe[at], endIm[at]);
        }
        // Gradient by Lambda_bar: conj(state before) times the state's gradient.
        float sumRe = 0f;
        float sumIm = 0f;
        for (int i = chunkLength - 1; i >= 0; i--) {
            Complex.step(z, lr, li, re[i], im[i]);
            re[i] = z[0];
            im[i] = z[1];
            if (directions == 1) {
                if (i < writable) {
                    dU.set(out + i * 2 * states, z[0]);
                    dU.set(out + i * 2 * states + states, z[1]);
                }
            }
            float xr = 0f;
            float xi = 0f;
            if (i < left) {
                if (first + i > 0) {
                    xr = x.get(base + (i - 1) * width);
                    xi = x.get(base + (i - 1) * width + states);
                }
            }
            sumRe += xr * z[0] + xi * z[1];
            sumIm += xr * z[1] - xi * z[0];
        }
        if (directions == 2) {
            Chunk.start(z, starts, start + 2 * states, states, tiles);
            for (int j = 0; j < chunk; j++) {
                int at = j * lanes + lane;
                Complex.step(z, power[0], power[1], endRe[at], endIm[at]);
            }
            for (int i = 0; i < chunkLength; i++) {
                Complex.step(z, lr, li, frontRe[i], frontIm[i]);
                if (i < writable) {
                    dU.set(out + i * 2 * states, re[i] + z[0]);
                    dU.set(out + i * 2 * states + states, im[i] + z[1]);
                }
                float xr = 0f;
                float xi = 0f;
                if (i < left - 1) {
                    xr = x.get(base + (i + 1) * width + 2 * states);
                    xi = x.get(base + (i + 1) * width + 3 * states);
                }
                sumRe += xr * z[0] + xi * z[1];
                sumIm += xr * z[1] - xi * z[0];
            }
        }
        c.localBarrier();
        endRe[local] = sumRe;
        endIm[local] = sumIm;
        c.localBarrier();
        if (chunk == 0) {
            if (p < states) {
                float totalRe = 0f;
                float totalIm = 0f;
                for (int j = 0; j < chunks; j++) {
                    totalRe += endRe[j * lanes + lane];
                    totalIm += endIm[j * lanes + lane];
                }
                partial.set(row * 2 * states + state, totalRe);
                partial.set(row * 2 * states + states + state, totalIm);
            }
        }
    }
}
