package s5.tornado.input;

import s5.tornado.Launch;
import s5.tornado.sum.ColumnSums;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Embeddings and the narrow dense layers at a model's two ends. */
public final class InputKernels {
    /** Inputs of a dense layer that a thread of {@link #denseWeights} sums at once. */
    static final int INPUTS = 4;

    /** Threads that share an element of {@link #denseElements}. */
    static final int SHARERS = 64;

    /** Rows that a thread of {@link #embedPartials} loads before it uses the first one. */
    private static final int DEPTH = 8;

    private InputKernels() {}

    /**
     * {@code out[i] = W[tokens[i]] + bias}; launch {@code ColumnPlan.elements(rows, columns)}.
     *
     * @param w (V, columns)
     * @param out (rows, columns); written
     */
    public static void embedRows(
            KernelContext c,
            IntArray tokens,
            int tokensAt,
            FloatArray w,
            int wAt,
            FloatArray bias,
            int biasAt,
            FloatArray out,
            int rows,
            int columns,
            int lanes,
            int columnGroups,
            int sweeps) {
        int column = (c.groupIdx % columnGroups) * lanes + c.localIdx % lanes;
        int row = (c.groupIdx / columnGroups) * sweeps * ColumnSums.DEPTH + c.localIdx / lanes;
        if (column < columns) {
            float shift = bias.get(biasAt + column);
            for (int i = 0; i < ColumnSums.DEPTH; i++) {
                int r = row + i * sweeps;
                if (r < rows) {
                    int token = tokens.get(tokensAt + r);
                    out.set(r * columns + column, shift + w.get(wAt + token * columns + column));
                }
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
     * {@code out = x W + bias}; launch {@code ColumnPlan.elements(rows, columns)}.
     *
     * @param x (rows, inputs)
     * @param w (inputs, columns)
     * @param out (rows, columns); written
     */
    public static void denseRows(
            KernelContext c,
            FloatArray x,
            FloatArray w,
            int wAt,
            FloatArray bias,
            int biasAt,
            FloatArray out,
            int inputs,
            int rows,
            int columns,
            int lanes,
            int columnGroups,
            int sweeps) {
        int column = (c.groupIdx % columnGroups) * lanes + c.localIdx % lanes;
        int row = (c.groupIdx / columnGroups) * sweeps * ColumnSums.DEPTH + c.localIdx / lanes;
        if (column < columns) {
            float[] sum = new float[ColumnSums.DEPTH];
            float shift = bias.get(biasAt + column);
            for (int i = 0; i < ColumnSums.DEPTH; i++) {
                sum[i] = shift;
            }
            for (int j = 0; j < inputs; j++) {
                float weight = w.get(wAt + j * columns + column);
                for (int i = 0; i < ColumnSums.DEPTH; i++) {
                    int r = row + i * sweeps;
                    if (r < rows) {
                        sum[i] = sum[i] + weight * x.get(r * inputs + j);
                    }
                }
            }
            for (int i = 0; i < ColumnSums.DEPTH; i++) {
                int r = row + i * sweeps;
                if (r < rows) {
                    out.set(r * columns + column, sum[i]);
                }
            }
        }
    }

    /**
     * {@link #denseRows} for few rows and columns: a group of {@link #SHARERS} threads for each
     * element of out.
     */
    public static void denseElements(
            KernelContext c,
            FloatArray x,
            FloatArray w,
            int wAt,
            FloatArray bias,
            int biasAt,
            FloatArray out,
            int inputs,
            int columns) {
        float[] sums = c.allocateFloatLocalArray(SHARERS);
        int row = c.groupIdx / columns;
        int column = c.groupIdx % columns;
        float sum = 0f;
        for (int j = c.localIdx; j < inputs; j += SHARERS) {
            sum += x.get(row * inputs + j) * w.get(wAt + j * columns + column);
        }
        sums[c.localIdx] = sum;
        c.localBarrier();
        if (c.localIdx == 0) {
            float total = bias.get(biasAt + column);
            for (int i = 0; i < SHARERS; i++) {
                total += sums[i];
            }
            out.set(c.groupIdx, total);
        }
    }

    /**
     * Partial gradients of a dense layer's weights and, as one more input that is always 1, its
     * bias. Launch {@code inputGroups} times the groups of {@code ColumnPlan.sums(rows, columns)},
     * with {@code inputGroups = ceil((inputs + 1) / INPUTS)}.
     *
     * @param x (rows, inputs)
     * @param dOut (rows, columns)
     * @param partial (rowGroups, inputs + 1, columns); written
     */
    public static void denseWeights(
            KernelContext c,
            FloatArray x,
            FloatArray dOut,
            FloatArray partial,
            int inputs,
            int inputGroups,
            int rows,
            int columns,
            int lanes,
            int columnGroups,
            int sweeps,
            int groupRows) {
        float[] shared = c.allocateFloatLocalArray(INPUTS * Launch.GROUP);
        int lane = c.localIdx % lanes;
        int sweep = c.localIdx / lanes;
        int column = (c.groupIdx % columnGroups) * lanes + lane;
        int rest = c.groupIdx / columnGroups;
        int input = (rest % inputGroups) * INPUTS;
        int rowGroup = rest / inputGroups;
        int end = Math.min(rows, (rowGroup + 1) * groupRows);
        if (column >= columns) {
            end = 0;
        }
        float[] sum = new float[INPUTS];
        for (int j = 0; j < INPUTS; j++) {
            sum[j] = 0f;
        }
        for (int row = rowGroup * groupRows + sweep; row < end; row += sweeps) {
            float g = dOut.get(row * columns + column);
            for (int j = 0; j < INPUTS; j++) {
                float value = 1f;
                if (input + j < inputs) {
                    value = x.get(row * inputs + input + j);
                }
                sum[j] = sum[j] + value * g;
            }
        }
        for (int j = 0; j < INPUTS; j++) {
            shared[j * Launch.GROUP + c.localIdx] = sum[j];
        }
        c.localBarrier();
        if (sweep == 0) {
            if (column < columns) {
                for (int j = 0; j < INPUTS; j++) {
                    if (input + j <= inputs) {
                        float total = 0f;
                        for (int s = 0; s < sweeps; s++) {
                            total += shared[j * Launch.GROUP + s * lanes + lane];
                        }
                        partial.set(
                                (rowGroup * (inputs + 1) + input + j) * columns + column, total);
                    }
                }
            }
        }
    }

    /**
     * {@code dX = dOut W'}; one thread for each element of dX.
     *
     * @param dOut (rows, columns)
     * @param w (inputs, columns)
     * @param dX (rows, inputs); written
     */
    public static void denseInputs(
            KernelContext c,
            FloatArray dOut,
            FloatArray w,
            int wAt,
            FloatArray dX,
            int inputs,
            int columns,
            int n) {
        int i = c.globalIdx;
        if (i < n) {
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
     * {@code out = [x, column]}; one thread for each element of out.
     *
     * @param x (rows, columns)
     * @param column (rows) from {@code columnAt}
     * @param out (rows, columns + 1), n elements; written
     */
    public static void appendForward(
            KernelContext c,
            FloatArray x,
            FloatArray column,
            int columnAt,
            FloatArray out,
            int columns,
            int n) {
        int i = c.globalIdx;
        if (i < n) {
            int row = i / (columns + 1);
            float v = column.get(columnAt + row);
            if (i % (columns + 1) < columns) {
                // one element less in each row before
                v = x.get(i - row);
            }
            out.set(i, v);
        }
    }

    /** Gradient of {@link #appendForward} by x; one thread for each of the n elements of dX. */
    public static void appendBackward(
            KernelContext c, FloatArray dOut, FloatArray dX, int columns, int n) {
        int i = c.globalIdx;
        if (i < n) {
            dX.set(i, dOut.get(i + i / columns));
        }
    }
}
