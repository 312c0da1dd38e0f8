package s5.ops;

import java.util.List;

/**
 * What training does with gradients and parameters. Each works on several tensors at once: the i-th
 * tensors of its lists are of one size, whatever their shapes.
 *
 * <p>While {@code rates[PENDING]} is not 0, more gradients are to come before the update: then
 * {@link Accumulate} alone does something.
 */
public sealed interface UpdateOp extends Op
        permits UpdateOp.Adam,
                UpdateOp.Accumulate,
                UpdateOp.ClipNorm,
                UpdateOp.Sgd,
                UpdateOp.Average {

    /**
     * AdamW with decoupled decay (Adam when {@code weightDecay} is 0), for several tensors of one
     * group: {@code m = b1 m + (1 - b1) g}, {@code v = b2 v + (1 - b2) g^2}, {@code p -= lr (m c1 /
     * (sqrt(v c2) + eps) + weightDecay p)}. Where the decay is coupled, {@code g + weightDecay p}
     * stands for g instead, and the last term is left out. While {@code rates[PENDING]} is not 0
     * nothing changes.
     *
     * <p>1 - b1 and 1 - b2 are 0.1 and 0.001 rounded to float32, not differences of rounded
     * numbers.
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
    record Adam(
            @InOut List<Tensor> p,
            List<Tensor> g,
            @InOut List<Tensor> m,
            @InOut List<Tensor> v,
            Tensor rates,
            int rate,
            float weightDecay,
            boolean coupled)
            implements UpdateOp {
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

    /**
     * Adds the gradients of a batch up: {@code sum = share g} where {@code rates[FRESH]} is not 0,
     * else {@code sum += share g}.
     *
     * @param g gradients
     * @param sum of the batches so far; updated
     * @param rates float32, see {@link Rates}
     * @param share of a batch in the sum: 1 / N for the mean of N
     */
    record Accumulate(List<Tensor> g, @InOut List<Tensor> sum, Tensor rates, float share)
            implements UpdateOp {
        /** Checks the sizes. */
        public Accumulate {
            String op = "accumulate";
            g = Shapes.present(op, "g", g);
            sum = Shapes.present(op, "sum", sum);
            sameSizes(op, g, sum);
            Shapes.vector(op, "rates", rates, Rates.SIZE);
        }
    }

    /**
     * Shortens the gradient of all tensors together where it is longer than the limit: {@code norm
     * = sqrt(sum of g^2)}, and where that is above the limit {@code g *= limit / norm}.
     *
     * @param g gradients; updated
     * @param rates float32, see {@link Rates}
     * @param limit above 0
     * @param norm (1): as long as the gradient was; written, but where nothing is done
     */
    record ClipNorm(@InOut List<Tensor> g, Tensor rates, float limit, @Out Tensor norm)
            implements UpdateOp {
        /** Checks the sizes. */
        public ClipNorm {
            String op = "clipNorm";
            g = Shapes.present(op, "g", g);
            for (Tensor t : g) {
                Shapes.vector(op, "g", t, t.size());
            }
            Shapes.vector(op, "rates", rates, Rates.SIZE);
            Shapes.vector(op, "norm", norm, 1);
            Shapes.require(limit > 0, "%s: limit %s", op, limit);
        }
    }

    /**
     * Gradient descent with momentum, for several tensors of one group: {@code m = momentum m + g +
     * weightDecay p}, {@code p -= lr m}.
     *
     * @param p parameters; updated
     * @param g their gradients
     * @param m sums of gradients before; updated
     * @param rates float32, see {@link Rates}
     * @param rate index of lr in {@code rates}
     * @param momentum in [0, 1)
     * @param weightDecay 0 or more; part of the gradient
     */
    record Sgd(
            @InOut List<Tensor> p,
            List<Tensor> g,
            @InOut List<Tensor> m,
            Tensor rates,
            int rate,
            float momentum,
            float weightDecay)
            implements UpdateOp {
        /** Checks the sizes. */
        public Sgd {
            String op = "sgd";
            p = Shapes.present(op, "p", p);
            g = Shapes.present(op, "g", g);
            m = Shapes.present(op, "m", m);
            sameSizes(op, p, g);
            sameSizes(op, p, m);
            Shapes.vector(op, "rates", rates, Rates.SIZE);
            Shapes.require(rate >= 0 && rate < Rates.SIZE, "%s: rate %d of %s", op, rate, rates);
        }
    }

    /**
     * Follows the parameters: {@code average += rates[AVERAGE] (p - average)}.
     *
     * @param p parameters
     * @param average of them over time; updated
     * @param rates float32, see {@link Rates}
     */
    record Average(List<Tensor> p, @InOut List<Tensor> average, Tensor rates) implements UpdateOp {
        /** Checks the sizes. */
        public Average {
            String op = "average";
            p = Shapes.present(op, "p", p);
            average = Shapes.present(op, "average", average);
            sameSizes(op, p, average);
            Shapes.vector(op, "rates", rates, Rates.SIZE);
        }
    }

    private static void sameSizes(String op, List<Tensor> one, List<Tensor> other) {
        Shapes.require(
                one.size() == other.size(), "%s: %d and %d tensors", op, one.size(), other.size());
        for (int i = 0; i < one.size(); i++) {
            Shapes.vector(op, "tensor", one.get(i), one.get(i).size());
            Shapes.vector(op, "partner of " + one.get(i), other.get(i), one.get(i).size());
        }
    }
}
