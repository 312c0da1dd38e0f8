package s5.ops;

import java.util.List;

/**
 * AdamW with decoupled decay (Adam when {@code weightDecay} is 0), for several tensors of one
 * group: {@code m = b1 m + (1 - b1) g}, {@code v = b2 v + (1 - b2) g^2}, {@code p -= lr (m c1 /
 * (sqrt(v c2) + eps) + weightDecay p)}. Where the decay is coupled, {@code g + weightDecay p}
 * stands for g instead, and the last term is left out. While {@code rates[PENDING]} is not 0
 * nothing changes.
 *
 * <p>1 - b1 and 1 - b2 are 0.1 and 0.001 rounded to float32, not differences of rounded numbers.
 *
 * @param p parameters, of any shapes; updated
 * @param g their gradients, of the same sizes in the same order
 * @param m their first moments, likewise; updated
 * @param v their second moments, likewise; updated
 * @param rates float32, see {@link Rates}: c1, c2 and the learning rates
 * @param rate index of lr in {@code rates}
 * @param weightDecay 0 or more; times the learning rate, unless it is coupled
 * @param coupled whether the decay is part of the gradient
 */
public record Adam(
        @InOut List<Tensor> p,
        List<Tensor> g,
        @InOut List<Tensor> m,
        @InOut List<Tensor> v,
        Tensor rates,
        int rate,
        float weightDecay,
        boolean coupled)
        implements Op {
    /** Adam's decay of the first moment. */
    public static final float BETA1 = 0.9f;

    /** Adam's decay of the second moment. */
    public static final float BETA2 = 0.999f;

    /** Added to the root of the second moment. */
    public static final float EPSILON = 1e-8f;

    /** Checks the sizes. */
    public Adam {
        String op = "adam";
        p = Shapes.present(op, "p", p);
        g = Shapes.present(op, "g", g);
        m = Shapes.present(op, "m", m);
        v = Shapes.present(op, "v", v);
        Shapes.require(
                g.size() == p.size() && m.size() == p.size() && v.size() == p.size(),
                "%s: %d parameters, %d gradients, %d and %d moments",
                op,
                p.size(),
                g.size(),
                m.size(),
                v.size());
        Shapes.vector(op, "rates", rates, Rates.SIZE);
        Shapes.require(rate >= 0 && rate < Rates.SIZE, "%s: rate %d of %s", op, rate, rates);
        for (int i = 0; i < p.size(); i++) {
            int size = p.get(i).size();
            Shapes.vector(op, "p", p.get(i), size);
            Shapes.vector(op, "g of " + p.get(i), g.get(i), size);
            Shapes.vector(op, "m of " + p.get(i), m.get(i), size);
            Shapes.vector(op, "v of " + p.get(i), v.get(i), size);
        }
    }

    /**
     * AdamW.
     *
     * @param p parameters; updated
     * @param g their gradients
     * @param m their first moments; updated
     * @param v their second moments; updated
     * @param rates float32, see {@link Rates}
     * @param rate index of lr in {@code rates}
     * @param weightDecay times the learning rate
     */
    public Adam(
            List<Tensor> p,
            List<Tensor> g,
            List<Tensor> m,
            List<Tensor> v,
            Tensor rates,
            int rate,
            float weightDecay) {
        this(p, g, m, v, rates, rate, weightDecay, false);
    }
}
