package s5.download;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

import java.io.Console;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.time.Duration;

/** Shows how far something is that is counted in bytes. */
interface Progress extends AutoCloseable {
    /** A megabyte, as everywhere in what the user sees: 10^6 bytes. */
    long MB = 1_000_000;

    /** So many bytes are done. */
    void at(long bytes);

    @Override
    void close();

    /** Starts showing something. */
    interface Display {
        /**
         * @param task in a word or two
         * @param done bytes done before
         * @param total bytes in all; 0 when that is not known
         */
        Progress start(String task, long done, long total);
    }

    /** A bar when this process is at a terminal, else a line every half a minute. */
    @SuppressWarnings("SystemConsoleNull") // it is null again since JDK 25 where there is none
    static Display forUser(PrintWriter out) {
        Console console = System.console();
        return console != null && console.isTerminal()
                ? bar(System.err)
                : lines(out, Duration.ofSeconds(30));
    }

    static Display bar(PrintStream terminal) {
        return (task, done, total) -> {
            ProgressBar bar =
                    new ProgressBarBuilder()
                            .setTaskName(task)
                            .setInitialMax(total == 0 ? -1 : total)
                            .setUnit(" MB", MB)
                            .showSpeed()
                            .setUpdateIntervalMillis(250)
                            .startsFrom(done, Duration.ZERO)
                            .setConsumer(new ConsoleProgressBarConsumer(terminal))
                            .build();
            return new Progress() {
                @Override
                public void at(long bytes) {
                    bar.stepTo(bytes);
                }

                @Override
                public void close() {
                    bar.close();
                }
            };
        };
    }

    static Display lines(PrintWriter out, Duration interval) {
        return (task, done, total) ->
                new Progress() {
                    private final long start = System.nanoTime();
                    private long last = start;

                    @Override
                    public void at(long bytes) {
                        long now = System.nanoTime();
                        if (now - last < interval.toNanos()) {
                            return;
                        }
                        last = now;
                        double rate = (bytes - done) / Math.max(1e-9, (now - start) * 1e-9);
                        String of = total == 0 ? "" : " of %,d".formatted(total / MB);
                        String left =
                                total == 0 || rate < 1
                                        ? ""
                                        : ", %.0f min left".formatted((total - bytes) / rate / 60);
                        out.printf(
                                "%s: %,d%s MB, %.1f MB/s%s%n",
                                task, bytes / MB, of, rate / MB, left);
                        out.flush();
                    }

                    @Override
                    public void close() {}
                };
    }
}
