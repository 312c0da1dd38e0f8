package s5.train;

import s5.UserError;
import s5.config.Config;
import s5.config.Messages;
import s5.data.Fitted;
import s5.data.Shape;
import s5.model.Model;
import s5.ops.Tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether a checkpoint means something: a sum only tells that it is as somebody wrote it. And
 * whether its tensors are those of a model.
 */
final class CheckpointChecks {
    /** Tensors that do not fit and are named; of more, their number is told. */
    private static final int NAMED = 6;

    private CheckpointChecks() {}

    /**
     * Demands that settings, progress, shape, names and tensors go together.
     *
     * @throws UserError that names the file and the entry of its metadata
     */
    static void sense(Checkpoint checkpoint) {
        Config config = checkpoint.config(List.of());
        checkpoint.progress();
        Shape shape = checkpoint.shape();
        checkShape(checkpoint, shape, config.data().shape());
        List<String> classes = checkpoint.classNames();
        if (!shape.regression() && classes.size() != shape.classes()) {
            throw checkpoint.damaged(
                    "classes",
                    "has %d names of %d classes".formatted(classes.size(), shape.classes()));
        }
        checkTokens(checkpoint, config, shape);
        if (!checkpoint.text("training_samples").matches("[1-9][0-9]{0,9}")) {
            throw checkpoint.damaged("training_samples", "is no number of samples");
        }
        fits(checkpoint, new Model(config.model(), shape));
        Footprint.of(config, shape); // says when it is too large for arrays
    }

    private static void checkShape(Checkpoint checkpoint, Shape shape, Shape ofSet) {
        boolean alike =
                shape.tokens() == ofSet.tokens()
                        && shape.padded() == ofSet.padded()
                        && shape.timed() == ofSet.timed()
                        && shape.documents() == ofSet.documents()
                        && shape.image() == ofSet.image()
                        && shape.targets() == ofSet.targets();
        if (!alike) {
            throw checkpoint.damaged(
                    "shape", "is of no samples that data.set has: " + shape.describe());
        }
    }

    private static void checkTokens(Checkpoint checkpoint, Config config, Shape shape) {
        List<String> tokens = checkpoint.tokenNames();
        if (tokens.size() > (shape.tokens() ? shape.inputs() : 0)
                || Set.copyOf(tokens).size() < tokens.size()) {
            throw checkpoint.damaged(
                    "tokens", "has tokens twice, or more of them than the model takes");
        }
        if (shape.tokens()) {
            try {
                config.data().set().texts(new Fitted(shape, checkpoint.classNames(), tokens));
            } catch (IllegalArgumentException e) {
                throw checkpoint.damaged(
                        "tokens", "is no vocabulary of data.set: " + e.getMessage());
            } catch (UserError e) {
                // the set takes no texts
            }
        }
    }

    /**
     * Demands that these tensors are in a checkpoint.
     *
     * @throws UserError that names those that are missing or have another shape
     */
    static void fits(Checkpoint checkpoint, Iterable<Tensor> tensors) {
        refuse(checkpoint, misfits(checkpoint, tensors));
    }

    /**
     * Demands that a checkpoint is one of such a model.
     *
     * @return the model's parameters and running statistics
     * @throws UserError that names the tensors that are missing, have another shape, or are in the
     *     checkpoint only
     */
    static List<Tensor> fits(Checkpoint checkpoint, Model model) {
        List<Tensor> tensors = new ArrayList<>(model.statistics());
        model.parameters().forEach(p -> tensors.add(p.value()));
        List<String> misfits = misfits(checkpoint, tensors);
        Set<String> known = tensors.stream().map(Tensor::name).collect(Collectors.toSet());
        checkpoint.shapes().keySet().stream()
                .filter(name -> !name.startsWith("m/") && !name.startsWith("v/")) // moments
                .filter(name -> !known.contains(name))
                .map(name ->
                        "its tensor %s has no place in this one".formatted(Messages.quoted(name)))
                .forEach(misfits::add);
        refuse(checkpoint, misfits);
        return tensors;
    }

    private static List<String> misfits(Checkpoint checkpoint, Iterable<Tensor> tensors) {
        Map<String, int[]> shapes = checkpoint.shapes();
        List<String> misfits = new ArrayList<>();
        for (Tensor t : tensors) {
            int[] shape = shapes.get(t.name());
            if (shape == null) {
                misfits.add("it has no tensor '" + t.name() + "'");
            } else if (!Arrays.equals(shape, t.shape())) {
                misfits.add(
                        "tensor '%s' has shape %s, expected %s"
                                .formatted(
                                        t.name(),
                                        Arrays.toString(shape),
                                        Arrays.toString(t.shape())));
            }
        }
        return misfits;
    }

    private static void refuse(Checkpoint checkpoint, List<String> misfits) {
        if (!misfits.isEmpty()) {
            int more = misfits.size() - NAMED;
            throw new UserError(
                    "%s: is of another model: %s%s"
                            .formatted(
                                    checkpoint.file(),
                                    String.join(
                                            "; ",
                                            misfits.subList(0, Math.min(misfits.size(), NAMED))),
                                    more > 0 ? "; and %d more".formatted(more) : ""));
        }
    }
}
