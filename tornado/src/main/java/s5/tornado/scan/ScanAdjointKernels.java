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
 *   <li>{@link #scanAdjointTileEnds}, {@code plan.tileLaunch()};
 *   <li>{@link ScanKernels#scanTileStarts} with adjoint 1, {@code plan.startLaunch()};
 *   <li>{@link #scanAdjointTiles}, {@code plan.tileLaunch()};
 *   <li>{@link ColumnSums#columnTotals} over {@code (plan.partialRows(), 2P)} into dLambdaBar.
 * </ol>
 *
 * <p>With {@code plan.tiles() == 1} the first two are left out.
 */
public final class ScanAdjointKernels {

    private ScanAdjointKernels() {}

    /**
     * As {@link ScanKernels#scanTileEnds} for the adjoint: the forward direction's gradient runs
     * from behind, with the conjugate, and each direction has its own input.
     *
     * @param dX (B L, 2P d)
     * @param ends (B tiles, 2P d); written
     */
    public static void scanAdjointTileEnds(
            KernelContext c,
            FloatArray lambda,
            int lambdaAt,
            FloatArray dX,
            FloatArray ends,
            int chunkLength,
            int length,
            int states,
            int lanes,
            int stateGroups,
            int chunks,
            int tiles,
            int directions) {
        float[] forwardRe = c.allocateFloatLocalArray(Launch.GROUP);
        float[] forwardIm = c.allocateFloatLocalArray(Launch.GROUP);
        float[] backwardRe = c.allocateFloatLocalArray(Launch.GROUP);
        float[] backwardIm = c.allocateFloatLocalArray(Launch.GROUP);
        int local = c.localIdx;
        int lane = local % lanes;
        int chunk = local / lanes;
        int row = c.groupIdx / stateGroups;
        int p = (c.groupIdx % stateGroups) * lanes + lane;
        int state = Math.min(p, states - 1);
        int tile = row % tiles;
        int first = (tile * chunks + chunk) * chunkLength;
        int left = length - first;
        int width = 2 * states * directions;
        int base = ((row / tiles) * length + first) * width + state;
        float lr = lambda.get(lambdaAt + state);
        float li = -lambda.get(lambdaAt + states + state);

        float[] re = new float[chunkLength];
        float[] im = new float[chunkLength];
        for (int i = 0; i < chunkLength; i++) {
            float a = 0f;
            float b = 0f;
            if (i < left) {
                a = dX.get(base + i * width);
                b = dX.get(base + i * width + states);
            }
            re[i] = a;
            im[i] = b;
        }
        float fr = 0f;
        float fi = 0f;
        for (int i = chunkLength - 1; i >= 0; i--) {
            float t = lr * fr - li * fi + re[i];
            fi = lr * fi + li * fr + im[i];
            fr = t;
        }
        float br = 0f;
        float bi = 0f;
        if (directions == 2) {
            for (int i = 0; i < chunkLength; i++) {
                float a = 0f;
                float b = 0f;
                if (i < left) {
                    a = dX.get(base + i * width + 2 * states);
                    b = dX.get(base + i * width + 3 * states);
                }
                float t = lr * br - li * bi + a;
                bi = lr * bi + li * br + b;
                br = t;
            }
        }
        forwardRe[local] = fr;
        forwardIm[local] = fi;
        backwardRe[local] = br;
        backwardIm[local] = bi;
        c.localBarrier();
        float pr = Complex.powerRe(lr, li, chunkLength);
        float pi = Complex.powerIm(lr, li, chunkLength);
        if (p < states) {
            int out = row * width + state;
            if (chunk == 0) {
                float sr = 0f;
                float si = 0f;
                for (int j = chunks - 1; j >= 0; j--) {
                    float t = pr * sr - pi * si + forwardRe[j * lanes + lane];
                    si = pr * si + pi * sr + forwardIm[j * lanes + lane];
                    sr = t;
                }
                ends.set(out, sr);
                ends.set(out + states, si);
            }
            if (directions == 2) {
                if (chunk == chunks - 1) {
                    float sr = 0f;
                    float si = 0f;
                    for (int j = 0; j < chunks; j++) {
                        float t = pr * sr - pi * si + backwardRe[j * lanes + lane];
                        si = pr * si + pi * sr + backwardIm[j * lanes + lane];
                        sr = t;
                    }
                    ends.set(out + 2 * states, sr);
                    ends.set(out + 3 * states, si);
                }
            }
        }
    }

    /**
     * Gradients by the inputs, summed over the directions, and each tile's part of the gradient by
     * Lambda_bar.
     *
     * @param lambda (2P)
     * @param x (B L, 2P d), the states
     * @param dX (B L, 2P d)
     * @param starts (B tiles, 2P d), from {@link ScanKernels#scanTileStarts}; not read when there
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
        float[] forwardRe = c.allocateFloatLocalArray(Launch.GROUP);
        float[] forwardIm = c.allocateFloatLocalArray(Launch.GROUP);
        float[] backwardRe = c.allocateFloatLocalArray(Launch.GROUP);
        float[] backwardIm = c.allocateFloatLocalArray(Launch.GROUP);
        int local = c.localIdx;
        int lane = local % lanes;
        int chunk = local / lanes;
        int group = rows * stateGroups - 1 - c.groupIdx;
        int row = group / stateGroups;
        int p = (group % stateGroups) * lanes + lane;
        int state = Math.min(p, states - 1);
        int tile = row % tiles;
        int first = (tile * chunks + chunk) * chunkLength;
        int left = length - first;
        int width = 2 * states * directions;
        int position = (row / tiles) * length + first;
        int base = position * width + state;
        float lr = lambda.get(lambdaAt + state);
        float li = -lambda.get(lambdaAt + states + state);

        float[] re = new float[chunkLength];
        float[] im = new float[chunkLength];
        float[] backRe = new float[chunkLength];
        float[] backIm = new float[chunkLength];
        for (int i = 0; i < chunkLength; i++) {
            float a = 0f;
            float b = 0f;
            if (i < left) {
                a = dX.get(base + i * width);
                b = dX.get(base + i * width + states);
            }
            re[i] = a;
            im[i] = b;
        }
        for (int i = 0; i < chunkLength; i++) {
            float a = 0f;
            float b = 0f;
            if (directions == 2) {
                if (i < left) {
                    a = dX.get(base + i * width + 2 * states);
                    b = dX.get(base + i * width + 3 * states);
                }
            }
            backRe[i] = a;
            backIm[i] = b;
        }
        float fr = 0f;
        float fi = 0f;
        for (int i = chunkLength - 1; i >= 0; i--) {
            float t = lr * fr - li * fi + re[i];
            fi = lr * fi + li * fr + im[i];
            fr = t;
        }
        float br = 0f;
        float bi = 0f;
        for (int i = 0; i < chunkLength; i++) {
            float t = lr * br - li * bi + backRe[i];
            bi = lr * bi + li * br + backIm[i];
            br = t;
        }
        forwardRe[local] = fr;
        forwardIm[local] = fi;
        backwardRe[local] = br;
        backwardIm[local] = bi;
        c.localBarrier();

        float pr = Complex.powerRe(lr, li, chunkLength);
        float pi = Complex.powerIm(lr, li, chunkLength);
        int start = row * width + state;
        float sr = 0f;
        float si = 0f;
        if (tiles > 1) {
            sr = starts.get(start);
            si = starts.get(start + states);
        }
        for (int j = chunks - 1; j > chunk; j--) {
            float t = pr * sr - pi * si + forwardRe[j * lanes + lane];
            si = pr * si + pi * sr + forwardIm[j * lanes + lane];
            sr = t;
        }
        int out = position * 2 * states + state;
        int writable = left;
        if (p >= states) {
            writable = 0;
        }
        // Gradient by Lambda_bar: conj(state before) times the state's gradient.
        float sumRe = 0f;
        float sumIm = 0f;
        for (int i = chunkLength - 1; i >= 0; i--) {
            float t = lr * sr - li * si + re[i];
            si = lr * si + li * sr + im[i];
            sr = t;
            re[i] = sr;
            im[i] = si;
            if (directions == 1) {
                if (i < writable) {
                    dU.set(out + i * 2 * states, sr);
                    dU.set(out + i * 2 * states + states, si);
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
            sumRe += xr * sr + xi * si;
            sumIm += xr * si - xi * sr;
        }
        if (directions == 2) {
            sr = 0f;
            si = 0f;
            if (tiles > 1) {
                sr = starts.get(start + 2 * states);
                si = starts.get(start + 3 * states);
            }
            for (int j = 0; j < chunk; j++) {
                float t = pr * sr - pi * si + backwardRe[j * lanes + lane];
                si = pr * si + pi * sr + backwardIm[j * lanes + lane];
                sr = t;
            }
            for (int i = 0; i < chunkLength; i++) {
                float t = lr * sr - li * si + backRe[i];
                si = lr * si + li * sr + backIm[i];
                sr = t;
                if (i < writable) {
                    dU.set(out + i * 2 * states, re[i] + sr);
                    dU.set(out + i * 2 * states + states, im[i] + si);
                }
                float xr = 0f;
                float xi = 0f;
                if (i < left - 1) {
                    xr = x.get(base + (i + 1) * width + 2 * states);
                    xi = x.get(base + (i + 1) * width + 3 * states);
                }
                sumRe += xr * sr + xi * si;
                sumIm += xr * si - xi * sr;
            }
        }
        c.localBarrier();
        forwardRe[local] = sumRe;
        forwardIm[local] = sumIm;
        c.localBarrier();
        if (chunk == 0) {
            if (p < states) {
                float totalRe = 0f;
                float totalIm = 0f;
                for (int j = 0; j < chunks; j++) {
                    totalRe += forwardRe[j * lanes + lane];
                    totalIm += forwardIm[j * lanes + lane];
                }
                partial.set(row * 2 * states + state, totalRe);
                partial.set(row * 2 * states + states + state, totalIm);
            }
        }
    }
}
