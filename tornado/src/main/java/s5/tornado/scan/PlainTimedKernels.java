package s5.tornado.scan;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * The scan with a time step of its own at every position, {@code x_k = Lambda_bar_k x_{k-1} + s_k
 * w_k}, and its adjoint as plain loops, to be read as the definition of what {@link
 * TimedScanKernels} and {@link TimedAdjointKernels} do faster; see {@link
 * s5.ops.TimedOp.ScanTimed}. The same three passes as {@link PlainScanKernels}; what was a power of
 * Lambda_bar there is a product here, which is kept behind the chunk's end.
 *
 * <p>What runs from behind multiplies at position k by the Lambda_bar of the time step of k + 1,
 * what runs from the front by that of k: in the scan these are the backward and the forward
 * direction, in the adjoint the other way round. Behind the last position is the first one's time
 * step.
 *
 * <p>Arguments of all: {@code parameters} holds Lambda's parts and log Delta from {@code reAt},
 * {@code imAt} and {@code stepAt} on; {@code dt} (B, L) from {@code dtAt}; {@code flags} as {@link
 * TimedScanKernels} has them.
 */
public final class PlainTimedKernels {
    /** Positions of a chunk. */
    static final int CHUNK = 64;

    private PlainTimedKernels() {}

    /** The place of a time step in dt: of {@code position}, the first one's behind the last. */
    private static int time(int sequence, int position, int length) {
        return sequence * length + position % length;
    }

    /**
     * The state at the end of every chunk that starts from zero, and the product of the chunk's
     * Lambda_bar.
     *
     * @param given w (B L, 2P), or dX (B L, 2P d) for the adjoint
     * @param ends (B chunks, d, 4P): ends, products; written
     * @param rows B chunks d
     * @param adjoint 0 or 1; the products are conjugates then
     */
    public static void plainTimedEnds(
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
            int chunks,
            int states,
            int rows,
            int adjoint) {
        for (@Parallel int i = 0; i < rows * states; i++) {
            int directions =
                    1 + (flags & TimedScanKernels.BIDIRECTIONAL) / TimedScanKernels.BIDIRECTIONAL;
            int bilinear = flags & TimedScanKernels.BILINEAR;
            int p = i % states;
            int row = i / states;
            int direction = row % directions;
            int chunk = row / directions % chunks;
            int sequence = row / directions / chunks;
            int backward = (direction + adjoint) & 1;
            int count = Math.min(CHUNK, length - chunk * CHUNK);
            int width = 2 * states * (1 + adjoint * (directions - 1));
            float delta = DiscretizeKernels.step(rescale, parameters.get(stepAt + p));
            float lambdaRe =
                    DiscretizeKernels.limited(
                            parameters.get(reAt + p), flags & TimedScanKernels.CLIP);
            float lambdaIm = parameters.get(imAt + p);
            float[] bar = new float[2];
            float[] phi = new float[2];
            float xr = 0f;
            float xi = 0f;
            float productRe = 1f;
            float productIm = 0f;
            for (int k = 0; k < count; k++) {
                int position = chunk * CHUNK + k + backward * (count - 1 - 2 * k);
                float step = delta * dt.get(dtAt + time(sequence, position + backward, length));
                float x = lambdaRe * step;
                float y = lambdaIm * step;
                TimedStep.bar(bar, x, y, bilinear);
                int at =
                        (sequence * length + position) * width
                                + adjoint * direction * 2 * states
                                + p;
                float re = given.get(at);
                float im = given.get(at + states);
                if (adjoint == 0) {
                    TimedStep.phi(phi, x, y, bar, bilinear);
                    float sRe = step * phi[0];
                    float sIm = step * phi[1];
                    float t = sRe * re - sIm * im;
                    im = sRe * im + sIm * re;
                    re = t;
                }
                float barRe = bar[0];
                float barIm = bar[1] * (1 - 2 * adjoint);
                float t = barRe * xr - barIm * xi + re;
                xi = barRe * xi + barIm * xr + im;
                xr = t;
                t = barRe * productRe - barIm * productIm;
                productIm = barRe * productIm + barIm * productRe;
                productRe = t;
            }
            ends.set(row * 4 * states + p, xr);
            ends.set(row * 4 * states + states + p, xi);
            ends.set(row * 4 * states + 2 * states + p, productRe);
            ends.set(row * 4 * states + 3 * states + p, productIm);
        }
    }

