package s5.exchange;

import s5.Devices;
import s5.config.Config;
import s5.data.Shape;
import s5.io.Safetensors.Array;
import s5.model.Model;
import s5.ops.Backend;
import s5.ops.Tensor;
import s5.train.Checkpoint;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Weights of a checkpoint in a file for other programs: parameters and running statistics alone.
 */
public final class Export {
    /** What the metadata of a file says that it is. */
    private static final String FORMAT = "s5-weights-1";

    private static final long SEED = 14;

    private Export() {}

    /**
     * Writes a file with the official names and shapes, and the settings by their official names in
     * the metadata (safetensors only).
     *
     * @param checkpoint of any run
     * @param file that is not there yet; its name ends in {@code .safetensors} or {@code .npz}
     * @param complex whether B and C are written as complex64 instead of pairs
     * @param check how many random sequences and the model's answers are written too
     * @return what was done, in words
     * @throws s5.UserError when the file is there, has another ending, or cannot be written
     */
    public static String weights(Checkpoint checkpoint, Path file, boolean complex, int check) {
        WeightFile.mustBeNew(file);
        Config config = checkpoint.config(List.of());
        Shape shape = checkpoint.shape();
        Model model = new Model(config.model(), shape);
        Map<String, Array> tensors = new LinkedHashMap<>();
        for (Tensor t : Fit.weights(model)) {
            tensors.put(t.name(), new Array(t.shape(), checkpoint.values(t.name())));
        }
        int count = tensors.size();
        long numbers = tensors.values().stream().mapToLong(a -> a.values().length).sum();
        if (check > 0) {
            try (Backend backend = Devices.open(checkpoint.config(List.of("device=cpu")))) {
                checkpoint.load(backend, model);
                tensors.putAll(Samples.arrays(backend, model, Samples.random(shape, check, SEED)));
            }
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("format", FORMAT);
        metadata.put("official", OfficialSettings.json(config.model(), shape));
        if (!checkpoint.fitted().preparation().isEmpty()) {
            metadata.put("preparation", checkpoint.fitted().preparation());
        }
        WeightFile.write(file, metadata, tensors, complex);
        return "%s: %d tensors, %,d numbers%s"
                .formatted(
                        file,
                        count,
                        numbers,
                        check == 0 ? "" : "; %d sequences to check with".formatted(check));
    }
}
