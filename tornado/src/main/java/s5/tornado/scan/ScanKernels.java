package s5.tornado.scan;

import s5.tornado.Launch;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * The recurrence {@code x_k = Lambda_bar x_{k-1} + u_k} as a chunked parallel scan; see {@link
 * s5.ops.ScanOp.Scan} and {@link ScanPlan} for the words.
 *
 * <p>Launch order, with {@code plan = ScanPlan.forward(...)}:
 *
 * <ol>
 *   <li>{@link #scanTileEnds}, {@code plan.tileLaunch()}: every tile from zero, last state kept;
 *   <li>{@link #scanTileStarts} with adjoint 0, {@code plan.startLaunch()}: ends become starts;
 *   <li>{@link #scanTiles}, {@code plan.tileLaunch()}: every tile again, from its true start.
 * </ol>
 *
 * <p>With {@code plan.tiles() == 1} only the last one is launched.
 *
 * <p>Thread {@code localIdx} is chunk {@code localIdx / lanes} of its tile and state {@code
 * localIdx % lanes} of its group of states. Padding is zeros, which change nothing in either
 * direction: behind the end a forward scan is never kept, and a backward one starts from zero.
 * Tiles are taken from the last to the first in the final pass, which finds the inputs that the
 * first pass read last still in the cache.
 *
 * <p>A group covers whole rows where it can, and writes both directions of a row together: on an
 * H200 the final pass over 16 sequences of 16,000 positions and 64 states takes 121 us so, and 216
 * us with groups of 32 states and one direction after the other.
 */
public final class ScanKernels {
    private ScanKernels() {}

    /**
     * State at the end of every tile that starts from zero: forward at its last position, backward
     * at its first.
     *
     * @param lambda (2P)
     * @param u (B L, 2P)
     * @param ends (B tiles, 2P d); written
     */
    public static void scanTileEnds(
            KernelContext c,
            FloatArray lambda,
            int lambdaAt,
            FloatArray u,
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
        int width = 2 * states;
        int base = ((row / tiles) * length + first) * width + state;
        float lr = lambda.get(lambdaAt + state);
        float li = lambda.get(lambdaAt + states + state);

        float[] re = new float[chunkLength];
        float[] im = new float[chunkLength];
        for (int i = 0; i < chunkLength; i++) {
            float a = 0f;
            float b = 0f;
            if (i < left) {
                a = u.get(base + i * width);
                b = u.get(base + i * width + states);
            }
            re[i] = a;
            im[i] = b;
        }
        float fr = 0f;
        float fi = 0f;
        for (int i = 0; i < chunkLength; i++) {
            float t = lr * fr - li * fi + re[i];
            fi = lr * fi + li * fr + im[i];
            fr = t;
        }
        float br = 0f;
        float bi = 0f;
        for (int i = chunkLength - 1; i >= 0; i--) {
            float t = lr * br - li * bi + re[i];
            bi = lr * bi + li * br + im[i];
            br = t;
        }
        forwardRe[local] = fr;
        forwardIm[local] = fi;
        backwardRe[local] = br;
        backwardIm[local] = bi;
        c.localBarrier();
        // The first chunk's threads join the forward ends, the last chunk's the backward ones.
        float pr = Complex.powerRe(lr, li, chunkLength);
        float pi = Complex.powerIm(lr, li, chunkLength);
        if (p < states) {
            int out = row * width * directions + state;
            if (chunk == 0) {
                float sr = 0f;
                float si = 0f;
                for (int j = 0; j < chunks; j++) {
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
                    for (int j = chunks - 1; j >= 0; j--) {
                        float t = pr * sr - pi * si + backwardRe[j * lanes + lane];
                        si = pr * si + pi * sr + backwardIm[j * lanes + lane];
                        sr = t;
                    }
                    ends.set(out + width, sr);
                    ends.set(out + width + states, si);
                }
            }
        }
    }

    /**
     * Turns, in place, the ends of the tiles into the states before them: {@code start_t =
     * Lambda_bar^tileLength start_{t-1} + end_{t-1}}, from the front for the forward direction and
     * from behind for the backward one; the other way and with the conjugate in the adjoint. Thread
     * {@code localIdx} holds {@code share} neighbouring tiles of state {@code localIdx % lanes} of
     * its group of states.
     *
     * @param ends (B tiles, 2P d); changed
     * @param adjoint 0 or 1
     */
    public static void scanTileStarts(
            KernelContext c,
            FloatArray lambda,
            int lambdaAt,
            FloatArray ends,
            int states,
            int lanes,
            int stateGroups,
            int tileLength,
            int tiles,
            int share,
            int directions,
            int adjoint) {
        float[] endRe = c.allocateFloatLocalArray(Launch.GROUP);
        float[] endIm = c.allocateFloatLocalArray(Launch.GROUP);
        int local = c.localIdx;
        int lane = local % lanes;
        int piece = local / lanes;
        int p = (c.groupIdx % stateGroups) * lanes + lane;
        int state = Math.min(p, states - 1);
        int rest = c.groupIdx / stateGroups;
        int direction = rest % directions;
        int sequence = rest / directions;
        // Steps are counted along the direction of this scan.
        int backward = (direction + adjoint) & 1;
        int width = 2 * states * directions;
        int stride = width - 2 * backward * width;
        int base =
                (sequence * tiles + backward * (tiles - 1)) * width
                        + direction * 2 * states
                        + state;
        int from = piece * share;
        int left = tiles - from;
        float[] re = new float[share];
        float[] im = new float[share];
        for (int j = 0; j < share; j++) {
            float a = 0f;
            float b = 0f;
            if (j < left) {
                a = ends.get(base + (from + j) * stride);
                b = ends.get(base + (from + j) * stride + states);
            }
            re[j] = a;
            im[j] = b;
        }
        float lr = lambda.get(lambdaAt + state);
        float li = lambda.get(lambdaAt + states + state) * (1 - 2 * adjoint);
        float pr = Complex.powerRe(lr, li, tileLength);
        float pi = Complex.powerIm(lr, li, tileLength);
        float sr = 0f;
        float si = 0f;
        for (int j = 0; j < share; j++) {
            float t = pr * sr - pi * si + re[j];
            si = pr * si + pi * sr + im[j];
            sr = t;
        }
        endRe[local] = sr;
        endIm[local] = si;
        c.localBarrier();
        float qr = Complex.powerRe(lr, li, tileLength * share);
        float qi = Complex.powerIm(lr, li, tileLength * share);
        sr = 0f;
        si = 0f;
        for (int j = 0; j < piece; j++) {
            float t = qr * sr - qi * si + endRe[j * lanes + lane];
            si = qr * si + qi * sr + endIm[j * lanes + lane];
            sr = t;
        }
        int writable = left;
        if (p >= states) {
            writable = 0;
        }
        for (int j = 0; j < share; j++) {
            if (j < writable) {
                ends.set(base + (from + j) * stride, sr);
                ends.set(base + (from + j) * stride + states, si);
            }
            float t = pr * sr - pi * si + re[j];
            si = pr * si + pi * sr + im[j];
            sr = t;
        }
    }

    /**
     * The states, every tile from its true start.
     *
     * @param lambda (2P)
     * @param u (B L, 2P)
     * @param starts (B tiles, 2P d), from {@link #scanTileStarts}; not read when there is one tile
     * @param x (B L, 2P d); written
     */
    public static void scanTiles(
            KernelContext c,
            FloatArray lambda,
            int lambdaAt,
            FloatArray u,
            FloatArray starts,
            FloatArray x,
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
        int width = 2 * states;
        int position = (row / tiles) * length + first;
        int base = position * width + state;
        float lr = lambda.get(lambdaAt + state);
        float li = lambda.get(lambdaAt + states + state);

        float[] re = new float[chunkLength];
        float[] im = new float[chunkLength];
        for (int i = 0; i < chunkLength; i++) {
            float a = 0f;
            float b = 0f;
            if (i < left) {
                a = u.get(base + i * width);
                b = u.get(base + i * width + states);
            }
            re[i] = a;
            im[i] = b;
        }
        float fr = 0f;
        float fi = 0f;
        for (int i = 0; i < chunkLength; i++) {
            float t = lr * fr - li * fi + re[i];
            fi = lr * fi + li * fr + im[i];
            fr = t;
        }
        float br = 0f;
        float bi = 0f;
        for (int i = chunkLength - 1; i >= 0; i--) {
            float t = lr * br - li * bi + re[i];
            bi = lr * bi + li * br + im[i];
            br = t;
        }
        forwardRe[local] = fr;
        forwardIm[local] = fi;
        backwardRe[local] = br;
        backwardIm[local] = bi;
        c.localBarrier();

        float pr = Complex.powerRe(lr, li, chunkLength);
        float pi = Complex.powerIm(lr, li, chunkLength);
        int outWidth = width * directions;
        int start = row * outWidth + state;
        int out = position * outWidth + state;
        float sr = 0f;
        float si = 0f;
        if (tiles > 1) {
            sr = starts.get(start);
            si = starts.get(start + states);
        }
        for (int j = 0; j < chunk; j++) {
            float t = pr * sr - pi * si + forwardRe[j * lanes + lane];
            si = pr * si + pi * sr + forwardIm[j * lanes + lane];
            sr = t;
        }
        int writable = left;
        if (p >= states) {
            writable = 0;
        }
        float[] xRe = new float[chunkLength];
        float[] xIm = new float[chunkLength];
        for (int i = 0; i < chunkLength; i++) {
            float t = lr * sr - li * si + re[i];
            si = lr * si + li * sr + im[i];
            sr = t;
            xRe[i] = sr;
            xIm[i] = si;
            if (directions == 1) {
                if (i < writable) {
                    x.set(out + i * outWidth, sr);
                    x.set(out + i * outWidth + states, si);
                }
            }
        }
        if (directions == 2) {
            sr = 0f;
            si = 0f;
            if (tiles > 1) {
                sr = starts.get(start + width);
                si = starts.get(start + width + states);
            }
            for (int j = chunks - 1; j > chunk; j--) {
                float t = pr * sr - pi * si + backwardRe[j * lanes + lane];
                si = pr * si + pi * sr + backwardIm[j * lanes + lane];
                sr = t;
            }
            for (int i = chunkLength - 1; i >= 0; i--) {
                float t = lr * sr - li * si + re[i];
                si = lr * si + li * sr + im[i];
                sr = t;
                if (i < writable) {
                    x.set(out + i * outWidth, xRe[i]);
                    x.set(out + i * outWidth + states, xIm[i]);
                    x.set(out + i * outWidth + width, sr);
                    x.set(out + i * outWidth + width + states, si);
                }
            }
        }
    }
}
