package s5.tornado.scan;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * What the kernels of a scan do with a chunk of it, which a thread holds in private arrays. {@code
 * z} is a complex number, see {@link Complex}.
 *
 * <p>The arrays of a work group cannot be handed over like these: TornadoVM puts a method into the
 * kernel that calls it, but loses sight of what kind of array that is, and reads elsewhere.
 */
final class Chunk {
    private Chunk() {}

    /**
     * Reads a chunk, zeros behind the end of the sequence.
     *
     * @param at of the first real part; the imaginary one is {@code states} behind it
     * @param width from one position to the next
     * @param left positions to the end of the sequence
     */
    static void read(
            FloatArray from,
            int at,
            int width,
            int states,
            int left,
            int length,
            float[] re,
            float[] im) {
        for (int i = 0; i < length; i++) {
            float a = 0f;
            float b = 0f;
            if (i < left) {
                a = from.get(at + i * width);
                b = from.get(at + i * width + states);
            }
            re[i] = a;
            im[i] = b;
        }
    }

    /** The state that a tile starts from: zero where it is the only one. */
    static void start(float[] z, FloatArray starts, int at, int states, int tiles) {
        Complex.set(z, 0f, 0f);
        if (tiles > 1) {
            Complex.set(z, starts.get(at), starts.get(at + states));
        }
    }

    /** The last state of a scan from the front that starts from zero. */
    static void front(float[] z, float barRe, float barIm, int length, float[] re, float[] im) {
        Complex.set(z, 0f, 0f);
        for (int i = 0; i < length; i++) {
            Complex.step(z, barRe, barIm, re[i], im[i]);
        }
    }

    /** The first state of a scan from behind that starts from zero. */
    static void behind(float[] z, float barRe, float barIm, int length, float[] re, float[] im) {
        Complex.set(z, 0f, 0f);
        for (int i = length - 1; i >= 0; i--) {
            Complex.step(z, barRe, barIm, re[i], im[i]);
        }
    }

    /**
     * As {@link #front}, for a chunk of {@link TimedStep#read}.
     *
     * @param product of what the states are multiplied by
     */
    static void timedFront(
            float[] z, float[] product, float[] barRe, float[] barIm, float[] re, float[] im) {
        Complex.set(z, 0f, 0f);
        Complex.set(product, 1f, 0f);
        for (int i = 0; i < TimedScanKernels.CHUNK; i++) {
            Complex.step(z, barRe[i], barIm[i], re[i], im[i]);
            Complex.multiply(product, barRe[i], barIm[i]);
        }
    }

    /** As {@link #behind}, see {@link #timedFront}. */
    static void timedBehind(
            float[] z, float[] product, float[] barRe, float[] barIm, float[] re, float[] im) {
        Complex.set(z, 0f, 0f);
        Complex.set(product, 1f, 0f);
        for (int i = TimedScanKernels.CHUNK; i > 0; i--) {
            Complex.step(z, barRe[i], barIm[i], re[i], im[i]);
            Complex.multiply(product, barRe[i], barIm[i]);
        }
    }
}
