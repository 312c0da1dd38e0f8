package s5.exchange;

import s5.UserError;
import s5.config.Config;
import s5.data.Shape;
import s5.io.Safetensors;
import s5.io.Safetensors.Array;
import s5.model.Initialization;
import s5.model.Model;
import s5.ops.Tensor;
import s5.train.Checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Weights of another program's file in a checkpoint, for evaluation or to train on from. */
public final class Import {
    private Import() {}

    /** What becomes of a model's tensors that the file has not. */
    public enum Missing {
        /** They are told, and nothing is written. */
        REFUSE,
        /** They are as a new run would draw them. */
        NEW
    }

    /**
     * Looks for a model's tensors in a file.
     *
     * @param file of another program
     * @param config settings of the model
     * @param shape of its samples
     * @param missing what to do about those that are not there
     * @param tell gets a line for each tensor that is missing, extra, of another shape, or not
     *     finite, and one about what else is worth knowing
     * @return all the model's tensors by name
     * @throws UserError when the file cannot be read, or does not fit
     */
    public static Map<String, Array> weights(
            Path file, Config config, Shape shape, Missing missing, Consumer<String> tell) {
        Model model = new Model(config.model(), shape);
        Fit fit = Fit.of(WeightFile.read(file), model);
        List<String> complaints =
                new ArrayList<>(missing == Missing.NEW ? fit.others() : fit.complaints());
        if (fit.tensors().isEmpty() && fit.others().isEmpty()) {
            complaints.addAll(0, fit.complaints());
        }
        if (!complaints.isEmpty()) {
            complaints.forEach(tell);
            throw new UserError(
                    "%s: does not fit the model: %d of its %d tensors are there as they should be; %d lines say what is wrong%s"
                            .formatted(
                                    file,
                                    fit.tensors().size(),
                                    Fit.weights(model).size(),
                                    complaints.size(),
                                    hint(fit, config)));
        }
        Map<String, Array> tensors = new LinkedHashMap<>();
        Map<String, float[]> start =
                fit.missing().isEmpty()
                        ? Map.of()
                        : new Initialization(config.model(), config.seed()).parameters(model);
        for (Tensor t : Fit.weights(model)) {
            Array found = fit.tensors().get(t.name());
            if (found == null) {
                tell.accept("new: %s %s".formatted(t.name(), Arrays.toString(t.shape())));
                found = new Array(t.shape(), start.getOrDefault(t.name(), statistic(t)));
            }
            tensors.put(t.name(), found);
        }
        if (fit.leftOut() > 0) {
            tell.accept("left out: %d arrays that are no weights".formatted(fit.leftOut()));
        }
        return tensors;
    }

    /** A running mean or variance of no step yet. */
    private static float[] statistic(Tensor t) {
        float[] values = new float[t.size()];
        Arrays.fill(values, t.name().endsWith("/var") ? 1 : 0);
        return values;
    }

    /** The settings that such a file mostly needs. */
    private static String hint(Fit fit, Config config) {
        int p = config.model().localStates();
        boolean twice =
                fit.others().stream()
                        .anyMatch(line ->
                                line.startsWith("shape: ")
                                        && line.contains("/Lambda_re is [" + 2 * p + "]"));
        if (twice && config.model().conjSym()) {
            return "; it has both states of each conjugate pair, as model.conj_sym=false has";
        }
        boolean statistics = fit.missing().stream().allMatch(t -> t.role() == Tensor.Role.STATE);
        return statistics && !fit.missing().isEmpty()
                ? "; only running statistics are missing: were batch_stats saved with the params?"
                : "";
    }

    /**
     * Writes a checkpoint and says so.
     *
     * @param checkpoint with the weights
     * @param file that is not there yet
     * @return what was done, in words
     * @throws UserError when it is there, or cannot be written
     */
    public static String write(Checkpoint checkpoint, Path file) {
        WeightFile.mustBeNew(file);
        Safetensors content = checkpoint.toFile();
        content.write(file);
        Checkpoint.read(file); // what does not go together is told now
        return "%s: %d tensors, checksum %s"
                .formatted(file, content.arrays().size(), content.metadata().get("checksum"));
    }
}
