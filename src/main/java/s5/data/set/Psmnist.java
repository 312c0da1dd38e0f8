package s5.data.set;

/** MNIST's pixels in the official code's fixed order; see {@code Mnist.bitReversal}. */
public final class Psmnist extends Smnist {
    /** For {@link java.util.ServiceLoader}. */
    public Psmnist() {}

    @Override
    public String name() {
        return "psmnist";
    }

    @Override
    public String title() {
        return "MNIST's 784 pixels in the official code's fixed order (bit reversal)";
    }

    @Override
    boolean permuted() {
        return true;
    }
}
