package s5.data;

import java.util.zip.CRC32C;

/**
 * Tells one training set from another that has as many samples: a run that goes on with other data
 * would be none.
 *
 * @param exact a sum over tokens, lengths and labels
 * @param numbers weighted means of the numbers; those of samples with the same remainder by their
 *     count together. They are compared with some room, as another machine may round otherwise
 * @param sizes the means of their absolute values
 */
public record Fingerprint(int exact, double[] numbers, double[] sizes) {
    /** Samples are told apart in so many parts. */
    private static final int PARTS = 16;

    /** Numbers that are read of a training set at most, some tenths of a second. */
    private static final long MOST = 20_000_000;

    /** Rounding of a number, 6e-8 of it, all the less in a mean. */
    private static final double ROUNDING = 1e-6;

    /**
     * Checks what a file may say.
     *
     * @throws IllegalArgumentException when it makes no sense
     */
    public Fingerprint {
        if (numbers == null || sizes == null || numbers.length != PARTS || sizes.length != PARTS) {
            throw new IllegalArgumentException("a fingerprint that makes no sense");
        }
    }

    /**
     * {@return the fingerprint of a training set; of a very large one, that of samples evenly
     * spread over it}
     *
     * @param training the samples; what is padding in them does not count
     */
    public static Fingerprint of(Dataset training) {
        Shape shape = training.shape();
        long numbers = (long) shape.length() * (shape.tokens() ? 1 : shape.inputs());
        int samples = Math.clamp(MOST / numbers, 1, Math.max(1, training.size()));
        Work work = new Work();
        Batch batch = new Batch(shape, 1);
        for (int i = 0; i < Math.min(samples, training.size()); i++) {
            training.read((int) ((long) i * training.size() / samples), batch, 0);
            work.add(i, batch);
        }
        return work.done();
    }

    /** Sums that grow. */
    private static final class Work {
        final CRC32C exact = new CRC32C();
        final double[] sums = new double[PARTS];
        final double[] sizes = new double[PARTS];
        final long[] counts = new long[PARTS];
        long random;

        void add(int sample, Batch batch) {
            Shape shape = batch.shape;
            random = sample;
            int part = sample % PARTS;
            int length = shape.length();
            int most = 0;
            for (int d = 0; d < shape.documents(); d++) {
                int row = batch.at(d, 0);
                int kept = batch.lengths == null ? length : batch.lengths[row];
                most = Math.max(most, kept);
                exact(kept);
                int from = row * length;
                for (int k = 0; batch.tokens != null && k < kept; k++) {
                    exact(batch.tokens[from + k]);
                }
                number(part, batch.x, from * shape.inputs(), kept * shape.inputs());
                number(part, batch.dt, 0, d == 0 ? kept : 0);
            }
            int answers = shape.each() ? most : 1;
            for (int k = 0; batch.labels != null && k < answers; k++) {
                exact(batch.labels[k]);
            }
            number(part, batch.targets, 0, answers * shape.targets());
        }

        private void exact(int value) {
            for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
                exact.update(value >>> shift);
            }
        }

        /** Each with a weight of its own, so that neither order nor place can change unseen. */
        private void number(int part, float[] values, int from, int count) {
            for (int i = 0; values != null && i < count; i++) {
                random = random * 6364136223846793005L + 1442695040888963407L;
                double value = values[from + i];
                sums[part] += value * random * 0x1p-63;
                sizes[part] += Math.abs(value);
                counts[part]++;
            }
        }

        Fingerprint done() {
            for (int p = 0; p < PARTS; p++) {
                sums[p] /= Math.max(1, counts[p]);
                sizes[p] /= Math.max(1, counts[p]);
            }
            return new Fingerprint((int) exact.getValue(), sums, sizes);
        }
    }

    /**
     * {@return whether it is of the same samples}
     *
     * @param other of the data now
     */
    public boolean same(Fingerprint other) {
        boolean same = exact == other.exact;
        for (int p = 0; p < PARTS; p++) {
            same &= Math.abs(numbers[p] - other.numbers[p]) <= ROUNDING * sizes[p];
        }
        return same;
    }
}
