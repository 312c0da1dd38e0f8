package s5.run;

import java.util.ArrayDeque;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;

/**
 * How long a step takes of late. The first one of a process is left out: some devices still compile
 * in it what was prepared, and that may take minutes. So is what lies further back than {@link
 * #MARKS} seconds, while the JIT compiler was at work.
 */
final class Pace {
    /** Seconds or more that the pace is of: so many marks are kept, a second apart at least. */
    private static final int MARKS = 20;

    private static final long SECOND = 1_000_000_000L;

    /** So many steps were done at a time. */
    private record Mark(int done, long time) {}

    private final LongSupplier clock;
    private final ArrayDeque<Mark> marks = new ArrayDeque<>(); // the oldest first
    private boolean compiled; // whether this process has done a step

    /**
     * @param clock nanoseconds
     */
    Pace(LongSupplier clock) {
        this.clock = clock;
    }

    /** Steps begin after {@code done} others. */
    void begin(int done) {
        marks.clear();
        if (compiled) {
            marks.add(new Mark(done, clock.getAsLong()));
        }
    }

    /** The pace when so many steps are done; empty when nothing is known yet. */
    OptionalDouble secondsPerStep(int done) {
        long now = clock.getAsLong();
        compiled = true;
        OptionalDouble pace = OptionalDouble.empty();
        if (!marks.isEmpty() && done > marks.getFirst().done()) {
            Mark from = marks.getFirst();
            pace = OptionalDouble.of((now - from.time()) * 1e-9 / (done - from.done()));
        }
        if (marks.isEmpty() || now - marks.getLast().time() >= SECOND) {
            marks.add(new Mark(done, now));
            if (marks.size() > MARKS) {
                marks.removeFirst();
            }
        }
        return pace;
    }
}
