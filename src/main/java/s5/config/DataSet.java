package s5.config;

/** The data sets that can be trained on. */
public enum DataSet {
    /** MNIST, an image's 784 pixels row by row. */
    SMNIST(false),
    /** The same pixels in the official code's fixed order (bit reversal). */
    PSMNIST(false),
    /** Nested list operations as tokens; read from files or generated. */
    LISTOPS(true),
    /** IMDb movie reviews as characters, positive or negative. */
    IMDB(true),
    /** Pairs of papers (AAN) as characters: does one cite the other. */
    AAN(true),
    /** CIFAR-10 in colour, an image's 1,024 pixels row by row. */
    CIFAR(false),
    /** The same in grey: Long Range Arena's image task. */
    IMAGE(false),
    /** Images of 32 x 32 pixels: does a path join two points. */
    PATHFINDER(false),
    /** The same with 128 x 128 pixels. */
    PATHX(false),
    /** Noisy pictures of a pendulum at irregular times, simulated; its angle is to be told. */
    PENDULUM(false),
    /** Speech Commands: 35 words as raw audio of 16,000 samples a second. */
    SC35(false);

    private final boolean padded;

    DataSet(boolean padded) {
        this.padded = padded;
    }

    /** Whether sequences have lengths of their own, filled up to a common one. */
    public boolean padded() {
        return padded;
    }

    /** Whether positions have time steps of their own. */
    public boolean timed() {
        return this == PENDULUM;
    }
}
