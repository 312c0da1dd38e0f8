package s5.tornado.optimizer;

import s5.ops.Rates;
import s5.ops.UpdateOp.Adam;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** The optimizer. */
public final class AdamKernels {
    private AdamKernels() {}

    /**
     * AdamW on the elements from {@code at} to before {@code end} of four arrays; see {@link Adam}.
     *
     * @param rates {@link Rates}, from {@code ratesAt}
     * @param rate which of them
     * @param coupled 1 where the decay is part of the gradient, else 0
     */
    public static void adamUpdate(
            FloatArray p,
            FloatArray g,
            FloatArray m,
            FloatArray v,
            int at,
            int end,
            FloatArray rates,
            int ratesAt,
            int rate,
            float weightDecay,
            int coupled) {
        for (@Parallel int i = 0; i < end - at; i++) {
            if (rates.get(ratesAt + Rates.PENDING) == 0f) {
                float lr = rates.get(ratesAt + rate);
                float c1 = rates.get(ratesAt + Rates.C1);
                float c2 = rates.get(ratesAt + Rates.C2);
                float old = p.get(at + i);
                float gradient = g.get(at + i);
                float decay = weightDecay * old;
                if (coupled != 0) {
                    gradient += decay;
                    decay = 0f;
                }
                float mean = Adam.BETA1 * m.get(at + i) + 0.1f * gradient;
                float square = Adam.BETA2 * v.get(at + i) + 0.001f * gradient * gradient;
                m.set(at + i, mean);
                v.set(at + i, square);
                float change = mean * c1 / (TornadoMath.sqrt(square * c2) + Adam.EPSILON);
                p.set(at + i, old - lr * (change + decay));
            }
        }
    }
}
