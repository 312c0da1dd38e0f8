package s5.train;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import s5.UserError;
import s5.config.Config;
import s5.config.ConfigLoader;
import s5.config.DataConfig;
import s5.config.Messages;
import s5.config.Places;
import s5.data.Dataset;
import s5.data.Fingerprint;
import s5.data.Fitted;
import s5.data.Ranges;
import s5.data.Shape;
import s5.data.Splits;
import s5.io.Safetensors;
import s5.model.Model;
import s5.ops.Tensor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What the metadata of a checkpoint says, and whether that means something: a sum only tells that
 * it is as somebody wrote it. And whether its tensors are those of a model.
 */
final class CheckpointChecks {
    /** Tensors that do not fit and are named; of more, their number is told. */
    private static final int NAMED = 6;

    /** Of the metadata. */
    static final String FORMAT = "s5-checkpoint-2";

    /** The entries of the metadata that the checksum is over. */
    static final Set<String> SUMMED =
            Set.of(
                    "format",
                    "config",
                    "training_samples",
                    "training_data",
                    "held_out_data",
                    "shape",
                    "classes",
                    "tokens",
                    "targets",
                    "preparation",
                    "ranges",
                    "progress");

    private static final Logger LOG = LoggerFactory.getLogger(CheckpointChecks.class);

    private CheckpointChecks() {}