    /**
     * Turns, in place, the ends of the chunks into the states before them.
     *
     * @param ends (B chunks, d, 4P): ends, which are changed, and products
     * @param scans B d
     */
    public static void plainTimedStarts(
            FloatArray ends, int chunks, int states, int directions, int scans, int adjoint) {
        for (@Parallel int i = 0; i < scans * states; i++) {
            int p = i % states;
            int direction = i / states % directions;
            int sequence = i / states / directions;
            int backward = (direction + adjoint) & 1;
            float xr = 0f;
            float xi = 0f;
            for (int k = 0; k < chunks; k++) {
                int chunk = k + backward * (chunks - 1 - 2 * k);
                int at = ((sequence * chunks + chunk) * directions + direction) * 4 * states + p;
                float endRe = ends.get(at);
                float endIm = ends.get(at + states);
                float productRe = ends.get(at + 2 * states);
                float productIm = ends.get(at + 3 * states);
                ends.set(at, xr);
                ends.set(at + states, xi);
                float t = productRe * xr - productIm * xi + endRe;
                xi = productRe * xi + productIm * xr + endIm;
                xr = t;
            }
        }
    }

    /**
     * The states.
     *
     * @param w (B L, 2P)
     * @param starts (B chunks, d, 4P) from {@link #plainTimedStarts}
     * @param out (B L, 2P d); written
     * @param rows B chunks d
     */
    public static void plainTimedStates(
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
            int chunks,
            int states,
            int rows) {
        for (@Parallel int i = 0; i < rows * states; i++) {
            int directions =
                    1 + (flags & TimedScanKernels.BIDIRECTIONAL) / TimedScanKernels.BIDIRECTIONAL;
            int bilinear = flags & TimedScanKernels.BILINEAR;
            int p = i % states;
            int row = i / states;
            int direction = row % directions;
            int chunk = row / directions % chunks;
            int sequence = row / directions / chunks;
            int count = Math.min(CHUNK, length - chunk * CHUNK);
            float delta = DiscretizeKernels.step(rescale, parameters.get(stepAt + p));
            float lambdaRe =
                    DiscretizeKernels.limited(
                            parameters.get(reAt + p), flags & TimedScanKernels.CLIP);
            float lambdaIm = parameters.get(imAt + p);
            float[] bar = new float[2];
            float[] phi = new float[2];
            float xr = starts.get(row * 4 * states + p);
            float xi = starts.get(row * 4 * states + states + p);
            for (int k = 0; k < count; k++) {
                int position = chunk * CHUNK + k + direction * (count - 1 - 2 * k);
                float step = delta * dt.get(dtAt + time(sequence, position + direction, length));
                float x = lambdaRe * step;
                float y = lambdaIm * step;
                TimedStep.bar(bar, x, y, bilinear);
                TimedStep.phi(phi, x, y, bar, bilinear);
                float sRe = step * phi[0];
                float sIm = step * phi[1];
                int at = (sequence * length + position) * 2 * states + p;
                float re = w.get(at);
                float im = w.get(at + states);
                float t = bar[0] * xr - bar[1] * xi + sRe * re - sIm * im;
                xi = bar[0] * xi + bar[1] * xr + sRe * im + sIm * re;
                xr = t;
                int to = ((sequence * length + position) * directions + direction) * 2 * states + p;
                out.set(to, xr);
                out.set(to + states, xi);
            }
        }
    }

