package s5.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import s5.UserError;
import s5.data.DataSource;
import s5.data.DataSources;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

class ConfigLoaderTest {
    @TempDir Path folder;

    private static List<Path> shipped() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("configs"))) {
            return files.sorted().toList();
        }
    }

    /** A key that only this data set has; null when it has not. */
    private static Object own(Config config, String key) {
        return Schema.of(config.data().set()).values(config).get("data." + key);
    }

    private static Config parse(String yaml, String... overrides) {
        return ConfigLoader.parse(yaml, Path.of("run.yaml"), List.of(overrides));
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void everyShippedConfigLoadsAndSurvivesWriting(Path file) throws IOException {
        Config config = ConfigLoader.load(file, List.of());
        assertEquals(file.getFileName().toString(), config.name() + ".yaml");
        assertEquals("runs/" + config.name(), config.out());
        Path copy = folder.resolve("resolved.yaml");
        ConfigLoader.write(config, copy);
        assertEquals(config, ConfigLoader.load(copy, List.of()));
        ConfigLoader.write(config, copy); // over an existing file
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(copy), left.toList());
        }
    }

    @Test
    void defaultsThatDependOnTheDataSet() {
        assertEquals(2048, own(parse("data: {set: listops}"), "length"));
        assertEquals(4096, own(parse("data: {set: IMDB}"), "length"));
        assertEquals(4000, own(parse("data: {set: aan}"), "length"));
        assertEquals(0.0, own(parse("data: {set: smnist}", "data.set=imdb"), "validation"));
        assertEquals(0.1, own(parse("data: {set: imdb}", "data.set=smnist"), "validation"));
        assertEquals(0.2, own(parse("data: {set: imdb, validation: 0.2}"), "validation"));
    }

    @Test
    void aWordWinsOverTheFileAndOverAnEarlierOne() {
        String yaml = "{train: {epochs: 3, batch: 7}, data: {set: smnist}}";
        Config config =
                parse(
                        yaml,
                        "train.epochs=4",
                        "train.epochs=5",
                        "device=cuda:1",
                        "data.root=a=b",
                        "name=x");
        assertEquals(5, config.train().epochs());
        assertEquals(7, config.train().batch());
        assertEquals("cuda:1", config.device());
        assertEquals("a=b", config.data().root());
        assertEquals("runs/x", config.out());
        assertEquals("there", parse(yaml, "out=there").out());
    }

    @Test
    void spellingsThatAreMeantToWork() {
        Config config =
                parse(
                        """
                        --- # a comment
                        data: {set: SMNIST}
                        model:
                          dt_min: 1e-4
                          dropout: .5
                          norm: Layer
                          conj_sym: False
                        train:
                          opt_config: nobcDECAY
                          ssm_lr: 1
                          epochs: 1_000
                        """,
                        "train.dt_global=TRUE",
                        "precision=fp32",
                        "train.lr_factor=2");
        assertEquals(1e-4, config.model().dtMin());
        assertEquals(.5, config.model().dropout());
        assertEquals(ModelConfig.Norm.LAYER, config.model().norm());
        assertFalse(config.model().conjSym());
        assertEquals(TrainConfig.OptimizerGroups.NOBCDECAY, config.train().optConfig());
        assertEquals(2, config.train().lr());
        assertEquals(1000, config.train().epochs());
        assertTrue(config.train().dtGlobal());
        assertEquals(Precision.FP32, config.precision());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "yes",
                "1e3",
                "0x1F",
                "007",
                "12:30:00",
                "a: b",
                "# x",
                "- x",
                "é 😀",
                "'q\"",
                "2026-01-01",
                " padded ",
                "tab\tinside",
                "back\\slash",
                "*a",
                "&b",
                "!c",
                "%d",
                "@e",
                "[",
                "{}"
            })
    void textSurvivesWriting(String text) {
        Config config = ConfigLoader.of("data.set=listops", "out=" + text, "data.root=" + text);
        assertEquals(text, config.out());
        assertEquals(config, parse(ConfigLoader.toYaml(config)));
    }

    @Test
    void everyConstantSurvivesWriting() {
        for (Schema.Setting setting : Schema.of(Config.class).settings()) {
            if (setting.path().equals("data.set")) {
                DataSources.all().forEach(set -> survivesWriting(set.name(), setting));
            } else {
                boolean timed = setting.path().equals("model.time_steps");
                survivesWriting(timed ? "pendulum" : "smnist", setting);
            }
        }
        for (DataSource<?> set : DataSources.all()) {
            Schema.own(set).settings().forEach(setting -> survivesWriting(set.name(), setting));
        }
    }

    private static void survivesWriting(String set, Schema.Setting setting) {
        for (String spelling : Schema.spellings(setting.type())) {
            if (set.equals("examples") && spelling.equals("forecast")) {
                continue; // refused, see GivenDataTest
            }
            Config config = ConfigLoader.of("data.set=" + set, setting.path() + "=" + spelling);
            String yaml = ConfigLoader.toYaml(config);
            assertTrue(yaml.contains(setting.name() + ": " + spelling + "\n"), yaml);
            assertEquals(config, parse(yaml, "name=s5"));
        }
    }

    @Test
    void aNameComesFromTheFile() {
        assertEquals(
                "my-run-2.b",
                ConfigLoader.parse("data: {set: smnist}", Path.of("x/.my run 2.b.yml"), List.of())
                        .name());
    }

    record Options(
            @Key(value = "where", unset = "auto") String device,
            @Key(value = "how many", unset = "3") int times) {}

    @Test
    void aCommandsOptionsAreARecordToo() {
        assertEquals(
                new Options("cpu", 3), ConfigLoader.options(Options.class, List.of("device=cpu")));
        UserError e =
                assertThrows(
                        UserError.class,
                        () -> ConfigLoader.options(Options.class, List.of("tmies=4")));
        assertEquals("command line: tmies: no such key; did you mean times?", e.getMessage());
        UserError other =
                assertThrows(
                        UserError.class,
                        () -> ConfigLoader.options(Options.class, List.of("train.epochs=4")));
        assertEquals(
                "command line: train.epochs: no such key; there are device, times",
                other.getMessage());
    }

    @Test
    void aFileThatCannotBeWrittenIsSaidInOneLine() {
        Config config = ConfigLoader.of("data.set=smnist");
        Path file = folder.resolve("missing/config.yaml");
        UserError e = assertThrows(UserError.class, () -> ConfigLoader.write(config, file));
        assertEquals(file + ": cannot be written: no such folder", e.getMessage());
    }

    /**
     * Damage of any kind gives a config or the documented error, never another exception. {@code
     * -Ds5.fuzz=N} damages N files.
     */
    @Test
    void damagedFilesAreTheUsersMistake() throws IOException {
        byte[] good = Files.readAllBytes(Path.of("configs/listops-small.yaml"));
        byte[] alphabet =
                "\n\t :-#{}[]'\"&*!|>%@`,?019.eE+~\0\u007f".getBytes(StandardCharsets.UTF_8);
        Random random = new Random(5);
        int rounds = Integer.getInteger("s5.fuzz", 500);
        Path file = folder.resolve("damaged.yaml");
        int errors = 0;
        for (int round = 0; round < rounds; round++) {
            byte[] bytes = good.clone();
            for (int edit = random.nextInt(4); edit >= 0; edit--) {
                bytes[random.nextInt(bytes.length)] =
                        random.nextInt(4) == 0
                                ? (byte) random.nextInt(256)
                                : alphabet[random.nextInt(alphabet.length)];
            }
            int length = random.nextInt(5) == 0 ? random.nextInt(bytes.length) : bytes.length;
            Files.write(file, Arrays.copyOf(bytes, length));
            try {
                ConfigLoader.load(file, List.of());
            } catch (UserError e) {
                errors++;
                assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
                assertTrue(e.getMessage().matches("\\P{Cntrl}+"), e.getMessage());
            }
        }
        assertTrue(errors > rounds / 5, errors + " of " + rounds + " were found damaged");
    }

    /** A checkpoint may be of a machine with more cores, or of anybody. */
    @Test
    void somebodyElsesThreadsAreNoMoreThanTheCores() {
        String yaml = "threads: %d\ndata: {set: listops}\n";
        Path file = Path.of("best.safetensors");
        assertEquals(1, ConfigLoader.parseForeign(yaml.formatted(1), file, List.of()).threads());
        String many = yaml.formatted(4096);
        assertEquals(0, ConfigLoader.parseForeign(many, file, List.of()).threads());
        List<String> own = List.of("threads=4000");
        assertEquals(4000, ConfigLoader.parseForeign(many, file, own).threads());
        assertEquals(4096, ConfigLoader.parse(many, file, List.of()).threads());
    }

    /** What goes to others has no password; the run's own config has what the user wrote. */
    @Test
    void passwordsStayInTheConfig(@TempDir Path folder) throws IOException {
        Config config =
                ConfigLoader.of(
                        "data.set=sql",
                        "data.url=jdbc:h2:mem:x;password=hush",
                        "data.query=select 1",
                        "data.id=id",
                        "data.label=a");
        assertTrue(ConfigLoader.toYaml(config).contains("jdbc:h2:mem:x;password=..."));
        assertFalse(String.join(" ", Places.words(config)).contains("hush"));
        Path file = folder.resolve("config.yaml");
        ConfigLoader.write(config, file);
        assertTrue(Files.readString(file).contains("password=hush"));
    }
}
