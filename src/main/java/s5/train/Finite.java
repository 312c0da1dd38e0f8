package s5.train;

import s5.data.Batch;

import java.util.stream.Stream;

/** Tells numbers from what is left of them after an overflow. */
final class Finite {
    /** What went bad first, where no operation did. */
    static final String INPUT = "the input";

    private Finite() {}

    /** Whether all numbers that a batch brings are finite. */
    static boolean all(Batch batch) {
        return Stream.of(batch.x, batch.dt, batch.targets)
                .allMatch(values -> values == null || all(values));
    }

    /** Whether none of the values is infinite or NaN. */
    static boolean all(float[] values) {
        int largest = 0; // as integers the sizes of floats are in order, infinity and NaN above
        for (float x : values) {
            largest = Math.max(largest, Float.floatToRawIntBits(x) & Integer.MAX_VALUE);
        }
        return largest < Float.floatToRawIntBits(Float.POSITIVE_INFINITY);
    }
}
