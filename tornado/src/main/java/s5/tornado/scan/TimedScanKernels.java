package s5.tornado.scan;

import s5.tornado.Launch;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * The scan with a time step of its own at every position, {@code x_k = Lambda_bar_k x_{k-1} + s_k
 * w_k}; see {@link s5.ops.TimedOp.ScanTimed}. Cut up as {@link ScanKernels}, with {@code plan =
 * ScanPlan.timed(...)} and the same launches; what was a power of Lambda_bar there is a product
 * here, which is kept beside the state it belongs to.
 *
 * <p>A thread discretizes the positions of its chunk and the one behind them: what a scan from
 * behind multiplies by at position k belongs to the time step of k + 1, and at the last position to
 * that of the first. The adjoints of the two directions use the same pairs: the one that runs from
 * behind multiplies by conj(Lambda_bar_{k+1}), the other one by conj(Lambda_bar_k).
 *
 * <p>Padding has time steps of 0 and inputs of 0, and so changes nothing.
 *
 * <p>Launch order:
 *
 * <ol>
 *   <li>{@link #timedTileEnds}, {@code plan.tileLaunch()};
 *   <li>{@link TileStartKernels#tileStarts} with adjoint 0, {@code plan.startLaunch()};
 *   <li>{@link #timedTiles}, {@code plan.tileLaunch()}.
 * </ol>
 *
 * <p>With {@code plan.tiles() == 1} only the last one is launched.
 */
public final class TimedScanKernels {
    /** Positions of a thread. */
    static final int CHUNK = 8;

    /** Time steps that it needs. */
    static final int STEPS = CHUNK + 1;

    /** In {@code flags}: the bilinear method rather than zero-order hold. */
    static final int BILINEAR = 1;

    /** In {@code flags}: the real part of Lambda is limited. */
    static final int CLIP = 2;

    /** In {@code flags}: both directions. */
    static final int BIDIRECTIONAL = 4;

    /** In {@code flags}: the adjoint of the scan. */
    static final int ADJOINT = 8;

    private TimedScanKernels() {}

    /**
     * As {@link ScanKernels#scanTileEnds}, and the product of each tile's Lambda_bar.
     *
     * @param parameters holds Lambda's parts and log Delta from {@code reAt}, {@code imAt} and
     *     {@code stepAt} on
     * @param dt (B, L) from {@code dtAt}
     * @param given w (B L, 2P), or dX (B L, 2P d) in the adjoint
     * @param ends (2 B tiles, 2P d): ends, then products; written
     * @param rows B tiles
     */
    public static void timedTileEnds(
            KernelContext c,
            FloatArray parameters,
            int reAt,
            int imAt,
            int stepAt,
            FloatArray dt,
            int dtAt,
            FloatArray given,
            FloatArray ends,
            int flags,
            float rescale,
            int length,
            int states,
            int lanes,
            int chunks,
            int tiles,
            int rows) {
        float[] endRe = c.allocateFloatLocalArray(2 * Launch.GROUP);
        float[] endIm = c.allocateFloatLocalArray(2 * Launch.GROUP);
        float[] productRe = c.allocateFloatLocalArray(2 * Launch.GROUP);
        float[] productIm = c.allocateFloatLocalArray(2 * Launch.GROUP);
        int adjoint = (flags & ADJOINT) / ADJOINT;
        int directions = 1 + (flags & BIDIRECTIONAL) / BIDIRECTIONAL;
        int local = c.localIdx;
        int lane = local % lanes;
        int chunk = local / lanes;
        int stateGroups = (states + lanes - 1) / lanes;
        int row = c.groupIdx / stateGroups;
        int p = (c.groupIdx % stateGroups) * lanes + lane;
        int state = Math.min(p, states - 1);
        int first = ((row % tiles) * chunks + chunk) * CHUNK;
        int sequence = (row / tiles) * length;
        int inWidth = 2 * states * (1 + adjoint * (directions - 1));
        float delta = DiscretizeKernels.step(rescale, parameters.get(stepAt + state));
        float lambdaRe = DiscretizeKernels.limited(parameters.get(reAt + state), flags & CLIP);
        float lambdaIm = parameters.get(imAt + state);

        float[] steps = new float[STEPS];
        float[] barRe = new float[STEPS];
        float[] barIm = new float[STEPS];
        float[] frontRe = new float[STEPS];
        float[] frontIm = new float[STEPS];
        float[] behindRe = new float[STEPS];
        float[] behindIm = new float[STEPS];
        TimedStep.read(
                lambdaRe,
                lambdaIm,
                delta,
                dt,
                dtAt + sequence,
                given,
                sequence * inWidth + state,
                inWidth,
                states,
                first,
                length,
                flags,
                steps,
                barRe,
                barIm,
                frontRe,
                frontIm,
                behindRe,
                behindIm);
        float[] z = new float[2];
        float[] product = new float[2];
        Chunk.timedFront(z, product, barRe, barIm, frontRe, frontIm);
        endRe[local] = z[0];
        endIm[local] = z[1];
        productRe[local] = product[0];
        productIm[local] = product[1];
        Chunk.timedBehind(z, product, barRe, barIm, behindRe, behindIm);
        endRe[Launch.GROUP + local] = z[0];
        endIm[Launch.GROUP + local] = z[1];
        productRe[Launch.GROUP + local] = product[0];
        productIm[Launch.GROUP + local] = product[1];
        c.localBarrier();
        if (p < states) {
            int width = 2 * states * directions;
            // The first chunk's threads join what came from the front, the last chunk's the rest.
            for (int side = 0; side < 2; side++) {
                int direction = (side + adjoint) & 1;
                if (direction < directions) {
                    if (chunk == side * (chunks - 1)) {
                        Complex.set(z, 0f, 0f);
                        Complex.set(product, 1f, 0f);
                        for (int j = 0; j < chunks; j++) {
                            int next = j + side * (chunks - 1 - 2 * j);
                            int at = side * Launch.GROUP + next * lanes + lane;
                            Complex.step(z, productRe[at], productIm[at], endRe[at], endIm[at]);
                            Complex.multiply(product, productRe[at], productIm[at]);
                        }
                        int out = row * width + direction * 2 * states + state;
                        ends.set(out, z[0]);
                        ends.set(out + states, z[1]);
                        ends.set(rows * width + out, product[0]);
                        ends.set(rows * width + out + states, product[1]);
                    }
                }
            }
        }
    }

    /**
     * The states, every tile from its true start; arguments as in {@link #timedTileEnds}.
     *
     * @param w (B L, 2P)
     * @param starts (B tiles, 2P d), from {@link TileStartKernels#tileStarts}; not read when there
     *     is one tile
     * @param x (B L, 2P d); written
     */
    public static void timedTiles(
            KernelContext c,
            FloatArray parameters,
            int reAt,
            int imAt,
            int stepAt,
            FloatArray dt,
            int dtAt,
            FloatArray w,
            FloatArray starts,
            FloatArray x,
            int flags,
            float rescale,
            int length,
            int states,
            int lanes,
            int chunks,
            int tiles) {
        float[] endRe = c.allocateFloatLocalArray(2 * Launch.GROUP);
        float[] endIm = c.allocateFloatLocalArray(2 * Launch.GROUP);
        float[] productRe = c.allocateFloatLocalArray(2 * Launch.GROUP);
        float[] productIm = c.allocateFloatLocalArray(2 * Launch.GROUP);
        int directions = 1 + (flags & BIDIRECTIONAL) / BIDIRECTIONAL;
        int local = c.localIdx;
        int lane = local % lanes;
        int chunk = local / lanes;
        int stateGroups = (states + lanes - 1) / lanes;
        int row = c.groupIdx / stateGroups;
        int p = (c.groupIdx % stateGroups) * lanes + lane;
        int state = Math.min(p, states - 1);
        int first = ((row % tiles) * chunks + chunk) * CHUNK;
        int sequence = (row / tiles) * length;
        int width = 2 * states;
        float delta = DiscretizeKernels.step(rescale, parameters.get(stepAt + state));
        float lambdaRe = DiscretizeKernels.limited(parameters.get(reAt + state), flags & CLIP);
        float lambdaIm = parameters.get(imAt + state);

        float[] steps = new float[STEPS];
        float[] barRe = new float[STEPS];
        float[] barIm = new float[STEPS];
        float[] re = new float[STEPS];
        float[] im = new float[STEPS];
        float[] behindRe = new float[STEPS];
        float[] behindIm = new float[STEPS];
        TimedStep.read(
                lambdaRe,
                lambdaIm,
                delta,
                dt,
                dtAt + sequence,
                w,
                sequence * width + state,
                width,
                states,
                first,
                length,
                flags,
                steps,
                barRe,
                barIm,
                re,
                im,
                behindRe,
                behindIm);
        float[] z = new float[2];
        float[] product = new float[2];
        Chunk.timedFront(z, product, barRe, barIm, re, im);
        endRe[local] = z[0];
        endIm[local] = z[1];
        productRe[local] = product[0];
        productIm[local] = product[1];
        Chunk.timedBehind(z, product, barRe, barIm, behindRe, behindIm);
        endRe[Launch.GROUP + local] = z[0];
        endIm[Launch.GROUP + local] = z[1];
        productRe[Launch.GROUP + local] = product[0];
        productIm[Launch.GROUP + local] = product[1];
        c.localBarrier();

        int outWidth = width * directions;
        int start = row * outWidth + state;
        int out = (sequence + first) * outWidth + state;
        int writable = length - first;
        if (p >= states) {
            writable = 0;
        }
        Chunk.start(z, starts, start, states, tiles);
        for (int j = 0; j < chunk; j++) {
            int at = j * lanes + lane;
            Complex.step(z, productRe[at], productIm[at], endRe[at], endIm[at]);
        }
        for (int i = 0; i < CHUNK; i++) {
            Complex.step(z, barRe[i], barIm[i], re[i], im[i]);
            re[i] = z[0];
            im[i] = z[1];
        }
        if (directions == 2) {
            Chunk.start(z, starts, start + width, states, tiles);
            for (int j = chunks - 1; j > chunk; j--) {
                int at = Launch.GROUP + j * lanes + lane;
                Complex.step(z, productRe[at], productIm[at], endRe[at], endIm[at]);
            }
            for (int i = CHUNK; i > 0; i--) {
                Complex.step(z, barRe[i], barIm[i], behindRe[i], behindIm[i]);
                behindRe[i] = z[0];
                behindIm[i] = z[1];
            }
        }
        for (int i = 0; i < CHUNK; i++) {
            if (i < writable) {
                x.set(out + i * outWidth, re[i]);
                x.set(out + i * outWidth + states, im[i]);
                if (directions == 2) {
                    x.set(out + i * outWidth + width, behindRe[i + 1]);
                    x.set(out + i * outWidth + width + states, behindIm[i + 1]);
                }
            }
        }
    }
}
