package s5.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.run.TinyRun.Ended;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** From a table to what is told of it, task by task. */
class TasksTest {
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir private Path folder;

    private Ended s5(String command, String first, String... more) {
        List<String> words = new ArrayList<>(List.of(command, first));
        words.addAll(
                List.of(
                        "device=cpu",
                        "threads=1",
                        "data.root=" + folder,
                        "data.cache_dir=" + folder.resolve("cache")));
        words.addAll(List.of(more));
        return TinyRun.s5(words.toArray(String[]::new));
    }

    /** Trains on a table; what came out of it, as run.json has it. */
    private JsonNode train(String table, String data, String... more) throws IOException {
        Files.writeString(folder.resolve("t.csv"), table);
        Path config = folder.resolve("c.yaml");
        Files.writeString(
                config,
                """
                data: {set: table, files: t.csv, %s}
                model: {layers: 1, features: 12, states: 8, blocks: 1, norm: layer, dropout: 0, c_init: lecun_normal}
                train: {epochs: 12, batch: 8, ssm_lr: 0.01, first_update: warm, weight_decay: 0}
                """
                        .formatted(data));
        List<String> words = new ArrayList<>(List.of(more));
        words.add("out=" + folder.resolve("run"));
        Ended ended = s5("train", config.toString(), words.toArray(String[]::new));
        assertEquals(0, ended.code(), ended.err());
        assertFalse(ended.out().contains("no report"), ended.out());
        JsonNode result = JSON.readTree(folder.resolve("run/run.json").toFile()).path("result");
        String next = "next: bin/s5 eval ";
        String pasted =
                ended.out().lines().filter(line -> line.startsWith(next)).findFirst().orElseThrow();
        pasted = pasted.replace("json=", "json=" + folder + "/").replaceFirst("^next: bin/s5 ", "");
        assertTrue(report().contains("<pre class=\"command\">bin/s5 eval "), ended.out());
        Ended evaluated = TinyRun.s5((pasted + " device=cpu threads=1").split(" ", -1));
        assertEquals(0, evaluated.code(), evaluated.err());
        JsonNode again = JSON.readTree(folder.resolve("eval.json").toFile());
        for (var metric : result.path("test").properties()) {
            assertEquals(
                    metric.getValue().asDouble(),
                    again.path(metric.getKey()).asDouble(),
                    1e-5 * (1 + Math.abs(metric.getValue().asDouble())),
                    metric.getKey());
        }
        if (again.has("classes")) {
            classesAgree(again);
        } else if (!data.contains("forecast")) { // whose errors are of scaled numbers
            numbersAgree(again);
        }
        return result;
    }

    /** The metrics, once more from the predictions. */
    private static void classesAgree(JsonNode eval) {
        Map<String, double[]> classes = new TreeMap<>(); // right, there, said
        eval.path("classes").forEach(c -> classes.put(c.path("class").asText(), new double[3]));
        double all = 0;
        for (JsonNode line : eval.path("predictions")) {
            boolean each = line.has("positions");
            for (int i = 0; i < (each ? line.path("positions").size() : 1); i++) {
                String truth = (each ? line.at("/truth/" + i) : line.path("truth")).asText();
                String said = (each ? line.at("/class/" + i) : line.path("class")).asText();
                classes.get(truth)[0] += truth.equals(said) ? 1 : 0;
                classes.get(truth)[1]++;
                classes.get(said)[2]++;
                all++;
            }
        }
        double right = 0;
        double f1 = 0;
        for (JsonNode told : eval.path("classes")) {
            double[] counts = classes.get(told.path("class").asText());
            assertEquals(counts[0], told.path("right").asDouble(), told::toString);
            assertEquals(counts[1], told.path("samples").asDouble(), told::toString);
            assertEquals(counts[0] / counts[1], told.path("recall").asDouble(), 1e-12);
            assertEquals(
                    counts[2] == 0 ? 0 : counts[0] / counts[2],
                    told.path("precision").asDouble(),
                    1e-12);
            right += counts[0];
            f1 += told.path("f1").asDouble() / classes.size();
        }
        assertEquals(right / all, eval.path("accuracy").asDouble(), 1e-6);
        assertEquals(f1, eval.path("f1").asDouble(), 1e-9);
    }

