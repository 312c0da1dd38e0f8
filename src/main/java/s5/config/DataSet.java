package s5.config;

/** The data sets that can be trained on. */
public enum DataSet {
    /** MNIST, an image's 784 pixels row by row. */
    SMNIST(false),
    /** The same pixels in the official code's fixed order (bit reversal). */
    PSMNIST(false),
    /** Nested list operations as tokens; read from files or generated. */
    LISTOPS(true);

    private final boolean padded;

    DataSet(boolean padded) {
        this.padded = padded;
    }

    /** Whether sequences have lengths of their own, filled up to a common one. */
    public boolean padded() {
        return padded;
    }
}
