package s5.report;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What was found out about a trained model, to be shown in the report.
 *
 * @param model where in the run it is from: {@code epoch 3}; empty when there is no model yet
 * @param samples of the test set that were looked at
 * @param of samples that the test set has
 * @param classes their names; empty in regression
 * @param confusion test samples by true class and by predicted class; empty in regression
 * @param mistakes the surest of the wrong predictions
 * @param regression what was predicted of some test samples, and what was right; empty in
 *     classification
 * @param tracks what was predicted along some samples, and what was right
 * @param layers the state spaces before and after training
 * @param unanswered samples looked at whose answer was no number; they are in no figure
 */
public record Findings(
        String model,
        int samples,
        int of,
        List<String> classes,
        int[][] confusion,
        List<Mistake> mistakes,
        List<Predicted> regression,
        List<Predicted> tracks,
        List<Layer> layers,
        int unanswered) {

    /** {@return the findings about a run that has no model yet: nothing} */
    public static Findings none() {
        return new Findings(
                "", 0, 0, List.of(), new int[0][], List.of(), List.of(), List.of(), List.of(), 0);
    }

    /** These findings without the classes that no sample has and that were never predicted. */
    Findings met() {
        int[] met =
                IntStream.range(0, confusion.length)
                        .filter(c ->
                                Arrays.stream(confusion).anyMatch(row -> row[c] > 0)
                                        || Arrays.stream(confusion[c]).anyMatch(n -> n > 0))
                        .toArray();
        int[][] rest = new int[met.length][met.length];
        for (int i = 0; i < met.length; i++) {
            for (int j = 0; j < met.length; j++) {
                rest[i][j] = confusion[met[i]][met[j]];
            }
        }
        List<String> names = Arrays.stream(met).mapToObj(classes::get).toList();
        return new Findings(
                model, samples, of, names, rest, mistakes, regression, tracks, layers, unanswered);
    }

    /**
     * A sample that the model got wrong.
     *
     * @param index in the test set, from 0
     * @param id of the sample in its file; empty where it has none
     * @param truth name of its class
     * @param predicted name of the class that the model took it for
     * @param probability that the model gave that class
     * @param picture of the sample, as HTML; empty when it cannot be shown
     */
    record Mistake(
            int index,
            String id,
            String truth,
            String predicted,
            double probability,
            String picture) {}

    /**
     * Predictions of one number.
     *
     * @param name of the number
     * @param truth at some positions
     * @param predicted there
     * @param deviations how sure the model is of each
     * @param caption what is shown
     * @param axis what they stand along; empty where they stand for themselves
     */
    record Predicted(
            String name,
            double[] truth,
            double[] predicted,
            double[] deviations,
            String caption,
            String axis) {
        /** Predictions without a spread. */
        Predicted(String name, double[] truth, double[] predicted) {
            this(name, truth, predicted, new double[truth.length], name, "position");
        }
    }

    /**
     * The eigenvalues and time steps of a layer, state by state.
     *
     * @param name such as {@code layers_0}
     * @param before training
     * @param after training
     */
    record Layer(String name, Spectrum before, Spectrum after) {}

    /**
     * Eigenvalues of the continuous system, and the time steps that make it discrete.
     *
     * @param re real parts, as they are used (clipped, if the model clips them)
     * @param im imaginary parts
     * @param dt Delta, in positions
     */
    record Spectrum(double[] re, double[] im, double[] dt) {

        /** 1 / (-Re Delta): positions after which a state has fallen to 1/e; infinite if never. */
        double[] timeScales() {
            double[] scales = new double[re.length];
            for (int i = 0; i < scales.length; i++) {
                scales[i] = re[i] < 0 ? -1 / (re[i] * dt[i]) : Double.POSITIVE_INFINITY;
            }
            return scales;
        }
    }
}