    private static void numbersAgree(JsonNode eval) {
        double squares = 0;
        int count = 0;
        for (JsonNode line : eval.path("predictions")) {
            JsonNode truth = line.path("truth");
            boolean each = truth.get(0).isArray();
            for (int i = 0; i < truth.size(); i++) {
                String at = "/" + i + (each ? "/0" : "");
                double error = line.at("/values" + at).asDouble() - truth.at(at).asDouble();
                squares += error * error;
                count++;
            }
        }
        double rmse = eval.path("rmse").asDouble();
        assertEquals(rmse, Math.sqrt(squares / count), 1e-4 * rmse);
    }

    private String best() {
        return folder.resolve("run/best.safetensors").toString();
    }

    private String report() throws IOException {
        return Files.readString(folder.resolve("run/report.html"));
    }

    /** What a row of a sequence has besides x. */
    private interface Answer {
        String of(double[] x, int k);
    }

    /** Sequences of 5 to 12 random numbers. */
    private static String table(int sequences, Answer answer) {
        Random random = new Random(1);
        StringBuilder text = new StringBuilder("id,x,y\n");
        for (int s = 0; s < sequences; s++) {
            double[] x = random.doubles(5 + random.nextInt(8), -1, 1).toArray();
            for (int k = 0; k < x.length; k++) {
                text.append("s%d,%.4f,%s%n".formatted(s, x[k], answer.of(x, k)));
            }
        }
        return text.toString();
    }

    private static double mean(double[] x) {
        double sum = 0;
        for (double value : x) {
            sum += value;
        }
        return sum / x.length;
    }

    @Test
    void aClassOfEachPosition() throws IOException {
        // Of a position it is told whether the one before was above 0; of the first, nothing.
        String text = table(120, (x, k) -> k == 0 ? "" : x[k - 1] > 0 ? "up" : "down");
        JsonNode result = train(text, "id: id, label: y", "train.select=auroc");
        JsonNode test = result.path("test");
        assertTrue(test.path("accuracy").asDouble() > 0.75, result::toString);
        assertTrue(test.path("f1").asDouble() > 0.75, result::toString);
        assertTrue(test.path("auroc").asDouble() > 0.85, result::toString);
        assertTrue(test.path("majority_accuracy").asDouble() < 0.65, result::toString);
        assertTrue(report().contains("id=\"confusion\""));
        assertTrue(report().contains("<dt>test auroc</dt>"));
    }

    @Test
    void aNumberOfTheWhole() throws IOException {
        String text = table(150, (x, k) -> "%.4f".formatted(100 + 50 * mean(x)));
        JsonNode test = train(text, "id: id, target: y").path("test");
        double rmse = test.path("rmse").asDouble();
        double rival = test.path("mean_rmse").asDouble();
        assertTrue(rival > 5 && rival < 20, test::toString); // in the user's units
        assertTrue(rmse < rival / 2, test::toString);
        assertTrue(test.path("r2").asDouble() > 0.7, test::toString);
        assertTrue(test.path("mae").asDouble() <= rmse, test::toString);
        assertTrue(report().contains("Residuals: y of "));
    }

    @Test
    void aNumberOfEachPosition() throws IOException {
        String text = table(120, (x, k) -> "%.4f".formatted(5 * (k == 0 ? 0 : x[k - 1]) + 20));
        JsonNode test = train(text, "id: id, target: y", "train.select=mae").path("test");
        assertTrue(
                test.path("rmse").asDouble() < 0.8 * test.path("mean_rmse").asDouble(),
                test::toString);
        assertTrue(report().contains("y along test sample 0"));
    }

    /** Readings of a signal that is noise for both classes, four times as far apart in one. */
    @Test
    void aClassThatLiesInTheGaps() throws IOException {
        Random random = new Random(5);
        StringBuilder text = new StringBuilder("id,t,x,y\n");
        for (int i = 0; i < 200; i++) {
            double t = 1000 * random.nextDouble();
            for (int k = 0; k < 30; k++) {
                t += (i % 2 == 0 ? 1 : 4) * (0.5 + random.nextDouble());
                String kind = i % 2 == 0 ? "dense" : "sparse";
                double x = random.nextGaussian();
                text.append("s%d,%.4f,%.4f,%s%n".formatted(i, t, x, kind));
            }
        }
        String columns = "id: id, inputs: x, label: y, test: 0.4";
        JsonNode blind = train(text.toString(), columns, "train.epochs=20");
        Files.move(folder.resolve("run"), folder.resolve("blind"));
        JsonNode timed = train(text.toString(), columns + ", time: t", "train.epochs=20");
        double without = blind.path("test").path("accuracy").asDouble();
        double with = timed.path("test").path("accuracy").asDouble();
        String both = "%.3f without times, %.3f with".formatted(without, with);
        assertTrue(without < 0.7 && with > 0.9, both);
    }

