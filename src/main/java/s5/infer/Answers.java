package s5.infer;

import s5.Prediction;
import s5.UserError;
import s5.data.Shape;

import java.util.List;

/** From what an evaluation wrote to what the user is told. */
final class Answers {
    private Answers() {}

    /**
     * A model's answer to a sequence.
     *
     * @param raw see {@link s5.model.Outputs#prediction}
     * @param length positions that count; 1 where it tells something of the whole
     * @param cut see {@link Prediction#cut}
     * @throws UserError when it is no number
     */
    static Prediction of(float[] raw, int length, boolean cut, Trained model) {
        Shape shape = model.shape();
        int answers = shape.each() ? length : 1;
        if (shape.regression()) {
            return numbers(raw, answers, cut, model);
        }
        int classes = shape.classes();
        float[] probabilities = new float[answers * classes];
        for (int i = 0; i < probabilities.length; i++) {
            probabilities[i] = (float) Math.exp(raw[i]);
            check(probabilities[i]);
        }
        List<String> names = model.fitted().classNames();
        return shape.each()
                ? new Prediction.ClassesEach(names, probabilities, cut)
                : new Prediction.Classes(names, probabilities, cut);
    }

    private static Prediction numbers(float[] raw, int answers, boolean cut, Trained model) {
        int targets = model.shape().targets();
        double[] means = new double[answers * targets];
        double[] deviations = new double[answers * targets];
        for (int i = 0; i < answers; i++) {
            for (int j = 0; j < targets; j++) {
                means[i * targets + j] = raw[i * 2 * targets + j];
                deviations[i * targets + j] = Math.sqrt(raw[i * 2 * targets + targets + j]);
                check(means[i * targets + j] + deviations[i * targets + j]);
            }
        }
        if (model.preparation() != null) {
            model.preparation().restore(means, deviations);
        }
        return model.shape().each()
                ? new Prediction.NumbersEach(model.targets(), means, deviations, cut)
                : new Prediction.Numbers(model.targets(), means, deviations, cut);
    }

    private static void check(double value) {
        if (!Double.isFinite(value)) {
            throw new UserError(
                    "the model's answer is no number; are the numbers of the sequence like those that"
                            + " it was trained on?");
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
