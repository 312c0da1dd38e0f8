import s5.*;

import java.nio.file.*;
import java.util.*;

/** Trains on a CSV, a sequence a line with its class in front, and classifies: TrainOnCsv CSV FOLDER. */
class TrainOnCsv {
    public static void main(String[] args) throws Exception {
        List<Example> examples = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of(args[0]))) {
            String[] fields = line.split(",");
            double[] values = Arrays.stream(fields).skip(1).mapToDouble(Double::parseDouble).toArray();
            examples.add(Example.ofClass(Sequence.ofValues(values, 1), fields[0]));
        }
        Training training = Training.of(examples).folder(Path.of(args[1])).seed(7);
        training.set("model.layers", 2).set("model.features", 16).set("model.states", 16).set("model.blocks", 2);
        training.set("train.epochs", 10).set("train.batch", 8).set("train.ssm_lr", 0.01);
        try (S5Model model = training.run()) {
            if (model.predict(examples.getLast().sequence()) instanceof Prediction.Classes c) {
                System.out.printf(Locale.ROOT, "%s with %.2f%n", c.name(), c.probability());
            }
        }
    }
}
