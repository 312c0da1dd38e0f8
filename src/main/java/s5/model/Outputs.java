package s5.model;

import s5.data.Shape;
import s5.ops.Tensor;

/**
 * The OUTPUT tensors of a step.
 *
 * @param prediction log-probabilities (B, classes); or in regression (B L, 2 targets): means, then
 *     variances
 * @param metrics (slots, 2): mean loss and number right, see {@link s5.ops.HeadOp.CrossEntropy}; or
 *     mean loss and minus the squared errors, see {@link s5.ops.HeadOp.GaussianLoss}
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
        return new Outputs(
                shape.regression()
                        ? Tensor.output("means_variances", samples * length, 2 * shape.targets())
                        : Tensor.output("log_probs", samples, shape.classes()),
                Tensor.output("metrics", SLOTS, 2));
    }
}
