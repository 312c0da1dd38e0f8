package s5.ops;

import static s5.ops.Matrices.matrix;
import static s5.ops.Matrices.product;
import static s5.ops.Matrices.transpose;

import org.ejml.data.DMatrixRMaj;

import s5.ops.Matrices.Formula;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The reference's operations from the last layer on: pooling, loss and optimizer. */
abstract class ReferenceHead extends ReferenceRegression {
    ReferenceHead(ReferenceBackend backend, Map<Tensor, double[]> scratch, List<Runnable> calls) {
        super(backend, scratch, calls);
    }

    // ---- head
    // ------------------------------------------------------------------------------------

    @Override
    public void pool(Tensor x, Tensor lengths, Pooling pooling, Tensor out) {
        calls.add(() -> store(out, product(weights(x, out, lengths, pooling), matrixOf(x))));
    }

    @Override
    public void poolAdjoint(Tensor dOut, Tensor lengths, Pooling pooling, Tensor dX) {
        calls.add(() -> {
            DMatrixRMaj w = weights(dX, dOut, lengths, pooling);
            store(dX, product(transpose(w), matrixOf(dOut)));
        });
    }

    /** The matrix (B, B L) that pools: {@code out = weights x}. */
    private DMatrixRMaj weights(Tensor x, Tensor out, Tensor lengths, Pooling pooling) {
        int batch = out.rows();
        int length = x.rows() / batch;
        check(x.rows() == batch * length, x + " has no whole sequences for " + out);
        check(pooling == Pooling.MEAN || lengths == null, "lengths come with MEAN only");
        int[] count = lengths == null ? new int[batch] : integers(lengths);
        if (lengths == null) {
            Arrays.fill(count, length);
        }
        Formula mean = (b, i) -> i / length == b && i % length < count[b] ? 1.0 / count[b] : 0;
        Formula last = (b, i) -> i == b * length + length - 1 ? 1 : 0;
        return matrix(batch, x.rows(), pooling == Pooling.MEAN ? mean : last);
    }

    @Override
    public void pairFeatures(Tensor e, Tensor out) {
        calls.add(() -> {
            int batch = out.rows();
            int h = e.columns();
            DMatrixRMaj es = matrixOf(e);
            Formula features =
                    (b, j) -> {
                        double e1 = es.get(b, j % h);
                        double e2 = es.get(batch + b, j % h);
                        return new double[] {e1, e2, e1 - e2, e1 * e2}[j / h];
                    };
            store(out, matrix(batch, 4 * h, features));
        });
    }

    @Override
    public void pairFeaturesAdjoint(Tensor e, Tensor dOut, Tensor dE) {
        calls.add(() -> {
            int batch = dOut.rows();
            int h = e.columns();
            DMatrixRMaj es = matrixOf(e);
            DMatrixRMaj d = matrixOf(dOut);
            Formula first =
                    (b, j) ->
                            d.get(b, j)
                                    + d.get(b, 2 * h + j)
                                    + d.get(b, 3 * h + j) * es.get(batch + b, j);
            Formula second =
                    (b, j) ->
                            d.get(b, h + j)
                                    - d.get(b, 2 * h + j)
                                    + d.get(b, 3 * h + j) * es.get(b, j);
            Formula both = (i, j) -> i < batch ? first.at(i, j) : second.at(i - batch, j);
            store(dE, matrix(2 * batch, h, both));
        });
    }

    @Override
    public void crossEntropy(
            Tensor logits,
            Tensor labels,
            Tensor counters,
            Tensor logProbs,
            Tensor metrics,
            Tensor dLogits) {
        calls.add(() -> {
            int k = logits.columns();
            DMatrixRMaj z = matrixOf(logits);
            int[] label = integers(labels);
            int rows = integers(counters)[Counters.ROWS];
            int slot = integers(counters)[Counters.SLOT];
            double[] logSums = new double[z.getNumRows()];
            double loss = 0;
            int right = 0;
            for (int i = 0; i < z.getNumRows(); i++) {
                int best = 0;
                for (int j = 1; j < k; j++) {
                    best = z.get(i, j) > z.get(i, best) ? j : best;
                }
                double sum = 0;
                for (int j = 0; j < k; j++) {
                    sum += Math.exp(z.get(i, j) - z.get(i, best));
                }
                logSums[i] = z.get(i, best) + Math.log(sum);
                if (i < rows) {
                    loss += logSums[i] - z.get(i, label[i]);
                    right += best == label[i] ? 1 : 0;
                }
            }
            double[] m = vector(metrics);
            m[2 * slot] = loss / rows;
            m[2 * slot + 1] = right;
            Formula logProb = (i, j) -> z.get(i, j) - logSums[i];
            Formula gradient =
                    (i, j) ->
                            i < rows
                                    ? (Math.exp(logProb.at(i, j)) - (label[i] == j ? 1 : 0)) / rows
                                    : 0;
            store(logProbs, matrix(logits.rows(), k, logProb));
            store(metrics, m);
            if (dLogits != null) {
                store(dLogits, matrix(logits.rows(), k, gradient));
            }
        });
    }

    // ---- optimizer
    // -------------------------------------------------------------------------------

    @Override
    public void adam(
            List<Tensor> p,
            List<Tensor> g,
            List<Tensor> m,
            List<Tensor> v,
            Tensor rates,
            int rate,
            float weightDecay) {
        for (int i = 0; i < p.size(); i++) {
            adam(p.get(i), g.get(i), m.get(i), v.get(i), rates, rate, weightDecay);
        }
    }

    private void adam(
            Tensor p, Tensor g, Tensor m, Tensor v, Tensor rates, int rate, float weightDecay) {
        calls.add(() -> {
            double lr = vector(rates)[rate];
            double c1 = vector(rates)[Rates.C1];
            double c2 = vector(rates)[Rates.C2];
            double[] ps = vector(p);
            double[] gs = vector(g);
            double[] ms = vector(m);
            double[] vs = vector(v);
            for (int i = 0; i < ps.length; i++) {
                // 1 - b of the exact 0.9 and 0.999, as in the official code: 1 - 0.999f is 1e-5
                // off.
                ms[i] = BETA1 * ms[i] + 0.1 * gs[i];
                vs[i] = BETA2 * vs[i] + 0.001 * gs[i] * gs[i];
                double step = ms[i] * c1 / (Math.sqrt(vs[i] * c2) + ADAM_EPSILON);
                ps[i] -= lr * (step + weightDecay * ps[i]);
            }
            store(p, ps);
            store(m, ms);
            store(v, vs);
        });
    }
}
