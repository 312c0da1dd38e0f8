package s5.tornado.scan;

/**
 * Powers of complex numbers, in double precision: repeated squaring doubles a relative error each
 * time, and Lambda_bar to the length of a tile is used over the whole sequence. One result each,
 * since a helper of a kernel returns one number; the compiler joins the two loops.
 */
final class Complex {
    private Complex() {}

    /** Real part of {@code (re + i im)^n}, n at least 1. */
    static float powerRe(float re, float im, int n) {
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
        return (float) powRe;
    }

    /** Imaginary part of {@code (re + i im)^n}, n at least 1. */
    static float powerIm(float re, float im, int n) {
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
        return (float) powIm;
    }
}
