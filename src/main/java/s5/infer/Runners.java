package s5.infer;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Scratch to borrow, so that as many threads as come can work at the same time and what they need
 * is made once. The one that came back last goes out first, its memory still in the cache; no more
 * are kept than processors can use.
 */
final class Runners {
    private static final int KEPT = 2 * Runtime.getRuntime().availableProcessors();

    private final Trained model;
    private final Deque<Runner> idle = new ArrayDeque<>();

    Runners(Trained model) {
        this.model = model;
    }

    /** Some scratch, for one thread; to be given back. */
    Runner borrow() {
        synchronized (idle) {
            if (!idle.isEmpty()) {
                return idle.pop();
            }
        }
        return new Runner(model);
    }

    /** Takes scratch back, after a failure too: every evaluation writes all that it reads. */
    void giveBack(Runner runner) {
        synchronized (idle) {
            if (idle.size() < KEPT) {
                idle.push(runner);
            }
        }
    }

    /** Lets go of what is idle. */
    void clear() {
        synchronized (idle) {
            idle.clear();
        }
    }
}
