package s5.tornado.compile;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells now and then how far the compilation of a step's kernels is, where it takes long. */
public final class Compilation {
    private static final Logger LOG = LoggerFactory.getLogger(Compilation.class);

    /** Nanoseconds before the first line. */
    private static final long LONG = 1_000_000_000L;

    /** Nanoseconds between two lines. */
    private static final long NEWS = 10_000_000_000L;

    private final int kernels;
    private final long begun = System.nanoTime();
    private int done;
    private long next = begun + LONG;

    /** Begins with so many kernels. */
    public Compilation(int kernels) {
        this.kernels = kernels;
    }

    /** One more is done. */
    public synchronized void compiled() {
        done++;
        long now = System.nanoTime();
        if (done == kernels && now - begun > LONG) {
            LOG.info(
                    "compiled {} kernels in {} s",
                    kernels,
                    Math.round((now - begun) * 1e-8) / 10.0);
        } else if (now - next > 0) {
            next = now + NEWS;
            LOG.info("compiling kernels: {} of {}", done, kernels);
        }
    }
}
