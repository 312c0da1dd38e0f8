package s5.train;

import s5.UserError;
import s5.config.Config;
import s5.config.ConfigLoader;
import s5.io.Safetensors;
import s5.ops.Backend;
import s5.ops.Tensor;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A trained model in a file: a safetensors file with the official parameter names, running
 * statistics ({@code .../norm/mean}) and optimizer moments ({@code m/...}, {@code v/...}); its
 * metadata holds the run's settings.
 */
public final class Checkpoint {
    private static final String FORMAT = "s5-checkpoint-1";

    private Checkpoint() {}

    /** Writes the state of a model. */
    public static void save(Path file, Config config, Learner learner) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("format", FORMAT);
        metadata.put("config", ConfigLoader.toYaml(config));
        Map<String, Safetensors.Array> arrays = new LinkedHashMap<>();
        learner.state()
                .forEach((name, t) ->
                        arrays.put(
                                name, new Safetensors.Array(t.shape(), learner.backend().read(t))));
        new Safetensors(metadata, arrays).write(file);
    }

    /**
     * The settings of the run that wrote a checkpoint, as YAML.
     *
     * @throws UserError when it is no checkpoint of this program
     */
    public static String config(Path file, Safetensors checkpoint) {
        String format = checkpoint.metadata().get("format");
        String config = checkpoint.metadata().get("config");
        if (!FORMAT.equals(format) || config == null) {
            throw new UserError(
                    "%s: not a checkpoint of this program: format is %s, expected %s"
                            .formatted(file, format, FORMAT));
        }
        return config;
    }

    /**
     * Puts values of a checkpoint into tensors.
     *
     * @throws UserError that names the first tensor that is missing or has another shape
     */
    public static void load(
            Path file, Safetensors checkpoint, Backend backend, Iterable<Tensor> tensors) {
        for (Tensor t : tensors) {
            Safetensors.Array a = checkpoint.arrays().get(t.name());
            if (a == null) {
                throw new UserError(
                        file + ": is of another model: it has no tensor '" + t.name() + "'");
            }
            if (!Arrays.equals(a.shape(), t.shape())) {
                throw new UserError(
                        "%s: is of another model: tensor '%s' has shape %s, expected %s"
                                .formatted(
                                        file,
                                        t.name(),
                                        Arrays.toString(a.shape()),
                                        Arrays.toString(t.shape())));
            }
            backend.write(t, a.values());
        }
    }
}
