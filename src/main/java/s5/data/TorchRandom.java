package s5.data;

/**
 * The stream of random numbers that PyTorch's CPU generator draws: the Mersenne Twister MT19937,
 * seeded by init_genrand (Matsumoto and Nishimura, 1998; the same stream as NumPy's legacy
 * RandomState). It makes the official splits of a data set reproducible, and as its output is fixed
 * by its definition it also drives shuffling and generated data.
 */
public final class TorchRandom {
    private static final int N = 624;
    private static final int M = 397;

    private final int[] state = new int[N];
    private int next = N;

    /**
     * A generator as after {@code torch.manual_seed}.
     *
     * @param seed of which PyTorch's generator uses the lower 32 bits
     */
    public TorchRandom(long seed) {
        state[0] = (int) seed;
        for (int i = 1; i < N; i++) {
            state[i] = 1812433253 * (state[i - 1] ^ (state[i - 1] >>> 30)) + i;
        }
    }

    /** {@return the next 32 random bits} */
    public int random32() {
        if (next == N) {
            refill();
        }
        int y = state[next++];
        y ^= y >>> 11;
        y ^= (y << 7) & 0x9d2c5680;
        y ^= (y << 15) & 0xefc60000;
        return y ^ (y >>> 18);
    }

    /**
     * {@return a number in [0, bound), each as likely as the others up to 2^-32; one draw, by the
     * upper half of a product and not, as {@link #randperm} has to, by a remainder}
     *
     * @param bound above 0
     */
    public int below(int bound) {
        return (int) ((Integer.toUnsignedLong(random32()) * bound) >>> 32);
    }

    /**
     * {@code torch.randperm(n)} of this generator: for i = 0..n-2 element i is swapped with element
     * i + random32 mod (n - i).
     *
     * @param n 0 or more
     * @return the numbers 0 to n - 1 in random order
     */
    public int[] randperm(int n) {
        int[] a = new int[n];
        for (int i = 0; i < n; i++) {
            a[i] = i;
        }
        for (int i = 0; i < n - 1; i++) {
            int j = i + Integer.remainderUnsigned(random32(), n - i);
            int swap = a[i];
            a[i] = a[j];
            a[j] = swap;
        }
        return a;
    }

    private void refill() {
        for (int i = 0; i < N; i++) {
            int y = (state[i] & 0x80000000) | (state[(i + 1) % N] & 0x7fffffff);
            state[i] = state[(i + M) % N] ^ (y >>> 1) ^ ((y & 1) == 0 ? 0 : 0x9908b0df);
        }
        next = 0;
    }
}
