package s5.infer;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/** Numbered tasks that the calling thread and a pool share. */
final class Together {
    private final int tasks;
    private final IntConsumer body;
    private final Thread caller = Thread.currentThread();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();
    private volatile Throwable failure;

    private Together(int tasks, IntConsumer body) {
        this.tasks = tasks;
        this.body = body;
    }

    /**
     * Runs each task once and returns when all are done. It does not wait for the pool to begin:
     * who brings a full or a closed one gets his answers from the calling thread. What a task
     * throws is thrown here; those not yet begun are left out then.
     */
    static void run(int tasks, Executor pool, IntConsumer body) {
        Together work = new Together(tasks, body);
        int helpers = Math.min(tasks, Runtime.getRuntime().availableProcessors()) - 1;
        for (int i = 0; i < helpers; i++) {
            try {
                pool.execute(work::work);
            } catch (RejectedExecutionException e) {
                break; // the caller does it all
            }
        }
        work.work();
        work.await();
    }

    private void work() {
        running.incrementAndGet();
        try {
            for (int i = next.getAndIncrement(); i < tasks; i = next.getAndIncrement()) {
                body.accept(i);
            }
        } catch (RuntimeException | Error e) {
            failure = e;
            next.set(tasks);
        } finally {
            running.decrementAndGet();
            LockSupport.unpark(caller);
        }
    }

    /** Waits for those who have begun; who begins later finds no task. */
    private void await() {
        boolean interrupted = false;
        while (running.get() > 0) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        switch (failure) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(failure);
        }
    }
}
