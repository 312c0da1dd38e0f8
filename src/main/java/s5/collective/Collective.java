package s5.collective;

import s5.Failure;

import java.util.List;

/**
 * The processes of one training, as one of them sees them. All call the same methods in the same
 * order; each call waits for the others. One thread of a process calls.
 *
 * <p>Where another process is lost, a call throws a {@link Failure} that names it.
 */
public interface Collective extends AutoCloseable {
    /** {@return the number of this process, from 0} */
    int rank();

    /** {@return how many there are} */
    int size();

    /** {@return whether this is the process that writes files and speaks: rank 0} */
    default boolean leads() {
        return rank() == 0;
    }

    /**
     * Puts the sums over all processes into the arrays, added in the order of the ranks: the same
     * bits everywhere, and every time.
     *
     * @param arrays of the same lengths in the same order everywhere
     */
    void allReduce(List<float[]> arrays);

    /**
     * {@return the largest of the values of all processes, each for itself}
     *
     * @param values as many in all processes
     */
    long[] most(long... values);

    /**
     * Tells all others what rank 0 knows.
     *
     * @param message of rank 0; without meaning elsewhere
     * @return the message, everywhere
     */
    byte[] broadcast(byte[] message);

    /**
     * Sends a message to rank 0, which has to {@link #receive} it.
     *
     * @param message any bytes
     */
    void send(byte[] message);

    /**
     * {@return the next message that a process has sent to this one, rank 0}
     *
     * @param rank of the sender, not 0
     */
    byte[] receive(int rank);

    /** Waits until all have come here. */
    default void barrier() {
        most(0);
    }

    /** {@return why this process cannot go on because of another; null while all is well} */
    default String lost() {
        return null;
    }

    /**
     * Has something done, on another thread, as soon as another process is lost: what this one
     * waits for without asking here may have to be ended.
     *
     * @param action takes no time
     */
    default void whenLost(Runnable action) {}

    /**
     * Tells the others, of a process that fails, why it does; they end, too, with that reason.
     *
     * @param reason in one line
     */
    void fail(String reason);

    /** Leaves the others, which go on without taking it amiss. */
    @Override
    void close();
}
