package s5.tornado.head;

import s5.ops.Counters;
import s5.tornado.Launch;
import s5.tornado.sum.ColumnPlan;
import s5.tornado.sum.ColumnSums;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** From the last layer to the loss: pooling, pairs of documents, softmax. */
public final class HeadKernels {
    private HeadKernels() {}

    /**
     * Sums of x over the positions that count, in {@code chunks} shares of a sequence; launch one
     * group for each sequence, chunk and group of columns, columns first, of a {@link ColumnPlan}
     * for (length, columns).
     *
     * @param lengths positions that count; any array when {@code lengthsAt} is negative
     * @param partial (B, chunks, columns); written
     */
    public static void poolPartials(
            KernelContext c,
            FloatArray x,
            IntArray lengths,
            int lengthsAt,
            FloatArray partial,
            int length,
            int chunks,
            int columns,
            int lanes,
            int columnGroups,
            int sweeps,
            int groupRows) {
        float[] sums = c.allocateFloatLocalArray(Launch.GROUP);
        int lane = c.localIdx % lanes;
        int sweep = c.localIdx / lanes;
        int column = (c.groupIdx % columnGroups) * lanes + lane;
        int rest = c.groupIdx / columnGroups;
        int chunk = rest % chunks;
        int sequence = rest / chunks;
        int count = length;
        if (lengthsAt >= 0) {
            count = lengths.get(lengthsAt + sequence);
        }
        int end = Math.min(count, (chunk + 1) * groupRows);
        if (column >= columns) {
            end = 0;
        }
        float sum = 0f;
        for (int row = chunk * groupRows + sweep; row < end; row += sweeps) {
            sum += x.get((sequence * length + row) * columns + column);
        }
        sums[c.localIdx] = sum;
        c.localBarrier();
        if (sweep == 0) {
            if (column < columns) {
                float total = 0f;
                for (int s = 0; s < sweeps; s++) {
                    total += sums[s * lanes + lane];
                }
                partial.set((sequence * chunks + chunk) * columns + column, total);
            }
        }
    }

    /**
     * The mean from {@link #poolPartials}; one thread for each element of out.
     *
     * @param out (B, columns), n elements; written
     */
    public static void poolMeans(
            KernelContext c,
            FloatArray partial,
            IntArray lengths,
            int lengthsAt,
            FloatArray out,
            int length,
            int chunks,
            int columns,
            int n) {
        int i = c.globalIdx;
        if (i < n) {
            int sequence = i / columns;
            int column = i % columns;
            int count = length;
            if (lengthsAt >= 0) {
                count = lengths.get(lengthsAt + sequence);
            }
            float sum = 0f;
            for (int k = 0; k < chunks; k++) {
                sum += partial.get((sequence * chunks + k) * columns + column);
            }
            out.set(i, sum / count);
        }
    }

    /** The last position of each sequence; one thread for each element of out. */
    public static void poolLast(
            KernelContext c, FloatArray x, FloatArray out, int length, int columns, int n) {
        int i = c.globalIdx;
        if (i < n) {
            int sequence = i / columns;
            out.set(i, x.get((sequence * length + length - 1) * columns + i % columns));
        }
    }

    /**
     * Gradient of either pooling; launch {@code ColumnPlan.elements(rows, columns)}.
     *
     * @param last 1 for the last position; 0 for the mean
     * @param dX (rows, columns); written
     */
    public static void poolBackward(
            KernelContext c,
            FloatArray dOut,
            IntArray lengths,
            int lengthsAt,
            int last,
            FloatArray dX,
            int length,
            int rows,
            int columns,
            int lanes,
            int columnGroups,
            int sweeps) {
        int column = (c.groupIdx % columnGroups) * lanes + c.localIdx % lanes;
        int row = (c.groupIdx / columnGroups) * sweeps * ColumnSums.DEPTH + c.localIdx / lanes;
        if (column < columns) {
            for (int i = 0; i < ColumnSums.DEPTH; i++) {
                int r = row + i * sweeps;
                if (r < rows) {
                    int sequence = r / length;
                    int position = r - sequence * length;
                    int from = 0;
                    int to = length;
                    if (lengthsAt >= 0) {
                        to = lengths.get(lengthsAt + sequence);
                    }
                    if (last != 0) {
                        from = length - 1;
                    }
                    float g = 0f;
                    if (position >= from) {
                        if (position < to) {
                            g = dOut.get(sequence * columns + column) / (to - from);
                        }
                    }
                    dX.set(r * columns + column, g);
                }
            }
        }
    }

