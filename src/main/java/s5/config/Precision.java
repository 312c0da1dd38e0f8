package s5.config;

/**
 * What is rounded below float32: the inputs of matrix products, activations in memory, or nothing.
 */
public enum Precision {
    /**
     * Inputs rounded to TensorFloat-32 (10 bits of mantissa) where the device has it, float32 sums.
     */
    TF32,
    /** Full float32. */
    FP32,
    /**
     * Activations are stored in bfloat16 (7 bits of mantissa), half the memory; products of them
     * have float32 sums. Parameters, their gradients and updates, Lambda, the states that a scan
     * carries, norms' statistics and losses stay float32.
     */
    BF16
}
