package s5.tornado.input;

import s5.tornado.stored.Pairs;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Embeddings and the narrow dense layers at a model's two ends. */
public final class InputKernels {
    /** Rows that a thread of {@link #embedPartials} loads before it uses the first one. */
    private static final int DEPTH = 8;

    private InputKernels() {}

    /**
     * {@code out[i] = W[tokens[i]] + bias}; a thread has {@code share} rows, {@code apart} rows
     * apart, of one column or {@link Pairs pair} of columns. Past the end it takes the last row
     * again: the compiler cannot emit a test that it can prove.
     *
     * @param w (V, columns)
     * @param out (rows, columns); written
     */
    public static void embedRows(
            IntArray tokens,
            int tokensAt,
            FloatArray w,
            int wAt,
            FloatArray bias,
            int biasAt,
            FloatArray out,
            int rows,
            int columns,
            int twin,
            int share,
            int apart) {
        int width = 1 + twin;
        for (@Parallel int i = 0; i < apart * columns; i++) {
            int column = i % columns;
            float shift = bias.get(biasAt + column * width);
            float shift2 = bias.get(biasAt + column * width + twin);
            for (int k = 0; k < share; k++) {
                int row = Math.min(i / columns + k * apart, rows - 1);
                int at = wAt + (tokens.get(tokensAt + row) * columns + column) * width;
                float v = shift + w.get(at);
                float v2 = shift2 + w.get(at + twin);
                Pairs.set(out, row * columns + column, twin, v, v2);
            }
        }
    }

    /**
     * Partial gradients of an embedding: a group takes {@code lanes} columns and {@code groupRows}
     * rows, each thread one column, and sums in local memory by token. Launch {@code
     * EmbedPlan.launch()}.
     *
     * @param dOut (rows, columns)
     * @param partial (rowGroups, V, columns); written
     * @param table elements of local memory, {@code tokenCount * lanes}
     * @param tokenCount tokens of a group's table, of which it takes {@code tokenGroups} to cover
     *     the vocabulary
     */
    public static void embedPartials(
            KernelContext c,
            IntArray tokens,
            int tokensAt,
            FloatArray dOut,
            FloatArray partial,
            int vocabulary,
            int table,
            int tokenCount,
            int rows,
            int columns,
            int lanes,
            int columnGroups,
            int tokenGroups,
            int groupRows) {
        float[] sums = c.allocateFloatLocalArray(table);
        int lane = c.localIdx;
        int column = (c.groupIdx % columnGroups) * lanes + lane;
        int rest = c.groupIdx / columnGroups;
        int tokenFirst = (rest % tokenGroups) * tokenCount;
        int rowGroup = rest / tokenGroups;
        int begin = rowGroup * groupRows;
        int end = Math.min(rows, begin + groupRows);
        int count = Math.min(tokenCount, vocabulary - tokenFirst);
        if (column < columns) {
            for (int t = 0; t < count; t++) {
                sums[t * lanes + lane] = 0f;
            }
            int[] token = new int[DEPTH];
            float[] gradient = new float[DEPTH];
            for (int row = begin; row < end; row += DEPTH) {
                for (int i = 0; i < DEPTH; i++) {
                    int t = -1;
                    float g = 0f;
                    if (row + i < end) {
                        t = tokens.get(tokensAt + row + i) - tokenFirst;
                        g = dOut.get((row + i) * columns + column);
                    }
                    token[i] = t;
                    gradient[i] = g;
                }
                for (int i = 0; i < DEPTH; i++) {
                    int t = token[i];
                    if (t >= 0) {
                        if (t < count) {
                            sums[t * lanes + lane] = sums[t * lanes + lane] + gradient[i];
                        }
                    }
                }
            }
            for (int t = 0; t < count; t++) {
                partial.set(
                        (rowGroup * vocabulary + tokenFirst + t) * columns + column,
                        sums[t * lanes + lane]);
            }
        }
    }

