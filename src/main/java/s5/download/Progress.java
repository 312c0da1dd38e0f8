package s5.download;

import java.io.Console;
import java.io.PrintWriter;
import java.time.Duration;

/** Tells how far something is that is counted in bytes. */
final class Progress implements AutoCloseable {
    /** A megabyte, as everywhere in what the user sees: 10^6 bytes. */
    static final long MB = 1_000_000;

    private final Display display;
    private final String task;
    private final long first;
    private final long total;
    private final long start = System.nanoTime();
    private long last = start;
    private long done;

    /** Where it is told: on a terminal in one line that changes, else line after line. */
    record Display(PrintWriter out, boolean terminal, Duration interval) {
        @SuppressWarnings("SystemConsoleNull") // it is null again since JDK 25 where there is none
        static Display forUser(PrintWriter out) {
            Console console = System.console();
            boolean terminal = console != null && console.isTerminal();
            return new Display(out, terminal, Duration.ofMillis(terminal ? 250 : 30_000));
        }
    }

    /**
     * @param task in a word or two
     * @param done bytes done before
     * @param total bytes in all; 0 or less when that is not known
     */
    Progress(Display display, String task, long done, long total) {
        this.display = display;
        this.task = task;
        this.first = done;
        this.total = total;
        this.done = done;
    }

    /** So many bytes are done. */
    void at(long bytes) {
        done = bytes;
        long now = System.nanoTime();
        if (now - last >= display.interval.toNanos()) {
            last = now;
            tell(now, display.terminal ? "\r" : System.lineSeparator());
        }
    }

    private void tell(long now, String end) {
        double rate = (done - first) / Math.max(1e-9, (now - start) * 1e-9);
        String of = total <= 0 ? "" : " of %,d".formatted(total / MB);
        double left = (total - done) / rate / 60;
        String time = total <= 0 || rate < 1 ? "" : ", %.0f min left".formatted(left);
        String line = "%s: %,d%s MB, %.1f MB/s%s".formatted(task, done / MB, of, rate / MB, time);
        display.out.print((display.terminal ? "%-79s" : "%s").formatted(line) + end);
        display.out.flush();
    }

    @Override
    public void close() {
        if (display.terminal) {
            tell(System.nanoTime(), System.lineSeparator());
        }
    }
}
