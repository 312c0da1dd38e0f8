package s5.data;

import s5.UserError;

import java.util.Arrays;

/**
 * Host arrays of one mini-batch, reused from batch to batch. B is the capacity; the documents of a
 * sample are stacked on the batch axis, all firsts, then all seconds (as the official code does for
 * retrieval).
 */
public final class Batch {
    /** What the samples look like. */
    public final Shape shape;

    /** B, the most samples the batch can hold. */
    public final int capacity;

    /** (B documents, L, inputs), row-major; null when the samples are tokens. */
    public final float[] x;

    /** (B documents, L); null when the samples are not tokens. */
    public final int[] tokens;

    /**
     * (B documents): how many of the L positions are the sample's own; L when nothing is padded.
     */
    public final int[] lengths;

    /**
     * (B): the class of each sample; or (B, L) where a class is told at each position, -1 where
     * none counts: in the padding, and where nobody knows it. Null in regression.
     */
    public final int[] labels;

    /**
     * (B, targets): what is to be predicted; or (B, L, targets) where it is at each position, any
     * number in the padding. Null in classification.
     */
    public final float[] targets;

    /**
     * (B, L): the time from the position before to this one, 1 at a sample's first position; null
     * when positions are one step apart.
     */
    public final float[] dt;

    /** How many samples the batch holds; less than B only in the last batch of an evaluation. */
    public int rows;

    /**
     * An empty batch.
     *
     * @param shape of each sample
     * @param capacity B, the most samples it holds
     * @throws UserError when the arrays would pass the limit of 2^31 - 1 elements
     */
    public Batch(Shape shape, int capacity) {
        long sequences = (long) capacity * shape.documents();
        long elements = sequences * shape.length() * (shape.tokens() ? 1 : shape.inputs());
        if (capacity < 1) {
            throw new IllegalArgumentException("a batch of " + capacity + " samples");
        }
        long answers = (long) capacity * shape.answers() * Math.max(1, shape.targets());
        if (Math.max(elements, answers) > Integer.MAX_VALUE - 8) {
            throw new UserError(
                    "a batch of %,d samples (%s) has more numbers than an array can hold; lower train.batch, train.eval_batch or data.length"
                            .formatted(capacity, shape.describe()));
        }
        this.shape = shape;
        this.capacity = capacity;
        this.x = shape.tokens() ? null : new float[(int) elements];
        this.tokens = shape.tokens() ? new int[(int) elements] : null;
        this.lengths = new int[(int) sequences];
        int positions = capacity * shape.length();
        this.labels = shape.regression() ? null : new int[(int) answers];
        this.targets = shape.regression() ? new float[(int) answers] : null;
        this.dt = shape.timed() ? new float[positions] : null;
        clear(0);
    }

    /**
     * {@return the batch row of a document of a sample: document * B + row}
     *
     * @param document from 0
     * @param row from 0 to B - 1
     */
    public int at(int document, int row) {
        return document * capacity + row;
    }

    /**
     * Says that the batch holds {@code rows} samples and puts zeros into the others: inputs,
     * tokens, labels and targets 0 (labels of positions -1), but lengths and time steps 1, so that
     * a mean over a sample's own positions stays finite there.
     */
    void clear(int rows) {
        this.rows = rows;
        int row = shape.length() * (shape.tokens() ? 1 : shape.inputs());
        for (int document = 0; document < shape.documents(); document++) {
            int from = at(document, rows);
            int to = at(document, capacity);
            if (x != null) {
                Arrays.fill(x, from * row, to * row, 0f);
            } else {
                Arrays.fill(tokens, from * row, to * row, 0);
            }
            Arrays.fill(lengths, from, to, 1);
        }
        if (labels != null) {
            Arrays.fill(labels, rows * shape.answers(), labels.length, shape.each() ? -1 : 0);
        } else {
            Arrays.fill(targets, rows * (targets.length / capacity), targets.length, 0f);
        }
        if (dt != null) {
            Arrays.fill(dt, rows * shape.length(), dt.length, 1f);
        }
    }
}
