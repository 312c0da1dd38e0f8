package s5.run;

import s5.Failure;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Writes files while the run goes on: a thread that does one write after the other, and none after
 * one that failed. A write takes as long as a step of a small model, flushing it to the disk as
 * long as many steps.
 */
final class BackgroundWriter implements AutoCloseable {
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("background writer").factory());

    private volatile Throwable failure;
    private boolean told;
    private Future<?> last;

    /** Has something written after all that was asked for before; returns at once. */
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
     * Tells of a failed write, without waiting for those that are not done yet.
     *
     * @throws Failure or whatever else a write failed with; once only, for the first that failed
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
     * Waits until everything is written.
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

    /** Waits until everything is written, and throws nothing. */
    @Override
    public void close() {
        thread.close();
    }
}
