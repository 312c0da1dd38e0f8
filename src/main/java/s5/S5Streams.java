package s5;

/**
 * Many streams of one model that step together: the weights are read once for some of them at a
 * time, which is several times faster than one after the other. Each is what an {@link S5Stream} of
 * its own would be, bit for bit, and may be at a position of its own. One thread at a time.
 *
 * <p>What is wrong with an input is found before anything is read. One that a stream would be left
 * infinite or NaN by can be found only when all have stepped: the first such stream is named by a
 * {@link UserError}; it and others like it have not read their input and may go on, the rest have
 * read theirs.
 *
 * <pre>{@code
 * S5Streams sensors = model.streams(10_000);
 * sensors.push(new int[] {17, 4_711}, new float[] {0.2f, 0.7f}); // a number each of two of them
 * Prediction of17 = sensors.prediction(17);
 * }</pre>
 */
public interface S5Streams {

    /** {@return how many streams there are} */
    int sessions();

    /**
     * Reads the next position of every stream. Allocates nothing.
     *
     * @param values (sessions, inputs), stream by stream
     * @throws IllegalArgumentException when there are more or fewer, or a time step is missing
     * @throws UserError when one is not finite, and no stream has read anything; or of streams that
     *     would be left infinite or NaN, and the others have
     * @throws IllegalStateException when the model is closed
     */
    void push(float[] values);

    /**
     * Reads the next position of some streams. Allocates nothing.
     *
     * @param sessions which, each once, from 0
     * @param values (sessions given, inputs), in their order
     * @throws IllegalArgumentException as {@link #push(float[])}, and when there is no such stream
     * @throws UserError as well
     * @throws IllegalStateException when the model is closed
     */
    void push(int[] sessions, float[] values);

    /**
     * Reads the next position of some streams with time steps of their own.
     *
     * @param sessions which, each once, from 0
     * @param values (sessions given, inputs), in their order
     * @param dt the time since the position before of each; see {@link S5Stream#push(float[],
     *     double)}
     * @throws IllegalArgumentException as {@link #push(int[], float[])}
     * @throws UserError as well
     * @throws IllegalStateException when the model is closed
     */
    void push(int[] sessions, float[] values, double[] dt);

    /**
     * Reads the next token of some streams.
     *
     * @param sessions which, each once, from 0
     * @param tokens one for each, in their order
     * @throws IllegalArgumentException when the model takes no tokens, or not these
     * @throws UserError of streams that would be left infinite or NaN
     * @throws IllegalStateException when the model is closed
     */
    void push(int[] sessions, int[] tokens);

    /**
     * {@return what the model says of a stream; see {@link S5Stream#prediction}}
     *
     * @param session which, from 0
     * @throws IllegalArgumentException when there is no such stream
     * @throws IllegalStateException when it has read nothing yet, or the model is closed
     */
    Prediction prediction(int session);

    /**
     * {@return how many positions a stream has read}
     *
     * @param session which, from 0
     * @throws IllegalArgumentException when there is no such stream
     * @throws IllegalStateException when the model is closed
     */
    long position(int session);

    /**
     * Begins a new sequence.
     *
     * @param session which, from 0
     * @throws IllegalArgumentException when there is no such stream
     * @throws IllegalStateException when the model is closed
     */
    void reset(int session);

    /**
     * {@return all that a stream remembers, also for {@link S5Stream#restore}}
     *
     * @param session which, from 0
     * @throws IllegalArgumentException when there is no such stream
     * @throws IllegalStateException when the model is closed
     */
    byte[] state(int session);

    /**
     * Goes on where another stream of the same model was.
     *
     * @param session which, from 0
     * @param state what its {@code state} gave
     * @throws IllegalArgumentException when there is no such stream
     * @throws UserError when it is damaged or of another model
     * @throws IllegalStateException when the model is closed
     */
    void restore(int session, byte[] state);
}
