package s5.tornado.head;

import s5.ops.Counters;
import s5.tornado.stored.Pairs;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** From the last layer to the loss: pooling, pairs of documents, softmax. */
public final class HeadKernels {
    private HeadKernels() {}

    /**
     * Sums of x over the positions that count, in {@code chunks} shares of a sequence.
     *
     * @param x (sequences length, columns)
     * @param lengths positions that count; any array when {@code lengthsAt} is negative
     * @param partial (sequences, chunks, columns); written
     * @param chunkRows positions of a share
     */
    public static void poolPartials(
            FloatArray x,
            IntArray lengths,
            int lengthsAt,
            FloatArray partial,
            int length,
            int chunkRows,
            int chunks,
            int sequences,
            int columns) {
        for (@Parallel int i = 0; i < sequences * chunks * columns; i++) {
            int column = i % columns;
            int chunk = i / columns % chunks;
            int sequence = i / columns / chunks;
            int count = length;
            if (lengthsAt >= 0) {
                count = lengths.get(lengthsAt + sequence);
            }
            float sum = 0f;
            for (int k = chunk * chunkRows; k < Math.min(count, (chunk + 1) * chunkRows); k++) {
                sum += x.get((sequence * length + k) * columns + column);
            }
            partial.set(i, sum);
        }
    }

    /**
     * The mean from {@link #poolPartials}.
     *
     * @param out (sequences, columns); written
     */
    public static void poolMeans(
            FloatArray partial,
            IntArray lengths,
            int lengthsAt,
            FloatArray out,
            int length,
            int chunks,
            int sequences,
            int columns) {
        for (@Parallel int i = 0; i < sequences * columns; i++) {
            int sequence = i / columns;
            int count = length;
            if (lengthsAt >= 0) {
                count = lengths.get(lengthsAt + sequence);
            }
            float sum = 0f;
            for (int k = 0; k < chunks; k++) {
                sum += partial.get((sequence * chunks + k) * columns + i % columns);
            }
            out.set(i, sum / count);
        }
    }

    /**
     * The last position of each sequence that counts.
     *
     * @param out (sequences, columns); written
     */
    public static void poolLast(
            FloatArray x,
            IntArray lengths,
            int lengthsAt,
            FloatArray out,
            int length,
            int sequences,
            int columns) {
        for (@Parallel int i = 0; i < sequences * columns; i++) {
            int sequence = i / columns;
            int count = length;
            if (lengthsAt >= 0) {
                count = lengths.get(lengthsAt + sequence);
            }
            out.set(i, x.get((sequence * length + count - 1) * columns + i % columns));
        }
    }

    /**
     * Gradient of either pooling; a thread has {@code share} rows, {@code apart} rows apart, of one
     * column or {@link Pairs pair} of columns; past the end it takes the last one again.
     *
     * @param last 1 for the last position; 0 for the mean
     * @param dX (rows, columns); written
     */
    public static void poolBackward(
            FloatArray dOut,
            IntArray lengths,
            int lengthsAt,
            int last,
            FloatArray dX,
            int length,
            int rows,
            int columns,
            int twin,
            int share,
            int apart) {
        for (@Parallel int i = 0; i < apart * columns; i++) {
            int column = i % columns;
            for (int k = 0; k < share; k++) {
                int row = Math.min(i / columns + k * apart, rows - 1);
                int sequence = row / length;
                int position = row % length;
                int to = length;
                if (lengthsAt >= 0) {
                    to = lengths.get(lengthsAt + sequence);
                }
                int from = last * (to - 1);
                float g = 0f;
                float g2 = 0f;
                if (position >= from) {
                    if (position < to) {
                        float weight = 1f / (to - from);
                        g = Pairs.first(dOut, sequence * columns + column, twin) * weight;
                        g2 = Pairs.second(dOut, sequence * columns + column, twin) * weight;
                    }
                }
                Pairs.set(dX, row * columns + column, twin, g, g2);
            }
        }
    }

