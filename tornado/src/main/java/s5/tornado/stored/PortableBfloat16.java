package s5.tornado.stored;

import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/**
 * {@link Bfloat16} by arithmetic alone, for OpenCL, where TornadoVM has no instruction for it and
 * none to see a float's bits. The same values, more slowly, but for what is below the least normal
 * number: it becomes 0. A device whose powers of two are not exact reads as exactly as they are. A
 * NaN comes back as infinity on PoCL.
 */
public final class PortableBfloat16 {
    /** 2^-126, the least normal number. */
    private static final float LEAST = 0x1p-126f;

    /** Halfway from the largest bfloat16 to the next power of two: what infinity begins with. */
    private static final float INFINITE = 0x1.ffp127f;

    /** Bits of infinity. */
    private static final int INFINITY = 0x7f80;

    private PortableBfloat16() {}

    /** Element i as float32. */
    public static float get(ShortArray a, int i) {
        int bits = a.get(i);
        if (bits < 0) {
            bits = bits + 65536;
        }
        return number(bits);
    }

    /** Rounds a value into element i, to the nearest, ties to even. */
    public static void set(ShortArray a, int i, float value) {
        a.set(i, (short) bits(value));
    }

    /** {@link Pairs#first} of words with two elements. */
    public static float first(IntArray a, int pair, int twin) {
        int word = a.get(pair);
        return number(word - (word >> 16) * 65536);
    }

    /** {@link Pairs#second}. */
    public static float second(IntArray a, int pair, int twin) {
        int high = a.get(pair) >> 16;
        if (high < 0) {
            high = high + 65536;
        }
        return number(high);
    }

    /** {@link Pairs#set}, by a loop, for {@link #bits} twice is more than TornadoVM puts inline. */
    public static void set(IntArray a, int pair, int twin, float first, float second) {
        float[] values = new float[2];
        values[0] = second;
        values[1] = first;
        int word = 0;
        for (int i = 0; i < 2; i++) {
            int half = bits(values[i]);
            if (i == 1) {
                half = half & 65535;
            }
            word = word * 65536 + half;
        }
        a.set(pair, word);
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

    /** The number of 16 bits, from 0 to 65535. */
    private static float number(int word) {
        int bits = word;
        float sign = 1f;
        if (bits >= 32768) {
            bits = bits - 32768;
            sign = -1f;
        }
        int exponent = bits / 128;
        float value = (1f + (bits % 128) / 128f) * TornadoMath.pow(2f, exponent - 127f);
        if (exponent == 0) {
            value = 0f;
        }
        return sign * value;
    }

    /** The bits of the nearest number, ties to even, as a short's: negative for one with a sign. */
    private static int bits(float value) {
        float size = value;
        int sign = 0;
        if (value < 0f) {
            size = -value;
            sign = 32768;
        }
        // a number from 1 to below 2, and its power of two
        float[] number = new float[2];
        number[0] = size;
        number[1] = 127f;
        scale(number, 64, 0x1p64f);
        scale(number, 32, 0x1p32f);
        scale(number, 16, 65536f);
        scale(number, 8, 256f);
        scale(number, 4, 16f);
        scale(number, 2, 4f);
        scale(number, 1, 2f);
        float scaled = number[0] * 128f;
        int digits = (int) scaled;
        float rest = scaled - digits;
        if (rest > 0.5f) {
            digits = digits + 1;
        }
        if (rest == 0.5f) {
            digits = digits + digits % 2;
        }
        int bits = ((int) number[1]) * 128 + digits - 128;
        if (size < LEAST) {
            bits = 0;
        }
        if (size >= INFINITE) {
            bits = INFINITY;
        }
        return bits - sign;
    }

    /** Takes a power of two, 2^n, out of a number that has it, or puts it into a small one. */
    private static void scale(float[] number, int n, float power) {
        if (number[0] >= power) {
            number[0] = number[0] / power;
            number[1] = number[1] + n;
        }
        if (number[0] * power < 2f) {
            number[0] = number[0] * power;
            number[1] = number[1] - n;
        }
    }
}
