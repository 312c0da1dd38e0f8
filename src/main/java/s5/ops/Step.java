package s5.ops;

import java.util.Map;

/**
 * A recorded list of operations with all memory in place, ready to be run again and again: one
 * training step, or the evaluation of one batch. What changes from run to run is in its INPUT
 * tensors.
 */
public interface Step extends AutoCloseable {

    /**
     * Does what the first run would begin with and what may take long: a GPU's kernels are
     * compiled.
     */
    default void prepare() {}

    /**
     * Runs every operation once, in order. Returns when OUTPUT tensors can be read (the read itself
     * may still wait).
     */
    void run();

    /** {@return bytes of scratch and output memory that this step holds, parameters not counted} */
    long bytes();

    /**
     * {@return milliseconds of one run spent in each operation, by its name, the costliest first:
     * the mean of all runs} Empty where the device does not tell.
     */
    default Map<String, Double> profile() {
        return Map.of();
    }

    /** Frees the step's memory; parameters and state stay with the backend. */
    @Override
    void close();
}
