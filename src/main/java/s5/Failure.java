package s5;

/**
 * Something that ended a command although nobody made a mistake: a loss that is no number, a full
 * disk. Its message is one line; {@link Main} prints it without a stack trace and exits with code
 * 1.
 */
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * What cannot go on, and why.
     *
     * @param message one line, complete in itself
     */
    public Failure(String message) {
        super(message);
    }
}
