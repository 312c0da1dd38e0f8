package s5.tornado.stored;

import uk.ac.manchester.tornado.api.types.BFloat16;
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
}
