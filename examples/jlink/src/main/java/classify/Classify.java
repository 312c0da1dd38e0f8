package classify;

import s5.Prediction;
import s5.S5Model;
import s5.Sequence;

import java.nio.file.Path;
import java.util.Arrays;

/** Classifies a recording: Classify CHECKPOINT NUMBERS, position by position with commas between. */
final class Classify {
    private Classify() {}

    public static void main(String[] args) {
        try (S5Model model = S5Model.load(Path.of(args[0]))) {
            double[] values =
                    Arrays.stream(args[1].split(",")).mapToDouble(Double::parseDouble).toArray();
            if (model.predict(Sequence.ofValues(values, model.inputs()))
                    instanceof Prediction.Classes c) {
                System.out.println(c.name() + " with " + c.probability());
            }
        }
    }
}
