package s5.collective;

import java.io.IOException;
import java.io.UTFDataFormatException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Sees whether the other processes live: over a connection to each, which carries a beat a second,
 * the reason of a process that fails, and a word when one leaves. A process that dies closes its
 * connections; one that hangs, or whose machine does, falls silent.
 *
 * <p>Who learns that another is lost tells the rest, ends what the main thread waits for, and, if
 * that does not come to an end by itself (a GPU waits for the lost one for ever), the process.
 */
final class Watch implements AutoCloseable {
    private static final int BEAT = 0;
    private static final int FAILED = 1;
    private static final int LEFT = 2;

    /** Seconds without a beat after which a process is lost. */
    private static final int SILENCE = 12;

    /** Seconds that the main thread has to come to its end. */
    private static final int GRACE = 8;

    private final List<Link> links; // to the others; null for itself, and where there is none
    private final List<String> names;
    private final boolean leads;
    private final boolean[] left;
    private final Runnable wake;
    private final ScheduledExecutorService clock = clock();
    private String lost; // why this process has to end; null while all is well
    private boolean failing; // for a reason of its own
    private boolean told; // the main thread knows
    private boolean closed;

    /**
     * Begins to watch.
     *
     * @param links by rank; null where there is none
     * @param names by rank, for messages
     * @param leads whether this is rank 0, which tells the others
     * @param wake ends what the main thread waits for
     */
    Watch(List<Link> links, List<String> names, boolean leads, Runnable wake) {
        this.links = links;
        this.names = names;
        this.leads = leads;
        this.wake = wake;
        left = new boolean[links.size()];
        for (int rank = 0; rank < links.size(); rank++) {
            if (links.get(rank) != null) {
                int other = rank;
                Thread.ofPlatform()
                        .daemon()
                        .name("s5-watch-" + rank)
                        .start(() -> listen(other, links.get(other)));
            }
        }
        ScheduledFuture<?> beats = clock.scheduleAtFixedRate(this::beat, 0, 1, TimeUnit.SECONDS);
        if (beats.isCancelled()) {
            throw new IllegalStateException("no beats");
        }
    }

    private static ScheduledExecutorService clock() {
        return new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("s5-beats").factory());
    }

    private void beat() {
        for (Link link : links) {
            if (link != null) {
                say(link, BEAT, "");
            }
        }
    }

    private static void say(Link link, int what, String text) {
        try {
            synchronized (link.out) {
                link.out.writeByte(what);
                if (what == FAILED) {
                    link.out.writeUTF(text);
                }
                link.out.flush();
            }
        } catch (UTFDataFormatException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            // who listens to it will know
        }
    }

    private void listen(int rank, Link link) {
        try {
            link.socket.setSoTimeout(SILENCE * 1000);
            while (true) {
                int what = link.in.readByte();
                if (what == LEFT) {
                    synchronized (this) {
                        left[rank] = true;
                    }
                    return;
                }
                if (what == FAILED) {
                    String reason = link.in.readUTF();
                    // what rank 0 says names the rank already
                    lose(rank, leads ? names.get(rank) + " failed: " + reason : reason);
                    return;
                }
            }
        } catch (SocketTimeoutException e) {
            lose(rank, "%s has not been heard of for %d s".formatted(names.get(rank), SILENCE));
        } catch (IOException e) {
            lose(rank, names.get(rank) + " has ended without a word");
        }
    }

    private void lose(int rank, String why) {
        synchronized (this) {
            if (closed || failing || lost != null || left[rank]) {
                return;
            }
            lost = why;
        }
        if (leads) {
            for (int other = 0; other < links.size(); other++) {
                if (other != rank && links.get(other) != null) {
                    say(links.get(other), FAILED, why);
                }
            }
        }
        Thread.ofPlatform().daemon().name("s5-end").start(this::end);
        wake.run();
    }

    /** Ends the process, where its main thread does not. */
    private void end() {
        try {
            Thread.sleep(GRACE * 1000L);
        } catch (InterruptedException e) {
            return;
        }
        String line;
        synchronized (this) {
            line = told ? null : lost;
        }
        if (line != null) {
            System.err.println("s5: " + line);
            System.err.flush();
        }
        Runtime.getRuntime().halt(1);
    }

    /** Why this process has to end; null while all is well. */
    synchronized String lost() {
        return lost;
    }

    /** As {@link #lost}, a little later where that may become known just now. */
    String lostSoon() {
        for (int i = 0; i < 200 && lost() == null; i++) {
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        return lost();
    }

    /** This process fails by itself. */
    void fail(String reason) {
        synchronized (this) {
            if (closed || lost != null || failing) {
                return;
            }
            failing = true;
        }
        String line = leads ? names.getFirst() + " failed: " + reason : reason;
        String fits = line.length() > 10_000 ? line.substring(0, 10_000) : line;
        for (Link link : links) {
            if (link != null) {
                say(link, FAILED, fits);
            }
        }
    }

    /** Says good-bye. */
    @Override
    public void close() {
        boolean failed;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            told = true;
            failed = failing || lost != null;
        }
        clock.shutdownNow();
        for (Link link : links) {
            if (link != null) {
                if (!failed) {
                    say(link, LEFT, "");
                }
                link.close();
            }
        }
    }
}