    /**
     * {@code [e1, e2, e1 - e2, e1 * e2]}.
     *
     * @param e (2 pairs, columns)
     * @param out (pairs, 4 columns); written
     */
    public static void pairForward(FloatArray e, FloatArray out, int pairs, int columns) {
        for (@Parallel int i = 0; i < pairs * columns; i++) {
            int at = (i / columns) * 4 * columns + i % columns;
            float first = e.get(i);
            float second = e.get(pairs * columns + i);
            out.set(at, first);
            out.set(at + columns, second);
            out.set(at + 2 * columns, first - second);
            out.set(at + 3 * columns, first * second);
        }
    }

    /** Gradient of {@link #pairForward}. */
    public static void pairBackward(
            FloatArray e, FloatArray dOut, FloatArray dE, int pairs, int columns) {
        for (@Parallel int i = 0; i < pairs * columns; i++) {
            int at = (i / columns) * 4 * columns + i % columns;
            int other = pairs * columns + i;
            float difference = dOut.get(at + 2 * columns);
            float product = dOut.get(at + 3 * columns);
            dE.set(i, dOut.get(at) + difference + product * e.get(other));
            dE.set(other, dOut.get(at + columns) - difference + product * e.get(i));
        }
    }

    /**
     * Log-softmax, the loss and whether it is right, of each row; see {@link
     * s5.ops.HeadOp.CrossEntropy}. It has no launch: there are few rows.
     *
     * @param partial (rows, 2): the loss and 1 if right, 0 of a row that does not count; written
     * @param graded 0 for no gradient; {@code dLogits} is then any array
     */
    public static void crossEntropyRows(
            FloatArray logits,
            IntArray labels,
            int labelsAt,
            IntArray counters,
            int countersAt,
            FloatArray logProbs,
            FloatArray partial,
            FloatArray dLogits,
            int graded,
            int rows,
            int classes) {
        for (@Parallel int row = 0; row < rows; row++) {
            int counted = counters.get(countersAt + Counters.ROWS);
            int label = -1;
            float share = 0f;
            if (row < counted) {
                label = labels.get(labelsAt + row);
                share = 1f / counted;
            }
            classRow(logits, row, label, 1f, share, logProbs, partial, dLogits, graded, classes);
        }
    }

    /**
     * Log-softmax of a row, its loss and whether it is right, and the gradient.
     *
     * @param label the true class; -1 for a row that does not count
     * @param lossWeight of the loss that is written
     * @param weight of the gradient
     */
    static void classRow(
            FloatArray logits,
            int row,
            int label,
            float lossWeight,
            float weight,
            FloatArray logProbs,
            FloatArray partial,
            FloatArray dLogits,
            int graded,
            int classes) {
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
        float loss = 0f;
        float right = 0f;
        if (label >= 0) {
            loss = lossWeight * (shift - logits.get(at + label));
            if (best == label) {
                right = 1f;
            }
        }
        partial.set(2 * row, loss);
        partial.set(2 * row + 1, right);
        for (int k = 0; k < classes; k++) {
            float logProb = logits.get(at + k) - shift;
            logProbs.set(at + k, logProb);
            if (graded != 0) {
                float target = 0f;
                if (k == label) {
                    target = 1f;
                }
                dLogits.set(at + k, weight * (TornadoMath.exp(logProb) - target));
            }
        }
    }

    /**
     * The metrics from {@link #crossEntropyRows}: the mean loss and how many are right.
     *
     * @param partial (rows, 2)
     * @param metrics (slots, 2) from {@code metricsAt}; row SLOT is written
     */
    public static void crossEntropyTotals(
            FloatArray partial,
            IntArray counters,
            int countersAt,
            FloatArray metrics,
            int metricsAt,
            int rows) {
        for (@Parallel int i = 0; i < 2; i++) {
            float sum = 0f;
            for (int row = 0; row < rows; row++) {
                sum += partial.get(2 * row + i);
            }
            if (i == 0) {
                sum = sum / counters.get(countersAt + Counters.ROWS);
            }
            metrics.set(metricsAt + 2 * counters.get(countersAt + Counters.SLOT) + i, sum);
        }
    }
}
