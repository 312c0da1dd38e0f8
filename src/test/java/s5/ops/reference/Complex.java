package s5.ops.reference;

/** A complex number, for the reference only: slow and obvious. */
record Complex(double re, double im) {
    static final Complex ZERO = new Complex(0, 0);
    static final Complex ONE = new Complex(1, 0);

    Complex plus(Complex o) {
        return new Complex(re + o.re, im + o.im);
    }

    Complex minus(Complex o) {
        return new Complex(re - o.re, im - o.im);
    }

    Complex times(Complex o) {
        return new Complex(re * o.re - im * o.im, re * o.im + im * o.re);
    }

    Complex times(double s) {
        return new Complex(s * re, s * im);
    }

    Complex conj() {
        return new Complex(re, -im);
    }

    double abs2() {
        return re * re + im * im;
    }

    Complex over(Complex o) {
        return times(o.conj()).times(1 / o.abs2());
    }

    Complex exp() {
        return new Complex(Math.cos(im), Math.sin(im)).times(Math.exp(re));
    }

    /** {@code (exp(z) - 1) / z}, by its Taylor series where the subtraction would lose digits. */
    Complex phi() {
        if (abs2() >= 1) {
            return exp().minus(ONE).over(this);
        }
        Complex sum = ZERO;
        Complex term = ONE; // z^k / (k + 1)!
        for (int k = 0; k < 25; k++) {
            sum = sum.plus(term);
            term = term.times(this).times(1.0 / (k + 2));
        }
        return sum;
    }

    /** The derivative of {@link #phi}: {@code (z exp(z) - exp(z) + 1) / z^2}. */
    Complex phiDerivative() {
        if (abs2() >= 1) {
            return times(exp()).minus(exp()).plus(ONE).over(times(this));
        }
        Complex sum = ZERO;
        Complex term = new Complex(0.5, 0); // z^(k - 1) / (k + 1)!
        for (int k = 1; k < 25; k++) {
            sum = sum.plus(term.times(k));
            term = term.times(this).times(1.0 / (k + 2));
        }
        return sum;
    }
}