    /** One sequence in eight is of the rare class, and hard to tell. */
    @Test
    void rareClassesCount() throws IOException {
        Random random = new Random(2);
        StringBuilder text = new StringBuilder("id,x,y\n");
        for (int s = 0; s < 240; s++) {
            boolean rare = s % 8 == 0;
            for (int k = 0; k < 4; k++) {
                double x = random.nextGaussian() + (rare ? 0.6 : 0);
                text.append("s%d,%.4f,%s%n".formatted(s, x, rare ? "rare" : "usual"));
            }
        }
        String[] few = {"train.epochs=6"};
        double plain = train(text.toString(), "id: id, label: y", few).at("/test/f1").asDouble();
        String[] balanced = {"train.epochs=6", "train.class_weights=balanced", "train.select=f1"};
        Files.delete(folder.resolve("c.yaml"));
        try (var files = Files.list(folder.resolve("run"))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        double f1 = train(text.toString(), "id: id, label: y", balanced).at("/test/f1").asDouble();
        assertTrue(f1 > plain + 0.05, "F1 %.3f, without weights %.3f".formatted(f1, plain));
    }

    @Test
    void whatComesNext() throws IOException {
        StringBuilder text = new StringBuilder("time,a,b\n");
        for (int r = 0; r < 600; r++) {
            text.append(
                    "2024-01-%02dT%02d:00,%.4f,%.4f%n"
                            .formatted(
                                    1 + r / 24,
                                    r % 24,
                                    50 + 10 * Math.sin(r * 2 * Math.PI / 24),
                                    r % 24 < 12 ? 3.0 : -3.0));
        }
        String keys =
                "task: forecast, time: time, context: 24, horizon: 6, season: 24, level: none";
        JsonNode result =
                train(
                        text.toString(),
                        keys,
                        "train.loss=mse",
                        "model.pooling=last",
                        "train.epochs=25");
        JsonNode test = result.path("test");
        assertEquals(0, test.path("season_mse").asDouble(), 1e-9, "it repeats");
        assertTrue(
                test.path("mse").asDouble() < test.path("last_mse").asDouble() / 3, test::toString);
        assertTrue(test.path("rmse_a").asDouble() < 5, test::toString);
        assertTrue(report().contains("a: forecast of test sample 0"));
        Ended predicted =
                TinyRun.s5("predict", best(), folder.resolve("t.csv").toString(), "device=cpu");
        assertEquals(0, predicted.code(), predicted.err());
        List<String> lines = predicted.out().lines().toList();
        assertEquals(6, lines.size(), predicted.out());
        JsonNode first = JSON.readTree(lines.getFirst());
        assertEquals("t.csv", first.path("id").asText());
        assertEquals(1, first.path("step").asInt());
        assertEquals("2024-01-26T00:00:00Z", first.path("time").asText());
        assertEquals(50, first.at("/values/a").asDouble(), 5);
        assertTrue(first.at("/deviations/a").asDouble() > 0);
        // at midnight, the first step, b jumps, and how sharply depends on the machine's rounding
        JsonNode third = JSON.readTree(lines.get(2));
        assertEquals(3, third.at("/values/b").asDouble(), 1.5, predicted.out());
    }

    @Test
    void settingsOfAnotherTaskAreRefused() throws IOException {
        Files.writeString(folder.resolve("t.csv"), table(40, (x, k) -> "1." + x.length));
        Path config = folder.resolve("c.yaml");
        Files.writeString(config, "data: {set: table, files: t.csv, id: id, target: y}\n");
        for (String word :
                List.of("train.select=f1", "train.select=auroc", "train.class_weights=balanced")) {
            Ended ended = s5("train", config.toString(), word, "out=" + folder.resolve("none"));
            assertEquals(2, ended.code(), ended.err());
            assertTrue(ended.err().contains(word.substring(0, word.indexOf('='))), ended.err());
            assertEquals(1, ended.err().lines().count(), ended.err());
        }
    }
}
