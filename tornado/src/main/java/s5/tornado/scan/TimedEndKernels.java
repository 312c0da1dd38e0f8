package s5.tornado.scan;

import s5.tornado.Launch;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * The first pass of {@link TimedScanKernels} and {@link TimedAdjointKernels}: what every tile makes
 * of a start from zero, and of any other one.
 */
public final class TimedEndKernels {
    private TimedEndKernels() {}

    /**
     * As {@link ScanKernels#scanTileEnds}, and the product of each tile's Lambda_bar.
     *
     * @param parameters holds Lambda's parts and log Delta from {@code reAt}, {@code imAt} and
     *     {@code stepAt} on
     * @param dt (B, L) from {@code dtAt}
     * @param w (B L, 2P)
     * @param ends (B tiles, 2, 2P d): ends, then products; written
     */
    public static void timedTileEnds(
            KernelContext c,
            FloatArray parameters,
            int reAt,
            int imAt,
            int stepAt,
            FloatArray dt,
            int dtAt,
            FloatArray w,
            FloatArray ends,
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
        int sequence = (row / tiles) * length;
        int width = 2 * states;
        float delta = DiscretizeKernels.step(rescale, parameters.get(stepAt + state));
        float lambdaRe =
                DiscretizeKernels.limited(
                        parameters.get(reAt + state), flags & TimedScanKernels.CLIP);
        float lambdaIm = parameters.get(imAt + state);

        float[] barRe = new float[TimedScanKernels.STEPS];
        float[] barIm = new float[TimedScanKernels.STEPS];
        float[] re = new float[TimedScanKernels.STEPS];
        float[] im = new float[TimedScanKernels.STEPS];
        float[] backRe = new float[TimedScanKernels.STEPS];
        float[] backIm = new float[TimedScanKernels.STEPS];
        float beforeRe = 0f;
        float beforeIm = 0f;
        for (int j = 0; j < TimedScanKernels.STEPS; j++) {
            int position = first + j;
            float time = 0f;
            float wRe = 0f;
            float wIm = 0f;
            if (position < length) {
                time = dt.get(dtAt + sequence + position);
                if (j < TimedScanKernels.CHUNK) {
                    wRe = w.get((sequence + position) * width + state);
                    wIm = w.get((sequence + position) * width + states + state);
                }
            }
            if (position == length) {
                time = dt.get(dtAt + sequence);
            }
            float step = delta * time;
            float x = lambdaRe * step;
            float y = lambdaIm * step;
            float square = x * x + y * y;
            float e = TornadoMath.exp(x);
            float sine = TornadoMath.sin(y / 2f);
            float cosine = TornadoMath.cos(y / 2f);
            float eRe = TimedStep.barRe(x, y, e, sine, bilinear);
            float eIm = TimedStep.barIm(x, y, e, sine, cosine, bilinear);
            float sRe = step * TimedStep.phiRe(x, y, square, eRe, eIm, bilinear);
            float sIm = step * TimedStep.phiIm(x, y, square, eRe, eIm, bilinear);
            barRe[j] = eRe;
            barIm[j] = eIm;
            re[j] = sRe * wRe - sIm * wIm;
            im[j] = sRe * wIm + sIm * wRe;
            // Belongs to the position before.
            backRe[j] = sRe * beforeRe - sIm * beforeIm;
            backIm[j] = sRe * beforeIm + sIm * beforeRe;
            beforeRe = wRe;
            beforeIm = wIm;
        }
        float fr = 0f;
        float fi = 0f;
        float qr = 1f;
        float qi = 0f;
        for (int i = 0; i < TimedScanKernels.CHUNK; i++) {
            float t = barRe[i] * fr - barIm[i] * fi + re[i];
            fi = barRe[i] * fi + barIm[i] * fr + im[i];
            fr = t;
            t = barRe[i] * qr - barIm[i] * qi;
            qi = barRe[i] * qi + barIm[i] * qr;
            qr = t;
        }
        forwardRe[local] = fr;
        forwardIm[local] = fi;
        frontRe[local] = qr;
        frontIm[local] = qi;
        fr = 0f;
        fi = 0f;
        qr = 1f;
        qi = 0f;
        for (int i = TimedScanKernels.CHUNK; i > 0; i--) {
            float t = barRe[i] * fr - barIm[i] * fi + backRe[i];
            fi = barRe[i] * fi + barIm[i] * fr + backIm[i];
            fr = t;
            t = barRe[i] * qr - barIm[i] * qi;
            qi = barRe[i] * qi + barIm[i] * qr;
            qr = t;
        }
        backwardRe[local] = fr;
        backwardIm[local] = fi;
        behindRe[local] = qr;
        behindIm[local] = qi;
        c.localBarrier();
        // The first chunk's threads join the forward ends, the last chunk's the backward ones.
        if (p < states) {
            int products = width * directions;
            int out = row * 2 * products + state;
            if (chunk == 0) {
                float sr = 0f;
                float si = 0f;
                float pr = 1f;
                float pi = 0f;
                for (int j = 0; j < chunks; j++) {
                    float ar = frontRe[j * lanes + lane];
                    float ai = frontIm[j * lanes + lane];
                    float t = ar * sr - ai * si + forwardRe[j * lanes + lane];
                    si = ar * si + ai * sr + forwardIm[j * lanes + lane];
                    sr = t;
                    t = ar * pr - ai * pi;
                    pi = ar * pi + ai * pr;
                    pr = t;
                }
                ends.set(out, sr);
                ends.set(out + states, si);
                ends.set(out + products, pr);
                ends.set(out + products + states, pi);
            }
            if (directions == 2) {
                if (chunk == chunks - 1) {
                    float sr = 0f;
                    float si = 0f;
                    float pr = 1f;
                    float pi = 0f;
                    for (int j = chunks - 1; j >= 0; j--) {
                        float ar = behindRe[j * lanes + lane];
                        float ai = behindIm[j * lanes + lane];
                        float t = ar * sr - ai * si + backwardRe[j * lanes + lane];
                        si = ar * si + ai * sr + backwardIm[j * lanes + lane];
                        sr = t;
                        t = ar * pr - ai * pi;
                        pi = ar * pi + ai * pr;
                        pr = t;
                    }
                    ends.set(out + width, sr);
                    ends.set(out + width + states, si);
                    ends.set(out + products + width, pr);
                    ends.set(out + products + width + states, pi);
                }
            }
        }
    }

