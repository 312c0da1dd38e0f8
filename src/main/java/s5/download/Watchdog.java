package s5.download;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** Closes a stream that nothing has come from for a while; reading it ends then. */
final class Watchdog implements AutoCloseable {
    private final InputStream stream;
    private final long patience;
    private final Thread thread;
    private volatile long fed = System.nanoTime();
    private volatile boolean bitten;

    Watchdog(InputStream stream, Duration patience) {
        this.stream = stream;
        this.patience = patience.toNanos();
        thread = Thread.ofVirtual().name("s5-watchdog").start(this::watch);
    }

    /** Something came. */
    void feed() {
        fed = System.nanoTime();
    }

    /** Whether it closed the stream. */
    boolean hasBitten() {
        return bitten;
    }

    private void watch() {
        try {
            while (System.nanoTime() - fed < patience) {
                Thread.sleep(Duration.ofNanos(patience / 8));
            }
            bitten = true;
            stream.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the end of the watch
        } catch (IOException e) {
            // it is closed all the same
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
