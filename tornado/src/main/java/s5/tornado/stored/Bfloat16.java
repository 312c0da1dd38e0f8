package s5.tornado.stored;

import uk.ac.manchester.tornado.api.types.BFloat16;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/**
 * Elements of an array of bfloat16 on CUDA, where TornadoVM has an instruction for each way: to
 * float32, which is exact, and back, to the nearest, ties to even.
 */
public final class Bfloat16 {
    private Bfloat16() {}

    /** Element i as float32. */
    public static float get(ShortArray a, int i) {
        return BFloat16.bf16ToFloat(a.get(i));
    }

    /** Rounds a value into element i. */
    public static void set(ShortArray a, int i, float value) {
        a.set(i, BFloat16.bf16FromFloat(value));
    }

    /** {@link Pairs#first} of words with two elements. */
    public static float first(IntArray a, int pair, int twin) {
        return BFloat16.bf16ToFloat((short) a.get(pair));
    }

    /** {@link Pairs#second}. */
    public static float second(IntArray a, int pair, int twin) {
        return BFloat16.bf16ToFloat((short) (a.get(pair) >> 16));
    }

    /** {@link Pairs#set}, in {@code long}: TornadoVM drops masks and shifts of its bits in int. */
    public static void set(IntArray a, int pair, int twin, float first, float second) {
        long low = BFloat16.bf16FromFloat(first);
        long high = BFloat16.bf16FromFloat(second);
        a.set(pair, (int) ((high << 16) | (low & 0xFFFFL)));
    }

    /** {@link Pairs#first} where there are none: element {@code at}. */
    public static float first(ShortArray a, int at, int twin) {
        return get(a, at);
    }

    /** {@link Pairs#second} likewise: the same one. */
    public static float second(ShortArray a, int at, int twin) {
        return get(a, at);
    }

    /** {@link Pairs#set} likewise. */
    public static void set(ShortArray a, int at, int twin, float first, float second) {
        set(a, at, first);
    }
}
