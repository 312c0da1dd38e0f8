package s5.train;

import s5.config.Messages;
import s5.data.Batch;
import s5.io.Safetensors;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Tells numbers from what is left of them after an overflow. */
public final class Finite {
    /** What went bad first, where no operation did. */
    static final String INPUT = "the input";

    private Finite() {}

    /** Whether all numbers that a batch brings are finite. */
    static boolean all(Batch batch) {
        return Stream.of(batch.x, batch.dt, batch.targets)
                .allMatch(values -> values == null || all(values));
    }

    /**
     * {@return what to say of a file whose model has no answers, for its weights are no finite
     * numbers; empty where all are}
     */
    static Optional<String> complaint(Path file, Map<String, Safetensors.Array> tensors) {
        return tensors.entrySet().stream()
                .filter(e -> !CheckpointChecks.ofTrainingAlone(e.getKey()))
                .filter(e -> !all(e.getValue().values()))
                .findFirst()
                .map(e ->
                        "%s: the model's weights are no finite numbers: tensor %s holds NaN or infinity"
                                .formatted(file, Messages.quoted(e.getKey())));
    }

    /** Whether none of the values is infinite or NaN. */
    static boolean all(float[] values) {
        return all(values, 0, values.length);
    }

    /**
     * {@return whether none of some values is infinite or NaN}
     *
     * @param values that hold them
     * @param from where they begin
     * @param to where they end
     */
    public static boolean all(float[] values, int from, int to) {
        int largest = 0; // as integers the sizes of floats are in order, infinity and NaN above
        for (int i = from; i < to; i++) {
            largest = Math.max(largest, Float.floatToRawIntBits(values[i]) & Integer.MAX_VALUE);
        }
        return largest < Float.floatToRawIntBits(Float.POSITIVE_INFINITY);
    }
}
