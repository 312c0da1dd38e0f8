package s5;

/**
 * A model that reads one position at a time, at constant cost and memory: what it says after k
 * positions is what {@link S5Model#predict} says of the sequence of these k. For models of one
 * direction. One thread at a time; streams of one model are independent of one another.
 *
 * <pre>{@code
 * S5Stream stream = model.stream();
 * for (float[] values : sensor) {
 *     stream.push(values);
 *     if (stream.prediction() instanceof Prediction.Classes c && c.name().equals("fault")) { ... }
 * }
 * }</pre>
 */
public interface S5Stream {

    /**
     * Reads the next position. Allocates nothing.
     *
     * @param values the numbers of the position
     * @throws IllegalArgumentException when the model takes others, or a time step is missing
     * @throws UserError when one is not finite (a NaN is a missing value where the model was
     *     trained on own data), or so large that the stream would be left infinite or NaN; it has
     *     not read them then, and may go on
     * @throws IllegalStateException when the model is closed
     */
    void push(float... values);

    /**
     * Reads the next position of a sequence with time steps of its own.
     *
     * @param values the numbers of the position
     * @param dt the time since the position before, above 0, in the unit of the training data; of
     *     the first position it does not count, and may be 0
     * @throws IllegalArgumentException when the model takes others, or was trained without times,
     *     or the step is not above 0
     * @throws UserError as {@link #push(float...)}; or when the model, trained on equal time steps,
     *     reads none, and this is another
     * @throws IllegalStateException when the model is closed
     */
    void push(float[] values, double dt);

    /**
     * Reads the next position, a token.
     *
     * @param token its place in {@link S5Model#tokens}; a number is {@code push((float) number)}
     * @throws IllegalArgumentException when the model takes no tokens, or not this one
     * @throws UserError when the stream would be left infinite or NaN; it has not read it then
     * @throws IllegalStateException when the model is closed
     */
    void push(int token);

    /**
     * {@return what the model says of the positions so far: of all of them, or of the last one
     * where it tells something of each}
     *
     * @throws IllegalStateException when there are none yet, or the model is closed
     */
    Prediction prediction();

    /**
     * {@return how many positions were read}
     *
     * @throws IllegalStateException when the model is closed
     */
    long position();

    /**
     * Begins a new sequence.
     *
     * @throws IllegalStateException when the model is closed
     */
    void reset();

    /**
     * {@return all that it remembers, to go on elsewhere: in another program, on another machine}
     *
     * @throws IllegalStateException when the model is closed
     */
    byte[] state();

    /**
     * Goes on where another stream of the same model was.
     *
     * @param state what its {@link #state} gave
     * @throws UserError when it is damaged or of another model
     * @throws IllegalStateException when the model is closed
     */
    void restore(byte[] state);

    /**
     * {@return another stream that goes on from here}
     *
     * @throws IllegalStateException when the model is closed
     */
    S5Stream fork();
}
