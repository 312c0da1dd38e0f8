package s5.cpu;

import s5.ops.Counters;
import s5.ops.Ops.Pooling;
import s5.ops.Tensor;

import java.util.Arrays;
import java.util.List;

/** Pooling, pair features and the loss; see {@link s5.ops.Ops}. */
final class HeadOps {
    private final Recorder r;

    HeadOps(Recorder recorder) {
        r = recorder;
    }

    void pool(Tensor x, Tensor lengths, Pooling pooling, Tensor out) {
        Check.matrix("pool", "out", out);
        int batch = out.rows();
        int h = out.columns();
        Check.matrix("pool", "x", x);
        Check.shape("pool", "x", x, x.rows(), h);
        int length = Check.length("pool", x, batch);
        Buffer counts = lengths("pool", lengths, batch, pooling);
        Buffer in = r.buffer(x);
        Buffer result = r.buffer(out);
        r.workspace.needOwnDoubles(h);
        r.add(
                "pool",
                Arrays.asList(x, lengths),
                List.of(out),
                () ->
                        r.workers.run(
                                batch,
                                (b, worker) -> {
                                    int first = first(pooling, length);
                                    int count = count(pooling, counts, length, b);
                                    double[] sum = r.workspace.doubles(worker);
                                    Arrays.fill(sum, 0, h, 0);
                                    for (int l = first; l < first + count; l++) {
                                        int at = (b * length + l) * h;
                                        for (int j = 0; j < h; j++) {
                                            sum[j] += in.floats[at + j];
                                        }
                                    }
                                    for (int j = 0; j < h; j++) {
                                        result.floats[b * h + j] = (float) (sum[j] / count);
                                    }
                                }));
    }

    void poolAdjoint(Tensor dOut, Tensor lengths, Pooling pooling, Tensor dX) {
        Check.matrix("poolAdjoint", "dOut", dOut);
        int batch = dOut.rows();
        int h = dOut.columns();
        Check.matrix("poolAdjoint", "dX", dX);
        Check.shape("poolAdjoint", "dX", dX, dX.rows(), h);
        int length = Check.length("poolAdjoint", dX, batch);
        Buffer counts = lengths("poolAdjoint", lengths, batch, pooling);
        Buffer in = r.buffer(dOut);
        Buffer out = r.buffer(dX);
        r.workspace.needOwnFloats(h);
        r.add(
                "poolAdjoint",
                Arrays.asList(dOut, lengths),
                List.of(dX),
                () ->
                        r.workers.run(
                                batch,
                                (b, worker) -> {
                                    int first = first(pooling, length);
                                    int count = count(pooling, counts, length, b);
                                    float[] share = r.workspace.floats(worker);
                                    for (int j = 0; j < h; j++) {
                                        share[j] = in.floats[b * h + j] / count;
                                    }
                                    int at = b * length * h;
                                    Arrays.fill(out.floats, at, at + length * h, 0f);
                                    for (int l = first; l < first + count; l++) {
                                        System.arraycopy(share, 0, out.floats, at + l * h, h);
                                    }
                                }));
    }

    private Buffer lengths(String op, Tensor lengths, int batch, Pooling pooling) {
        if (lengths == null) {
            return null;
        }
        Check.require(pooling == Pooling.MEAN, "%s: %s goes with MEAN only", op, lengths);
        Check.integers(op, "lengths", lengths, batch);
        return r.buffer(lengths);
    }

    private static int first(Pooling pooling, int length) {
        return pooling == Pooling.MEAN ? 0 : length - 1;
    }

    private static int count(Pooling pooling, Buffer lengths, int length, int b) {
        if (pooling == Pooling.LAST) {
            return 1;
        }
        if (lengths == null) {
            return length;
        }
        int count = lengths.ints[b];
        if (count < 1 || count > length) {
            throw new IllegalArgumentException(
                    "length " + count + " of sequence " + b + " is not in [1, " + length + "]");
        }
        return count;
    }

    void pairFeatures(Tensor e, Tensor out) {
        Check.matrix("pairFeatures", "e", e);
        int batch = pairs("pairFeatures", e);
        int h = e.columns();
        Check.shape("pairFeatures", "out", out, batch, 4 * h);
        Buffer in = r.buffer(e);
        Buffer result = r.buffer(out);
        r.add(
                "pairFeatures",
                List.of(e),
                List.of(out),
                () -> {
                    for (int b = 0; b < batch; b++) {
                        for (int j = 0; j < h; j++) {
                            float one = in.floats[b * h + j];
                            float two = in.floats[(batch + b) * h + j];
                            int at = b * 4 * h + j;
                            result.floats[at] = one;
                            result.floats[at + h] = two;
                            result.floats[at + 2 * h] = one - two;
                            result.floats[at + 3 * h] = one * two;
                        }
                    }
                });
    }

