package s5.cpu;

import s5.ops.Ops;
import s5.ops.Rates;
import s5.ops.Tensor;

import java.util.ArrayList;
import java.util.List;

/** The optimizer; see {@link Ops#adam}. */
final class AdamOp {
    private static final int CHUNK = 8_192;

    /** 1 - BETA1 and 1 - BETA2, rounded once: 1 - 0.999f is off by 1e-5. */
    private static final float REST1 = 0.1f;

    private static final float REST2 = 0.001f;

    private final Recorder r;

    AdamOp(Recorder recorder) {
        r = recorder;
    }

    /** A part of one tensor. */
    private record Part(Buffer p, Buffer g, Buffer m, Buffer v, int from, int to) {}

    void adam(
            List<Tensor> p,
            List<Tensor> g,
            List<Tensor> m,
            List<Tensor> v,
            Tensor rates,
            int rate,
            float weightDecay) {
        Check.require(
                g.size() == p.size() && m.size() == p.size() && v.size() == p.size(),
                "adam: %d parameters, %d gradients, %d and %d moments",
                p.size(),
                g.size(),
                m.size(),
                v.size());
        Check.vector("adam", "rates", rates, Rates.SIZE);
        Check.require(rate >= 0 && rate < Rates.SIZE, "adam: rate %d of %s", rate, rates);
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < p.size(); i++) {
            int size = p.get(i).size();
            Check.vector("adam", "p", p.get(i), size);
            Check.vector("adam", "g of " + p.get(i), g.get(i), size);
            Check.vector("adam", "m of " + p.get(i), m.get(i), size);
            Check.vector("adam", "v of " + p.get(i), v.get(i), size);
            for (int from = 0; from < size; from += CHUNK) {
                parts.add(
                        new Part(
                                r.buffer(p.get(i)),
                                r.buffer(g.get(i)),
                                r.buffer(m.get(i)),
                                r.buffer(v.get(i)),
                                from,
                                Math.min(size, from + CHUNK)));
            }
        }
        Buffer numbers = r.buffer(rates);
        List<Tensor> reads = new ArrayList<>(p);
        reads.addAll(g);
        reads.addAll(m);
        reads.addAll(v);
        reads.add(rates);
        List<Tensor> writes = new ArrayList<>(p);
        writes.addAll(m);
        writes.addAll(v);
        r.add(
                "adam",
                reads,
                writes,
                writes,
                () ->
                        r.workers.run(
                                parts.size(),
                                (i, _) ->
                                        update(
                                                parts.get(i),
                                                numbers.floats[rate],
                                                numbers.floats[Rates.C1],
                                                numbers.floats[Rates.C2],
                                                weightDecay)));
    }

    private static void update(Part part, float lr, float c1, float c2, float weightDecay) {
        float[] p = part.p.floats;
        float[] g = part.g.floats;
        float[] m = part.m.floats;
        float[] v = part.v.floats;
        for (int i = part.from; i < part.to; i++) {
            float slope = g[i];
            float mean = Ops.BETA1 * m[i] + REST1 * slope;
            float square = Ops.BETA2 * v[i] + REST2 * slope * slope;
            m[i] = mean;
            v[i] = square;
            float root = (float) Math.sqrt(square * c2);
            p[i] -= lr * (mean * c1 / (root + Ops.ADAM_EPSILON) + weightDecay * p[i]);
        }
    }
}
