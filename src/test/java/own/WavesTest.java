package own;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import s5.Prediction;
import s5.S5Model;
import s5.Sequence;
import s5.UserError;
import s5.config.Config;
import s5.config.ConfigLoader;
import s5.data.Batch;
import s5.data.DataSource;
import s5.data.DataSources;
import s5.data.Dataset;
import s5.data.Fitted;
import s5.data.Place;
import s5.data.Shape;
import s5.data.Splits;
import s5.run.TinyRun;
import s5.run.TinyRun.Ended;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A data set that this program knows nothing of: a class, a YAML file and this test are all that
 * there is of it.
 */
class WavesTest {
    private static final String YAML = "src/test/resources/own/waves.yaml";

    private final DataSource<?> waves = new Waves();

    @TempDir Path folder;

    @BeforeEach
    void add() {
        DataSources.add(waves);
    }

    @AfterEach
    void remove() {
        DataSources.remove(waves);
    }

    private static String ok(String... words) {
        Ended ended = TinyRun.s5(words);
        assertEquals(0, ended.code(), ended.err());
        return ended.out();
    }

    /** Waves that take more memory than there is, to read or in a file. */
    private static final class Hoard implements DataSource<Waves.Settings> {
        @Override
        public String name() {
            return "hoard";
        }

        @Override
        public String title() {
            return "more than the memory holds";
        }

        @Override
        public Class<Waves.Settings> settings() {
            return Waves.Settings.class;
        }

        @Override
        public Shape shape(Waves.Settings settings, Place place) {
            return new Waves().shape(settings, place);
        }

        @Override
        public Splits open(Waves.Settings settings, Place place, long seed) {
            throw new OutOfMemoryError("Java heap space");
        }

        @Override
        public Dataset samples(Waves.Settings settings, Path file, Fitted fitted) {
            throw new OutOfMemoryError("Java heap space");
        }
    }

    /** Whoever wrote what reads it: batches have nothing to do with it. */
    @Test
    void dataThatTheMemoryDoesNotHold() {
        DataSource<?> hoard = new Hoard();
        DataSources.add(hoard);
        try {
            String[] words = {"train", YAML, "data.set=hoard", "data.count=48", "out=" + folder};
            Ended ended = TinyRun.s5(words);
            assertEquals(2, ended.code(), ended.err());
            assertTrue(
                    ended.err().startsWith("s5: out of memory (Java heap space), "), ended.err());
            assertTrue(ended.err().contains("; it ran out while data were read: "), ended.err());
            assertFalse(ended.err().contains("train.batch"), ended.err());
            Config config = ConfigLoader.load(Path.of(YAML), List.of(words[2], words[3]));
            Fitted fitted = new Fitted(config.data().shape(), List.of("a", "b", "c"), List.of());
            UserError e =
                    assertThrows(UserError.class, () -> config.data().samples(folder, fitted));
            assertTrue(e.getMessage().contains("while data were read"), e::getMessage);
        } finally {
            DataSources.remove(hoard);
        }
    }

