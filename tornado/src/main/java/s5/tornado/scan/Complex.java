package s5.tornado.scan;

/**
 * Complex numbers in kernels: one that changes is a private array of two, its real and imaginary
 * part.
 */
final class Complex {
    private Complex() {}

    /** {@code z = re + i im}. */
    static void set(float[] z, float re, float im) {
        z[0] = re;
        z[1] = im;
    }

    /** {@code z = a z}. */
    static void multiply(float[] z, float aRe, float aIm) {
        float t = aRe * z[0] - aIm * z[1];
        z[1] = aRe * z[1] + aIm * z[0];
        z[0] = t;
    }

    /** {@code z = a z + b}, a step of the recurrence. */
    static void step(float[] z, float aRe, float aIm, float bRe, float bIm) {
        float t = aRe * z[0] - aIm * z[1] + bRe;
        z[1] = aRe * z[1] + aIm * z[0] + bIm;
        z[0] = t;
    }

    /**
     * {@code z = (re + i im)^n}, n at least 1, in double precision: repeated squaring doubles a
     * relative error each time, and Lambda_bar to the length of a tile is used over the whole
     * sequence.
     */
    static void power(float[] z, float re, float im, int n) {
        double baseRe = re;
        double baseIm = im;
        double powRe = 1;
        double powIm = 0;
        for (int e = n; e > 0; e = e >> 1) {
            if ((e & 1) == 1) {
                double t = powRe * baseRe - powIm * baseIm;
                powIm = powRe * baseIm + powIm * baseRe;
                powRe = t;
            }
            double t = baseRe * baseRe - baseIm * baseIm;
            baseIm = 2 * baseRe * baseIm;
            baseRe = t;
        }
        z[0] = (float) powRe;
        z[1] = (float) powIm;
    }
}
