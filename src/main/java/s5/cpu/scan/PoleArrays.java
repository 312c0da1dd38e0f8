package s5.cpu.scan;

import s5.cpu.Machine;
import s5.ops.Poles;

/** The arrays of {@link Poles}. */
record PoleArrays(float[] re, float[] im, float[] logStep) {
    static PoleArrays of(Poles poles, Machine cpu) {
        return new PoleArrays(
                cpu.floats(poles.re()), cpu.floats(poles.im()), cpu.floats(poles.logStep()));
    }

    /** Discretizes state {@code s}. */
    void set(Discrete z, int s) {
        z.set(re[s], im[s], logStep[s]);
    }
}
