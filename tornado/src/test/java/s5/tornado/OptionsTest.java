package s5.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import s5.config.Config;
import s5.config.ConfigLoader;
import s5.cpu.CpuBackend;
import s5.data.Batch;
import s5.data.Shape;
import s5.model.Model;
import s5.ops.Backend;
import s5.train.Learner;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Training with options comes to the same on the device as on the CPU. */
class OptionsTest {
    private static final int BATCHES = 6;

    /**
     * Descent: Adam divides by the size of a gradient, and so makes a large difference of a
     * rounding error where that is near 0.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "train.clip_norm=0.1",
                "train.accumulate=3",
                "train.ema=0.5",
                "train.accumulate=2 train.ema=0.9 train.clip_norm=0.05 train.no_decay=*/bias"
            })
    void theDeviceTrainsAsTheCpu(String options) {
        List<String> words = new ArrayList<>(List.of(options.split(" ", -1)));
        words.addAll(
                List.of(
                        "model.layers=1",
                        "model.features=16",
                        "model.states=8",
                        "model.blocks=2",
                        "train.optimizer=sgd",
                        "train.weight_decay=0.1",
                        "train.batch=3"));
        Config config = ConfigLoader.load(Path.of("configs/listops-small.yaml"), words);
        Map<String, float[]> expected;
        try (Backend cpu = new CpuBackend(2, false)) {
            expected = train(config, cpu);
        }
        try (Backend device = Device.open()) {
            ((TornadoBackend) device).cutInto(options.contains(" ") ? 2 : 1);
            Map<String, float[]> actual = train(config, device);
            assertEquals(expected.keySet(), actual.keySet());
            expected.forEach((name, values) -> {
                double size = 0;
                for (float value : values) {
                    size = Math.max(size, Math.abs(value));
                }
                for (int i = 0; i < values.length; i++) {
                    assertEquals(values[i], actual.get(name)[i], 2e-4 * size + 1e-7, name);
                }
            });
        }
    }

    private static Map<String, float[]> train(Config config, Backend backend) {
        Shape shape = config.data().shape().withLength(29);
        Model model = new Model(config.model(), shape);
        SplittableRandom random = new SplittableRandom(3);
        try (Learner learner = new Learner(backend, model, config.train(), 3, 29, config.seed())) {
            learner.initialize(7);
            Map<String, float[]> values = new LinkedHashMap<>();
            Batch batch = new Batch(shape, 3);
            batch.rows = 3;
            for (int i = 0; i < BATCHES; i++) {
                Arrays.setAll(batch.tokens, j -> random.nextInt(shape.inputs()));
                Arrays.setAll(batch.lengths, j -> random.nextInt(1, 30));
                Arrays.setAll(batch.labels, j -> random.nextInt(shape.classes()));
                learner.step(i, batch, 0.05, 0.1);
            }
            float[] losses = learner.metrics();
            assertTrue(losses[0] > 0 && losses[0] != losses[2], "the losses are none");
            values.put("metrics", losses);
            learner.state().forEach((name, t) -> values.put(name, backend.read(t)));
            return values;
        }
    }
}
