package s5.data;

import s5.UserError;

import java.util.List;

/**
 * A data set at a lower sampling rate: every n-th position of each sample, from the first on,
 * without a filter before it. A model that was trained on the set itself is evaluated on this one
 * with every time step multiplied by n (the official code's half-rate evaluation of Speech
 * Commands).
 */
public final class Decimated implements Dataset {
    private final Dataset data;
    private final int rate;
    private final Shape shape;

    private Decimated(Dataset data, int rate) {
        this.data = data;
        this.rate = rate;
        Shape s = data.shape();
        int length = (s.length() + rate - 1) / rate;
        shape = new Shape(length, s.inputs(), false, s.padded(), s.classes(), s.documents());
    }

    /**
     * Positions 0, n, 2n, ... of every sample: L becomes L / n, rounded up, and so do the lengths
     * of padded samples.
     *
     * @param data samples that have a rate
     * @param rate n; 1 is the data set itself
     * @return the same samples with fewer positions
     * @throws UserError when n is not in 1..L, or the samples have no rate: tokens, or positions
     *     with times or targets of their own
     */
    public static Dataset of(Dataset data, int rate) {
        int length = data.shape().length();
        if (rate < 1 || rate > length) {
            throw new UserError(
                    "rate: %d is not in 1..%d, the length of a sample".formatted(rate, length));
        }
        if (rate == 1) {
            return data;
        }
        if (data.shape().tokens() || data.shape().timed() || data.shape().regression()) {
            throw new UserError(
                    "rate: %d leaves out %s; only sets of sampled signals, such as speech, have a rate"
                            .formatted(
                                    rate,
                                    data.shape().tokens()
                                            ? "tokens"
                                            : "positions that have times or targets of their own"));
        }
        return new Decimated(data, rate);
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public List<String> classNames() {
        return data.classNames();
    }

    @Override
    public int size() {
        return data.size();
    }

    @Override
    public void read(int i, Batch batch, int row) {
        Batch full = new Batch(data.shape(), 1);
        data.read(i, full, 0);
        int inputs = shape.inputs();
        for (int document = 0; document < shape.documents(); document++) {
            int from = full.at(document, 0) * full.shape.length() * inputs;
            int to = batch.at(document, row) * shape.length() * inputs;
            for (int k = 0; k < shape.length(); k++) {
                System.arraycopy(
                        full.x, from + k * rate * inputs, batch.x, to + k * inputs, inputs);
            }
            int length = full.lengths[full.at(document, 0)];
            batch.lengths[batch.at(document, row)] = (length + rate - 1) / rate;
        }
        batch.labels[row] = full.labels[0];
    }
}
