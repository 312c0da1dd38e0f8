package s5.tornado.scan;

import s5.tornado.Launch;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
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
 *   <li>{@link TimedEndKernels#timedTileEnds}, {@code plan.tileLaunch()};
 *   <li>{@link #timedTileStarts} with adjoint 0, {@code plan.startLaunch()};
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

    private TimedScanKernels() {}

    /**
     * As {@link ScanKernels#scanTileStarts}, with each tile's product.
     *
     * @param ends (B tiles, 2, 2P d): ends, which become starts, and products
     * @param adjoint 0 or 1; the products are conjugates then
     */
    public static void timedTileStarts(
            KernelContext c,
            FloatArray ends,
            int states,
            int lanes,
            int stateGroups,
            int tiles,
            int share,
            int directions,
            int adjoint) {
        float[] endRe = c.allocateFloatLocalArray(Launch.GROUP);
        float[] endIm = c.allocateFloatLocalArray(Launch.GROUP);
        float[] wholeRe = c.allocateFloatLocalArray(Launch.GROUP);
        float[] wholeIm = c.allocateFloatLocalArray(Launch.GROUP);
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
        int products = 2 * states * directions;
        int width = 2 * products;
        int stride = width - 2 * backward * width;
        int base =
                (sequence * tiles + backward * (tiles - 1)) * width
                        + direction * 2 * states
                        + state;
        int from = piece * share;
        int left = tiles - from;
        float[] re = new float[share];
        float[] im = new float[share];
        float[] byRe = new float[share];
        float[] byIm = new float[share];
        for (int j = 0; j < share; j++) {
            float a = 0f;
            float b = 0f;
            float pr = 1f;
            float pi = 0f;
            if (j < left) {
                int at = base + (from + j) * stride;
                a = ends.get(at);
                b = ends.get(at + states);
                pr = ends.get(at + products);
                pi = ends.get(at + products + states);
            }
            re[j] = a;
            im[j] = b;
            byRe[j] = pr;
            byIm[j] = pi;
        }
        float sr = 0f;
        float si = 0f;
        float qr = 1f;
        float qi = 0f;
        for (int j = 0; j < share; j++) {
            float t = byRe[j] * sr - byIm[j] * si + re[j];
            si = byRe[j] * si + byIm[j] * sr + im[j];
            sr = t;
            t = byRe[j] * qr - byIm[j] * qi;
            qi = byRe[j] * qi + byIm[j] * qr;
            qr = t;
        }
        endRe[local] = sr;
        endIm[local] = si;
        wholeRe[local] = qr;
        wholeIm[local] = qi;
        c.localBarrier();
        sr = 0f;
        si = 0f;
        for (int j = 0; j < piece; j++) {
            float ar = wholeRe[j * lanes + lane];
            float ai = wholeIm[j * lanes + lane];
            float t = ar * sr - ai * si + endRe[j * lanes + lane];
            si = ar * si + ai * sr + endIm[j * lanes + lane];
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
            float t = byRe[j] * sr - byIm[j] * si + re[j];
            si = byRe[j] * si + byIm[j] * sr + im[j];
            sr = t;
        }
    }

    /**
     * The states, every tile from its true start; arguments as in {@link
     * TimedEndKernels#timedTileEnds}.
     *
     * @param starts (B tiles, 2, 2P d), from {@link #timedTileStarts}; not read when there is one
     *     tile
     * @param out (B L, 2P d); written
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
            FloatArray out,
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
        int bilinear = flags & BILINEAR;
        int directions = 1 + (flags & BIDIRECTIONAL) / BIDIRECTIONAL;
        int local = c.localIdx;
        int lane = local % lanes;
        int chunk = local / lanes;
        int stateGroups = (states + lanes - 1) / lanes;
        int row = c.groupIdx / stateGroups;
        int p = (c.groupIdx % stateGroups) * lanes + lane;
        int state = Math.min(p, states - 1);
        int first = ((row % tiles) * chunks + chunk) * CHUNK;
        int left = length - first;
        int sequence = (row / tiles) * length;
        int width = 2 * states;
        float delta = DiscretizeKernels.step(rescale, parameters.get(stepAt + state));
        float lambdaRe = DiscretizeKernels.limited(parameters.get(reAt + state), flags & CLIP);
        float lambdaIm = parameters.get(imAt + state);

        float[] barRe = new float[STEPS];
        float[] barIm = new float[STEPS];
        float[] re = new float[STEPS];
        float[] im = new float[STEPS];
        float[] backRe = new float[STEPS];
        float[] backIm = new float[STEPS];
        float beforeRe = 0f;
        float beforeIm = 0f;
        for (int j = 0; j < STEPS; j++) {
            int position = first + j;
            float time = 0f;
            float wRe = 0f;
            float wIm = 0f;
            if (position < length) {
                time = dt.get(dtAt + sequence + position);
                if (j < CHUNK) {
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
            backRe[j] = sRe * beforeRe - sIm * beforeIm;
            backIm[j] = sRe * beforeIm + sIm * beforeRe;
            beforeRe = wRe;
            beforeIm = wIm;
        }
        float fr = 0f;
        float fi = 0f;
        float qr = 1f;
        float qi = 0f;
        for (int i = 0; i < CHUNK; i++) {
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
        for (int i = CHUNK; i > 0; i--) {
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

        int outWidth = width * directions;
        int start = row * 2 * outWidth + state;
        int to = (sequence + first) * outWidth + state;
        int writable = left;
        if (p >= states) {
            writable = 0;
        }
        float sr = 0f;
        float si = 0f;
        if (tiles > 1) {
            sr = starts.get(start);
            si = starts.get(start + states);
        }
        for (int j = 0; j < chunk; j++) {
            float ar = frontRe[j * lanes + lane];
            float ai = frontIm[j * lanes + lane];
            float t = ar * sr - ai * si + forwardRe[j * lanes + lane];
            si = ar * si + ai * sr + forwardIm[j * lanes + lane];
            sr = t;
        }
        for (int i = 0; i < CHUNK; i++) {
            float t = barRe[i] * sr - barIm[i] * si + re[i];
            si = barRe[i] * si + barIm[i] * sr + im[i];
            sr = t;
            re[i] = sr;
            im[i] = si;
            if (directions == 1) {
                if (i < writable) {
                    out.set(to + i * outWidth, sr);
                    out.set(to + i * outWidth + states, si);
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
                float ar = behindRe[j * lanes + lane];
                float ai = behindIm[j * lanes + lane];
                float t = ar * sr - ai * si + backwardRe[j * lanes + lane];
                si = ar * si + ai * sr + backwardIm[j * lanes + lane];
                sr = t;
            }
            for (int i = CHUNK - 1; i >= 0; i--) {
                float t = barRe[i + 1] * sr - barIm[i + 1] * si + backRe[i + 1];
                si = barRe[i + 1] * si + barIm[i + 1] * sr + backIm[i + 1];
                sr = t;
                if (i < writable) {
                    out.set(to + i * outWidth, re[i]);
                    out.set(to + i * outWidth + states, im[i]);
                    out.set(to + i * outWidth + width, sr);
                    out.set(to + i * outWidth + width + states, si);
                }
            }
        }
    }
}