    /**
     * {@code [e1, e2, e1 - e2, e1 * e2]}; one thread for each element of one document.
     *
     * @param e (2B, columns)
     * @param out (B, 4 columns); written
     * @param n B columns
     */
    public static void pairForward(
            KernelContext c, FloatArray e, FloatArray out, int columns, int n) {
        int i = c.globalIdx;
        if (i < n) {
            int at = (i / columns) * 4 * columns + i % columns;
            float first = e.get(i);
            float second = e.get(n + i);
            out.set(at, first);
            out.set(at + columns, second);
            out.set(at + 2 * columns, first - second);
            out.set(at + 3 * columns, first * second);
        }
    }

    /** Gradient of {@link #pairForward}, as it launched. */
    public static void pairBackward(
            KernelContext c, FloatArray e, FloatArray dOut, FloatArray dE, int columns, int n) {
        int i = c.globalIdx;
        if (i < n) {
            int at = (i / columns) * 4 * columns + i % columns;
            float difference = dOut.get(at + 2 * columns);
            float product = dOut.get(at + 3 * columns);
            dE.set(i, dOut.get(at) + difference + product * e.get(n + i));
            dE.set(n + i, dOut.get(at + columns) - difference + product * e.get(i));
        }
    }

    /**
     * Log-softmax, the mean loss and how many are right; see {@link s5.ops.HeadOp.CrossEntropy}.
     * One group.
     *
     * @param graded 0 for no gradient; {@code dLogits} is then any array
     */
    public static void crossEntropyRows(
            KernelContext c,
            FloatArray logits,
            IntArray labels,
            int labelsAt,
            IntArray counters,
            int countersAt,
            FloatArray logProbs,
            FloatArray metrics,
            int metricsAt,
            FloatArray dLogits,
            int graded,
            int rows,
            int classes) {
        float[] losses = c.allocateFloatLocalArray(Launch.GROUP);
        float[] rights = c.allocateFloatLocalArray(Launch.GROUP);
        int counted = counters.get(countersAt + Counters.ROWS);
        float loss = 0f;
        float right = 0f;
        for (int row = c.localIdx; row < rows; row += Launch.GROUP) {
            int at = row * classes;
            int best = 0;
            float largest = logits.get(at);
            for (int k = 1; k < classes; k++) {
                if (logits.get(at + k) > largest) {
                    largest = logits.get(at + k);
                    best = k;
                }
            }
            float sum = 0f;
            for (int k = 0; k < classes; k++) {
                sum += TornadoMath.exp(logits.get(at + k) - largest);
            }
            float shift = largest + TornadoMath.log(sum);
            int label = labels.get(labelsAt + row);
            float share = 0f;
            if (row < counted) {
                share = 1f / counted;
                loss += shift - logits.get(at + label);
                if (best == label) {
                    right += 1f;
                }
            }
            for (int k = 0; k < classes; k++) {
                float logProb = logits.get(at + k) - shift;
                logProbs.set(at + k, logProb);
                if (graded != 0) {
                    float target = 0f;
                    if (k == label) {
                        target = 1f;
                    }
                    dLogits.set(at + k, share * (TornadoMath.exp(logProb) - target));
                }
            }
        }
        losses[c.localIdx] = loss;
        rights[c.localIdx] = right;
        c.localBarrier();
        if (c.localIdx == 0) {
            float lossSum = 0f;
            float rightSum = 0f;
            for (int i = 0; i < Launch.GROUP; i++) {
                lossSum += losses[i];
                rightSum += rights[i];
            }
            int slot = counters.get(countersAt + Counters.SLOT);
            metrics.set(metricsAt + 2 * slot, lossSum / counted);
            metrics.set(metricsAt + 2 * slot + 1, rightSum);
        }
    }
}
