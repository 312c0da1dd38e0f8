package s5.train;

/** Tells numbers from what is left of them after an overflow. */
final class Finite {
    private Finite() {}

    /** Whether none of the values is infinite or NaN. */
    static boolean all(float[] values) {
        int largest = 0; // as integers the sizes of floats are in order, infinity and NaN above
        for (float x : values) {
            largest = Math.max(largest, Float.floatToRawIntBits(x) & Integer.MAX_VALUE);
        }
        return largest < Float.floatToRawIntBits(Float.POSITIVE_INFINITY);
    }
}
