package s5.infer;

import s5.Prediction;
import s5.UserError;
import s5.data.Fitted;
import s5.data.Shape;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/**
 * From what an evaluation wrote to what the user is told.
 *
 * @param shape of the samples
 * @param names of the classes, or of the numbers
 * @param restore turns means and deviations into the user's, in place
 */
record Answers(Shape shape, List<String> names, BiConsumer<double[], double[]> restore) {

    /** What a model's classes or numbers are called. */
    static List<String> names(Fitted fitted) {
        Shape shape = fitted.shape();
        if (!shape.regression()) {
            return fitted.classNames();
        }
        return fitted.targetNames().size() == shape.targets()
                ? fitted.targetNames()
                : IntStream.rangeClosed(1, shape.targets()).mapToObj(i -> "target " + i).toList();
    }

    /**
     * A model's answer to a sequence.
     *
     * @param raw see {@link s5.model.Outputs#prediction}
     * @param from where the answer begins
     * @param length positions that count
     * @param cut see {@link Prediction#cut}
     * @throws UserError when it is no number
     */
    Prediction of(float[] raw, int from, int length, boolean cut) {
        int answers = shape.each() ? length : 1;
        if (shape.regression()) {
            return numbers(raw, from, answers, cut);
        }
        float[] probabilities = new float[answers * shape.classes()];
        for (int i = 0; i < probabilities.length; i++) {
            probabilities[i] = (float) Math.exp(raw[from + i]);
            check(probabilities[i]);
        }
        return shape.each()
                ? new Prediction.ClassesEach(names, probabilities, cut)
                : new Prediction.Classes(names, probabilities, cut);
    }

    private Prediction numbers(float[] raw, int from, int answers, boolean cut) {
        int targets = shape.targets();
        double[] means = new double[answers * targets];
        double[] deviations = new double[answers * targets];
        for (int i = 0; i < answers; i++) {
            for (int j = 0; j < targets; j++) {
                int at = from + i * 2 * targets + j;
                means[i * targets + j] = raw[at];
                deviations[i * targets + j] = Math.sqrt(raw[at + targets]);
                check(raw[at] + raw[at + targets]);
            }
        }
        restore.accept(means, deviations);
        return shape.each()
                ? new Prediction.NumbersEach(names, means, deviations, cut)
                : new Prediction.Numbers(names, means, deviations, cut);
    }

    private static void check(float value) {
        if (!Float.isFinite(value)) {
            throw new UserError(
                    "the model's answer is no number; are the numbers of the sequence like those"
                            + " that it was trained on?");
        }
    }

    /** The answer at the only position. */
    static Prediction single(Prediction prediction) {
        return switch (prediction) {
            case Prediction.ClassesEach each -> each.at(0);
            case Prediction.NumbersEach each -> each.at(0);
            case Prediction whole -> whole;
        };
    }
}