    /**
     * {@code out = x W + bias}; a thread has {@code share} rows, {@code apart} rows apart, of one
     * column; past the end it takes the last one again.
     *
     * @param x (rows, inputs)
     * @param w (inputs, columns)
     * @param out (rows, columns); written
     */
    public static void denseRows(
            FloatArray x,
            FloatArray w,
            int wAt,
            FloatArray bias,
            int biasAt,
            FloatArray out,
            int inputs,
            int rows,
            int columns,
            int share,
            int apart) {
        for (@Parallel int i = 0; i < apart * columns; i++) {
            int column = i % columns;
            for (int k = 0; k < share; k++) {
                int row = Math.min(i / columns + k * apart, rows - 1);
                float sum = bias.get(biasAt + column);
                for (int j = 0; j < inputs; j++) {
                    sum += x.get(row * inputs + j) * w.get(wAt + j * columns + column);
                }
                out.set(row * columns + column, sum);
            }
        }
    }

    /**
     * Gradients of a dense layer's weights and, as one more input that is always 1, its bias: the
     * sum over each {@code share} rows.
     *
     * @param x (rows, inputs)
     * @param dOut (rows, columns)
     * @param out (shares, inputs + 1, columns) with the weights from {@code weightsAt} and the bias
     *     from {@code biasAt}, where that is not negative; written
     */
    public static void denseWeights(
            FloatArray x,
            FloatArray dOut,
            FloatArray out,
            int weightsAt,
            int biasAt,
            int inputs,
            int rows,
            int columns,
            int share,
            int shares) {
        for (@Parallel int i = 0; i < shares * (inputs + 1) * columns; i++) {
            int column = i % columns;
            int input = i / columns % (inputs + 1);
            int first = i / columns / (inputs + 1);
            float sum = 0f;
            for (int row = first * share; row < Math.min(rows, (first + 1) * share); row++) {
                float value = 1f;
                if (input < inputs) {
                    value = x.get(row * inputs + input);
                }
                sum += value * dOut.get(row * columns + column);
            }
            int at = weightsAt + input * columns;
            int wanted = weightsAt;
            if (input == inputs) {
                at = biasAt;
                wanted = biasAt;
            }
            if (wanted >= 0) {
                out.set(first * (inputs + 1) * columns + at + column, sum);
            }
        }
    }

    /**
     * {@code dX = dOut W'}.
     *
     * @param dOut (rows, columns)
     * @param w (inputs, columns)
     * @param dX (rows, inputs); written
     */
    public static void denseInputs(
            FloatArray dOut,
            FloatArray w,
            int wAt,
            FloatArray dX,
            int inputs,
            int rows,
            int columns) {
        for (@Parallel int i = 0; i < rows * inputs; i++) {
            int row = i / inputs;
            int input = i % inputs;
            float sum = 0f;
            for (int j = 0; j < columns; j++) {
                sum += dOut.get(row * columns + j) * w.get(wAt + input * columns + j);
            }
            dX.set(i, sum);
        }
    }

    /**
     * {@code out = [x, column]}.
     *
     * @param x (rows, columns)
     * @param column (rows) from {@code columnAt}
     * @param out (rows, columns + 1); written
     */
    public static void appendForward(
            FloatArray x, FloatArray column, int columnAt, FloatArray out, int rows, int columns) {
        for (@Parallel int i = 0; i < rows * (columns + 1); i++) {
            int row = i / (columns + 1);
            float v = column.get(columnAt + row);
            if (i % (columns + 1) < columns) {
                // one element less in each row before
                v = x.get(i - row);
            }
            out.set(i, v);
        }
    }

    /**
     * Gradient of {@link #appendForward} by x.
     *
     * @param dX (rows, columns); written
     */
    public static void appendBackward(FloatArray dOut, FloatArray dX, int rows, int columns) {
        for (@Parallel int i = 0; i < rows * columns; i++) {
            dX.set(i, dOut.get(i + i / columns));
        }
    }
}
