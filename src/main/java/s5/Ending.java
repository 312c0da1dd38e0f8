package s5;

import java.nio.channels.ClosedByInterruptException;

/**
 * Whether a training is to end, for its listener says so or its thread was interrupted. The thread
 * is told of the interruption again when the files are whole: until then it would close them.
 */
final class Ending {
    private final Training.Listener listener;
    private boolean asked; // and answered with yes; then nobody is asked again
    private boolean interrupted;

    Ending(Training.Listener listener) {
        this.listener = listener;
    }

    /** Whether to end now; on the thread that trains. */
    boolean ask() {
        interrupted |= Thread.interrupted();
        asked = asked || interrupted || listener.stop();
        return asked;
    }

    boolean interrupted() {
        return interrupted;
    }

    /** Leaves the thread interrupted, if it was. */
    void passOn() {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** What has gone wrong: not the user, nor a file, where an interruption closed one. */
    static RuntimeException cause(RuntimeException e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof ClosedByInterruptException) {
                return new Failure("the thread was interrupted: " + e.getMessage());
            }
        }
        return e;
    }
}
