package s5.tornado.optimizer;

import s5.ops.Adam;
import s5.ops.Rates;
import s5.tornado.Launch;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** The optimizer; launch {@link Launch#elements}. */
public final class AdamKernels {
    private AdamKernels() {}

    /**
     * AdamW on the elements {@code at} to {@code at + n} of four arrays; see {@link Adam}.
     *
     * @param rates {@link Rates}, from {@code ratesAt}
     * @param rate which of them
     */
    public static void adamUpdate(
            KernelContext c,
            FloatArray p,
            FloatArray g,
            FloatArray m,
            FloatArray v,
            int at,
            FloatArray rates,
            int ratesAt,
            int rate,
            float weightDecay,
            int n) {
        int first = c.groupIdx * Launch.ELEMENTS * Launch.GROUP + c.localIdx;
        float lr = rates.get(ratesAt + rate);
        float c1 = rates.get(ratesAt + Rates.C1);
        float c2 = rates.get(ratesAt + Rates.C2);
        for (int k = 0; k < Launch.ELEMENTS; k++) {
            int i = first + k * Launch.GROUP;
            if (i < n) {
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
}
