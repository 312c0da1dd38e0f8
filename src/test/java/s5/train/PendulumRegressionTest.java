package s5.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import s5.config.Config;
import s5.config.ConfigLoader;
import s5.cpu.CpuBackend;
import s5.data.Data;
import s5.model.Model;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The pendulum experiment from its config to its result. */
class PendulumRegressionTest {
    private static final Path CONFIG = Path.of("configs/pendulum.yaml");

    @TempDir Path folder;

    @Test
    void hasTheOfficialNumberOfParameters() {
        Config config = ConfigLoader.load(CONFIG, List.of());
        assertEquals(15_820, new Model(config.model(), Data.shape(config.data())).parameterCount());
        Config append = ConfigLoader.load(CONFIG, List.of("model.time_steps=append"));
        assertEquals(15_850, new Model(append.model(), Data.shape(append.data())).parameterCount());
    }

    /** A short training of a small model beats the best constant, whose error is 1/2. */
    @ParameterizedTest
    @ValueSource(strings = {"use", "ignore", "append"})
    void learns(String timeSteps) {
        Config config =
                ConfigLoader.load(
                        CONFIG,
                        List.of(
                                "data.cache_dir=" + folder,
                                "data.sequences=96",
                                "data.frames=30",
                                "data.kept=15",
                                "model.layers=1",
                                "model.time_steps=" + timeSteps,
                                "train.batch=16",
                                "train.epochs=12",
                                "out=" + folder.resolve("run")));
        StringWriter text = new StringWriter();
        Trainer.Summary best;
        try (CpuBackend backend = new CpuBackend(2, true);
                Trainer trainer =
                        new Trainer(
                                config, Data.open(config.data()), backend, new PrintWriter(text))) {
            best = trainer.run();
        }
        double error = -best.validation().score();
        assertTrue(error < 0.25, "mean squared error " + error);
        assertTrue(
                text.toString().contains("| val %s | test".formatted(best.validation())),
                text.toString());
        assertTrue(
                best.test().toString().matches("nll -?\\d+\\.\\d{4}, mse \\d\\.\\d{5}"),
                best.test().toString());
        assertTrue(Files.exists(folder.resolve("run/best.safetensors")));
    }
}