    /**
     * What all checkpoints of a run say.
     *
     * @param training the data set, for its size and its names
     */
    static Map<String, String> about(Config config, Dataset training) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("format", FORMAT);
        metadata.put("config", ConfigLoader.toYaml(config));
        metadata.put("training_samples", Integer.toString(training.size()));
        metadata.put("shape", json(training.shape()));
        metadata.put("classes", json(training.classNames()));
        metadata.put("tokens", json(training.tokenNames()));
        if (training.shape().regression()) {
            metadata.put("targets", json(training.targetNames()));
        }
        if (!training.preparation().isEmpty()) {
            metadata.put("preparation", training.preparation());
        }
        metadata.put("ranges", json(Ranges.of(training)));
        metadata.put("training_data", json(Fingerprint.of(training)));
        return metadata;
    }

    private static String json(Object value) {
        try {
            return new JsonMapper().writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * What a file says of itself.
     *
     * @param samples number of training samples, in digits
     * @param tensors names and shapes
     */
    record Claims(
            Path file,
            Config config,
            Fitted fitted,
            Ranges ranges,
            String samples,
            Map<String, int[]> tensors) {
        Shape shape() {
            return fitted.shape();
        }

        UserError damaged(String key, String what) {
            return CheckpointChecks.damaged(file, key, what);
        }
    }

    /** A shape as a checkpoint keeps it. */
    record StoredShape(Shape shape) {
        /**
         * Of its entries.
         *
         * @param each null in a checkpoint of before there was it: then numbers were told at each
         *     position, and classes of the whole
         */
        @JsonCreator
        static StoredShape of(
                @JsonProperty("length") int length,
                @JsonProperty("inputs") int inputs,
                @JsonProperty("tokens") boolean tokens,
                @JsonProperty("padded") boolean padded,
                @JsonProperty("classes") int classes,
                @JsonProperty("documents") int documents,
                @JsonProperty("image") int image,
                @JsonProperty("targets") int targets,
                @JsonProperty("timed") boolean timed,
                @JsonProperty("each") Boolean each) {
            return new StoredShape(
                    new Shape(
                            length,
                            inputs,
                            tokens,
                            padded,
                            classes,
                            documents,
                            image,
                            targets,
                            timed,
                            each == null ? targets > 0 : each));
        }
    }

    /**
     * Demands that it is a checkpoint of this version, as it was written.
     *
     * @param format what the metadata has to say
     * @param checksum the entry with the sum
     * @throws UserError otherwise
     */
    static void whole(Path file, Safetensors content, String format, String checksum) {
        String its = content.metadata().get("format");
        if (its == null) {
            throw new UserError(
                    file
                            + ": not a checkpoint of this program: its metadata has no 'format',"
                            + " and no settings to build a model with");
        }
        if (!format.equals(its)) {
            throw new UserError(
                    "%s: not a checkpoint of this version of the program: its format is %s, not %s"
                            .formatted(file, Messages.quoted(its), format));
        }
        String found = "%08x".formatted(content.checksum(SUMMED));
        String told = content.metadata().get(checksum);
        // Values that another program stored in fewer bits have no sum of ours.
        if (content.exact() && !found.equals(told)) {
            throw new UserError(
                    "%s: is damaged: its checksum is %s, not %s as it says%s"
                            .formatted(
                                    file,
                                    found,
                                    told == null ? "any" : Messages.shown(told),
                                    remedy(file)));
        }
    }

    /** What to do about a damaged file, where there is another to go on from. */
    private static String remedy(Path file) {
        Path best = file.resolveSibling("best.safetensors");
        return !best.equals(file) && Files.exists(best)
                ? "; to continue its run, move it away to go on from best.safetensors"
                : "";
    }

    static UserError damaged(Path file, String key, String what) {
        return new UserError("%s: is damaged: its metadata '%s' %s".formatted(file, key, what));
    }

    /**
     * Demands that settings, progress, shape, names and tensors go together.
     *
     * @throws UserError that names the file and the entry of its metadata
     */
    static void sense(Claims file) {
        Config config = file.config();
        Shape shape = file.shape();
        if (config.data().set().learned()) {
            checkPreparation(file);
        } else {
            checkShape(file, shape, config.data().shape());
        }
        List<String> classes = file.fitted().classNames();
        if (!shape.regression() && classes.size() != shape.classes()) {
            throw file.damaged(
                    "classes",
                    "has %d names of %d classes".formatted(classes.size(), shape.classes()));
        }
        checkTokens(file, config, shape);
        int targets = file.fitted().targetNames().size();
        if (targets > 0 && targets != shape.targets()) {
            throw file.damaged(
                    "targets", "has %d names of %d numbers".formatted(targets, shape.targets()));
        }
        checkRanges(file);
        if (!file.samples().matches("[1-9][0-9]{0,9}")) {
            throw file.damaged("training_samples", "is no number of samples");
        }
        fits(file.file(), file.tensors(), new Model(config.model(), shape));
        Footprint.of(config, shape); // says when it is too large for arrays
    }

    private static void checkShape(Claims file, Shape shape, Shape ofSet) {
        boolean alike =
                shape.tokens() == ofSet.tokens()
                        && shape.padded() == ofSet.padded()
                        && shape.timed() == ofSet.timed()
                        && shape.documents() == ofSet.documents()
                        && shape.image() == ofSet.image()
                        && shape.targets() == ofSet.targets()
                        && shape.each() == ofSet.each();
        if (!alike) {
            throw file.damaged("shape", "is of no samples that data.set has: " + shape.describe());
        }
    }

    private static void checkPreparation(Claims file) {
        Shape made;
        try {
            made = file.config().data().shape(file.fitted());
        } catch (UserError | IllegalArgumentException e) {
            throw file.damaged("preparation", "makes no sense: " + e.getMessage());
        }
        if (!made.equals(file.shape())) {
            throw file.damaged(
                    "shape",
                    "is of other samples than its 'preparation' makes: " + made.describe());
        }
    }

    private static void checkRanges(Claims file) {
        float[] min = file.ranges().min();
        float[] max = file.ranges().max();
        boolean sense = min.length == 0 || min.length == file.shape().inputs();
        for (int c = 0; c < min.length; c++) {
            boolean none = min[c] == Float.POSITIVE_INFINITY; // of sequences without positions
            sense &= none || !(min[c] > max[c]);
        }
        if (!sense) {
            throw file.damaged("ranges", "tells of no range of each input");
        }
    }

    private static void checkTokens(Claims file, Config config, Shape shape) {
        List<String> tokens = file.fitted().tokenNames();
        if (tokens.size() > (shape.tokens() ? shape.inputs() : 0)
                || Set.copyOf(tokens).size() < tokens.size()) {
            throw file.damaged("tokens", "has tokens twice, or more of them than the model takes");
        }
        if (shape.tokens()) {
            try {
                config.data().texts(file.fitted());
            } catch (IllegalArgumentException e) {
                throw file.damaged("tokens", "is no vocabulary of data.set: " + e.getMessage());
            } catch (UserError e) {
                // the set takes no texts
            }
        }
    }

    /**
     * Demands that these tensors are in a checkpoint.
     *
     * @param shapes of the tensors in the file, by name
     * @param tensors by the names that they have there
     * @throws UserError that names those that are missing or have another shape
     */
    static void fits(Path file, Map<String, int[]> shapes, Map<String, Tensor> tensors) {
        refuse(file, misfits(shapes, tensors));
    }

    /**
     * Demands that a checkpoint is one of such a model.
     *
     * @return the model's parameters and running statistics
     * @throws UserError that names the tensors that are missing, have another shape, or are in the
     *     checkpoint only
     */
    static List<Tensor> fits(Path file, Map<String, int[]> shapes, Model model) {
        return fits(file, shapes, model, name -> true);
    }

    /** The same for the tensors with names that count; others may be as they like. */
    static List<Tensor> fits(
            Path file, Map<String, int[]> shapes, Model model, Predicate<String> counts) {
        List<Tensor> tensors = new ArrayList<>(model.statistics());
        model.parameters().forEach(p -> tensors.add(p.value()));
        tensors.removeIf(t -> !counts.test(t.name()));
        Map<String, Tensor> known = new LinkedHashMap<>();
        tensors.forEach(t -> known.put(t.name(), t));
        List<String> misfits = misfits(shapes, known);
        shapes.keySet().stream()
                .filter(name -> !ofTrainingAlone(name))
                .filter(name -> counts.test(name) && !known.containsKey(name))
                .map(name ->
                        "its tensor %s has no place in this one".formatted(Messages.quoted(name)))
                .forEach(misfits::add);
        refuse(file, misfits);
        return tensors;
    }

    static boolean ofTrainingAlone(String name) {
        return name.matches("(m|v|raw)/.*");
    }

    private static List<String> misfits(Map<String, int[]> shapes, Map<String, Tensor> tensors) {
        List<String> misfits = new ArrayList<>();
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            String name = entry.getKey();
            Tensor t = entry.getValue();
            int[] shape = shapes.get(name);
            if (shape == null) {
                misfits.add("it has no tensor '" + name + "'");
            } else if (!Arrays.equals(shape, t.shape())) {
                misfits.add(
                        "tensor '%s' has shape %s, expected %s"
                                .formatted(
                                        name, Arrays.toString(shape), Arrays.toString(t.shape())));
            }
        }
        return misfits;
    }

    private static void refuse(Path file, List<String> misfits) {
        if (!misfits.isEmpty()) {
            int more = misfits.size() - NAMED;
            throw new UserError(
                    "%s: is of another model: %s%s"
                            .formatted(
                                    file,
                                    String.join(
                                            "; ",
                                            misfits.subList(0, Math.min(misfits.size(), NAMED))),
                                    more > 0 ? "; and %d more".formatted(more) : ""));
        }
    }

    /**
     * Opens the data to evaluate a model on, and says so where they may be others than its run's.
     *
     * @param fitted what the model knows of its run's
     * @param places of its settings that are not believed; see {@link ConfigLoader#foreignPlaces}
     * @throws UserError as {@link DataConfig#open}; it says where the run had its data. Or when
     *     classes, tokens or targets are others, whose numbers would mean something else
     */
    static Splits open(Path file, DataConfig data, Fitted fitted, List<String> places) {
        String left =
                "the run of %s had %s, which is not taken from there: add it if it is yours"
                        .formatted(
                                file,
                                Messages.plain(
                                        places.stream()
                                                .map(Places::quoted)
                                                .collect(Collectors.joining(" "))));
        try {
            Splits splits = data.open(fitted);
            if (places.stream().anyMatch(place -> place.matches("data\\.(\\w+_)?files=.*"))) {
                LOG.warn("{}", left);
            }
            fitted.checkSame(splits.train());
            return splits;
        } catch (UserError e) {
            throw places.isEmpty() ? e : new UserError(e.getMessage() + "; " + left, e);
        }
    }
}
