package s5.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Between which values each input lay in training: a model says nothing of use about inputs far
 * outside, such as grey values of 0 to 255 where it learned from 0 to 1.
 *
 * @param min (inputs), the smallest value of each; empty where inputs are tokens, or nothing is
 *     known
 * @param max (inputs), the largest
 * @param steps (2), between which the mean time steps of its samples lay; empty where positions are
 *     one step apart, or nothing is known
 */
public record Ranges(float[] min, float[] max, float[] steps) {
    /**
     * Checks what a file may say.
     *
     * @throws IllegalArgumentException when it makes no sense
     */
    public Ranges {
        steps = steps == null ? new float[0] : steps; // files of before they were kept
        if (min == null
                || max == null
                || min.length != max.length
                || (steps.length != 0 && steps.length != 2)) {
            throw new IllegalArgumentException("ranges that make no sense");
        }
    }

    /** Nothing is known. */
    public static final Ranges NONE = new Ranges(new float[0], new float[0], null);

    /** Time steps so many times as long, or as short, are taken for those of another unit. */
    private static final double OTHER_UNIT = 20;

    /** Numbers that are read of a training set at most, which takes a second or so. */
    private static final long MOST = 200_000_000;

    /**
     * {@return the ranges of a training set; of a very large one, those of samples evenly spread
     * over it}
     *
     * @param training the samples; what is padding in them does not count
     */
    public static Ranges of(Dataset training) {
        Shape shape = training.shape();
        if (shape.tokens() || training.size() == 0) {
            return NONE;
        }
        long numbers = (long) shape.length() * shape.inputs();
        int size = Math.clamp(MOST / numbers, 1, training.size());
        float[] steps = {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
        Ranges ranges =
                new Ranges(
                        new float[shape.inputs()],
                        new float[shape.inputs()],
                        shape.timed() ? steps : null);
        Arrays.fill(ranges.min, Float.POSITIVE_INFINITY);
        Arrays.fill(ranges.max, Float.NEGATIVE_INFINITY);
        Batch batch = new Batch(shape, 1);
        for (int i = 0; i < size; i++) {
            training.read((int) ((long) i * training.size() / size), batch, 0);
            ranges.widen(batch);
            double mean = ranges.steps.length == 0 ? Double.NaN : meanStep(batch);
            if (mean > 0) {
                steps[0] = Math.min(steps[0], (float) mean);
                steps[1] = Math.max(steps[1], (float) mean);
            }
        }
        return ranges;
    }

    /** The mean time from one position of a sample to the next; NaN where there is one only. */
    private static double meanStep(Batch batch) {
        double sum = 0;
        for (int k = 1; k < batch.lengths[0]; k++) { // the first has none before it
            sum += batch.dt[k];
        }
        return batch.lengths[0] > 1 ? sum / (batch.lengths[0] - 1) : Double.NaN;
    }

    private void widen(Batch batch) {
        int inputs = min.length;
        int length = batch.shape.length();
        for (int document = 0; document < batch.shape.documents(); document++) {
            int row = batch.at(document, 0);
            for (int k = 0; k < batch.lengths[row] * inputs; k++) {
                float value = batch.x[row * length * inputs + k];
                min[k % inputs] = Math.min(min[k % inputs], value);
                max[k % inputs] = Math.max(max[k % inputs], value);
            }
        }
    }

    /**
     * {@return what to say of samples far from those of training: of values beyond its range by
     * more than the width of that, or of the widest input's, as one that never changed has none;
     * and of times that are probably in other units} Each sample is read once.
     *
     * @param data samples of the same shape
     */
    public List<String> far(Dataset data) {
        Shape shape = data.shape();
        boolean values = min.length > 0 && !shape.tokens() && shape.inputs() == min.length;
        boolean times = steps.length == 2 && steps[0] <= steps[1] && shape.timed();
        List<String> ofValues = new ArrayList<>();
        List<String> ofTimes = new ArrayList<>();
        Batch batch = new Batch(shape, 1);
        for (int i = 0; i < data.size() && (values || times); i++) {
            data.read(i, batch, 0);
            if (values) {
                farValue(batch, i).ifPresent(ofValues::add);
            }
            if (times) {
                farStep(batch, i).ifPresent(ofTimes::add);
            }
        }
        List<String> said = new ArrayList<>();
        if (!ofValues.isEmpty()) {
            said.add(
                    "%,d of %,d samples have values far outside what the model was trained on (%s); are they in the same units?"
                            .formatted(ofValues.size(), data.size(), ofValues.getFirst()));
        }
        if (!ofTimes.isEmpty()) {
            said.add(
                    "%,d of %,d samples have time steps far from what the model was trained on (%s); are the times in the same units?"
                            .formatted(ofTimes.size(), data.size(), ofTimes.getFirst()));
        }
        return said;
    }

    private Optional<String> farValue(Batch batch, int sample) {
        double widest =
                IntStream.range(0, min.length)
                        .mapToDouble(c -> (double) max[c] - min[c])
                        .max()
                        .orElseThrow();
        Ranges its = new Ranges(min.clone(), max.clone(), null);
        its.widen(batch);
        for (int c = 0; c < min.length; c++) {
            boolean below = its.min[c] < min[c] - widest;
            if (below || its.max[c] > max[c] + widest) {
                float value = below ? its.min[c] : its.max[c];
                return Optional.of(
                        "input %d of sample %d reaches %s, where training had %s to %s"
                                .formatted(c + 1, sample, value, min[c], max[c]));
            }
        }
        return Optional.empty();
    }

    private Optional<String> farStep(Batch batch, int sample) {
        double mean = meanStep(batch);
        boolean longer = mean > OTHER_UNIT * steps[1];
        return longer || mean < steps[0] / OTHER_UNIT
                ? Optional.of(
                        "those of sample %d are %.3g times as long as the %s of training"
                                .formatted(
                                        sample,
                                        mean / (longer ? steps[1] : steps[0]),
                                        longer ? "longest" : "shortest"))
                : Optional.empty();
    }
}