    /**
     * Gradients by the inputs, summed over the directions, and each chunk's part of those by the
     * parameters. The state's gradient g is made with the Lambda_bar of the position that it comes
     * from; what it leaves behind goes through the discretization of its own.
     *
     * @param w (B L, 2P)
     * @param x (B L, 2P d), the states
     * @param dX (B L, 2P d)
     * @param starts (B chunks, d, 4P) from {@link #plainTimedStarts} with adjoint 1
     * @param dW (B L, 2P); written
     * @param partial (B chunks, 3P): by real part, by imaginary part, by log Delta; written
     * @param rows B chunks
     */
    public static void plainTimedGradients(
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
            int chunks,
            int states,
            int rows) {
        for (@Parallel int i = 0; i < rows * states; i++) {
            int directions =
                    1 + (flags & TimedScanKernels.BIDIRECTIONAL) / TimedScanKernels.BIDIRECTIONAL;
            int bilinear = flags & TimedScanKernels.BILINEAR;
            int p = i % states;
            int row = i / states;
            int chunk = row % chunks;
            int sequence = row / chunks;
            int count = Math.min(CHUNK, length - chunk * CHUNK);
            int width = 2 * states * directions;
            float delta = DiscretizeKernels.step(rescale, parameters.get(stepAt + p));
            float unlimited = parameters.get(reAt + p);
            float lambdaRe = DiscretizeKernels.limited(unlimited, flags & TimedScanKernels.CLIP);
            float lambdaIm = parameters.get(imAt + p);
            float[] after = new float[2];
            float[] bar = new float[2];
            float[] phi = new float[2];
            float[] slope = new float[2];
            float sumRe = 0f;
            float sumIm = 0f;
            float sumLog = 0f;
            for (int direction = 0; direction < directions; direction++) {
                float gr = starts.get((row * directions + direction) * 4 * states + p);
                float gi = starts.get((row * directions + direction) * 4 * states + states + p);
                for (int k = 0; k < count; k++) {
                    int position = chunk * CHUNK + k + (1 - direction) * (count - 1 - 2 * k);
                    int at = (sequence * length + position) * width + direction * 2 * states + p;
                    int next = time(sequence, position + 1 - direction, length);
                    float afterX = lambdaRe * delta * dt.get(dtAt + next);
                    float afterY = lambdaIm * delta * dt.get(dtAt + next);
                    TimedStep.bar(after, afterX, afterY, bilinear);
                    float t = after[0] * gr + after[1] * gi + dX.get(at);
                    gi = after[0] * gi - after[1] * gr + dX.get(at + states);
                    gr = t;

                    float step =
                            delta * dt.get(dtAt + time(sequence, position + direction, length));
                    float zRe = lambdaRe * step;
                    float zIm = lambdaIm * step;
                    TimedStep.bar(bar, zRe, zIm, bilinear);
                    TimedStep.phi(phi, zRe, zIm, bar, bilinear);
                    TimedStep.slope(slope, zRe, zIm, bar, phi, bilinear);
                    // E' is phi^2, twice phi', in the bilinear method
                    float slopeERe = bar[0];
                    float slopeEIm = bar[1];
                    if (bilinear != 0) {
                        slopeERe = 2f * slope[0];
                        slopeEIm = 2f * slope[1];
                    }
                    // the state that Lambda_bar multiplied
                    float xr = 0f;
                    float xi = 0f;
                    int before = position - 1 + 2 * direction;
                    if (before >= 0) {
                        if (before < length) {
                            xr = x.get(at + (before - position) * width);
                            xi = x.get(at + (before - position) * width + states);
                        }
                    }
                    int in = (sequence * length + position) * 2 * states + p;
                    float wr = w.get(in);
                    float wi = w.get(in + states);
                    float byBarRe = xr * gr + xi * gi;
                    float byBarIm = xr * gi - xi * gr;
                    float bySRe = wr * gr + wi * gi;
                    float bySIm = wr * gi - wi * gr;
                    float byZRe = slopeERe * byBarRe + slopeEIm * byBarIm;
                    byZRe += step * (slope[0] * bySRe + slope[1] * bySIm);
                    float byZIm = slopeERe * byBarIm - slopeEIm * byBarRe;
                    byZIm += step * (slope[0] * bySIm - slope[1] * bySRe);
                    sumRe += step * byZRe;
                    sumIm += step * byZIm;
                    float byStep =
                            phi[0] * bySRe + phi[1] * bySIm + lambdaRe * byZRe + lambdaIm * byZIm;
                    sumLog += step * byStep;
                    float re = step * (phi[0] * gr + phi[1] * gi);
                    float im = step * (phi[0] * gi - phi[1] * gr);
                    if (direction == 1) {
                        re += dW.get(in);
                        im += dW.get(in + states);
                    }
                    dW.set(in, re);
                    dW.set(in + states, im);
                }
            }
            if (lambdaRe != unlimited) {
                sumRe = 0f;
            }
            partial.set(row * 3 * states + p, sumRe);
            partial.set(row * 3 * states + states + p, sumIm);
            partial.set(row * 3 * states + 2 * states + p, sumLog);
        }
    }
}
