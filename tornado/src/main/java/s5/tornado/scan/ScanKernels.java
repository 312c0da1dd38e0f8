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
 *   <li>{@link #scanTileEnds} with adjoint 0, {@code plan.tileLaunch()}: every tile from zero, last
 *       state kept;
 *   <li>{@link TileStartKernels#tileStarts} with adjoint 0, {@code plan.startLaunch()}: ends become
 *       starts;
 *   <li>{@link #scanTiles}, {@code plan.tileLaunch()}: every tile again, from its true start.
 * </ol>
 *
 * <p>With {@code plan.tiles() == 1} only the last one is launched.
 *
 * <p>Thread {@code localIdx} is chunk {@code localIdx / lanes} of its tile and state {@code
 * localIdx % lanes} of its group of states. In the arrays of a work group what scans from the front
 * leave stands first, and from {@code Launch.GROUP} on what scans from behind leave. Padding is
 * zeros, which change nothing in either direction: behind the end a forward scan is never kept, and
 * a backward one starts from zero. Tiles are taken from the last to the first in the final pass,
 * which finds the inputs that the first pass read last still in the cache.
 *
 * <p>A group covers whole rows where it can, and writes both directions of a row together: on an
 * H200 the final pass over 16 sequences of 16,000 positions and 64 states takes 121 us so, and 216
 * us with groups of 32 states and one direction after the other.
 */
public final class ScanKernels {
    private ScanKernels() {}

    /**
     * State at the end of every tile that starts from zero: of the scan from the front at its last
     * position, of the one from behind at its first. Both scan the same inputs; in the adjoint each
     * has its own, the forward direction's gradient runs from behind, and Lambda_bar is conjugate.
     *
     * @param lambda (2P)
     * @param given u (B L, 2P), or dX (B L, 2P d) in the adjoint
     * @param ends (B tiles + 1, 2P d): ends, then once what all tiles have as their product;
     *     written
     * @param rows B tiles
     * @param adjoint 0 or 1
     */
    public static void scanTileEnds(
            KernelContext c,
            FloatArray lambda,
            int lambdaAt,
            FloatArray given,
            FloatArray ends,
            int chunkLength,
            int length,
            int states,
            int lanes,
            int stateGroups,
            int chunks,
            int tiles,
            int directions,
            int rows,
            int adjoint) {
        float[] endRe = c.allocateFloatLocalArray(2 * Launch.GROUP);
        float[] endIm = c.allocateFloatLocalArray(2 * Launch.GROUP);
        int local = c.localIdx;
        int lane = local % lanes;
        int chunk = local / lanes;
        int row = c.groupIdx / stateGroups;
        int p = (c.groupIdx % stateGroups) * lanes + lane;
        int state = Math.min(p, states - 1);
        int first = ((row % tiles) * chunks + chunk) * chunkLength;
        int left = length - first;
        // From the input of the scan from behind to that of the one from the front.
        int apart = adjoint * (directions - 1) * 2 * states;
        int inWidth = 2 * states + apart;
        int base = ((row / tiles) * length + first) * inWidth + state;
        float lr = lambda.get(lambdaAt + state);
        float li = lambda.get(lambdaAt + states + state) * (1 - 2 * adjoint);

        float[] re = new float[chunkLength];
        float[] im = new float[chunkLength];
        float[] z = new float[2];
        Chunk.read(given, base + apart, inWidth, states, left, chunkLength, re, im);
        Chunk.front(z, lr, li, chunkLength, re, im);
        endRe[local] = z[0];
        endIm[local] = z[1];
        if (apart > 0) {
            Chunk.read(given, base, inWidth, states, left, chunkLength, re, im);
        }
        Chunk.behind(z, lr, li, chunkLength, re, im);
        endRe[Launch.GROUP + local] = z[0];
        endIm[Launch.GROUP + local] = z[1];
        c.localBarrier();
        float[] power = new float[2];
        Complex.power(power, lr, li, chunkLength);
        if (p < states) {
            int width = 2 * states * directions;
            // The first chunk's threads join what came from the front, the last chunk's the rest.
            for (int side = 0; side < 2; side++) {
                int direction = (side + adjoint) & 1;
                if (direction < directions) {
                    if (chunk == side * (chunks - 1)) {
                        Complex.set(z, 0f, 0f);
                        for (int j = 0; j < chunks; j++) {
                            int next = j + side * (chunks - 1 - 2 * j);
                            int at = side * Launch.GROUP + next * lanes + lane;
                            Complex.step(z, power[0], power[1], endRe[at], endIm[at]);
                        }
                        int out = direction * 2 * states + state;
                        ends.set(row * width + out, z[0]);
                        ends.set(row * width + out + states, z[1]);
                        if (row == 0) {
                            Complex.power(z, lr, li, chunkLength * chunks);
                            ends.set(rows * width + out, z[0]);
                            ends.set(rows * width + out + states, z[1]);
                        }
                    }
                }
            }
        }
    }

    /**
     * The states, every tile from its true start.
     *
     * @param lambda (2P)
     * @param u (B L, 2P)
     * @param starts (B tiles, 2P d), from {@link TileStartKernels#tileStarts}; not read when there
     *     is one tile
     * @param x (B L, 2P d); written
     * @param rows B tiles
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
        int width = 2 * states;
        float lr = lambda.get(lambdaAt + state);
        float li = lambda.get(lambdaAt + states + state);

        float[] re = new float[chunkLength];
        float[] im = new float[chunkLength];
        float[] z = new float[2];
        Chunk.read(u, position * width + state, width, states, left, chunkLength, re, im);
        Chunk.front(z, lr, li, chunkLength, re, im);
        endRe[local] = z[0];
        endIm[local] = z[1];
        Chunk.behind(z, lr, li, chunkLength, re, im);
        endRe[Launch.GROUP + local] = z[0];
        endIm[Launch.GROUP + local] = z[1];
        c.localBarrier();

        float[] power = new float[2];
        Complex.power(power, lr, li, chunkLength);
        int outWidth = width * directions;
        int start = row * outWidth + state;
        int out = position * outWidth + state;
        int writable = left;
        if (p >= states) {
            writable = 0;
        }
        Chunk.start(z, starts, start, states, tiles);
        for (int j = 0; j < chunk; j++) {
            int at = j * lanes + lane;
            Complex.step(z, power[0], power[1], endRe[at], endIm[at]);
        }
        float[] xRe = new float[chunkLength];
        float[] xIm = new float[chunkLength];
        for (int i = 0; i < chunkLength; i++) {
            Complex.step(z, lr, li, re[i], im[i]);
            xRe[i] = z[0];
            xIm[i] = z[1];
        }
        if (directions == 2) {
            Chunk.start(z, starts, start + width, states, tiles);
            for (int j = chunks - 1; j > chunk; j--) {
                int at = Launch.GROUP + j * lanes + lane;
                Complex.step(z, power[0], power[1], endRe[at], endIm[at]);
            }
            for (int i = chunkLength - 1; i >= 0; i--) {
                Complex.step(z, lr, li, re[i], im[i]);
                re[i] = z[0];
                im[i] = z[1];
            }
        }
        for (int i = 0; i < chunkLength; i++) {
            if (i < writable) {
                x.set(out + i * outWidth, xRe[i]);
                x.set(out + i * outWidth + states, xIm[i]);
                if (directions == 2) {
                    x.set(out + i * outWidth + width, re[i]);
                    x.set(out + i * outWidth + width + states, im[i]);
                }
            }
        }
    }
}
