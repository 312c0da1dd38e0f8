package s5.data.forecast;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import s5.UserError;
import s5.config.Config;
import s5.config.ConfigLoader;
import s5.data.Batch;
import s5.data.Dataset;
import s5.data.Fitted;
import s5.data.Rival;
import s5.data.Splits;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Windows of a table whose values tell where they stand: row r has r, 1000 + r and r % 7. */
class ForecastTest {
    @TempDir private Path folder;

    private void table(int rows, int known) throws IOException {
        StringBuilder text = new StringBuilder("date,a,b,week,note\n");
        for (int r = 0; r < rows; r++) {
            text.append("2020-01-%02d %02d:00:00,".formatted(1 + r / 24, r % 24));
            text.append(r < known ? "%d,%d".formatted(r, 1000 + r) : ",");
            text.append(",%d,x%n".formatted(r % 7));
        }
        Files.writeString(folder.resolve("t.csv"), text.toString());
    }

    private Config config(String... words) throws IOException {
        Path file = folder.resolve("c.yaml");
        Files.writeString(
                file,
                "data: {set: table, task: forecast, files: t.csv, time: date, scale: none,"
                        + " context: 6, horizon: 3, ahead: week, level: none}\n");
        List<String> all = new ArrayList<>(List.of(words));
        all.add("data.root=" + folder);
        all.add("data.cache_dir=" + folder.resolve("cache"));
        return ConfigLoader.load(file, all);
    }

    private static Batch read(Dataset data, int i) {
        Batch batch = new Batch(data.shape(), 1);
        data.read(i, batch, 0);
        return batch;
    }

    @Test
    void columnsAreToldTogether() throws IOException {
        table(100, 100);
        Splits splits = config("data.apart=false").data().open();
        Dataset train = splits.train();
        // 80 % of 80 % train: rows 0 to 63, the first to be told 6 to 61
        assertEquals(56, train.size());
        assertEquals(16 - 2, splits.validation().size());
        assertEquals(20 - 2, splits.test().size());
        Batch batch = read(train, 1);
        assertEquals(6, train.shape().length());
        assertEquals(4, train.shape().inputs()); // a, b, week, and week 3 rows ahead
        assertArrayEquals(
                new float[] {1, 1001, 1, 4, 2, 1002, 2, 5}, java.util.Arrays.copyOf(batch.x, 8));
        assertArrayEquals(new float[] {7, 1007, 8, 1008, 9, 1009}, batch.targets);
        assertEquals(List.of("a", "b"), train.forecast().columns());
        // what is told of the validation part begins with row 64
        assertEquals(64, read(splits.validation(), 0).targets[0]);
        assertEquals(80, read(splits.test(), 0).targets[0]);
    }

    @ParameterizedTest
    @CsvSource({"none, 0", "last, 6", "mean, 3.5"})
    void columnsAreSamplesOfTheirOwn(String level, float taken) throws IOException {
        table(100, 100);
        Dataset train = config("data.level=" + level, "data.patch=2").data().open().train();
        assertEquals(2 * 56, train.size());
        assertEquals(3, train.shape().length());
        Batch batch = read(train, 3); // window 1, column b
        float off = taken == 0 ? 0 : 1000 + taken;
        assertArrayEquals(
                new float[] {1001 - off, 4, 1002 - off, 5}, java.util.Arrays.copyOf(batch.x, 4));
        assertArrayEquals(new float[] {1007 - off, 1008 - off, 1009 - off}, batch.targets);
        double[] means = {batch.targets[0], batch.targets[1], batch.targets[2]};
        double[] deviations = {1, 1, 1};
        train.restore(3, means, deviations);
        assertArrayEquals(new double[] {1007, 1008, 1009}, means, 1e-9);
        assertEquals(1, train.forecast().column(3, 0));
    }

    @Test
    void rivalsSayTheSameAgain() throws IOException {
        table(100, 100);
        Dataset train =
                config("data.apart=false", "data.season=2", "data.level=last")
                        .data()
                        .open()
                        .train();
        for (Rival rival : train.rivals()) {
            float[] said = new float[6];
            rival.answers().of(0, said);
            double[] restored = new double[6];
            java.util.Arrays.setAll(restored, k -> said[k]);
            train.restore(0, restored, new double[6]);
            double[] expected =
                    switch (rival.name()) {
                        case "mean" -> new double[6];
                        case "last" -> new double[] {5, 1005, 5, 1005, 5, 1005};
                        case "season" -> new double[] {4, 1004, 5, 1005, 4, 1004};
                        default -> throw new AssertionError(rival.name());
                    };
            assertArrayEquals(expected, restored, 1e-9, rival.name());
        }
    }

