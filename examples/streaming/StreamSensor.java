import s5.*;

import java.nio.file.*;
import java.util.*;

/** Classifies a sensor's values as they come: StreamSensor CHECKPOINT, and a value a line on standard input. */
class StreamSensor {
    public static void main(String[] args) {
        try (S5Model model = S5Model.load(Path.of(args[0])); Scanner sensor = new Scanner(System.in)) {
            S5Stream stream = model.stream();
            float[] values = new float[model.inputs()];
            while (sensor.hasNextLine()) {
                String[] fields = sensor.nextLine().split(",");
                for (int i = 0; i < values.length; i++) {
                    values[i] = Float.parseFloat(fields[i]);
                }
                stream.push(values);
                if (stream.prediction() instanceof Prediction.Classes c) {
                    System.out.printf(Locale.ROOT, "%d: %s with %.2f%n", stream.position(), c.name(), c.probability());
                }
            }
        }
    }
}
