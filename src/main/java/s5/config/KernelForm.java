package s5.config;

/** Which of the two forms of its kernels a device runs. */
public enum KernelForm {
    /** What is fastest: scans with tiles in local memory on a GPU, the Vector API on the CPU. */
    TUNED,
    /**
     * What is easiest to read: scans in three passes of plain loops on a GPU, plain loops on the
     * CPU.
     */
    PLAIN
}
