package s5.ops.reference;

import s5.ops.Rates;
import s5.ops.Tensor;
import s5.ops.UpdateOp;
import s5.ops.UpdateOp.Adam;

import java.util.List;

/** The optimizers and what is around them, in double precision. */
final class ReferenceUpdate {
    private final ReferenceMemory memory;

    ReferenceUpdate(ReferenceMemory memory) {
        this.memory = memory;
    }

    void run(UpdateOp op) {
        switch (op) {
            case Adam o -> adam(o);
            case UpdateOp.Accumulate o -> accumulate(o);
            case UpdateOp.ClipNorm o -> clipNorm(o);
            case UpdateOp.Sgd o -> sgd(o);
            case UpdateOp.Average o -> average(o);
        }
    }

    private boolean pending(Tensor rates) {
        return memory.vector(rates)[Rates.PENDING] != 0;
    }

    private void adam(Adam o) {
        if (!pending(o.rates())) {
            for (int i = 0; i < o.p().size(); i++) {
                adam(o, o.p().get(i), o.g().get(i), o.m().get(i), o.v().get(i));
            }
        }
    }

    private void adam(Adam o, Tensor p, Tensor g, Tensor m, Tensor v) {
        double lr = memory.vector(o.rates())[o.rate()];
        double c1 = memory.vector(o.rates())[Rates.C1];
        double c2 = memory.vector(o.rates())[Rates.C2];
        double[] ps = memory.vector(p);
        double[] gs = memory.vector(g);
        double[] ms = memory.vector(m);
        double[] vs = memory.vector(v);
        for (int i = 0; i < ps.length; i++) {
            double slope = gs[i] + (o.coupled() ? o.weightDecay() * ps[i] : 0);
            // 1 - b of the exact 0.9 and 0.999, as in the official code: 1 - 0.999f is 1e-5 off.
            ms[i] = Adam.BETA1 * ms[i] + 0.1 * slope;
            vs[i] = Adam.BETA2 * vs[i] + 0.001 * slope * slope;
            double step = ms[i] * c1 / (Math.sqrt(vs[i] * c2) + Adam.EPSILON);
            ps[i] -= lr * (step + (o.coupled() ? 0 : o.weightDecay() * ps[i]));
        }
        memory.store(p, ps);
        memory.store(m, ms);
        memory.store(v, vs);
    }

    private void accumulate(UpdateOp.Accumulate o) {
        boolean fresh = memory.vector(o.rates())[Rates.FRESH] != 0;
        for (int i = 0; i < o.g().size(); i++) {
            double[] g = memory.vector(o.g().get(i));
            double[] sum = memory.vector(o.sum().get(i));
            for (int j = 0; j < g.length; j++) {
                sum[j] = (fresh ? 0 : sum[j]) + o.share() * g[j];
            }
            memory.store(o.sum().get(i), sum);
        }
    }

    private void clipNorm(UpdateOp.ClipNorm o) {
        if (pending(o.rates())) {
            return;
        }
        List<double[]> gradients = o.g().stream().map(memory::vector).toList();
        double squares = 0;
        for (double[] g : gradients) {
            for (double value : g) {
                squares += value * value;
            }
        }
        double norm = Math.sqrt(squares);
        for (int i = 0; i < gradients.size(); i++) {
            double[] g = gradients.get(i);
            for (int j = 0; j < g.length; j++) {
                g[j] *= norm > o.limit() ? o.limit() / norm : 1;
            }
            memory.store(o.g().get(i), g);
        }
        memory.store(o.norm(), new double[] {norm});
    }

    private void sgd(UpdateOp.Sgd o) {
        if (pending(o.rates())) {
            return;
        }
        double lr = memory.vector(o.rates())[o.rate()];
        for (int i = 0; i < o.p().size(); i++) {
            double[] p = memory.vector(o.p().get(i));
            double[] g = memory.vector(o.g().get(i));
            double[] m = memory.vector(o.m().get(i));
            for (int j = 0; j < p.length; j++) {
                m[j] = o.momentum() * m[j] + g[j] + o.weightDecay() * p[j];
                p[j] -= lr * m[j];
            }
            memory.store(o.p().get(i), p);
            memory.store(o.m().get(i), m);
        }
    }

    private void average(UpdateOp.Average o) {
        if (pending(o.rates())) {
            return;
        }
        double share = memory.vector(o.rates())[Rates.AVERAGE];
        for (int i = 0; i < o.p().size(); i++) {
            double[] p = memory.vector(o.p().get(i));
            double[] average = memory.vector(o.average().get(i));
            for (int j = 0; j < p.length; j++) {
                average[j] = (1 - share) * average[j] + share * p[j];
            }
            memory.store(o.average().get(i), average);
        }
    }
}
