package s5.ops.reference;

import static s5.ops.reference.Matrices.columnSums;
import static s5.ops.reference.Matrices.matrix;
import static s5.ops.reference.Matrices.product;
import static s5.ops.reference.Matrices.transpose;

import org.ejml.data.DMatrixRMaj;

import s5.ops.Counters;
import s5.ops.HeadOp;
import s5.ops.HeadOp.Pooling;
import s5.ops.Tensor;
import s5.ops.reference.Matrices.Formula;

import java.util.Arrays;

/** {@link HeadOp} in double precision. */
final class ReferenceHead {
    private final ReferenceMemory memory;

    ReferenceHead(ReferenceMemory memory) {
        this.memory = memory;
    }

    void run(HeadOp op) {
        switch (op) {
            case HeadOp.Pool o -> pool(o);
            case HeadOp.PoolAdjoint o -> poolAdjoint(o);
            case HeadOp.PairFeatures o -> pairFeatures(o);
            case HeadOp.PairFeaturesAdjoint o -> pairFeaturesAdjoint(o);
            case HeadOp.CrossEntropy o -> crossEntropy(o);
            case HeadOp.SmoothLabels o -> new ReferenceSmoothing(memory).run(o);
            case HeadOp.GaussianLoss o -> gaussianLoss(o);
        }
    }

    private void pool(HeadOp.Pool o) {
        memory.store(
                o.out(),
                product(weights(o.x(), o.out(), o.lengths(), o.pooling()), memory.matrixOf(o.x())));
    }

    private void poolAdjoint(HeadOp.PoolAdjoint o) {
        DMatrixRMaj w = weights(o.dX(), o.dOut(), o.lengths(), o.pooling());
        memory.store(o.dX(), product(transpose(w), memory.matrixOf(o.dOut())));
    }

    private void pairFeatures(HeadOp.PairFeatures o) {
        int batch = o.out().rows();
        int h = o.e().columns();
        DMatrixRMaj es = memory.matrixOf(o.e());
        Formula features =
                (b, j) -> {
                    double e1 = es.get(b, j % h);
                    double e2 = es.get(batch + b, j % h);
                    return new double[] {e1, e2, e1 - e2, e1 * e2}[j / h];
                };
        memory.store(o.out(), matrix(batch, 4 * h, features));
    }

    private void pairFeaturesAdjoint(HeadOp.PairFeaturesAdjoint o) {
        int batch = o.dOut().rows();
        int h = o.e().columns();
        DMatrixRMaj es = memory.matrixOf(o.e());
        DMatrixRMaj d = memory.matrixOf(o.dOut());
        Formula first =
                (b, j) ->
                        d.get(b, j)
                                + d.get(b, 2 * h + j)
                                + d.get(b, 3 * h + j) * es.get(batch + b, j);
        Formula second =
                (b, j) ->
                        d.get(b, h + j) - d.get(b, 2 * h + j) + d.get(b, 3 * h + j) * es.get(b, j);
        Formula both = (i, j) -> i < batch ? first.at(i, j) : second.at(i - batch, j);
        memory.store(o.dE(), matrix(2 * batch, h, both));
    }

