package s5;

/**
 * A mistake the user can mend: a bad key, a missing or damaged file, a wrong shape. Its message is
 * one line that names the file or setting, the place in it, and the remedy. {@link Main} prints the
 * message without a stack trace and exits with code 2; everything else that is thrown is a bug and
 * keeps its stack trace.
 */
public final class UserError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * A mistake that was found.
     *
     * @param message one line, complete in itself
     */
    public UserError(String message) {
        super(message);
    }

    /**
     * A mistake that an exception told of.
     *
     * @param message one line, complete in itself
     * @param cause kept for debugging, never printed
     */
    public UserError(String message, Throwable cause) {
        super(message, cause);
    }
}
