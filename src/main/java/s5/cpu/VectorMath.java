package s5.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Approx} lane by lane, and what the vector loops share. The species is as wide as this
 * machine likes it; nothing depends on its width.
 */
public final class VectorMath {
    /** The kind of vector that all loops use. */
    public static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;

    /** Lanes of a vector. */
    public static final int V = S.length();

    private VectorMath() {}

    /**
     * {@return the same value in every lane}
     *
     * @param value of each lane
     */
    public static FloatVector all(float value) {
        return FloatVector.broadcast(S, value);
    }

    /**
     * {@return {@link Approx#exp} of each lane}
     *
     * @param x any numbers
     */
    public static FloatVector exp(FloatVector x) {
        FloatVector c = x.blend(Approx.EXP_LOW, x.compare(VectorOperators.LT, Approx.EXP_LOW));
        c = c.blend(Approx.EXP_HIGH, c.compare(VectorOperators.GT, Approx.EXP_HIGH));
        FloatVector t = c.fma(all(Approx.LOG2_E), all(Approx.ROUND));
        FloatVector n = t.sub(Approx.ROUND);
        FloatVector r = n.fma(all(-Approx.LN2_HIGH), c);
        r = n.fma(all(-Approx.LN2_LOW), r);
        FloatVector p = r.fma(all(Approx.E4), all(Approx.E3));
        p = p.fma(r, all(Approx.E2));
        p = p.fma(r, all(Approx.E1));
        p = p.fma(r, all(Approx.E0));
        p = p.fma(r, all(1f));
        p = p.fma(r, all(1f));
        return p.reinterpretAsInts()
                .add(t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23))
                .reinterpretAsFloats();
    }

    /**
     * {@return {@link Approx#gelu} of each lane}
     *
     * @param y any numbers
     */
    public static FloatVector gelu(FloatVector y) {
        FloatVector z = y.mul(y.mul(y).fma(all(Approx.GELU_B), all(Approx.GELU_A)));
        return y.div(exp(z.neg()).add(1f));
    }

    /**
     * {@return {@link Approx#geluSlope} of each lane}
     *
     * @param y any numbers
     */
    public static FloatVector geluSlope(FloatVector y) {
        FloatVector yy = y.mul(y);
        FloatVector z = y.mul(yy.fma(all(Approx.GELU_B), all(Approx.GELU_A)));
        FloatVector e = exp(z.neg());
        FloatVector s = all(1f).div(e.add(1f));
        FloatVector slope = y.mul(yy.fma(all(3f * Approx.GELU_B), all(Approx.GELU_A)));
        return s.mul(e.mul(s)).fma(slope, s);
    }
}
