package s5.tornado.optimizer;

import s5.ops.Adam;
import s5.ops.Rates;

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
            float weightDecay) {
        for (@Parallel int i = 0; i < end - at; i++) {
            float lr = rates.get(ratesAt + rate);
            float c1 = rates.get(ratesAt + Rates.C1);
            float c2 = rates.get(ratesAt + Rates.C2);
            float gradient = g.get(at + i);
            float mean = Adam.BETA1 * m.get(at + i) + 0.1f * gradient;
            float square = Adam.BETA2 * v.get(at + i) + 0.001f * gradient * gradient;
            float old = p.get(at + i);
            m.set(at + i, mean);
            v.set(at + i, square);
            float change = mean * c1 / (TornadoMath.sqrt(square * c2) + Adam.EPSILON);
            p.set(at + i, old - lr * (change + weightDecay * old));
        }
    }
}
