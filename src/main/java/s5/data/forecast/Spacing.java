package s5.data.forecast;

import s5.data.own.RawSequence;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** How far apart the rows of a series are in time, and after how many it begins anew. */
final class Spacing {
    private Spacing() {}

    /** The median time between two rows; 0 where there are no times; notes get what is odd. */
    static double step(List<RawSequence> raw, List<String> notes) {
        double[] steps =
                raw.stream()
                        .filter(s -> s.times() != null)
                        .flatMapToDouble(s ->
                                IntStream.range(1, s.length())
                                        .mapToDouble(k -> s.times()[k] - s.times()[k - 1]))
                        .sorted()
                        .toArray();
        if (steps.length == 0) {
            return 0;
        }
        double median = steps[steps.length / 2];
        long other = Arrays.stream(steps).filter(s -> Math.abs(s - median) > 1e-3 * median).count();
        if (other > 0) {
            notes.add(
                    "%,d of %,d time steps differ from the usual %s; rows are taken as equally far apart"
                            .formatted(other, steps.length, median));
        }
        return median;
    }

    /** A day, a week or a year, in rows of so many seconds; 0 where none suits. */
    static int season(double step, String unit) {
        double day = 86_400;
        if (!unit.equals("s") || !(step > 0)) {
            return 0;
        }
        if (step <= day / 2) {
            return (int) Math.round(day / step);
        }
        if (Math.abs(step - day) < 0.01 * day) {
            return 7;
        }
        if (Math.abs(step - 7 * day) < 0.07 * day) {
            return 52;
        }
        return step > 27 * day && step < 32 * day ? 12 : 0;
    }
}