    /**
     * As {@link #timedTileEnds} for the adjoint: the forward direction's gradient runs from behind,
     * with the conjugate, and each direction has its own input.
     *
     * @param dX (B L, 2P d)
     * @param ends (B tiles, 2, 2P d): ends, then products; written
     */
    public static void timedAdjointTileEnds(
            KernelContext c,
            FloatArray parameters,
            int reAt,
            int imAt,
            int stepAt,
            FloatArray dt,
            int dtAt,
            FloatArray dX,
            FloatArray ends,
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
        int sequence = (row / tiles) * length;
        int width = 2 * states * directions;
        float delta = DiscretizeKernels.step(rescale, parameters.get(stepAt + state));
        float lambdaRe =
                DiscretizeKernels.limited(
                        parameters.get(reAt + state), flags & TimedScanKernels.CLIP);
        float lambdaIm = parameters.get(imAt + state);

        // Conjugates.
        float[] barRe = new float[TimedScanKernels.STEPS];
        float[] barIm = new float[TimedScanKernels.STEPS];
        float[] re = new float[TimedScanKernels.STEPS];
        float[] im = new float[TimedScanKernels.STEPS];
        float[] backRe = new float[TimedScanKernels.STEPS];
        float[] backIm = new float[TimedScanKernels.STEPS];
        for (int j = 0; j < TimedScanKernels.STEPS; j++) {
            int position = first + j;
            float time = 0f;
            float ar = 0f;
            float ai = 0f;
            float br = 0f;
            float bi = 0f;
            if (position < length) {
                time = dt.get(dtAt + sequence + position);
                if (j < TimedScanKernels.CHUNK) {
                    int at = (sequence + position) * width + state;
                    ar = dX.get(at);
                    ai = dX.get(at + states);
                    if (directions == 2) {
                        br = dX.get(at + 2 * states);
                        bi = dX.get(at + 3 * states);
                    }
                }
            }
            if (position == length) {
                time = dt.get(dtAt + sequence);
            }
            float step = delta * time;
            float x = lambdaRe * step;
            float y = lambdaIm * step;
            float e = TornadoMath.exp(x);
            float sine = TornadoMath.sin(y / 2f);
            float cosine = TornadoMath.cos(y / 2f);
            barRe[j] = TimedStep.barRe(x, y, e, sine, bilinear);
            barIm[j] = -TimedStep.barIm(x, y, e, sine, cosine, bilinear);
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
            float t = barRe[i + 1] * gr - barIm[i + 1] * gi + re[i];
            gi = barRe[i + 1] * gi + barIm[i + 1] * gr + im[i];
            gr = t;
            t = barRe[i + 1] * qr - barIm[i + 1] * qi;
            qi = barRe[i + 1] * qi + barIm[i + 1] * qr;
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
            float t = barRe[i] * gr - barIm[i] * gi + backRe[i];
            gi = barRe[i] * gi + barIm[i] * gr + backIm[i];
            gr = t;
            t = barRe[i] * qr - barIm[i] * qi;
            qi = barRe[i] * qi + barIm[i] * qr;
            qr = t;
        }
        backwardRe[local] = gr;
        backwardIm[local] = gi;
        frontRe[local] = qr;
        frontIm[local] = qi;
        c.localBarrier();
        if (p < states) {
            int out = row * 2 * width + state;
            if (chunk == 0) {
                float sr = 0f;
                float si = 0f;
                float pr = 1f;
                float pi = 0f;
                for (int j = chunks - 1; j >= 0; j--) {
                    float ar = behindRe[j * lanes + lane];
                    float ai = behindIm[j * lanes + lane];
                    float t = ar * sr - ai * si + forwardRe[j * lanes + lane];
                    si = ar * si + ai * sr + forwardIm[j * lanes + lane];
                    sr = t;
                    t = ar * pr - ai * pi;
                    pi = ar * pi + ai * pr;
                    pr = t;
                }
                ends.set(out, sr);
                ends.set(out + states, si);
                ends.set(out + width, pr);
                ends.set(out + width + states, pi);
            }
            if (directions == 2) {
                if (chunk == chunks - 1) {
                    float sr = 0f;
                    float si = 0f;
                    float pr = 1f;
                    float pi = 0f;
                    for (int j = 0; j < chunks; j++) {
                        float ar = frontRe[j * lanes + lane];
                        float ai = frontIm[j * lanes + lane];
                        float t = ar * sr - ai * si + backwardRe[j * lanes + lane];
                        si = ar * si + ai * sr + backwardIm[j * lanes + lane];
                        sr = t;
                        t = ar * pr - ai * pi;
                        pi = ar * pi + ai * pr;
                        pr = t;
                    }
                    ends.set(out + 2 * states, sr);
                    ends.set(out + 3 * states, si);
                    ends.set(out + width + 2 * states, pr);
                    ends.set(out + width + 3 * states, pi);
                }
            }
        }
    }
}