    void pairFeaturesAdjoint(Tensor e, Tensor dOut, Tensor dE) {
        Check.matrix("pairFeaturesAdjoint", "e", e);
        int batch = pairs("pairFeaturesAdjoint", e);
        int h = e.columns();
        Check.shape("pairFeaturesAdjoint", "dOut", dOut, batch, 4 * h);
        Check.shape("pairFeaturesAdjoint", "dE", dE, 2 * batch, h);
        Buffer in = r.buffer(e);
        Buffer byOut = r.buffer(dOut);
        Buffer byE = r.buffer(dE);
        r.add(
                "pairFeaturesAdjoint",
                List.of(e, dOut),
                List.of(dE),
                () -> {
                    float[] g = byOut.floats;
                    for (int b = 0; b < batch; b++) {
                        for (int j = 0; j < h; j++) {
                            int one = b * h + j;
                            int two = (batch + b) * h + j;
                            int at = b * 4 * h + j;
                            float difference = g[at + 2 * h];
                            float product = g[at + 3 * h];
                            byE.floats[one] = g[at] + difference + product * in.floats[two];
                            byE.floats[two] = g[at + h] - difference + product * in.floats[one];
                        }
                    }
                });
    }

    private static int pairs(String op, Tensor e) {
        Check.require(e.rows() % 2 == 0, "%s: %s has no even number of rows", op, e);
        return e.rows() / 2;
    }

    void crossEntropy(
            Tensor logits,
            Tensor labels,
            Tensor counters,
            Tensor logProbs,
            Tensor metrics,
            Tensor dLogits) {
        Check.matrix("crossEntropy", "logits", logits);
        int batch = logits.rows();
        int classes = logits.columns();
        Check.integers("crossEntropy", "labels", labels, batch);
        Check.integers("crossEntropy", "counters", counters, Counters.SIZE);
        Check.shape("crossEntropy", "logProbs", logProbs, batch, classes);
        Check.matrix("crossEntropy", "metrics", metrics);
        Check.shape("crossEntropy", "metrics", metrics, metrics.rows(), 2);
        Check.shapeOrNull("crossEntropy", "dLogits", dLogits, batch, classes);
        Buffer in = r.buffer(logits);
        Buffer right = r.buffer(labels);
        Buffer numbers = r.buffer(counters);
        Buffer out = r.buffer(logProbs);
        Buffer result = r.buffer(metrics);
        Buffer byLogits = dLogits == null ? null : r.buffer(dLogits);
        r.add(
                "crossEntropy",
                List.of(logits, labels, counters),
                Arrays.asList(logProbs, metrics, dLogits),
                () -> {
                    int rows = within(numbers.ints[Counters.ROWS], 1, batch, "ROWS");
                    int slot = within(numbers.ints[Counters.SLOT], 0, metrics.rows() - 1, "SLOT");
                    double loss = 0;
                    int hits = 0;
                    for (int b = 0; b < batch; b++) {
                        int best = logSoftmax(in.floats, out.floats, b * classes, classes);
                        int label = b < rows ? label(labels, right.ints, b, classes) : -1;
                        if (b < rows) {
                            loss -= out.floats[b * classes + label];
                            hits += best == label ? 1 : 0;
                        }
                        if (byLogits != null) {
                            for (int j = 0; j < classes; j++) {
                                double p = Math.exp(out.floats[b * classes + j]);
                                double target = j == label ? 1 : 0;
                                byLogits.floats[b * classes + j] =
                                        b < rows ? (float) ((p - target) / rows) : 0f;
                            }
                        }
                    }
                    result.floats[2 * slot] = (float) (loss / rows);
                    result.floats[2 * slot + 1] = hits;
                });
    }

    /** Writes one row of log-probabilities and returns the first of the largest. */
    private static int logSoftmax(float[] x, float[] out, int at, int classes) {
        int best = 0;
        for (int j = 1; j < classes; j++) {
            if (x[at + j] > x[at + best]) {
                best = j;
            }
        }
        double largest = x[at + best];
        double sum = 0;
        for (int j = 0; j < classes; j++) {
            sum += Math.exp(x[at + j] - largest);
        }
        double log = Math.log(sum);
        for (int j = 0; j < classes; j++) {
            out[at + j] = (float) (x[at + j] - largest - log);
        }
        return best;
    }

    /** Checks a counter. */
    static int within(int value, int low, int high, String name) {
        if (value < low || value > high) {
            throw new IllegalArgumentException(
                    "counters[" + name + "] is " + value + ", not in " + low + " to " + high);
        }
        return value;
    }

    private static int label(Tensor labels, int[] values, int b, int classes) {
        int label = values[b];
        if (label < 0 || label >= classes) {
            throw new IllegalArgumentException(
                    labels + " holds " + label + " at " + b + ", must be in [0, " + classes + ")");
        }
        return label;
    }
}