    @Test
    void scalingIsFittedOnTrainingRows() throws IOException {
        table(100, 100);
        Splits splits =
                config("data.scale=standard", "data.split_rows=50,20,20", "data.apart=false")
                        .data()
                        .open();
        double mean = 49 / 2.0;
        double deviation = Math.sqrt((50.0 * 50 - 1) / 12);
        assertEquals((6 - mean) / deviation, read(splits.train(), 0).targets[0], 1e-5);
        double[] means = new double[6];
        double[] deviations = {1, 1, 1, 1, 1, 1};
        splits.test().restore(0, means, deviations);
        assertEquals(mean, means[0], 1e-4);
        assertEquals(1000 + mean, means[1], 1e-4);
        assertEquals(deviation, deviations[0], 1e-4);
        assertTrue(
                config("data.split_rows=50,20,20")
                        .data()
                        .notes(splits)
                        .toString()
                        .contains("the last 10 rows of t.csv are left out"));
    }

    /** What a model is evaluated on is scaled as in its training, as what it predicts. */
    @Test
    void theScalingOfATrainedModelStays() throws IOException {
        table(100, 100);
        Config config = config("data.scale=standard", "data.apart=false");
        Dataset train = config.data().open().train();
        Fitted fitted =
                new Fitted(
                        train.shape(),
                        List.of(),
                        List.of(),
                        train.targetNames(),
                        train.preparation());
        table(200, 200);
        Dataset own = config.data().open().test();
        Dataset given = config.data().open(fitted).test();
        double[] means = new double[6];
        given.restore(0, means, new double[6]);
        assertEquals(63 / 2.0, means[0], 1e-9); // of the first 64 rows, which trained
        assertEquals(own.size(), given.size());
        double deviation = Math.sqrt((64.0 * 64 - 1) / 12);
        assertEquals((160 - 63 / 2.0) / deviation, read(given, 0).targets[0], 1e-4);
    }

    @Test
    void theDayIsTheSeasonOfHours() {
        assertEquals(24, Spacing.season(3600, "s"));
        assertEquals(96, Spacing.season(900, "s"));
        assertEquals(7, Spacing.season(86_400, "s"));
        assertEquals(52, Spacing.season(7 * 86_400, "s"));
        assertEquals(12, Spacing.season(30 * 86_400, "s"));
        assertEquals(0, Spacing.season(1, ""));
    }

    @Test
    void aSplitByTimesBeginsThere() throws IOException {
        table(100, 100);
        Splits splits =
                config("data.split_times=2020-01-02T12:00,2020-01-03", "data.apart=false")
                        .data()
                        .open();
        assertEquals(36, read(splits.validation(), 0).targets[0]);
        assertEquals(48, read(splits.test(), 0).targets[0]);
    }

    /** A file whose last rows have what is known ahead only. */
    @Test
    void whatComesNextIsPredictedFromARawFile() throws IOException {
        table(100, 100);
        Config config = config("data.apart=false");
        Dataset train = config.data().open().train();
        Fitted fitted =
                new Fitted(
                        train.shape(),
                        List.of(),
                        List.of(),
                        train.targetNames(),
                        train.preparation());
        table(33, 30);
        Dataset next = config.data().samples(folder.resolve("t.csv"), fitted);
        assertEquals(1, next.size());
        Batch batch = read(next, 0);
        assertArrayEquals(
                new float[] {24, 1024, 24 % 7, 27 % 7}, java.util.Arrays.copyOf(batch.x, 4));
        assertEquals("2020-01-02T06:00:00Z", next.time(0, 1)); // row 30
        table(32, 30);
        String message =
                assertThrows(
                                UserError.class,
                                () -> config.data().samples(folder.resolve("t.csv"), fitted))
                        .getMessage();
        assertTrue(message.contains("has 2 rows of what is known ahead"), message);
    }

    @Test
    void windowsWhoseAnswerIsMissingAreLeftOut() throws IOException {
        table(100, 100);
        Path file = folder.resolve("t.csv");
        Files.writeString(file, Files.readString(file).replace(",20,1020,", ",,1020,"));
        Config config = config("data.apart=false");
        Splits splits = config.data().open();
        assertEquals(56 - 3, splits.train().size());
        assertTrue(
                config.data().notes(splits).toString().contains("3 windows left out"),
                config.data().notes(splits).toString());
        // first to be told 6 to 17, then 21, whose context ends with row 20
        assertEquals(19, read(splits.train(), 12).x[5 * 4], "the last value stays");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "data.target=c | no column of numbers",
                "data.target=week | is to be told, so that it is not known ahead",
                "data.context=90 | no window of 90 + 3 rows is in the training rows",
                "data.split_rows=50,40,20 | are more than the 100 rows",
                "data.split_rows=50,40 | must be three numbers",
                "data.split_times=soon,later | is no time",
                "data.patch=4 | does not divide data.context 6",
                "data.fill=mask | is not for forecasts"
            })
    void whatMakesNoSenseIsRefused(String word, String message) throws IOException {
        table(100, 100);
        UserError error = assertThrows(UserError.class, () -> config(word).data().open());
        assertTrue(error.getMessage().contains(message), error.getMessage());
    }
}
