package s5.run;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

import java.io.PrintStream;
import java.time.Duration;

/**
 * A bar on a terminal. The only class that needs the library of bars, which a program that trains
 * without a terminal does without.
 */
final class Bar implements AutoCloseable {
    private final ProgressBar bar;
    private final int width; // of the terminal

    private Bar(ProgressBar bar, int width) {
        this.bar = bar;
        this.width = width;
    }

    /** Shows a bar for a task. */
    static Bar begin(ProgressBarConsumer consumer, String task, int steps, int done) {
        return new Bar(
                new ProgressBarBuilder()
                        .setTaskName(task)
                        .setInitialMax(steps)
                        .startsFrom(done, Duration.ZERO)
                        .setStyle(ProgressBarStyle.ASCII)
                        .setUpdateIntervalMillis(500)
                        .setConsumer(consumer)
                        .hideEta()
                        .clearDisplayOnFinish()
                        .build(),
                consumer.getMaxRenderedLength());
    }

    /** One that leaves nothing behind: the line of the epoch comes in its place. */
    static Bar begin(PrintStream terminal, String task, int steps, int done) {
        ProgressBarConsumer consumer =
                new ConsoleProgressBarConsumer(terminal) {
                    @Override
                    public void close() {
                        terminal.flush();
                    }
                };
        return begin(consumer, task, steps, done);
    }

    /** Columns of the terminal. */
    int width() {
        return width;
    }

    void step(int done, String message) {
        bar.stepTo(done);
        bar.setExtraMessage(message);
    }

    @Override
    public void close() {
        bar.close();
    }
}
