package s5.ops;

import s5.collective.Collective;

import java.util.Map;

/**
 * A device that runs steps. It owns the memory of every {@link Tensor} and runs every {@link Op}.
 * Not safe for use by several threads.
 */
public interface Backend extends AutoCloseable {

    /** {@return one line that names the device, for the user} */
    String describe();

    /**
     * {@return versions of what is below, by name: TornadoVM, driver, CUDA; for the records of a
     * run}
     */
    default Map<String, String> versions() {
        return Map.of();
    }

    /**
     * Has every {@link RankOp.AllReduce} of the programs that are compiled from now on sum over the
     * processes of a training. All of them call it at the same time.
     *
     * @param ranks the processes
     * @throws s5.UserError when this device cannot
     */
    void join(Collective ranks);

    /** {@return the processes that {@link #join} named; before that this one alone} */
    Collective ranks();

    /**
     * Prepares a program to run.
     *
     * @param name appears in messages and profiles
     * @param program the operations, in order
     * @return a step that can be run again and again; to be closed
     */
    Step compile(String name, Program program);

    /**
     * Sets all values of a PARAMETER, STATE or INPUT tensor.
     *
     * @param t float32
     * @param values at least {@code t.size()} values, row-major
     */
    void write(Tensor t, float[] values);

    /**
     * As {@link #write(Tensor, float[])}, for int32 inputs.
     *
     * @param t an INPUT of int32
     * @param values at least {@code t.size()} values, row-major
     */
    void write(Tensor t, int[] values);

    /**
     * Reads all values of a PARAMETER, STATE or OUTPUT tensor, as the last step that wrote it left
     * them. A tensor that was never written reads as zeros.
     *
     * @param t float32
     * @return a new array, row-major
     */
    float[] read(Tensor t);

    /** Waits until the steps that run are done, as {@link #read} does before it reads. */
    default void finish() {}

    /** Frees everything. */
    @Override
    void close();
}
