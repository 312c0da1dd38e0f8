package s5.config;

/** How matrix products round their inputs; everything else is always float32. */
public enum Precision {
    /**
     * Inputs rounded to TensorFloat-32 (10 bits of mantissa) where the device has it, float32 sums.
     */
    TF32,
    /** Full float32. */
    FP32
}
