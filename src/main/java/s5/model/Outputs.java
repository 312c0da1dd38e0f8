package s5.model;

import s5.ops.Tensor;

/**
 * The OUTPUT tensors of a step.
 *
 * @param logProbs (B, classes)
 * @param metrics (slots, 2): mean loss and number right, see {@link s5.ops.Ops#crossEntropy}
 */
public record Outputs(Tensor logProbs, Tensor metrics) {

    /** Runs of a step whose metrics can wait on the device before the host reads them. */
    public static final int SLOTS = 256;

    /** Tensors for {@code samples} samples. */
    public static Outputs of(int samples, int classes) {
        return new Outputs(
                Tensor.output("log_probs", samples, classes), Tensor.output("metrics", SLOTS, 2));
    }
}
