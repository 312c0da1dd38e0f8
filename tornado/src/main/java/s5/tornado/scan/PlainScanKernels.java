package s5.tornado.scan;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * The recurrence {@code x_k = Lambda_bar x_{k-1} + u_k} and its adjoint as plain loops, to be read
 * as the definition of what {@link ScanKernels} and {@link ScanAdjointKernels} do faster; see
 * {@link s5.ops.ScanOp.Scan}.
 *
 * <p>A sequence is cut into chunks of {@link #CHUNK} positions, the last one shorter. Three passes:
 *
 * <ol>
 *   <li>{@link #plainEnds}: every chunk from zero, last state kept;
 *   <li>{@link #plainStarts}: ends become the states that the chunks start from, one after the
 *       other;
 *   <li>{@link #plainStates} or {@link #plainGradients}: every chunk again, from its true start.
 * </ol>
 *
 * <p>A scan runs from behind in the backward direction, its adjoint in the forward one; the adjoint
 * multiplies by the conjugate and has an input of its own for each direction. States before the
 * first position are zero, so the shorter chunk does no harm: from behind it is the first, and
 * nothing is multiplied by its power.
 */
public final class PlainScanKernels {
    /** Positions of a chunk. */
    static final int CHUNK = 64;

    private PlainScanKernels() {}

    /**
     * The state at the end of every chunk that starts from zero.
     *
     * @param lambda (2P) from {@code lambdaAt}
     * @param u (B L, 2P), or dX (B L, 2P d) for the adjoint
     * @param ends (B chunks, d, 2P); written
     * @param rows B chunks d
     * @param adjoint 0 or 1
     */
    public static void plainEnds(
            FloatArray lambda,
            int lambdaAt,
            FloatArray u,
            FloatArray ends,
            int length,
            int chunks,
            int states,
            int directions,
            int rows,
            int adjoint) {
        for (@Parallel int i = 0; i < rows * states; i++) {
            int p = i % states;
            int row = i / states;
            int direction = row % directions;
            int chunk = row / directions % chunks;
            int sequence = row / directions / chunks;
            int backward = (direction + adjoint) & 1;
            int count = Math.min(CHUNK, length - chunk * CHUNK);
            int width = 2 * states * (1 + adjoint * (directions - 1));
            float lr = lambda.get(lambdaAt + p);
            float li = lambda.get(lambdaAt + states + p) * (1 - 2 * adjoint);
            float xr = 0f;
            float xi = 0f;
            for (int k = 0; k < count; k++) {
                int position = chunk * CHUNK + k + backward * (count - 1 - 2 * k);
                int at = (sequence * length + position) * width + adjoint * direction * 2 * states;
                float t = lr * xr - li * xi + u.get(at + p);
                xi = lr * xi + li * xr + u.get(at + states + p);
                xr = t;
            }
            ends.set(row * 2 * states + p, xr);
            ends.set(row * 2 * states + states + p, xi);
        }
    }

    /**
     * Turns, in place, the ends of the chunks into the states before them: {@code start =
     * Lambda_bar^CHUNK start + end}, from chunk to chunk.
     *
     * @param ends (B chunks, d, 2P); changed
     * @param scans B d
     */
    public static void plainStarts(
            FloatArray lambda,
            int lambdaAt,
            FloatArray ends,
            int chunks,
            int states,
            int directions,
            int scans,
            int adjoint) {
        for (@Parallel int i = 0; i < scans * states; i++) {
            int p = i % states;
            int direction = i / states % directions;
            int sequence = i / states / directions;
            int backward = (direction + adjoint) & 1;
            float lr = lambda.get(lambdaAt + p);
            float li = lambda.get(lambdaAt + states + p) * (1 - 2 * adjoint);
            float[] power = new float[2];
            Complex.power(power, lr, li, CHUNK);
            float pr = power[0];
            float pi = power[1];
            float xr = 0f;
            float xi = 0f;
            for (int k = 0; k < chunks; k++) {
                int chunk = k + backward * (chunks - 1 - 2 * k);
                int at = ((sequence * chunks + chunk) * directions + direction) * 2 * states + p;
                float endRe = ends.get(at);
                float endIm = ends.get(at + states);
                ends.set(at, xr);
                ends.set(at + states, xi);
                float t = pr * xr - pi * xi + endRe;
                xi = pr * xi + pi * xr + endIm;
                xr = t;
            }
        }
    }

    /**
     * The states.
     *
     * @param u (B L, 2P)
     * @param starts (B chunks, d, 2P) from {@link #plainStarts}
     * @param x (B L, 2P d); written
     * @param rows B chunks d
     */
    public static void plainStates(
            FloatArray lambda,
            int lambdaAt,
            FloatArray u,
            FloatArray starts,
            FloatArray x,
            int length,
            int chunks,
            int states,
            int directions,
            int rows) {
        for (@Parallel int i = 0; i < rows * states; i++) {
            int p = i % states;
            int row = i / states;
            int direction = row % directions;
            int chunk = row / directions % chunks;
            int sequence = row / directions / chunks;
            int count = Math.min(CHUNK, length - chunk * CHUNK);
            float lr = lambda.get(lambdaAt + p);
            float li = lambda.get(lambdaAt + states + p);
            float xr = starts.get(row * 2 * states + p);
            float xi = starts.get(row * 2 * states + states + p);
            for (int k = 0; k < count; k++) {
                int position = chunk * CHUNK + k + direction * (count - 1 - 2 * k);
                int in = (sequence * length + position) * 2 * states + p;
                float t = lr * xr - li * xi + u.get(in);
                xi = lr * xi + li * xr + u.get(in + states);
                xr = t;
                int out = ((sequence * length + position) * directions + direction) * 2 * states;
                x.set(out + p, xr);
                x.set(out + states + p, xi);
            }
        }
    }

    /**
     * Gradients by the inputs, summed over the directions, and each chunk's part of the gradient by
     * Lambda_bar: the conjugate of the state before times the state's gradient.
     *
     * @param x (B L, 2P d), the states
     * @param dX (B L, 2P d)
     * @param starts (B chunks, d, 2P) from {@link #plainStarts} with adjoint 1
     * @param dU (B L, 2P); written
     * @param partial (B chunks, 2P); written
     * @param rows B chunks
     */
    public static void plainGradients(
            FloatArray lambda,
            int lambdaAt,
            FloatArray x,
            FloatArray dX,
            FloatArray starts,
            FloatArray dU,
            FloatArray partial,
            int length,
            int chunks,
            int states,
            int directions,
            int rows) {
        for (@Parallel int i = 0; i < rows * states; i++) {
            int p = i % states;
            int row = i / states;
            int chunk = row % chunks;
            int sequence = row / chunks;
            int count = Math.min(CHUNK, length - chunk * CHUNK);
            int width = 2 * states * directions;
            float lr = lambda.get(lambdaAt + p);
            float li = -lambda.get(lambdaAt + states + p);
            float sumRe = 0f;
            float sumIm = 0f;
            for (int direction = 0; direction < directions; direction++) {
                float gr = starts.get((row * directions + direction) * 2 * states + p);
                float gi = starts.get((row * directions + direction) * 2 * states + states + p);
                for (int k = 0; k < count; k++) {
                    int position = chunk * CHUNK + k + (1 - direction) * (count - 1 - 2 * k);
                    int at = (sequence * length + position) * width + direction * 2 * states + p;
                    float t = lr * gr - li * gi + dX.get(at);
                    gi = lr * gi + li * gr + dX.get(at + states);
                    gr = t;
                    int out = (sequence * length + position) * 2 * states + p;
                    float re = gr;
                    float im = gi;
                    if (direction == 1) {
                        re += dU.get(out);
                        im += dU.get(out + states);
                    }
                    dU.set(out, re);
                    dU.set(out + states, im);
                    // the position whose state Lambda_bar multiplied
                    int before = position - 1 + 2 * direction;
                    if (before >= 0) {
                        if (before < length) {
                            float xr = x.get(at + (before - position) * width);
                            float xi = x.get(at + (before - position) * width + states);
                            sumRe += xr * gr + xi * gi;
                            sumIm += xr * gi - xi * gr;
                        }
                    }
                }
            }
            partial.set(row * 2 * states + p, sumRe);
            partial.set(row * 2 * states + states + p, sumIm);
        }
    }
}
