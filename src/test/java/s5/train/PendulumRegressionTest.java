package s5.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import s5.Main;
import s5.config.Config;
import s5.config.ConfigLoader;
import s5.model.Model;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The pendulum experiment from its config to its result. */
class PendulumRegressionTest {
    private static final Path CONFIG = Path.of("configs/pendulum.yaml");

    @TempDir Path folder;

    @Test
    void hasTheOfficialNumberOfParameters() {
        Config config = ConfigLoader.load(CONFIG, List.of());
        assertEquals(15_820, new Model(config.model(), config.data().shape()).parameterCount());
        Config append = ConfigLoader.load(CONFIG, List.of("model.time_steps=append"));
        assertEquals(15_850, new Model(append.model(), append.data().shape()).parameterCount());
    }

    private String s5(String... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        assertEquals(0, Main.run(words, new PrintWriter(out), new PrintWriter(err)), err::toString);
        return out.toString();
    }

    /** A short training of a small model beats the best constant, whose error is 1/2. */
    @ParameterizedTest
    @ValueSource(strings = {"use", "append"})
    void learns(String timeSteps) {
        String trained =
                s5(
                        "train",
                        CONFIG.toString(),
                        "device=cpu",
                        "data.cache_dir=" + folder,
                        "data.sequences=64",
                        "data.frames=20",
                        "data.kept=10",
                        "model.layers=1",
                        "model.time_steps=" + timeSteps,
                        "train.batch=8",
                        "train.epochs=8",
                        "out=" + folder.resolve("run"));
        assertTrue(
                Pattern.compile(
                                "epoch 8 of 8: train nll -?[0-9.]+, mse [0-9.]+ \\| val"
                                        + " -?[0-9.]+, mse [0-9.]+ \\| test -?[0-9.]+, mse [0-9.]+"
                                        + "(\\R| \\| best)")
                        .matcher(trained)
                        .find(),
                trained);
        Matcher best =
                Pattern.compile("best epoch \\d+: validation mse ([0-9.]+), test mse ([0-9.]+)\\R")
                        .matcher(trained);
        assertTrue(best.find(), trained);
        assertTrue(Double.parseDouble(best.group(1)) < 0.25, trained);
        String evaluated =
                s5(
                        "eval",
                        folder.resolve("run/best.safetensors").toString(),
                        "device=cpu",
                        "data.cache_dir=" + folder);
        assertTrue(evaluated.contains("test: 32 samples, nll "), evaluated);
        assertTrue(evaluated.contains("mse " + best.group(2) + "\n"), evaluated);
    }
}
