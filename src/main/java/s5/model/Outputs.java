package s5.model;

import s5.data.Shape;
import s5.ops.Tensor;

/**
 * The OUTPUT tensors of a step.
 *
 * @param prediction log-probabilities (B, classes); or in regression (B, 2 targets): means, then
 *     variances; B L rows instead of B where each position has an answer
 * @param metrics (slots, 2): mean loss and B times the share that is right, see {@link
 *     s5.ops.HeadOp.CrossEntropy}; or mean loss and minus B times the squared error, see {@link
 *     s5.ops.HeadOp.GaussianLoss}
 */
public record Outputs(Tensor prediction, Tensor metrics) {

    /** Runs of a step whose metrics can wait on the device before the host reads them. */
    public static final int SLOTS = 256;

    /**
     * Tensors for {@code samples} samples of {@code length} positions.
     *
     * @param shape of a sample
     * @param samples B
     * @param length L
     * @return new tensors
     */
    public static Outputs of(Shape shape, int samples, int length) {
        int answers = shape.each() ? samples * length : samples;
        return new Outputs(
                shape.regression()
                        ? Tensor.output("means_variances", answers, 2 * shape.targets())
                        : Tensor.output("log_probs", answers, shape.classes()),
                Tensor.output("metrics", SLOTS, 2));
    }
}
