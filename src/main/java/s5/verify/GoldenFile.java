package s5.verify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import s5.UserError;
import s5.config.ModelConfig;
import s5.config.ModelConfig.TimeSteps;
import s5.config.TrainConfig;
import s5.config.TrainOptions;
import s5.data.Batch;
import s5.data.Shape;
import s5.io.Safetensors;
import s5.ops.Discretizer;
import s5.ops.HeadOp.Pooling;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * A file of official numbers: settings, parameters before and after five updates, five batches and
 * what the official code made of them.
 */
record GoldenFile(Path file, Safetensors arrays, JsonNode settings) {
    private static final JsonMapper JSON = new JsonMapper();

    /** Side of the pendulum's images, and the numbers to predict at each. */
    private static final int IMAGE = 24;

    private static final int TARGETS = 2;

    /**
     * @throws UserError when the file is damaged or holds no official numbers
     */
    static GoldenFile read(Path file) {
        Safetensors arrays = Safetensors.read(file);
        String text = arrays.metadata().get("config");
        try {
            return new GoldenFile(file, arrays, text == null ? null : JSON.readTree(text));
        } catch (JsonProcessingException e) {
            throw new UserError(
                    file + ": metadata 'config' is no JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** Whether it holds a model; else start values and schedules. */
    boolean hasModel() {
        return settings != null;
    }

    boolean regression() {
        return arrays.arrays().containsKey("out/train_mu");
    }

    ModelConfig model() {
        boolean regression = regression();
        return new ModelConfig(
                integer("d_model"),
                integer("ssm_size"),
                integer("blocks"),
                integer("n_layers"),
                choice(ModelConfig.CInit.class, "C_init"),
                choice(Discretizer.Method.class, "discretization"),
                choice(ModelConfig.Activation.class, "activation_fn"),
                regression || flag("conj_sym"),
                !regression && flag("clip_eigs"),
                flag("bidirectional"),
                number("dt_min"),
                number("dt_max"),
                flag("batchnorm") ? ModelConfig.Norm.BATCH : ModelConfig.Norm.LAYER,
                flag("prenorm"),
                regression ? 0 : number("bn_momentum"),
                text("mode").equals("last") ? Pooling.LAST : Pooling.MEAN,
                0,
                regression ? timeSteps() : TimeSteps.USE,
                false,
                false);
    }

    private TimeSteps timeSteps() {
        if (flag("append_dt")) {
            return TimeSteps.APPEND;
        }
        return flag("use_dt") ? TimeSteps.USE : TimeSteps.IGNORE;
    }

    TrainConfig train() {
        return new TrainConfig(
                1,
                integer("bsz"),
                number("ssm_lr"),
                number("lr") / number("ssm_lr"),
                0,
                0,
                TrainConfig.Schedule.CONSTANT,
                regression()
                        ? TrainConfig.OptimizerGroups.STANDARD
                        : choice(TrainConfig.OptimizerGroups.class, "opt_config"),
                regression() ? 0 : number("weight_decay"),
                !regression() && flag("dt_global"),
                1,
                1_000_000,
                1000,
                TrainConfig.FirstUpdate.OFFICIAL,
                TrainConfig.CosineStart.OFFICIAL,
                true,
                0,
                0,
                0,
                TrainConfig.ClassWeights.NONE,
                TrainConfig.Loss.NLL,
                TrainConfig.Select.SCORE,
                TrainConfig.NOTHING,
                TrainConfig.StartHead.KEEP,
                TrainConfig.NOTHING,
                TrainOptions.OFFICIAL);
    }

    /**
     * Shape of the samples; one-hot input is read as tokens, the way that data sets of text give
     * it.
     */
    Shape shape() {
        if (regression()) {
            return Shape.ofImages(integer("seq_len"), IMAGE, TARGETS);
        }
        return new Shape(
                integer("seq_len"),
                integer("in_dim"),
                oneHot(),
                flag("padded"),
                integer("n_classes"),
                flag("retrieval") ? 2 : 1);
    }

    private boolean oneHot() {
        int inputs = integer("in_dim");
        for (int b = 0; b < 5; b++) {
            float[] x = array("in/x" + b, -1, integer("seq_len"), inputs);
            for (int row = 0; row < x.length / inputs; row++) {
                int ones = 0;
                int zeros = 0;
                for (int i = 0; i < inputs; i++) {
                    ones += x[row * inputs + i] == 1 ? 1 : 0;
                    zeros += x[row * inputs + i] == 0 ? 1 : 0;
                }
                if (ones != 1 || zeros != inputs - 1) {
                    return false;
                }
            }
        }
        return true;
    }

    /**
     * One of the five batches.
     *
     * @param every keeps every such position: 1 all, 2 half the rate
     */
    Batch batch(int number, int every) {
        Shape full = shape();
        int length = (full.length() + every - 1) / every;
        int samples = integer("bsz");
        int inputs = full.inputs();
        Batch batch = new Batch(full.withLength(length), samples);
        batch.rows = samples;
        int sequences = samples * full.documents();
        float[] x = array("in/x" + number, sequences, full.length(), inputs);
        for (int row = 0; row < sequences * length; row++) {
            int from = (row / length * full.length() + row % length * every) * inputs;
            for (int i = 0; i < inputs; i++) {
                if (!full.tokens()) {
                    batch.x[row * inputs + i] = x[from + i];
                } else if (x[from + i] == 1) {
                    batch.tokens[row] = i;
                }
            }
        }
        if (regression()) {
            float[] targets = array("in/y" + number, samples, length, TARGETS);
            System.arraycopy(targets, 0, batch.targets, 0, targets.length);
            float[] dt = array("in/dt" + number, samples, length - 1);
            for (int i = 0; i < samples; i++) {
                batch.dt[i * length] = 1;
                System.arraycopy(dt, i * (length - 1), batch.dt, i * length + 1, length - 1);
            }
            return batch;
        }
        float[] labels = array("in/y" + number, samples);
        for (int i = 0; i < samples; i++) {
            batch.labels[i] = index("in/y" + number, labels[i], 0, full.classes() - 1);
        }
        Arrays.fill(batch.lengths, length);
        if (full.padded()) {
            float[] lengths = array("in/lengths" + number, sequences);
            for (int i = 0; i < sequences; i++) {
                batch.lengths[i] = index("in/lengths" + number, lengths[i], 1, length);
            }
        }
        return batch;
    }

    /** What the official model said of the first batch, as {@link s5.model.Outputs#prediction}. */
    float[] prediction() {
        int samples = integer("bsz");
        if (!regression()) {
            return array("out/train_log_probs", samples, integer("n_classes"));
        }
        float[] mean = array("out/train_mu", samples, integer("seq_len"), TARGETS);
        float[] variance = array("out/train_var", samples, integer("seq_len"), TARGETS);
        float[] both = new float[2 * mean.length];
        for (int i = 0; i < mean.length; i++) {
            int at = i / TARGETS * 2 * TARGETS + i % TARGETS;
            both[at] = mean[i];
            both[at + TARGETS] = variance[i];
        }
        return both;
    }

    private int index(String name, float value, int least, int most) {
        if (value != (int) value || value < least || value > most) {
            throw error(
                    name
                            + " holds "
                            + value
                            + "; whole numbers from "
                            + least
                            + " to "
                            + most
                            + " are possible");
        }
        return (int) value;
    }

    /**
     * Values of an array.
     *
     * @param shape what it must have; -1 for any size
     */
    float[] array(String name, int... shape) {
        Safetensors.Array a = arrays.arrays().get(name);
        if (a == null) {
            throw error("array '" + name + "' is missing");
        }
        boolean same = a.shape().length == shape.length;
        for (int i = 0; same && i < shape.length; i++) {
            same = shape[i] == -1 || shape[i] == a.shape()[i];
        }
        if (!same) {
            throw error(
                    "array '%s' has shape %s, expected %s"
                            .formatted(name, Arrays.toString(a.shape()), Arrays.toString(shape)));
        }
        return a.values();
    }

    boolean has(String name) {
        return arrays.arrays().containsKey(name);
    }

    double number(String key) {
        JsonNode node = settings.path(key);
        if (!node.isNumber()) {
            throw error("setting '" + key + "' is " + node + ", not a number");
        }
        return node.asDouble();
    }

    private int integer(String key) {
        JsonNode node = settings.path(key);
        if (!node.isInt() || node.asInt() < 1) {
            throw error("setting '" + key + "' is " + node + ", not a positive whole number");
        }
        return node.asInt();
    }

    private boolean flag(String key) {
        JsonNode node = settings.path(key);
        if (!node.isBoolean()) {
            throw error("setting '" + key + "' is " + node + ", not true or false");
        }
        return node.asBoolean();
    }

    private String text(String key) {
        return settings.path(key).asText();
    }

    private <E extends Enum<E>> E choice(Class<E> type, String key) {
        for (E e : type.getEnumConstants()) {
            if (e.name().equals(text(key).toUpperCase(Locale.ROOT))) {
                return e;
            }
        }
        throw error(
                "setting '%s' is '%s', not one of %s"
                        .formatted(key, text(key), Arrays.toString(type.getEnumConstants())));
    }

    private UserError error(String what) {
        return new UserError(file + ": " + what);
    }
}
