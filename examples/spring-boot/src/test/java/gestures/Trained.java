package gestures;

import s5.Training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A model of the gestures that the project trains first, and the recordings. */
final class Trained {
    private static final Path FOLDER = Path.of("target/model");

    private Trained() {}

    /** The model of a short training, made once in each build. */
    static Path model() {
        Path best = FOLDER.resolve("best.safetensors");
        if (Files.notExists(best)) {
            Training.of(Path.of("../../configs/quickstart.yaml"))
                    .folder(FOLDER)
                    .set("data.root", "..")
                    .set("data.cache_dir", "target/cache")
                    .set("train.epochs", 4)
                    .run()
                    .close();
        }
        return best;
    }

    /** The numbers of each recording, x and y in turn. */
    static List<double[]> recordings() throws IOException {
        Map<String, List<Double>> values = new LinkedHashMap<>();
        List<String> lines = Files.readAllLines(Path.of("../gestures.csv"));
        for (String line : lines.subList(1, lines.size())) {
            String[] fields = line.split(",");
            List<Double> recording = values.computeIfAbsent(fields[0], id -> new ArrayList<>());
            recording.add(Double.valueOf(fields[1]));
            recording.add(Double.valueOf(fields[2]));
        }
        return values.values().stream()
                .map(v -> v.stream().mapToDouble(Double::doubleValue).toArray())
                .toList();
    }
}
