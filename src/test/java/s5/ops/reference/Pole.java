package s5.ops.reference;

import s5.ops.Discretizer;
import s5.ops.Discretizer.Method;
import s5.ops.Poles;

/**
 * One state in continuous time.
 *
 * @param lambda after clipping
 * @param clipped whether clipping changed it
 */
record Pole(Complex lambda, boolean clipped, double delta, Method method) {

    /** State p of those in memory. */
    static Pole of(ReferenceMemory memory, Poles poles, Discretizer discretizer, int p) {
        double re = memory.vector(poles.re())[p];
        double im = memory.vector(poles.im())[p];
        boolean clipped = discretizer.clip() && re > Discretizer.CLIP_EIGENVALUES;
        return new Pole(
                new Complex(clipped ? Discretizer.CLIP_EIGENVALUES : re, im),
                clipped,
                discretizer.stepRescale() * Math.exp(memory.vector(poles.logStep())[p]),
                discretizer.method());
    }

    /** The same state with another step. */
    Pole times(double dt) {
        return new Pole(lambda, clipped, delta * dt, method);
    }

    Complex z() {
        return lambda.times(delta);
    }

    /** {@code 1 / (1 - z / 2)}. */
    Complex inverse() {
        return Complex.ONE.over(Complex.ONE.minus(z().times(0.5)));
    }

    Complex lambdaBar() {
        return switch (method) {
            case ZOH -> z().exp();
            case BILINEAR -> Complex.ONE.plus(z().times(0.5)).times(inverse());
        };
    }

    /** B-bar / B; {@code (exp(z) - 1) / lambda = delta phi(z)}. */
    Complex factor() {
        return (method == Method.ZOH ? z().phi() : inverse()).times(delta);
    }

    /** d lambdaBar / d z. */
    Complex lambdaBarByZ() {
        return method == Method.ZOH ? z().exp() : inverse().times(inverse());
    }

    /** d (factor / delta) / d z. */
    Complex factorByZ() {
        return method == Method.ZOH ? z().phiDerivative() : inverse().times(inverse()).times(0.5);
    }
}
