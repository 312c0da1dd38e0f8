package s5.ops;

/**
 * The poles of an SSM in continuous time, or the gradients by them: Lambda and the logarithm of
 * Delta.
 *
 * @param re (P): real part of Lambda
 * @param im (P): imaginary part of Lambda
 * @param logStep (P, 1): logarithm of the time step Delta
 */
public record Poles(Tensor re, Tensor im, Tensor logStep) {

    /** P, after a look at the shapes. */
    int states(String op) {
        Shapes.present(op, "Lambda_re", re);
        check(op, "", re.size());
        return re.size();
    }

    void check(String op, String prefix, int p) {
        Shapes.vector(op, prefix + "Lambda_re", re, p);
        Shapes.vector(op, prefix + "Lambda_im", im, p);
        Shapes.vector(op, prefix + "log_step", logStep, p);
    }
}
