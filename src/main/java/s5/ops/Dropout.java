package s5.ops;

/**
 * Which elements dropout removes: an integer hash of (seed, step, site, sequence, feature), so that
 * no generator has a state to save, and every device and number of threads gives the same masks.
 *
 * <p>Written in {@code long} arithmetic masked to 32 bits with multipliers below 2^31, which never
 * overflows and needs no unsigned shift: GPU compilers for Java get those wrong.
 */
public final class Dropout {
    private static final long MASK = 0xFFFFFFFFL;

    private Dropout() {}

    /** A 32-bit mixing function with full avalanche. */
    static long mix(long x) {
        long h = x & MASK;
        h ^= h >> 15;
        h = (h * 0x2c1b3c6dL) & MASK;
        h ^= h >> 12;
        h = (h * 0x297a2d39L) & MASK;
        h ^= h >> 15;
        return h;
    }

    /** The 32 random bits of one element. */
    static long bits(int seed, int step, int site, int sequence, int feature) {
        long h = mix((seed & MASK) + 0x9E3779B9L);
        h = mix(h ^ (step & MASK));
        h = mix(h + site * 0x85EBCA6BL);
        h = mix(h ^ sequence);
        return mix(h + feature * 0x1B873593L);
    }

    /**
     * {@return the factor of one element: 0 or {@code 1 / (1 - rate)}}
     *
     * @param seed of the run
     * @param step number of the training step, from 0
     * @param site tells the masks of one step apart
     * @param sequence its place in the batch
     * @param feature its place in the sequence's H
     * @param rate probability of 0, in [0, 1)
     */
    public static float factor(
            int seed, int step, int site, int sequence, int feature, float rate) {
        return bits(seed, step, site, sequence, feature) * 0x1p-32f < rate ? 0f : 1f / (1f - rate);
    }
}
