package s5.tornado.scan;

import s5.tornado.Launch;
import s5.tornado.sum.ColumnSums;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * The adjoint of the scan with a time step of its own at every position; see {@link
 * s5.ops.TimedOp.ScanTimedAdjoint}, and {@link TimedScanKernels} for the words and arguments.
 *
 * <p>Launch order, with {@code plan = ScanPlan.timed(...)}:
 *
 * <ol>
 *   <li>{@link TimedScanKernels#timedTileEnds} with ADJOINT in its flags, {@code
 *       plan.tileLaunch()};
 *   <li>{@link TileStartKernels#tileStarts} with adjoint 1, {@code plan.startLaunch()};
 *   <li>{@link #timedAdjointTiles}, {@code plan.tileLaunch()};
 *   <li>{@link ColumnSums#columnTotals} over {@code (plan.partialRows(), 3P)}.
 * </ol>
 *
 * <p>With {@code plan.tiles() == 1} the first two are left out.
 */
public final class TimedAdjointKernels {
    /** Sums kept for a state: gradients by both parts of Lambda and by log Delta. */
    static final int SUMS = 3;

    private TimedAdjointKernels() {}

    /**
     * Gradients by the inputs, summed over the directions, and each tile's part of those by the
     * parameters. Both directions of a time step go through its discretization together: the
     * forward one at its own position and the backward one at the position before.
     *
     * @param w (B L, 2P)
     * @param x (B L, 2P d), the states
     * @param dX (B L, 2P d)
     * @param starts (B tiles, 2P d), from {@link TileStartKernels#tileStarts}; not read when there
     *     is one tile
     * @param dW (B L, 2P); written
     * @param partial (B tiles, 3P): by real part, by imaginary part, by log Delta; written
     */
    public static void timedAdjointTiles(
            KernelContext c,
            FloatArray parameters,
            int reAt,
            int imAt,
            int stepAt,
            FloatArray dt,
            int dtAt,
            FloatArray w,
            FloatArray x,
            FloatArray dX,
            FloatArray starts,
            FloatArray dW,
            FloatArray partial,
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
        int bilinear = flags & TimedScanKernels.BILINEAR;
        int directions =
                1 + (flags & TimedScanKernels.BIDIRECTIONAL) / TimedScanKernels.BIDIRECTIONAL;
        int local = c.localIdx;
        int lane = local % lanes;
        int chunk = local / lanes;
        int stateGroups = (states + lanes - 1) / lanes;
        int row = c.groupIdx / stateGroups;
        int p = (c.groupIdx % stateGroups) * lanes + lane;
        int state = Math.min(p, states - 1);
        int first = ((row % tiles) * chunks + chunk) * TimedScanKernels.CHUNK;
        int left = length - first;
        int sequence = (row / tiles) * length;
        int width = 2 * states * directions;
        int base = (sequence + first) * width + state;
        float delta = DiscretizeKernels.step(rescale, parameters.get(stepAt + state));
        float given = parameters.get(reAt + state);
        float lambdaRe = DiscretizeKernels.limited(given, flags & TimedScanKernels.CLIP);
        float lambdaIm = parameters.get(imAt + state);

        // The forward direction's gradient runs from behind, the backward one's from the front.
        float[] steps = new float[TimedScanKernels.STEPS];
        float[] barRe = new float[TimedScanKernels.STEPS];
        float[] barIm = new float[TimedScanKernels.STEPS];
        float[] frontRe = new float[TimedScanKernels.STEPS];
        float[] frontIm = new float[TimedScanKernels.STEPS];
        float[] behindRe = new float[TimedScanKernels.STEPS];
        float[] behindIm = new float[TimedScanKernels.STEPS];
        TimedStep.read(
                lambdaRe,
                lambdaIm,
                delta,
                dt,
                dtAt + sequence,
                dX,
                sequence * width + state,
                width,
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
        Chunk.timedBehind(z, product, barRe, barIm, behindRe, behindIm);
        endRe[Launch.GROUP + local] = z[0];
        endIm[Launch.GROUP + local] = z[1];
        productRe[Launch.GROUP + local] = product[0];
        productIm[Launch.GROUP + local] = product[1];
        Chunk.timedFront(z, product, barRe, barIm, frontRe, frontIm);
        endRe[local] = z[0];
        endIm[local] = z[1];
        productRe[local] = product[0];
        productIm[local] = product[1];
        c.localBarrier();

        // The gradients by the states take the place of those by the outputs.
        int start = row * width + state;
        Chunk.start(z, starts, start, states, tiles);
        for (int j = chunks - 1; j > chunk; j--) {
            int at = Launch.GROUP + j * lanes + lane;
            Complex.step(z, productRe[at], productIm[at], endRe[at], endIm[at]);
        }
        for (int i = TimedScanKernels.CHUNK; i > 0; i--) {
            Complex.step(z, barRe[i], barIm[i], behindRe[i], behindIm[i]);
            behindRe[i] = z[0];
            behindIm[i] = z[1];
        }
        Complex.set(z, 0f, 0f);
        if (directions == 2) {
            Chunk.start(z, starts, start + 2 * states, states, tiles);
        }
        for (int j = 0; j < chunk; j++) {
            int at = j * lanes + lane;
            Complex.step(z, productRe[at], productIm[at], endRe[at], endIm[at]);
        }
        for (int i = 0; i < TimedScanKernels.CHUNK; i++) {
            Complex.step(z, barRe[i], barIm[i], frontRe[i], frontIm[i]);
            frontRe[i] = z[0];
            frontIm[i] = z[1];
        }

        int writable = left;
        if (p >= states) {
            writable = 0;
        }
        int out = (sequence + first) * 2 * states + state;
        float[] bar = new float[2];
        float[] phi = new float[2];
        float[] slope = new float[2];
        float[] byBar = new float[2];
        float[] byFactor = new float[2];
        float[] sums = new float[SUMS];
        sums[0] = 0f;
        sums[1] = 0f;
        sums[2] = 0f;
        float beforeRe = 0f;
        float beforeIm = 0f;
        float partRe = 0f;
        float partIm = 0f;
        for (int j = 0; j < TimedScanKernels.STEPS; j++) {
            // the forward direction at this position
            float fr = 0f;
            float fi = 0f;
            float wr = 0f;
            float wi = 0f;
            float xr = 0f;
            float xi = 0f;
            if (j < TimedScanKernels.CHUNK) {
                if (j < left) {
                    fr = behindRe[j + 1];
                    fi = behindIm[j + 1];
                    wr = w.get(out + j * 2 * states);
                    wi = w.get(out + j * 2 * states + states);
                    if (first + j > 0) {
                        xr = x.get(base + (j - 1) * width);
                        xi = x.get(base + (j - 1) * width + states);
                    }
                }
            }
            // the backward one at the position before
            float br = 0f;
            float bi = 0f;
            float yr = 0f;
            float yi = 0f;
            if (j > 0) {
                if (j <= left) {
                    br = frontRe[j - 1];
                    bi = frontIm[j - 1];
                }
                if (directions == 2) {
                    if (j < left) {
                        yr = x.get(base + j * width + 2 * states);
                        yi = x.get(base + j * width + 3 * states);
                    }
                }
            }
            float step = steps[j];
            float zRe = lambdaRe * step;
            float zIm = lambdaIm * step;
            Complex.set(bar, barRe[j], -barIm[j]);
            TimedStep.phi(phi, zRe, zIm, bar, bilinear);
            TimedStep.slope(slope, zRe, zIm, bar, phi, bilinear);
            conjugates(byBar, xr, xi, fr, fi, yr, yi, br, bi);
            conjugates(byFactor, wr, wi, fr, fi, beforeRe, beforeIm, br, bi);
            addGradients(
                    sums, lambdaRe, lambdaIm, step, bar, phi, slope, byBar, byFactor, bilinear);
            if (j > 0) {
                if (j - 1 < writable) {
                    int to = out + (j - 1) * 2 * states;
                    dW.set(to, partRe + step * (phi[0] * br + phi[1] * bi));
                    dW.set(to + states, partIm + step * (phi[0] * bi - phi[1] * br));
                }
            }
            partRe = step * (phi[0] * fr + phi[1] * fi);
            partIm = step * (phi[0] * fi - phi[1] * fr);
            beforeRe = wr;
            beforeIm = wi;
        }
        c.localBarrier();
        endRe[local] = sums[0];
        endIm[local] = sums[1];
        productRe[local] = sums[2];
        c.localBarrier();
        if (chunk == 0) {
            if (p < states) {
                float totalRe = 0f;
                float totalIm = 0f;
                float totalLog = 0f;
                for (int j = 0; j < chunks; j++) {
                    totalRe += endRe[j * lanes + lane];
                    totalIm += endIm[j * lanes + lane];
                    totalLog += productRe[j * lanes + lane];
                }
                if (lambdaRe != given) {
                    totalRe = 0f;
                }
                partial.set(row * SUMS * states + state, totalRe);
                partial.set(row * SUMS * states + states + state, totalIm);
                partial.set(row * SUMS * states + 2 * states + state, totalLog);
            }
        }
    }

    /** {@code z = conj(a) f + conj(b) g}. */
    private static void conjugates(
            float[] z,
            float ar,
            float ai,
            float fr,
            float fi,
            float br,
            float bi,
            float gr,
            float gi) {
        z[0] = ar * fr + ai * fi + br * gr + bi * gi;
        z[1] = ar * fi - ai * fr + br * gi - bi * gr;
    }

    /**
     * Adds what a time step adds to the gradients by both parts of Lambda and by log Delta.
     *
     * @param step {@code Delta dt}
     * @param byBar gradient by Lambda_bar
     * @param byFactor gradient by the factor of the input, {@code step phi}
     */
    private static void addGradients(
            float[] sums,
            float lambdaRe,
            float lambdaIm,
            float step,
            float[] bar,
            float[] phi,
            float[] slope,
            float[] byBar,
            float[] byFactor,
            int bilinear) {
        // E' is E, or phi^2, twice phi', in the bilinear method.
        float barRe = bilinear != 0 ? 2f * slope[0] : bar[0];
        float barIm = bilinear != 0 ? 2f * slope[1] : bar[1];
        float byZRe = barRe * byBar[0] + barIm * byBar[1];
        byZRe += step * (slope[0] * byFactor[0] + slope[1] * byFactor[1]);
        float byZIm = barRe * byBar[1] - barIm * byBar[0];
        byZIm += step * (slope[0] * byFactor[1] - slope[1] * byFactor[0]);
        float byLog = phi[0] * byFactor[0] + phi[1] * byFactor[1];
        byLog = byLog + lambdaRe * byZRe + lambdaIm * byZIm;
        sums[0] += step * byZRe;
        sums[1] += step * byZIm;
        sums[2] += step * byLog;
    }
}
