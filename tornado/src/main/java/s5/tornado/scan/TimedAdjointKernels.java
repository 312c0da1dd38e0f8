package s5.tornado.scan;

import s5.tornado.Launch;
import s5.tornado.sum.ColumnSums;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * The adjoint of the scan with a time step of its own at every position; see {@link
 * s5.ops.TimedOp.ScanTimedAdjoint}, and {@link TimedScanKernels} for the words and arguments.
 *
 * <p>Launch order, with {@code plan = ScanPlan.timed(...)}:
 *
 * <ol>
 *   <li>{@link TimedEndKernels#timedAdjointTileEnds}, {@code plan.tileLaunch()};
 *   <li>{@link TimedScanKernels#timedTileStarts} with adjoint 1, {@code plan.startLaunch()};
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
     * @param starts (B tiles, 2, 2P d), from {@link TimedScanKernels#timedTileStarts}; not read
     *     when there is one tile
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
        float[] forwardRe = c.allocateFloatLocalArray(Launch.GROUP);
        float[] forwardIm = c.allocateFloatLocalArray(Launch.GROUP);
        float[] backwardRe = c.allocateFloatLocalArray(Launch.GROUP);
        float[] backwardIm = c.allocateFloatLocalArray(Launch.GROUP);
        float[] frontRe = c.allocateFloatLocalArray(Launch.GROUP);
        float[] frontIm = c.allocateFloatLocalArray(Launch.GROUP);
        float[] behindRe = c.allocateFloatLocalArray(Launch.GROUP);
        float[] behindIm = c.allocateFloatLocalArray(Launch.GROUP);
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

        // Not conjugates here.
        float[] barRe = new float[TimedScanKernels.STEPS];
        float[] barIm = new float[TimedScanKernels.STEPS];
        float[] steps = new float[TimedScanKernels.STEPS];
        float[] re = new float[TimedScanKernels.STEPS];
        float[] im = new float[TimedScanKernels.STEPS];
        float[] backRe = new float[TimedScanKernels.STEPS];
        float[] backIm = new float[TimedScanKernels.STEPS];
        for (int j = 0; j < TimedScanKernels.STEPS; j++) {
            float time = 0f;
            float ar = 0f;
            float ai = 0f;
            float br = 0f;
            float bi = 0f;
            if (j < left) {
                time = dt.get(dtAt + sequence + first + j);
                if (j < TimedScanKernels.CHUNK) {
                    int at = base + j * width;
                    ar = dX.get(at);
                    ai = dX.get(at + states);
                    if (directions == 2) {
                        br = dX.get(at + 2 * states);
                        bi = dX.get(at + 3 * states);
                    }
                }
            }
            if (j == left) {
                time = dt.get(dtAt + sequence);
            }
            float step = delta * time;
            float zRe = lambdaRe * step;
            float zIm = lambdaIm * step;
            float e = TornadoMath.exp(zRe);
            float sine = TornadoMath.sin(zIm / 2f);
            float cosine = TornadoMath.cos(zIm / 2f);
            barRe[j] = TimedStep.barRe(zRe, zIm, e, sine, bilinear);
            barIm[j] = TimedStep.barIm(zRe, zIm, e, sine, cosine, bilinear);
            steps[j] = step;
            re[j] = ar;
            im[j] = ai;
            backRe[j] = br;
            backIm[j] = bi;
        }
        float gr = 0f;
        float gi = 0f;
        float qr = 1f;
        float qi = 0f;
        for (int i = TimedScanKernels.CHUNK - 1; i >= 0; i--) {
            float t = barRe[i + 1] * gr + barIm[i + 1] * gi + re[i];
            gi = barRe[i + 1] * gi - barIm[i + 1] * gr + im[i];
            gr = t;
            t = barRe[i + 1] * qr + barIm[i + 1] * qi;
            qi = barRe[i + 1] * qi - barIm[i + 1] * qr;
            qr = t;
        }
        forwardRe[local] = gr;
        forwardIm[local] = gi;
        behindRe[local] = qr;
        behindIm[local] = qi;
        gr = 0f;
        gi = 0f;
        qr = 1f;
        qi = 0f;
        for (int i = 0; i < TimedScanKernels.CHUNK; i++) {
            float t = barRe[i] * gr + barIm[i] * gi + backRe[i];
            gi = barRe[i] * gi - barIm[i] * gr + backIm[i];
            gr = t;
            t = barRe[i] * qr + barIm[i] * qi;
            qi = barRe[i] * qi - barIm[i] * qr;
            qr = t;
        }
        backwardRe[local] = gr;
        backwardIm[local] = gi;
        frontRe[local] = qr;
        frontIm[local] = qi;
        c.localBarrier();

        // The gradients by the states take the place of those by the outputs.
        int start = row * 2 * width + state;
        gr = 0f;
        gi = 0f;
        if (tiles > 1) {
            gr = starts.get(start);
            gi = starts.get(start + states);
        }
        for (int j = chunks - 1; j > chunk; j--) {
            float ar = behindRe[j * lanes + lane];
            float ai = behindIm[j * lanes + lane];
            float t = ar * gr - ai * gi + forwardRe[j * lanes + lane];
            gi = ar * gi + ai * gr + forwardIm[j * lanes + lane];
            gr = t;
        }
        for (int i = TimedScanKernels.CHUNK - 1; i >= 0; i--) {
            float t = barRe[i + 1] * gr + barIm[i + 1] * gi + re[i];
            gi = barRe[i + 1] * gi - barIm[i + 1] * gr + im[i];
            gr = t;
            re[i] = gr;
            im[i] = gi;
        }
        gr = 0f;
        gi = 0f;
        if (directions == 2) {
            if (tiles > 1) {
                gr = starts.get(start + 2 * states);
                gi = starts.get(start + 3 * states);
            }
        }
        for (int j = 0; j < chunk; j++) {
            float ar = frontRe[j * lanes + lane];
            float ai = frontIm[j * lanes + lane];
            float t = ar * gr - ai * gi + backwardRe[j * lanes + lane];
            gi = ar * gi + ai * gr + backwardIm[j * lanes + lane];
            gr = t;
        }
        for (int i = 0; i < TimedScanKernels.CHUNK; i++) {
            float t = barRe[i] * gr + barIm[i] * gi + backRe[i];
            gi = barRe[i] * gi - barIm[i] * gr + backIm[i];
            gr = t;
            backRe[i] = gr;
            backIm[i] = gi;
        }

        int writable = left;
        if (p >= states) {
            writable = 0;
        }
        int out = (sequence + first) * 2 * states + state;
        float sumRe = 0f;
        float sumIm = 0f;
        float sumLog = 0f;
        float beforeRe = 0f;
        float beforeIm = 0f;
        float backBeforeRe = 0f;
        float backBeforeIm = 0f;
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
                    fr = re[j];
                    fi = im[j];
                    wr = w.get(out + j * 2 * states);
                    wi = w.get(out + j * 2 * states + states);
                    if (first + j > 0) {
                        xr = x.get(base + (j - 1) * width);
                        xi = x.get(base + (j - 1) * width + states);
                    }
                }
            }
            // the backward one at the position before
            float br = backBeforeRe;
            float bi = backBeforeIm;
            float yr = 0f;
            float yi = 0f;
            if (directions == 2) {
                if (j > 0) {
                    if (j < left) {
                        yr = x.get(base + j * width + 2 * states);
                        yi = x.get(base + j * width + 3 * states);
                    }
                }
            }
            float step = steps[j];
            float zRe = lambdaRe * step;
            float zIm = lambdaIm * step;
            float square = zRe * zRe + zIm * zIm;
            float eRe = barRe[j];
            float eIm = barIm[j];
            float phiRe = TimedStep.phiRe(zRe, zIm, square, eRe, eIm, bilinear);
            float phiIm = TimedStep.phiIm(zRe, zIm, square, eRe, eIm, bilinear);
            float slopeRe = TimedStep.slopeRe(zRe, zIm, square, eRe, eIm, phiRe, phiIm, bilinear);
            float slopeIm = TimedStep.slopeIm(zRe, zIm, square, eRe, eIm, phiRe, phiIm, bilinear);
            // E' is phi^2, twice phi', in the bilinear method
            float slopeERe = eRe;
            float slopeEIm = eIm;
            if (bilinear != 0) {
                slopeERe = 2f * slopeRe;
                slopeEIm = 2f * slopeIm;
            }
            float byBarRe = xr * fr + xi * fi + yr * br + yi * bi;
            float byBarIm = xr * fi - xi * fr + yr * bi - yi * br;
            float byRe = wr * fr + wi * fi + beforeRe * br + beforeIm * bi;
            float byIm = wr * fi - wi * fr + beforeRe * bi - beforeIm * br;
            float byZRe = slopeERe * byBarRe + slopeEIm * byBarIm;
            byZRe += step * (slopeRe * byRe + slopeIm * byIm);
            float byZIm = slopeERe * byBarIm - slopeEIm * byBarRe;
            byZIm += step * (slopeRe * byIm - slopeIm * byRe);
            sumRe += step * byZRe;
            sumIm += step * byZIm;
            sumLog += step * (phiRe * byRe + phiIm * byIm + lambdaRe * byZRe + lambdaIm * byZIm);
            if (j > 0) {
                if (j - 1 < writable) {
                    int to = out + (j - 1) * 2 * states;
                    dW.set(to, partRe + step * (phiRe * br + phiIm * bi));
                    dW.set(to + states, partIm + step * (phiRe * bi - phiIm * br));
                }
            }
            partRe = step * (phiRe * fr + phiIm * fi);
            partIm = step * (phiRe * fi - phiIm * fr);
            beforeRe = wr;
            beforeIm = wi;
            backBeforeRe = 0f;
            backBeforeIm = 0f;
            if (j < left) {
                backBeforeRe = backRe[j];
                backBeforeIm = backIm[j];
            }
        }
        c.localBarrier();
        forwardRe[local] = sumRe;
        forwardIm[local] = sumIm;
        backwardRe[local] = sumLog;
        c.localBarrier();
        if (chunk == 0) {
            if (p < states) {
                float totalRe = 0f;
                float totalIm = 0f;
                float totalLog = 0f;
                for (int j = 0; j < chunks; j++) {
                    totalRe += forwardRe[j * lanes + lane];
                    totalIm += forwardIm[j * lanes + lane];
                    totalLog += backwardRe[j * lanes + lane];
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
}
