package s5.cpu;

import s5.ops.Op;
import s5.ops.Tensor;

import java.util.List;

/** Rounding to bfloat16: a float32 with the upper 16 of its 32 bits. */
final class Bfloat16 {
    private static final int ROWS = 256;

    /**
     * What is added to the lower bits before they go: with it, half of the last one rounds down.
     */
    private static final int HALF = 0x7fff;

    private Bfloat16() {}

    /** A task, and then what it has written of activations rounded. */
    static Runnable rounding(Op op, Runnable task, Machine machine) {
        List<Tensor> written = op.writes().stream().filter(Tensor::activation).toList();
        return () -> {
            task.run();
            written.forEach(t -> round(t, machine));
        };
    }

    private static void round(Tensor t, Machine machine) {
        float[] values = machine.floats(t);
        int columns = t.columns();
        machine.each(
                new Blocks(t.rows(), ROWS),
                (from, to, _, _) -> {
                    for (int i = from * columns; i < to * columns; i++) {
                        values[i] = rounded(values[i]);
                    }
                });
    }

    /** The nearest bfloat16, of two as near the one with an even last bit; NaN stays NaN. */
    static float rounded(float value) {
        int bits = Float.floatToRawIntBits(value);
        int nearest = (bits + HALF + ((bits >> 16) & 1)) & 0xffff0000;
        return Float.isNaN(value) ? value : Float.intBitsToFloat(nearest);
    }
}
