package s5.infer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import s5.Prediction;
import s5.S5Model;
import s5.Sequence;
import s5.Training;
import s5.UserError;
import s5.run.TinyRun;
import s5.run.TinyRun.Ended;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A model of forecasts tells a Java program what it tells on the command line. */
class ForecastModelTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int ROWS = 150;

    @TempDir private Path folder;

    /** Rows of two columns to be told, with some gaps, and a third. */
    private static double[] rows() {
        Random random = new Random(4);
        double[] all = new double[3 * ROWS];
        for (int r = 0; r < ROWS; r++) {
            all[3 * r] = 50 + 10 * Math.sin(r / 4.0) + random.nextDouble();
            all[3 * r + 1] = r % 29 == 0 ? Double.NaN : r % 12 < 6 ? 3 : -3;
            all[3 * r + 2] = r % 12;
        }
        return all;
    }

    private static String csv(double[] rows) {
        StringBuilder text = new StringBuilder("a,b,c\n");
        for (int i = 0; i < rows.length; i++) {
            text.append(Double.isNaN(rows[i]) ? "" : Double.toString(rows[i]));
            text.append(i % 3 == 2 ? '\n' : ',');
        }
        return text.toString();
    }

    private S5Model train(String keys) throws IOException {
        Files.writeString(folder.resolve("t.csv"), csv(rows()));
        Path config = folder.resolve("c.yaml");
        Files.writeString(
                config,
                """
                data: {set: table, root: %s, files: t.csv, task: forecast, context: 12, horizon: 4, %s}
                model: {layers: 1, features: 6, states: 4, blocks: 1, norm: layer, pooling: last}
                train: {epochs: 1, batch: 8, loss: mse}
                """
                        .formatted(folder, keys));
        return Training.of(config)
                .set("device", "cpu")
                .set("data.cache_dir", folder.resolve("cache"))
                .folder(folder.resolve("run"))
                .run();
    }

    private Path best() {
        return folder.resolve("run/best.safetensors");
    }

    private void assertAsOnTheCommandLine(S5Model model, double[] rows) throws IOException {
        Path file = Files.writeString(folder.resolve("new.csv"), csv(rows));
        Ended ended = TinyRun.s5("predict", best().toString(), file.toString(), "device=cpu");
        assertEquals(0, ended.code(), ended.err());
        List<String> lines = ended.out().lines().toList();
        Sequence series = Sequence.ofValues(rows, 3);
        if (model.predict(List.of(series, series)).getLast()
                instanceof Prediction.NumbersEach next) {
            assertEquals(lines.size(), next.length());
            assertEquals(model.targets(), next.names());
            for (int h = 0; h < next.length(); h++) {
                JsonNode line = JSON.readTree(lines.get(h));
                assertEquals(next.names().size(), line.path("values").size());
                for (int c = 0; c < next.names().size(); c++) {
                    String name = next.names().get(c);
                    double value = line.path("values").path(name).asDouble();
                    double deviation = line.path("deviations").path(name).asDouble();
                    assertEquals(value, next.at(h).mean(c), 1e-4, name);
                    assertEquals(deviation, next.at(h).deviation(c), 1e-4, name);
                }
            }
        } else {
            throw new AssertionError("no numbers at each position");
        }
    }

    @Test
    void allColumnsFromAll() throws IOException {
        try (S5Model model = train("level: mean")) {
            assertEquals(List.of("a", "b", "c"), model.targets());
            assertEquals(3, model.inputs());
            assertEquals(12, model.length());
            assertEquals(
                    "rows of 3 numbers; from the last 12 the next 4 of a, b, c are told",
                    model.describe());
            double[] rows = rows();
            assertAsOnTheCommandLine(model, rows);
            assertAsOnTheCommandLine(model, Arrays.copyOf(rows, 3 * 41));
            double[] window = Arrays.copyOf(rows, 3 * 12);
            assertAsOnTheCommandLine(model, window);
            UserError tooShort =
                    assertThrows(
                            UserError.class,
                            () -> model.predict(Sequence.ofValues(Arrays.copyOf(rows, 33), 3)));
            assertEquals(
                    "sequence has 11 rows to tell from, and the model takes 12",
                    tooShort.getMessage());
            assertThrows(
                    IllegalArgumentException.class,
                    () -> model.predict(Sequence.ofValues(new double[24], 2)));
            assertThrows(
                    IllegalArgumentException.class, () -> model.predict(Sequence.ofText("abc")));
            window[5] = Double.POSITIVE_INFINITY;
            assertThrows(UserError.class, () -> model.predict(Sequence.ofValues(window, 3)));
            UserError stream = assertThrows(UserError.class, model::stream);
            assertTrue(stream.getMessage().contains("after 12 rows"), stream.getMessage());
        }
    }

    /** Samples are of single columns, positions of several rows, and one column is known ahead. */
    @Test
    void columnsApartAndOneKnownAhead() throws IOException {
        try (S5Model model = train("level: last, patch: 3, apart: true, ahead: c")) {
            assertEquals(List.of("a", "b"), model.targets());
            assertEquals(12, model.length());
            double[] rows = rows();
            for (int r = ROWS - 4; r < ROWS; r++) {
                rows[3 * r] = Double.NaN;
                rows[3 * r + 1] = Double.NaN;
            }
            assertAsOnTheCommandLine(model, rows);
            UserError nothing =
                    assertThrows(
                            UserError.class,
                            () ->
                                    model.predict(
                                            Sequence.ofValues(
                                                    Arrays.copyOf(rows, rows.length - 3), 3)));
            assertTrue(
                    nothing.getMessage().startsWith("sequence has 3 rows of what is known ahead"),
                    nothing.getMessage());
        }
    }
}