    private void crossEntropy(HeadOp.CrossEntropy o) {
        int k = o.logits().columns();
        DMatrixRMaj z = memory.matrixOf(o.logits());
        int[] label = memory.integers(o.labels());
        double[] weights = new double[k];
        Arrays.fill(weights, 1);
        if (o.weights() != null) {
            weights = memory.vector(o.weights());
        }
        int rows = memory.integers(o.counters())[Counters.ROWS];
        int slot = memory.integers(o.counters())[Counters.SLOT];
        double[] w = new double[z.getNumRows()]; // of each row that counts
        int count = 0;
        for (int i = 0; i < rows * Math.max(1, o.length()); i++) {
            if (label[i] >= 0) {
                w[i] = weights[label[i]];
                count++;
            }
        }
        double share = count == 0 ? 0 : 1.0 / count;
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
            if (i < rows * Math.max(1, o.length()) && label[i] >= 0) {
                loss += w[i] * (logSums[i] - z.get(i, label[i]));
                right += best == label[i] ? 1 : 0;
            }
        }
        double[] m = memory.vector(o.metrics());
        m[2 * slot] = loss * share;
        m[2 * slot + 1] = right * share * rows;
        Formula logProb = (i, j) -> z.get(i, j) - logSums[i];
        Formula gradient =
                (i, j) -> w[i] * (Math.exp(logProb.at(i, j)) - (label[i] == j ? 1 : 0)) * share;
        memory.store(o.logProbs(), matrix(o.logits().rows(), k, logProb));
        memory.store(o.metrics(), m);
        if (o.dLogits() != null) {
            memory.store(o.dLogits(), matrix(o.logits().rows(), k, gradient));
        }
    }

    private void gaussianLoss(HeadOp.GaussianLoss o) {
        int k = o.mean().columns();
        int rows = memory.integers(o.counters())[Counters.ROWS];
        int slot = memory.integers(o.counters())[Counters.SLOT];
        int[] lengths = new int[o.mean().rows() / o.length()];
        Arrays.fill(lengths, o.length());
        if (o.lengths() != null) {
            lengths = memory.integers(o.lengths());
        }
        double[] counts = new double[o.mean().rows()]; // 1 where a position counts
        for (int i = 0; i < rows * o.length(); i++) {
            counts[i] = i % o.length() < lengths[i / o.length()] ? 1 : 0;
        }
        double counting = Arrays.stream(counts).sum();
        int n = counts.length;
        DMatrixRMaj mu = memory.matrixOf(o.mean());
        DMatrixRMaj zs = memory.matrixOf(o.z());
        DMatrixRMaj y = memory.matrixOf(o.target());
        Formula var = (i, j) -> zs.get(i, j) < 0 ? Math.exp(zs.get(i, j)) : zs.get(i, j) + 1;
        Formula v = (i, j) -> Math.max(var.at(i, j), HeadOp.LEAST_VARIANCE);
        Formula error = (i, j) -> mu.get(i, j) - y.get(i, j);
        Formula loss =
                (i, j) ->
                        counts[i]
                                * (Math.log(v.at(i, j))
                                        + error.at(i, j) * error.at(i, j) / v.at(i, j)
                                        + Math.log(2 * Math.PI))
                                / 2;
        Formula square = (i, j) -> counts[i] * error.at(i, j) * error.at(i, j);
        double[] m = memory.vector(o.metrics());
        m[2 * slot] = Arrays.stream(columnSums(matrix(n, k, loss))).sum() / counting;
        m[2 * slot + 1] =
                -rows * Arrays.stream(columnSums(matrix(n, k, square))).sum() / (counting * k);
        Formula both = (i, j) -> j < k ? mu.get(i, j) : var.at(i, j - k);
        Formula fitted =
                switch (o.fit()) {
                    case NLL -> (i, j) -> error.at(i, j) / v.at(i, j);
                    case MSE -> error;
                    case MAE -> (i, j) -> Math.signum(error.at(i, j));
                };
        Formula byMean = (i, j) -> counts[i] * fitted.at(i, j) / counting;
        Formula byV = (i, j) -> (1 / v.at(i, j) - Math.pow(error.at(i, j) / v.at(i, j), 2)) / 2;
        Formula vByZ =
                (i, j) ->
                        var.at(i, j) < HeadOp.LEAST_VARIANCE
                                ? 0
                                : zs.get(i, j) < 0 ? Math.exp(zs.get(i, j)) : 1;
        Formula byZ = (i, j) -> counts[i] * byV.at(i, j) * vByZ.at(i, j) / counting;
        memory.store(o.prediction(), matrix(o.mean().rows(), 2 * k, both));
        memory.store(o.metrics(), m);
        if (o.dMean() != null) {
            memory.store(o.dMean(), matrix(o.mean().rows(), k, byMean));
            memory.store(o.dZ(), matrix(o.mean().rows(), k, byZ));
        }
    }

    /** The matrix (B, B L) that pools: {@code out = weights x}. */
    private DMatrixRMaj weights(Tensor x, Tensor out, Tensor lengths, Pooling pooling) {
        int batch = out.rows();
        int length = x.rows() / batch;
        int[] count = lengths == null ? new int[batch] : memory.integers(lengths);
        if (lengths == null) {
            Arrays.fill(count, length);
        }
        Formula mean = (b, i) -> i / length == b && i % length < count[b] ? 1.0 / count[b] : 0;
        Formula last = (b, i) -> i == b * length + count[b] - 1 ? 1 : 0;
        return matrix(batch, x.rows(), pooling == Pooling.MEAN ? mean : last);
    }
}
