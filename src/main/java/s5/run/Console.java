package s5.run;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * What a run says: lines, which also go to its log with their times, and how far an epoch is. That
 * is a bar on a terminal, and elsewhere a plain line now and then.
 */
public final class Console implements AutoCloseable {
    /** Nanoseconds between two plain lines about an epoch. */
    private static final long NEWS = 20_000_000_000L;

    private final PrintWriter out;
    private final Supplier<ProgressBarConsumer> terminal; // null when there is none

    private PrintWriter log;
    private ProgressBar bar;
    private String task;
    private int steps;
    private int doneBefore;
    private long start;
    private long lastNews;

    private Console(PrintWriter out, Supplier<ProgressBarConsumer> terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /**
     * {@return a console with plain lines only}
     *
     * @param out where lines go
     */
    public static Console plain(PrintWriter out) {
        return new Console(out, null);
    }

    /** A console with lines to {@code out} and a bar to {@code terminal}, a new one each epoch. */
    static Console withBar(PrintWriter out, Supplier<ProgressBarConsumer> terminal) {
        return new Console(out, terminal);
    }

    /**
     * {@return a console with a bar on standard error if this process has a terminal, else a plain
     * one}
     *
     * @param out where lines go
     */
    @SuppressWarnings("SystemConsoleNull") // JDK 25, unlike 22, has null without a terminal
    public static Console of(PrintWriter out) {
        boolean terminal = System.console() != null && System.console().isTerminal();
        return new Console(out, terminal ? () -> bar(System.err) : null);
    }

    /** A bar that leaves nothing behind: the line of the epoch comes in its place. */
    private static ProgressBarConsumer bar(PrintStream terminal) {
        return new ConsoleProgressBarConsumer(terminal) {
            @Override
            public void close() {
                terminal.flush();
            }
        };
    }

    /** From now on lines also go to the end of a file. */
    void log(Path file) throws IOException {
        log =
                new PrintWriter(
                        new OutputStreamWriter(
                                new FileOutputStream(file.toFile(), true), StandardCharsets.UTF_8),
                        true);
    }

    /** Whether the log could not be written, a full disk for example. */
    boolean logFailed() {
        return log != null && log.checkError();
    }

    /**
     * Says one line.
     *
     * @param format as of {@link String#format}
     * @param values to format
     */
    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be one more dependency
    public void line(String format, Object... values) {
        String line = String.format(Locale.ROOT, format, values);
        out.println(line);
        out.flush();
        note(line);
    }

    /**
     * A line for the log alone.
     *
     * @param line without its line end
     */
    public void note(String line) {
        if (log != null) {
            log.println(Instant.now().truncatedTo(ChronoUnit.SECONDS) + " " + line);
        }
    }

    /**
     * Shows the progress of a task from now on.
     *
     * @param task its name, such as {@code epoch 1 of 3}
     * @param steps that it consists of
     * @param done steps done before, by a run that this one continues
     */
    public void begin(String task, int steps, int done) {
        this.task = task;
        this.steps = steps;
        doneBefore = done;
        start = System.nanoTime();
        lastNews = start;
        if (terminal != null) {
            bar =
                    new ProgressBarBuilder()
                            .setTaskName(task)
                            .setInitialMax(steps)
                            .startsFrom(done, Duration.ZERO)
                            .setStyle(ProgressBarStyle.ASCII)
                            .setUpdateIntervalMillis(500)
                            .setConsumer(terminal.get())
                            .hideEta()
                            .clearDisplayOnFinish()
                            .build();
        }
    }

    /**
     * Shows how far the task is.
     *
     * @param done steps, those done before {@link #begin} included
     * @param loss mean so far
     */
    public void step(int done, double loss) {
        if (bar != null) {
            bar.stepTo(done);
            bar.setExtraMessage(
                    String.format(
                            Locale.ROOT,
                            " loss %.4f, %.3g steps/s, %s left",
                            loss,
                            1 / secondsPerStep(done),
                            time(secondsLeft(done))));
            return;
        }
        long now = System.nanoTime();
        if (now - lastNews > NEWS && done < steps) {
            lastNews = now;
            line(
                    "%s: step %,d of %,d, loss %.4f, %.3f s a step, %s left in it",
                    task, done, steps, loss, secondsPerStep(done), time(secondsLeft(done)));
        }
    }

    private double secondsPerStep(int done) {
        return (System.nanoTime() - start) * 1e-9 / Math.max(1, done - doneBefore);
    }

    private double secondsLeft(int done) {
        return secondsPerStep(done) * (steps - done);
    }

    /**
     * {@return {@code 5 s}, {@code 12:05 min} or {@code 3:07 h}}
     *
     * @param seconds 0 or more
     */
    public static String time(double seconds) {
        long s = Math.round(seconds);
        if (s < 60) {
            return s + " s";
        }
        return s < 3600
                ? "%d:%02d min".formatted(s / 60, s % 60)
                : "%d:%02d h".formatted(s / 3600, s % 3600 / 60);
    }

    /** Ends what {@link #begin} began; does nothing when there is no task. */
    public void end() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }

    @Override
    public void close() {
        end();
        if (log != null) {
            log.close();
        }
    }
}
