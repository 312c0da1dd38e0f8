package s5.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;

/**
 * A fixed set of threads that share out numbered tasks. The calling thread works too, so {@code
 * count} threads are {@code count - 1} daemon threads and the caller. One call at a time.
 */
final class Workers implements AutoCloseable {
    /** Turns of the waiting loop before a thread sleeps; some 50 microseconds. */
    private static final int SPINS = 2_000;

    private static final class Job {
        final Machine.Body body;
        final int tasks;
        final int most;
        final Thread caller;
        final AtomicInteger next = new AtomicInteger();
        final AtomicInteger finished = new AtomicInteger();
        volatile Throwable failure;

        Job(Machine.Body body, int tasks, int most, Thread caller) {
            this.body = body;
            this.tasks = tasks;
            this.most = most;
            this.caller = caller;
        }
    }

    private final Thread[] threads;
    private final AtomicIntegerArray asleep;
    private volatile Job job;
    private volatile boolean closed;

    /**
     * @param count threads, the caller included; at least 1
     */
    Workers(int count) {
        threads = new Thread[count - 1];
        asleep = new AtomicIntegerArray(count - 1);
        for (int i = 0; i < threads.length; i++) {
            int worker = i + 1;
            threads[i] = new Thread(() -> serve(worker), "s5-cpu-" + worker);
            threads[i].setDaemon(true);
            threads[i].start();
        }
    }

    /** Threads that work, the caller included. */
    int count() {
        return threads.length + 1;
    }

    /**
     * Runs {@code body} for each task and returns when all are done. What a task throws is thrown
     * here, and tasks not yet begun are then left out.
     *
     * @param most threads that share the tasks, the caller included; with 1, no other one is waked
     */
    void run(int tasks, int most, Machine.Body body) {
        if (tasks <= 1 || most <= 1 || threads.length == 0) {
            for (int task = 0; task < tasks; task++) {
                body.run(task, 0);
            }
            return;
        }
        Job mine = new Job(body, tasks, most, Thread.currentThread());
        job = mine;
        int helpers = Math.min(most, tasks) - 1;
        for (int i = 0; i < threads.length && i < helpers; i++) {
            if (asleep.get(i) == 1) {
                LockSupport.unpark(threads[i]);
            }
        }
        work(mine, 0);
        for (int spins = 0; mine.finished.get() < tasks; spins++) {
            if (spins < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(this, 1_000_000);
            }
        }
        job = null;
        if (mine.failure instanceof Error e) {
            throw e;
        }
        if (mine.failure instanceof RuntimeException e) {
            throw e;
        }
    }

    private static void work(Job job, int worker) {
        for (int task = job.next.getAndIncrement();
                task < job.tasks;
                task = job.next.getAndIncrement()) {
            if (job.failure == null) {
                try {
                    job.body.run(task, worker);
                } catch (RuntimeException | Error e) {
                    job.failure = e;
                }
            }
            if (job.finished.incrementAndGet() == job.tasks) {
                LockSupport.unpark(job.caller);
            }
        }
    }

    private void serve(int worker) {
        int spins = 0;
        while (!closed) {
            Job current = job;
            if (current != null && worker < current.most && current.next.get() < current.tasks) {
                work(current, worker);
                spins = 0;
            } else if (spins < SPINS) {
                spins++;
                Thread.onSpinWait();
            } else {
                asleep.set(worker - 1, 1);
                // Looked at once more after the flag is up: a call that came before saw no sleeper.
                Job late = job;
                if ((late == null || worker >= late.most) && !closed) {
                    LockSupport.park(this);
                }
                asleep.set(worker - 1, 0);
                spins = 0;
            }
        }
    }

    /** Ends the threads. */
    @Override
    public void close() {
        closed = true;
        for (Thread thread : threads) {
            LockSupport.unpark(thread);
        }
    }
}
