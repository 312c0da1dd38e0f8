package s5.data;

import java.util.Arrays;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What there is to say about a split: its samples, how long they are and of which classes.
 *
 * @param samples how many
 * @param lengths of the sequences, end marks included; null when none is padded
 * @param depths of the expressions in ListOps; null for other sets
 * @param classes how many samples each class has; none in regression
 */
public record Statistics(int samples, Range lengths, Range depths, int[] classes) {
    /** Least, mean and greatest value. */
    record Range(int least, double mean, int most) {
        private static Range of(int[] values) {
            return new Range(
                    Arrays.stream(values).min().orElseThrow(),
                    Arrays.stream(values).average().orElseThrow(),
                    Arrays.stream(values).max().orElseThrow());
        }

        @Override
        public String toString() {
            return "%,d to %,d, mean %.2f".formatted(least, most, mean);
        }
    }

    /**
     * Reads every sample once.
     *
     * @param data to read
     * @param depth of the sample in row 0 of a batch; null when it has none
     * @return counts over all samples
     */
    public static Statistics of(Dataset data, ToIntFunction<Batch> depth) {
        Shape shape = data.shape();
        Batch batch = new Batch(shape, 1);
        int[] classes = new int[shape.classes()];
        int[] lengths = new int[data.size() * shape.documents()];
        int[] depths = new int[data.size()];
        for (int i = 0; i < data.size(); i++) {
            data.read(i, batch, 0);
            if (batch.labels != null) {
                classes[batch.labels[0]]++;
            }
            System.arraycopy(batch.lengths, 0, lengths, i * shape.documents(), shape.documents());
            depths[i] = depth == null ? 0 : depth.applyAsInt(batch);
        }
        return new Statistics(
                data.size(),
                shape.padded() ? Range.of(lengths) : null,
                depth == null ? null : Range.of(depths),
                classes);
    }

    @Override
    public String toString() {
        String shares =
                Arrays.stream(classes)
                        .mapToObj(n -> "%.2f".formatted(100.0 * n / samples))
                        .collect(Collectors.joining(" "));
        return Stream.of(
                        "%,d samples".formatted(samples),
                        lengths == null ? "" : "lengths " + lengths,
                        depths == null ? "" : "depths " + depths,
                        classes.length == 0 ? "" : "classes " + shares + " %")
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining("; "));
    }
}
