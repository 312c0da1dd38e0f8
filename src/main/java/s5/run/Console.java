package s5.run;

import me.tongfei.progressbar.ProgressBarConsumer;

import s5.config.Messages;
import s5.io.PlainFile;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What a run says: lines, which also go to its log with their times, and how far an epoch is. That
 * is a bar on a terminal, and elsewhere a plain line now and then.
 */
public final class Console implements AutoCloseable {
    /** Nanoseconds between two plain lines about an epoch. */
    private static final long NEWS = 20_000_000_000L;

    /** Columns that the bar itself gets at least, before the message beside it. */
    private static final int BAR = 12;

    private final PrintWriter out;
    private final Bars terminal; // null when there is none
    private final LongSupplier clock; // nanoseconds
    private final Pace pace;

    private PrintWriter log;
    private Bar bar;
    private String task;
    private int steps;
    private long lastNews;

    /** Makes the bar of a task. */
    private interface Bars {
        Bar begin(String task, int steps, int done);
    }

    private Console(PrintWriter out, Bars terminal, LongSupplier clock) {
        this.out = out;
        this.terminal = terminal;
        this.clock = clock;
        pace = new Pace(clock);
    }

    /**
     * {@return a console with plain lines only}
     *
     * @param out where lines go
     */
    public static Console plain(PrintWriter out) {
        return plain(out, System::nanoTime);
    }

    /** A console with plain lines only, which tells the time by {@code clock}, in nanoseconds. */
    static Console plain(PrintWriter out, LongSupplier clock) {
        return new Console(out, null, clock);
    }

    /** A console with lines to {@code out} and a bar to {@code terminal}, a new one each epoch. */
    static Console withBar(PrintWriter out, Supplier<ProgressBarConsumer> terminal) {
        Bars bars = (task, steps, done) -> Bar.begin(terminal.get(), task, steps, done);
        return new Console(out, bars, System::nanoTime);
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
        Bars bars = (task, steps, done) -> Bar.begin(System.err, task, steps, done);
        return new Console(out, terminal ? bars : null, System::nanoTime);
    }

    /** From now on lines also go to the end of a file. */
    void log(Path file) throws IOException {
        log =
                new PrintWriter(
                        new OutputStreamWriter(
                                Channels.newOutputStream(
                                        PlainFile.open(file, StandardOpenOption.APPEND)),
                                StandardCharsets.UTF_8),
                        true);
    }

    /** Whether the log could not be written, a full disk for example. */
    boolean logFailed() {
        return log != null && log.checkError();
    }

    /**
     * Says one line; control characters of what it holds are left out.
     *
     * @param format as of {@link String#format}
     * @param values to format
     */
    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be one more dependency
    public void line(String format, Object... values) {
        String line = Messages.plain(String.format(Locale.ROOT, format, values));
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
            boolean interrupted = Thread.interrupted(); // which would close the file
            log.println(Instant.now().truncatedTo(ChronoUnit.SECONDS) + " " + Messages.plain(line));
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
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
        pace.begin(done);
        lastNews = clock.getAsLong();
        if (terminal != null) {
            bar = terminal.begin(task, steps, done);
        }
    }

    /**
     * Shows how far the task is.
     *
     * @param done steps, those done before {@link #begin} included
     * @param loss mean so far
     */
    public void step(int done, double loss) {
        OptionalDouble seconds = pace.secondsPerStep(done);
        String left =
                seconds.isEmpty() ? "" : time(seconds.getAsDouble() * (steps - done)) + " left";
        if (bar != null) {
            bar.step(done, message(done, loss, seconds, left));
            return;
        }
        long now = clock.getAsLong();
        if (now - lastNews > NEWS && done < steps) {
            lastNews = now;
            line(
                    "%s: step %,d of %,d, loss %.4f%s",
                    task,
                    done,
                    steps,
                    loss,
                    seconds.isEmpty()
                            ? ""
                            : ", %.3f s a step, %s in it".formatted(seconds.getAsDouble(), left));
        }
    }

    /** As much as the terminal has room for beside the bar. */
    private String message(int done, double loss, OptionalDouble seconds, String left) {
        int taken = "%s 100%% [] %d/%d (0:00:00) ".formatted(task, done, steps).length() + BAR;
        List<String> messages = new ArrayList<>();
        String news = " loss %.4f".formatted(loss);
        if (seconds.isPresent()) {
            messages.add("%s, %.3g steps/s, %s".formatted(news, 1 / seconds.getAsDouble(), left));
            messages.add("%s, %s".formatted(news, left));
            messages.add(" " + left);
        }
        messages.add(news);
        return messages.stream()
                .filter(message -> taken + message.length() <= bar.width())
                .findFirst()
                .orElse("");
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