    /** The test samples as a file of numbers. */
    private Path csv(Config config) throws IOException {
        Dataset test = config.data().open().test();
        Batch batch = new Batch(test.shape(), 1);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < test.size(); i++) {
            test.read(i, batch, 0);
            for (int k = 0; k < batch.x.length; k++) {
                lines.append(k == 0 ? "" : ",").append(batch.x[k]);
            }
            lines.append('\n');
        }
        return Files.writeString(folder.resolve("test.csv"), lines);
    }

    @Test
    void trainsEvaluatesReportsAndPredictsUnderItsOwnName() throws IOException {
        Path run = folder.resolve("run");
        ok("train", YAML, "out=" + run, "data.form=square");
        String settings = Files.readString(run.resolve("config.yaml"));
        assertTrue(
                settings.contains(
                        """
                        data:
                          set: waves
                          root: data
                          cache_dir: cache
                          seed: 42
                          positions: 12
                          count: 48
                          form: square
                        """),
                settings);
        String page = Files.readString(run.resolve("report.html"));
        assertTrue(page.contains("S5 on waves; "), page);
        String best = run.resolve("best.safetensors").toString();

        Matcher accuracy =
                Pattern.compile("waves, test: 15 samples, .*accuracy ([0-9.]+) %")
                        .matcher(ok("eval", best));
        assertTrue(accuracy.find(), "what eval says");
        double right = Double.parseDouble(accuracy.group(1));
        assertTrue(right > 60, "it learns: " + right + " % of three classes");

        Files.delete(run.resolve("report.html"));
        ok("report", run.toString());
        assertTrue(Files.readString(run.resolve("report.html")).contains("S5 on waves; "));

        assertTrue(ok("info", best).contains("\n  set: waves\n"));
        assertTrue(ok("data", YAML).contains("train: 48 samples; classes 33.33 33.33 33.33 %"));

        Config config = ConfigLoader.load(Path.of(YAML), List.of("data.form=square"));
        Path csv = csv(config);
        List<String> lines = ok("predict", best, csv.toString()).lines().toList();
        assertEquals(15, lines.size());
        int hits = 0;
        for (int i = 0; i < lines.size(); i++) {
            JsonNode line = new JsonMapper().readTree(lines.get(i));
            assertEquals(
                    List.of("none", "short", "long").get(line.path("label").asInt()),
                    line.path("class").asText());
            hits += line.path("label").asInt() == i % 3 ? 1 : 0;
        }
        assertEquals(right, 100.0 * hits / 15, .006);

        try (S5Model model = S5Model.load(Path.of(best))) {
            Batch batch = new Batch(config.data().shape(), 1);
            config.data().open().test().read(0, batch, 0);
            if (!(model.predict(Sequence.ofValues(batch.x, 2)) instanceof Prediction.Classes c)) {
                throw new AssertionError("classes");
            }
            JsonNode first = new JsonMapper().readTree(lines.getFirst()).path("probabilities");
            assertArrayEquals(
                    new float[] {
                        first.path(0).floatValue(),
                        first.path(1).floatValue(),
                        first.path(2).floatValue()
                    },
                    c.probabilities(),
                    1e-6f);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "data.positions=3   | data.positions: must be from 4 to 1000, not 3",
                "data.positions=1,5 | data.positions: must be a whole number in plain digits, not"
                        + " '1,5'",
                "data.form=sin      | data.form: must be one of sine, square, not 'sin'; did you"
                        + " mean sine?",
                "data.postions=16   | data.postions: no such key; did you mean data.positions?",
                "data.count=7       | train.batch: 8 is more than data.count 7, so an epoch would"
                        + " have no step",
                "data.frames=3      | data.frames: is for data.set=pendulum only, and data.set is"
                        + " waves here; leave it out",
                "model.time_steps=ignore | model.time_steps: data.set waves has no time steps to"
                        + " ignore",
            })
    void mistakes(String word, String message) {
        UserError e =
                assertThrows(
                        UserError.class, () -> ConfigLoader.load(Path.of(YAML), List.of(word)));
        assertTrue(e.getMessage().endsWith(": " + message), e.getMessage());
    }

    @Test
    void itsKeysAreListedAndOthersDoNotHaveThem() {
        String keys = ok("keys", "data.");
        assertTrue(
                keys.contains(
                        """
                        ### `set: waves`

                        Two waves of which one lags behind.

                        | key | if left out | values | official flag | meaning |
                        |---|---|---|---|---|
                        | `data.positions` | `16` | whole number |  | positions of a wave; 4 to 1000 |
                        | `data.count` | four times positions |\
                        """),
                keys);
        UserError e =
                assertThrows(
                        UserError.class,
                        () -> ConfigLoader.of("data.set=smnist", "data.positions=3"));
        assertEquals(
                "settings: data.positions: is for data.set=waves only, and data.set is smnist here;"
                        + " leave it out",
                e.getMessage());
        Ended download = TinyRun.s5("download", "waves");
        assertEquals(2, download.code());
        assertTrue(download.err().startsWith("s5: waves: is published nowhere"), download.err());
    }

    @Test
    void twoOfOneNameAreRefused() {
        UserError e = assertThrows(UserError.class, () -> DataSources.add(new Waves()));
        assertEquals(
                "own.Waves and own.Waves: both are a data set waves; rename one", e.getMessage());
    }

    /** On the class path of a process of its own, as a user's jar is beside s5.jar. */
    @Test
    void isFoundOnTheClassPath() throws IOException, InterruptedException {
        Path services = Files.createDirectories(folder.resolve("jar/META-INF/services"));
        Files.writeString(services.resolve(DataSource.class.getName()), "own.Waves\n");
        String path =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "--add-modules",
                                "jdk.incubator.vector",
                                "-cp",
                                folder.resolve("jar") + System.getProperty("path.separator") + path,
                                "s5.Main",
                                "train",
                                YAML,
                                "train.epochs=1",
                                "out=" + folder.resolve("run"))
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("out").toFile())
                        .start();
        assertEquals(0, process.waitFor(), Files.readString(folder.resolve("out")));
        String page = Files.readString(folder.resolve("run/report.html"));
        assertTrue(page.contains("S5 on waves; "), page);
        DataSources.remove(waves);
        UserError e =
                assertThrows(UserError.class, () -> ConfigLoader.load(Path.of(YAML), List.of()));
        assertTrue(
                e.getMessage()
                        .endsWith(
                                "not the text 'waves'; one of your own has to be on the class"
                                        + " path"),
                e.getMessage());
    }
}
