package s5.run;

import s5.Failure;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Writes while a run goes on: a thread that does one thing after the other, and nothing after
 * something that failed. A write to a file takes as long as a step of a small model, flushing it to
 * the disk as long as many.
 */
final class Scribe implements AutoCloseable {
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("scribe").factory());

    private volatile Throwable failure;
    private boolean told;
    private Future<?> last;

    /** Has something done after all that was asked for before. */
    void write(Runnable action) {
        last = thread.submit(() -> attempt(action));
    }

    private void attempt(Runnable action) {
        if (failure == null) {
            try {
                action.run();
            } catch (RuntimeException | Error e) {
                failure = e;
            }
        }
    }

    /**
     * Does not wait.
     *
     * @throws Failure or whatever else something failed with; only once
     */
    void check() {
        if (failure == null || told) {
            return;
        }
        told = true;
        switch (failure) {
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(failure);
        }
    }

    /**
     * Waits until everything is done.
     *
     * @throws Failure as {@link #check}
     */
    void finish() {
        try {
            if (last != null) {
                last.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted while the run's files were being written");
        }
        check();
    }

    /** Waits, and throws nothing. */
    @Override
    public void close() {
        thread.close();
    }
}
